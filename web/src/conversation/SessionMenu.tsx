import { useEffect, useRef, useState, type ReactNode } from "react";
import { useLocation } from "wouter";

import { Dialog } from "../parts/Dialog";
import { Icon } from "../parts/Icon";
import { queries, server } from "../server";
import { useCommands } from "../shell/commands";
import { useSpeech } from "../words";
import { problemText } from "../words/problem";
import { useFork } from "./forking";

const FORMS = [
  ["markdown", "Markdown"],
  ["jsonl", "JSON"],
] as const;

/** What can be done with a whole session: rename, go on in a copy, copy its link, export, delete. */
export function SessionMenu({ session, title }: { session: string; title: string }): ReactNode {
  const { words } = useSpeech();
  const [open, setOpen] = useState(false);
  const [asking, setAsking] = useState<"" | "rename" | "remove">("");
  const [refusal, setRefusal] = useState("");
  const fork = useFork(session);
  const menu = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    opener.current?.focus();
    setOpen(false);
  };
  useEffect(() => {
    if (!open) return;
    menu.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    const leave = (event: Event): void => {
      if (!menu.current?.parentElement?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener("pointerdown", leave);
    return () => removeEventListener("pointerdown", leave);
  }, [open]);
  const walk = (event: React.KeyboardEvent): void => {
    const items = [...(menu.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
    const here = items.indexOf(document.activeElement as HTMLElement);
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") items[(here + 1) % items.length]?.focus();
    else if (event.key === "ArrowUp") items[(here - 1 + items.length) % items.length]?.focus();
    else return;
    event.preventDefault();
  };
  const act = (then: () => void) => () => {
    close();
    then();
  };
  const goOnInCopy = (): void => void fork().catch((failure: unknown) => setRefusal(problemText(failure).text));
  useCommands([
    { id: "rename", icon: "edit", text: words.shell.rename, act: () => setAsking("rename") },
    { id: "fork", icon: "branch", text: words.shell.fork, act: goOnInCopy },
    { id: "link", icon: "copy", text: words.shell.copyLink, act: copyLink },
    ...FORMS.map(([form, name]) => ({ id: `export-${form}`, icon: "file" as const, text: `${words.shell.exportSession}, ${name}`, act: () => download(exported(session, form)) })),
    { id: "remove", icon: "denied", text: words.shell.remove, act: () => setAsking("remove") },
  ]);
  return (
    <span className="menu-place">
      <button ref={opener} type="button" className="icon-btn small" aria-label={words.shell.moreActions} aria-haspopup="menu" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="more" />
      </button>
      {open && (
        <div className="menu" role="menu" ref={menu} onKeyDown={walk}>
          <button type="button" role="menuitem" className="item" onClick={act(() => setAsking("rename"))}>
            <Icon name="edit" /> {words.shell.rename}
          </button>
          <button type="button" role="menuitem" className="item" onClick={act(goOnInCopy)}>
            <Icon name="branch" /> {words.shell.fork}
          </button>
          <button type="button" role="menuitem" className="item" onClick={act(copyLink)}>
            <Icon name="copy" /> {words.shell.copyLink}
          </button>
          {FORMS.map(([form, name]) => (
            <a key={form} role="menuitem" className="item" href={exported(session, form)} download onClick={close}>
              <Icon name="file" /> {words.shell.exportSession}, {name}
            </a>
          ))}
          <button type="button" role="menuitem" className="item" onClick={act(() => setAsking("remove"))}>
            <Icon name="denied" /> {words.shell.remove}
          </button>
        </div>
      )}
      {refusal !== "" && (
        <Dialog title={words.shell.forkFailed} onClose={() => setRefusal("")}>
          <p role="alert">{refusal}</p>
          <p className="row dialog-actions">
            <button type="button" className="btn" onClick={() => setRefusal("")}>
              {words.shell.close}
            </button>
          </p>
        </Dialog>
      )}
      {asking === "rename" && <Rename session={session} title={title} onClose={() => setAsking("")} />}
      {asking === "remove" && <Remove session={session} title={title} onClose={() => setAsking("")} />}
    </span>
  );
}

function copyLink(): void {
  void navigator.clipboard?.writeText(location.href);
}

function exported(session: string, form: string): string {
  return `/api/v1/sessions/${session}/export?form=${form}`;
}

function download(address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  link.click();
}

function Rename({ session, title, onClose }: { session: string; title: string; onClose(): void }): ReactNode {
  const { words } = useSpeech();
  const [next, setNext] = useState(title);
  const [problem, setProblem] = useState("");
  const save = async (): Promise<void> => {
    try {
      await server.api.PATCH("/api/v1/sessions/{session_id}", { params: { path: { session_id: session } }, body: { title: next } });
      void queries.invalidateQueries({ queryKey: ["sessions"] });
      onClose();
    } catch (failure) {
      setProblem(problemText(failure).text);
    }
  };
  return (
    <Dialog title={words.shell.renameTitle} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <input className="field" aria-label={words.shell.renameTitle} maxLength={200} value={next} onChange={(event) => setNext(event.target.value)} />
        {problem && (
          <p className="error" role="alert">
            {problem}
          </p>
        )}
        <p className="row dialog-actions">
          <button type="submit" className="btn primary" disabled={next.trim() === ""}>
            {words.shell.save}
          </button>
          <button type="button" className="btn" onClick={onClose}>
            {words.shell.cancel}
          </button>
        </p>
      </form>
    </Dialog>
  );
}

function Remove({ session, title, onClose }: { session: string; title: string; onClose(): void }): ReactNode {
  const { words } = useSpeech();
  const [, navigate] = useLocation();
  const [problem, setProblem] = useState("");
  const remove = async (): Promise<void> => {
    try {
      await server.api.DELETE("/api/v1/sessions/{session_id}", { params: { path: { session_id: session } } });
      void queries.invalidateQueries({ queryKey: ["sessions"] });
      onClose();
      navigate("/");
    } catch (failure) {
      setProblem(problemText(failure).text);
    }
  };
  return (
    <Dialog title={words.shell.removeTitle(title)} onClose={onClose}>
      {problem && (
        <p className="error" role="alert">
          {problem}
        </p>
      )}
      <p className="row dialog-actions">
        <button type="button" className="btn" onClick={onClose}>
          {words.shell.cancel}
        </button>
        <button type="button" className="btn danger" onClick={() => void remove()}>
          {words.shell.remove}
        </button>
      </p>
    </Dialog>
  );
}
