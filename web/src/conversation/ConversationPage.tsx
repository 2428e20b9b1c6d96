import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { useLocation } from "wouter";

import { LiveSession } from "../journal/live";
import { ENDED } from "../journal/model";
import { Icon } from "../parts/Icon";
import { isWriting, useKeys } from "../parts/keys";
import { useOverlay } from "../parts/overlay";
import { queries, server, useChanges, useSessions } from "../server";
import { useCommands } from "../shell/commands";
import { connectionState } from "../shell/connection";
import { useSpeech } from "../words";
import { useTelling } from "../words/telling";
import { Composer, type Wish } from "./Composer";
import { ConversationContext, useVersion } from "./context";
import { FirstWords } from "./FirstWords";
import { Panel } from "./Panel";
import { SessionMenu } from "./SessionMenu";
import { runGlyph } from "./states";
import { Thread } from "./Thread";
import { UndoDialog, type UndoWish } from "./UndoDialog";

/** A session that exists: its thread, the composer, and what the agents do beside it. */
export function ConversationPage({ session, menuButton }: { session: string; menuButton: ReactNode }): ReactNode {
  const live = useMemo(() => new LiveSession(server, session), [session]);
  useEffect(() => {
    void live.start();
    return () => live.stop();
  }, [live]);
  const version = useVersion(live);
  const { words } = useSpeech();
  const { conversation } = live;
  const active = conversation.runs.find((run) => run.status !== "queued" && !ENDED.has(run.status));
  const shown = active ?? conversation.runs.findLast((run) => run.startedAt > 0) ?? conversation.runs.at(-1);
  const written = conversation.runs.reduce((sum, run) => sum + run.entries.filter(touchesFiles).length + (ENDED.has(run.status) ? 1 : 0), 0);
  const { data: changes = [] } = useChanges(session, written);
  const [undoing, setUndoing] = useState<UndoWish | null>(null);
  const [panelOpen, setPanelOpen] = useState(false);
  const drawer = useRef<HTMLDivElement>(null);
  useOverlay(drawer, panelOpen, () => setPanelOpen(false), "drawer");
  const { data: sessions } = useSessions();
  const title = sessions?.find((each) => each.id === session)?.title || conversation.title || conversation.runs[0]?.message.split("\n")[0]?.slice(0, 80) || words.shell.untitled;
  const status = active?.status ?? "idle";

  useEffect(() => {
    document.title = `${status === "waiting" ? "● " : ""}${title} – Artelier`;
  }, [title, status]);

  const scope = useMemo(
    () => ({
      live,
      changes,
      undo: (run: string, paths?: string[]) => setUndoing({ action: "undo", run, paths: paths ?? [] }),
      redo: () => setUndoing({ action: "redo", run: "", paths: [] }),
    }),
    [live, changes],
  );
  const send = useCallback(
    async (wish: Wish): Promise<void> => {
      await server.api.POST("/api/v1/sessions/{session_id}/messages", {
        params: { path: { session_id: session }, header: { "Idempotency-Key": crypto.randomUUID() } },
        body: { content: wish.text, agent: wish.agent, multitask: wish.interrupt ? "interrupt" : "enqueue" } as never,
      });
    },
    [session],
  );
  const stop = (): void => {
    if (active !== undefined) void server.api.POST("/api/v1/runs/{run_id}/cancel", { params: { path: { run_id: active.id } } });
  };
  useEscape(stop);
  const undo = (): void => {
    if (shown !== undefined && !shown.inherited) scope.undo(shown.id);
  };
  useKeys({
    BracketRight: () => setPanelOpen(!panelOpen),
    KeyU: undo,
    "Shift+KeyU": undo,
    KeyY: () => scope.redo(),
  });
  const canUndo = shown !== undefined && !shown.inherited && changes.some((change) => change.run_id === shown.id && !change.undone);
  useCommands([
    ...(active === undefined ? [] : [{ id: "cancel", icon: "stop" as const, text: words.composer.stop, act: stop }]),
    ...(canUndo ? [{ id: "undo", icon: "undo" as const, text: words.palette.undoRun, act: undo }] : []),
  ]);
  const history = conversation.runs.map((run) => run.message).toReversed();

  return (
    <ConversationContext value={scope}>
      <main className="main" aria-label={title}>
        <div className="bar of-session">
          {menuButton}
          <h1 className="cut title-bar">{title}</h1>
          <StatusTag status={status} />
          <span className="end row">
            {active !== undefined && (
              <button type="button" className="btn ghost small" onClick={stop}>
                <Icon name="stop" small />
                <span className="said-wide">{words.composer.stop}</span> <kbd>Esc</kbd> <kbd>Esc</kbd>
              </button>
            )}
            <SessionMenu session={session} title={title} />
            <button type="button" className="icon-btn small only-narrow" aria-label={words.panel.open} aria-expanded={panelOpen} onClick={() => setPanelOpen(!panelOpen)}>
              <Icon name="panel" />
            </button>
          </span>
        </div>
        <ConnectionBanner live={live} />
        {conversation.runs.length === 0 && conversation.seq > 0 && conversation.origin === "" ? <FirstWords workspace={conversation.workspace} onSay={(text) => void send({ text, agent: "", interrupt: false })} /> : <Thread conversation={conversation} version={version} />}
        <Composer draftKey={`draft:${session}`} runs={conversation.runs} onSend={send} history={history} />
      </main>
      <div ref={drawer} className={`panel-place ${panelOpen ? "is-open" : ""}`}>
        <Panel run={shown} onClose={() => setPanelOpen(false)} />
      </div>
      {undoing !== null && <UndoDialog session={session} wish={undoing} onClose={() => setUndoing(null)} onDone={() => void queries.invalidateQueries({ queryKey: ["changes", session] })} />}
    </ConversationContext>
  );
}

/** Milliseconds between two presses of `Esc` that mean one thing. */
const DOUBLE = 600;

/** `Esc` twice stops the run; once, it leaves the message field, as everywhere. */
function useEscape(stop: () => void): void {
  const latest = useRef(stop);
  latest.current = stop;
  useEffect(() => {
    let pressed = 0;
    const listen = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || document.querySelector("dialog[open], [role=menu]") !== null) return;
      if (isWriting(event.target) && (event.target as HTMLElement).id !== "message") return;
      if (event.timeStamp - pressed < DOUBLE) latest.current();
      pressed = event.timeStamp;
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
}

function touchesFiles(entry: { kind: string; calls?: { result: { files?: unknown[] } | null }[]; note?: { type: string } }): boolean {
  return entry.note?.type === "restored" || (entry.calls ?? []).some((call) => (call.result?.files?.length ?? 0) > 0);
}

function StatusTag({ status }: { status: string }): ReactNode {
  const { words } = useSpeech();
  if (status === "idle") return null;
  const glyph = runGlyph(status);
  return (
    <span className={`tag ${status === "waiting" ? "acc" : ""}`}>
      <Icon name={glyph.name} className={glyph.tone.includes("spin") ? "spin" : ""} />
      {words.shell.statuses[status] ?? status}
    </span>
  );
}

/** The name of a session's stream among those that know whether the server is there. */
const STREAM = "session";

function ConnectionBanner({ live }: { live: LiveSession }): ReactNode {
  const { words } = useSpeech();
  const telling = useTelling();
  const [, navigate] = useLocation();
  const { connection, conversation } = live;
  const known = useRef<number | null>(null);
  useEffect(() => {
    if (connection.state === "lost") known.current = live.conversation.seq;
    connectionState.set(STREAM, connection.state === "lost");
    return () => connectionState.set(STREAM, false);
  }, [connection.state, live]);
  useEffect(() => {
    if (connection.state === "lost" || known.current === null) return;
    if (connectionState.told().phase === "") known.current = null;
    else connectionState.catchUp(conversation.seq - known.current);
  }, [connection.state, conversation.seq]);
  if (connection.state === "refused") {
    return (
      <div className="banner" role="alert">
        <Icon name="warn" />
        <span className="grow">
          {telling.failure(connection.problem.code, connection.problem.detail)} <code>{connection.problem.code}</code>
        </span>
        <button type="button" className="btn small" onClick={() => navigate("/")}>
          {words.shell.toSessions}
        </button>
      </div>
    );
  }
  return null;
}
