import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import { useLocation } from "wouter";

import { Icon } from "../parts/Icon";
import { MOD, useKeys } from "../parts/keys";
import { queries, server, type Schemas } from "../server";
import { useWords } from "../words";
import { agentsWords } from "../words/agents";
import { pageWords } from "../words/pages";
import { Failed } from "./Loaded";
import { keep, useKept } from "./unsaved";

/** Milliseconds of rest before a text is checked. */
const REST = 350;
const NAME = /^[a-z][a-z0-9_-]{0,31}$/;

/** A text that is not saved: for which agent it is meant, and what the file said when it was begun. */
interface TextDraft {
  called: string;
  text: string;
  base: string;
}

/** Return the key under which an agent's text is kept while it is not saved; a new agent's has no name. */
export function textKey(agent: string): string {
  return `agent-text:${agent}`;
}

/** An agent's file as text, checked while it is written; nothing is stored that is no agent. */
export function AgentEditor({ name, text: start, onClose }: { name: string; text: string; onClose(): void }): ReactNode {
  const words = useWords(agentsWords);
  const general = useWords(pageWords);
  const [, navigate] = useLocation();
  const draft = useKept<TextDraft>(textKey(name));
  const { called, text, base: begun } = draft ?? { called: name, text: start, base: start };
  const [saved, setSaved] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const change = (next: Partial<TextDraft>): void => {
    const whole = { called, text, base: begun, ...next };
    keep(textKey(name), whole.text === start && whole.called === name ? undefined : whole);
    setSaved(false);
  };
  const found = useChecked(called, text);
  const field = useRef<HTMLTextAreaElement>(null);
  const base = useId();
  useEffect(() => {
    if (name === "") return; // a new agent begins with its name
    field.current?.focus({ preventScroll: true });
    field.current?.closest("form")?.scrollIntoView({ block: "start" });
  }, [name]);
  const nameFits = NAME.test(called);
  const canSave = nameFits && found?.valid === true;
  const save = async (): Promise<void> => {
    if (!canSave) return;
    setFailure(null);
    try {
      const { data } = await server.api.PUT("/api/v1/agents/{name}", { params: { path: { name: called } }, body: { text } });
      queries.setQueryData(["agent-file", called], data);
      keep(textKey(name), undefined);
      setSaved(true);
      await Promise.all(["agents", "agent-file", "health"].map((key) => queries.invalidateQueries({ queryKey: [key] })));
      if (name === "") {
        onClose();
        navigate(`/agents/${called}`);
      }
    } catch (problem) {
      setFailure(problem);
    }
  };
  useKeys({ "Mod+KeyS": () => void save() });
  return (
    <form
      className="stack editor-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {name === "" && (
        <div>
          <label className="label" htmlFor={`${base}-name`}>
            {words.name}
          </label>
          <input id={`${base}-name`} className={`field mono ${called !== "" && !nameFits ? "invalid" : ""}`} value={called} maxLength={32} autoFocus aria-describedby={`${base}-help`} aria-invalid={called !== "" && !nameFits} onChange={(event) => change({ called: event.target.value })} />
          <p className="help" id={`${base}-help`}>
            {words.nameHelp}
          </p>
        </div>
      )}
      <div>
        <label className="label" htmlFor={`${base}-text`}>
          {words.text}
        </label>
        <textarea
          id={`${base}-text`}
          ref={field}
          className={`field mono tall-text ${found?.valid === false ? "invalid" : ""}`}
          spellCheck={false}
          rows={Math.min(28, Math.max(12, text.split("\n").length + 1))}
          value={text}
          aria-invalid={found?.valid === false}
          aria-describedby={`${base}-found`}
          onChange={(event) => change({ text: event.target.value })}
        />
        <div id={`${base}-found`} role="status">
          {nameFits && found !== undefined && <Found found={found} onShow={() => field.current && select(field.current, found.line)} />}
        </div>
      </div>
      {begun !== start && (
        <p className="notice warn">
          <Icon name="warn" />
          <span>{words.changedSince}</span>
        </p>
      )}
      {failure !== null && <Failed failure={failure} />}
      <p className="row wrap">
        <button type="submit" className="btn primary" disabled={!canSave || text === start}>
          {general.save} <kbd>{MOD}S</kbd>
        </button>
        <button type="button" className="btn ghost" disabled={draft === undefined} onClick={() => keep(textKey(name), undefined)}>
          {general.undoEdits}
        </button>
        <button type="button" className="btn ghost" onClick={onClose}>
          {words.leave}
        </button>
        {saved && (
          <span className="ok row" role="status">
            <Icon name="done" small /> {words.saved}
          </span>
        )}
      </p>
    </form>
  );
}

function Found({ found, onShow }: { found: Schemas["CheckView"]; onShow(): void }): ReactNode {
  const words = useWords(agentsWords);
  if (found.valid) {
    return (
      <p className="help">
        <Icon name="done" small /> {words.valid}
      </p>
    );
  }
  return (
    <p className="error">
      <Icon name="failed" small />
      <span>
        {found.message}{" "}
        {found.line > 0 && (
          <button type="button" className="linkish" onClick={onShow}>
            {words.showLine}
          </button>
        )}
      </span>
    </p>
  );
}

/** Return what the server says of a text, a moment after it was written. */
function useChecked(name: string, text: string): Schemas["CheckView"] | undefined {
  const [found, setFound] = useState<Schemas["CheckView"]>();
  useEffect(() => {
    let isOld = false;
    const timer = setTimeout(async () => {
      try {
        const { data } = await server.api.POST("/api/v1/agents/validate", { body: { name: name || "new", text } });
        if (!isOld) setFound(data);
      } catch {
        if (!isOld) setFound(undefined); // saving will say what is wrong with the connection
      }
    }, REST);
    return () => {
      isOld = true;
      clearTimeout(timer);
    };
  }, [name, text]);
  return found;
}

/** Put the cursor over a line of a field, and show it. */
function select(field: HTMLTextAreaElement, line: number): void {
  const lines = field.value.split("\n");
  const from = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  field.focus();
  field.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0));
}
