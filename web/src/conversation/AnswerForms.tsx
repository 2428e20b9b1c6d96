import { useEffect, useId, useMemo, useRef, useState, type ReactNode } from "react";

import { MOD } from "../parts/keys";
import { useSpeech } from "../words";

/** Why a call is refused: words for the agent, which may stay empty. */
export function Reason({ disabled, onSend, onBack }: { disabled: boolean; onSend(reason: string): void; onBack(): void }): ReactNode {
  const { words } = useSpeech();
  const [reason, setReason] = useState("");
  const field = useId();
  return (
    <form
      className="actions"
      onSubmit={(event) => {
        event.preventDefault();
        onSend(reason);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault(); // it means this field, and not the dialog around it
        onBack();
      }}
    >
      <label htmlFor={field} className="sr">
        {words.question.reason}
      </label>
      <input id={field} className="field grow" autoFocus placeholder={words.question.reason} value={reason} onChange={(event) => setReason(event.target.value)} maxLength={4000} />
      <button type="submit" className="btn danger" disabled={disabled}>
        {words.question.reject.replace("…", "")} <kbd>⏎</kbd>
      </button>
      <button type="button" className="btn ghost" onClick={onBack}>
        {words.question.back} <kbd>Esc</kbd>
      </button>
    </form>
  );
}

interface EditorProps {
  start: Record<string, unknown>;
  destructive: boolean;
  disabled: boolean;
  /** For how long the approval of what was edited holds. */
  scopes: ReactNode;
  /** Told the arguments as they are written, null while they are no JSON. */
  onChange(changed: Record<string, unknown> | null): void;
  onSend(changed: Record<string, unknown>): void;
  onBack(): void;
}

/** The call's arguments as fields: text as text, everything else as JSON; nothing is sent that is no JSON. */
export function Editor({ start, destructive, disabled, scopes, onChange, onSend, onBack }: EditorProps): ReactNode {
  const { words } = useSpeech();
  const [texts, setTexts] = useState(() => Object.fromEntries(Object.entries(start).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)])));
  const base = useId();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.scrollIntoView({ block: "nearest" }); // what was asked for is not left below the edge
  }, []);
  const wrong = new Set(Object.entries(texts).filter(([name, text]) => typeof start[name] !== "string" && !isJson(text)).map(([name]) => name));
  const changed = useMemo(() => argumentsOf(texts, start), [texts, start]);
  useEffect(() => onChange(changed), [changed, onChange]);
  const submit = (): void => {
    if (changed !== null && !disabled) onSend(changed);
  };
  return (
    <form
      ref={form}
      className="editor"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.preventDefault();
          onBack();
        }
        if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) submit();
      }}
    >
      {Object.entries(texts).map(([name, text], place) => (
        <div key={name}>
          <label className="label mono" htmlFor={`${base}-${name}`}>
            {name}
          </label>
          <textarea
            id={`${base}-${name}`}
            className={`field mono ${wrong.has(name) ? "invalid" : ""}`}
            aria-invalid={wrong.has(name)}
            autoFocus={place === 0}
            rows={Math.min(12, text.split("\n").length)}
            value={text}
            onChange={(event) => setTexts({ ...texts, [name]: event.target.value })}
          />
          {wrong.has(name) && <p className="error">{words.question.invalid}</p>}
        </div>
      ))}
      {scopes}
      <div className="actions">
        <button type="submit" className={`btn ${destructive ? "danger" : "primary"}`} disabled={disabled || wrong.size > 0}>
          {words.question.approve} <kbd>{MOD}⏎</kbd>
        </button>
        <button type="button" className="btn ghost" onClick={onBack}>
          {words.question.back} <kbd>Esc</kbd>
        </button>
      </div>
    </form>
  );
}

function argumentsOf(texts: Record<string, string>, start: Record<string, unknown>): Record<string, unknown> | null {
  const entries = Object.entries(texts);
  if (entries.some(([name, text]) => typeof start[name] !== "string" && !isJson(text))) return null;
  return Object.fromEntries(entries.map(([name, text]) => [name, typeof start[name] === "string" ? text : (JSON.parse(text) as unknown)]));
}

/** Return whether two JSON values say the same; the order of names does not matter. */
export function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return one === other;
  const names = Object.keys(one);
  return Array.isArray(one) === Array.isArray(other) && names.length === Object.keys(other).length && names.every((name) => Object.hasOwn(other, name) && isSame(one[name as never], other[name as never]));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Options by number, and a field for words of one's own. */
export function InWords({ options, disabled, onSend }: { options: readonly string[]; disabled: boolean; onSend(text: string): void }): ReactNode {
  const { words } = useSpeech();
  const [text, setText] = useState("");
  const field = useId();
  return (
    <form
      className="actions"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "") onSend(text);
      }}
    >
      {options.map((option, place) => (
        <button key={option} type="button" className="btn" disabled={disabled} onClick={() => onSend(option)}>
          {option} {place < 9 && <kbd>{place + 1}</kbd>}
        </button>
      ))}
      <label className="sr" htmlFor={field}>
        {words.question.answer}
      </label>
      <input id={field} className="field grow" placeholder={options.length > 0 ? words.question.ownWords : words.question.answer} value={text} onChange={(event) => setText(event.target.value)} />
      <button type="submit" className="btn primary" disabled={disabled || text.trim() === ""}>
        {words.question.send} <kbd>⏎</kbd>
      </button>
    </form>
  );
}
