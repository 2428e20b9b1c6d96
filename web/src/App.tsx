import { ArtelierError } from "@artelier/client";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from "react";
import { Link, Redirect, Route, Switch, useLocation } from "wouter";

import { ConversationPage } from "./conversation/ConversationPage";
import { NewSession } from "./conversation/NewSession";
import { Icon } from "./parts/Icon";
import { useKeys } from "./parts/keys";
import { useOverlay } from "./parts/overlay";
import { server, useListsKeptTrue, useOpenQuestions, useSessions } from "./server";
import { Entrance } from "./shell/Entrance";
import { useGoingToHeading } from "./shell/heading";
import { KeysDialog } from "./shell/KeysDialog";
import { LostBanner } from "./shell/LostBanner";
import { useNotifications } from "./shell/notifications";
import { Palette } from "./shell/Palette";
import { Side } from "./shell/Side";
import { nextTheme } from "./shell/theme";
import { useSpeech } from "./words";

const Agents = lazy(() => import("./pages/Agents"));
const Inbox = lazy(() => import("./pages/Inbox"));
const Health = lazy(() => import("./pages/Health"));
const Settings = lazy(() => import("./pages/Settings"));
const Tools = lazy(() => import("./pages/Tools"));
const Usage = lazy(() => import("./pages/Usage"));

/** Spend the one-time link that the address holds, if it holds one; the code leaves the address at once. */
async function signIn(): Promise<string> {
  const code = /^#link=(.+)$/.exec(location.hash)?.[1];
  if (code !== undefined) {
    history.replaceState(null, "", location.pathname + location.search);
    await server.api.POST("/api/v1/auth/exchange", { body: { code: decodeURIComponent(code) } });
  }
  return (await server.api.GET("/api/v1/auth/me")).data!.person;
}

/** The console: who is signed in sees the frame with its pages. */
export function App(): ReactNode {
  const hadLink = useState(() => location.hash.startsWith("#link="))[0];
  const me = useQuery({ queryKey: ["me"], queryFn: signIn, staleTime: Infinity });
  const isRefused = me.error instanceof ArtelierError && me.error.status === 401;
  useListsKeptTrue(me.isSuccess && !isRefused);
  if (isRefused) return <Entrance spent={hadLink} />;
  if (me.isError) return <Unreachable onRetry={() => void me.refetch()} />;
  if (me.isPending) return null;
  return <Frame />;
}

function Unreachable({ onRetry }: { onRetry(): void }): ReactNode {
  const { words } = useSpeech();
  return (
    <main className="main entrance">
      <div className="page">
        <h1>{words.shell.offline}</h1>
        <p>
          <button type="button" className="btn primary" onClick={onRetry}>
            {words.thread.tryNow}
          </button>
        </p>
      </div>
    </main>
  );
}

function Frame(): ReactNode {
  const { words, language, setLanguage } = useSpeech();
  const [here, navigate] = useLocation();
  const [open, setOpen] = useState<"" | "palette" | "keys" | "side">("");
  const [workspace, setWorkspace] = useState("");
  const { data: sessions = [] } = useSessions();
  const { data: questions = [] } = useOpenQuestions();
  useNotifications(questions);
  const close = (): void => setOpen("");
  const sheet = useRef<HTMLDivElement>(null);
  useOverlay(sheet, open === "side", close, "sheet");
  const goTo = useGoingToHeading(here, navigate);
  const toNew = (): void => {
    navigate("/");
    if (here === "/") document.getElementById("message")?.focus();
  };
  const step = (by: number): void => {
    const at = sessions.findIndex((session) => here === `/sessions/${session.id}`);
    const next = sessions[Math.max(0, at + by)];
    if (next !== undefined) navigate(`/sessions/${next.id}`);
  };
  const isConversation = here.startsWith("/sessions/");
  useKeys({
    "Mod+KeyK": () => setOpen("palette"),
    "Shift+Slash": () => setOpen("keys"),
    KeyN: toNew,
    ...(here.startsWith("/inbox") ? {} : { KeyJ: () => step(1), KeyK: () => step(-1) }),
    ...(isConversation ? {} : { KeyW: () => navigate("/inbox") }),
    BracketLeft: () => setOpen(open === "side" ? "" : "side"),
  });
  useLeavingTheField();
  useSlash(() => setOpen("palette"));
  useGoTo({ KeyI: "/inbox", KeyU: "/usage", KeyA: "/agents", KeyS: "/settings" }, goTo);
  const menuButton = (
    <button type="button" className="icon-btn only-phone" aria-label={words.shell.menu} aria-expanded={open === "side"} onClick={() => setOpen("side")}>
      <Icon name="menu" />
    </button>
  );
  return (
    <>
      <a className="skip" href="#message">
        {words.shell.skip}
      </a>
      <LostBanner />
      <div className={`app ${isConversation ? "" : "two"}`}>
        <div ref={sheet} className={`side-place ${open === "side" ? "is-open" : ""}`} onClick={(event) => open === "side" && leadsAway(event.target, event.currentTarget) && close()}>
          <Side onSearch={() => setOpen("palette")} onNew={toNew} workspace={workspace} onWorkspace={setWorkspace} />
        </div>
        <Suspense fallback={<main className="main" aria-busy="true" />}>
          <Switch>
            <Route path="/">
              <NewSession workspace={workspace} menuButton={menuButton} />
            </Route>
            <Route path="/sessions/:id">{({ id }) => <ConversationPage key={id} session={id} menuButton={menuButton} />}</Route>
            <Route path="/inbox">
              <Inbox menuButton={menuButton} />
            </Route>
            <Route path="/usage">
              <Usage menuButton={menuButton} />
            </Route>
            <Route path="/agents/:name?">{({ name }) => <Agents name={name ?? ""} menuButton={menuButton} />}</Route>
            <Route path="/settings/:section?">{({ section }) => <Settings section={section ?? ""} menuButton={menuButton} />}</Route>
            <Route path="/tools">
              <Tools menuButton={menuButton} />
            </Route>
            <Route path="/health">
              <Health menuButton={menuButton} />
            </Route>
            <Route path="/sessions">
              <Redirect to="/" />
            </Route>
            <Route>
              <main className="main">
                <div className="page">
                  <h1>{words.shell.notFound}</h1>
                  <Link href="/">{words.shell.toSessions}</Link>
                </div>
              </main>
            </Route>
          </Switch>
        </Suspense>
      </div>
      {open === "palette" && <Palette onClose={close} onNew={toNew} onGo={goTo} onTheme={nextTheme} onLanguage={() => setLanguage(language === "en" ? "ru" : "en")} onKeys={() => setTimeout(() => setOpen("keys"))} />}
      {open === "keys" && <KeysDialog onClose={close} />}
    </>
  );
}

/** Return whether a click on the sheet leads away from it: beside it, on a link, or on what opens something else. */
function leadsAway(target: EventTarget, sheet: Element): boolean {
  return target === sheet || (target instanceof Element && target.closest("a, button.item:not(.dim)") !== null);
}

/** `Esc` leaves the message field, so that single keys work. */
function useLeavingTheField(): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || event.isComposing || !(event.target instanceof HTMLElement) || event.target.id !== "message") return;
      (document.querySelector<HTMLElement>("[role=log]") ?? document.querySelector<HTMLElement>("main"))?.focus({ preventScroll: true });
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
}

/** `/` in the empty message field opens the commands; a second one right after is a letter, for messages that begin with a path. */
function useSlash(open: () => void): void {
  const latest = useRef(open);
  latest.current = open;
  useEffect(() => {
    let before = false;
    const listen = (event: KeyboardEvent): void => {
      if (!(event.target instanceof HTMLTextAreaElement) || event.target.id !== "message" || event.key === "Escape") return;
      const wanted = event.key === "/" && event.target.value === "" && !event.isComposing && !before;
      before = wanted;
      if (!wanted) return;
      event.preventDefault();
      latest.current();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
}

/** `G` and then a letter goes to a page. */
function useGoTo(pages: Record<string, string>, navigate: (path: string) => void): void {
  const [since, setSince] = useState(0);
  const going = Date.now() - since < 1500;
  useKeys({
    KeyG: () => setSince(Date.now()),
    ...Object.fromEntries(
      Object.entries(going ? pages : {}).map(([key, path]) => [
        key,
        () => {
          setSince(0);
          navigate(path);
        },
      ]),
    ),
  });
}
