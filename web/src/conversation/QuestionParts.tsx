import { useId, type ReactNode } from "react";

import type { Question } from "../journal/model";
import { Icon } from "../parts/Icon";
import { useNow } from "../parts/time";
import { useSpeech, type Words } from "../words";
import { useTelling } from "../words/telling";
import { Editor, InWords, isSame, Reason } from "./AnswerForms";
import { SCOPES, type Answering, type Scope } from "./answering";
import { Diff } from "./Diff";
import { Effect } from "./Effect";
import { Refused } from "./Foreseen";

/** Return what a question is called: by its tool, else by its kind. */
export function titleOf(question: Question, words: Words): string {
  return (question.kind === "approval" ? words.question.approveTool[question.call?.name ?? ""] : undefined) ?? words.question.kinds[question.kind] ?? question.kind;
}

/** What would happen: the effect in a sentence, what it is made of, what changes, and why an answer was not taken. */
export function Happening({ answering, children }: { answering: Answering; children?: ReactNode }): ReactNode {
  const { words } = useSpeech();
  const telling = useTelling();
  const { question, foreseen, isApproval, mode, problem } = answering;
  return (
    <div className="body pad stack" aria-live={mode === "edit" ? "polite" : undefined} aria-busy={foreseen.isPending}>
      {children}
      {mode === "edit" && <p className="meta">{foreseen.isPending ? words.question.foreseeing : words.question.newEffect}</p>}
      <p className="effect">{telling.question(question)}</p>
      <Effect question={question} parsed={answering.parsed} onEdit={isApproval && mode !== "edit" ? () => answering.setMode("edit") : undefined} />
      {question.preview && <Diff diff={question.preview} label={words.thread.changes} />}
      {isApproval && <Exactly question={question} open={answering.detailed} onToggle={answering.setDetailed} />}
      <Refused foreseen={foreseen} />
      {problem !== null && (
        <p className="error" role="alert">
          <Icon name="warn" small />
          <span>
            {problem.text} <code>{problem.code}</code>
          </span>
        </p>
      )}
    </div>
  );
}

/** The form of an answer that takes more than a button: changed arguments, a reason, words; nothing where two buttons do. */
export function AnswerForm({ answering }: { answering: Answering }): ReactNode {
  const { asked, question, mode, isLive, inWords } = answering;
  const start = asked.call?.arguments ?? {};
  if (mode === "edit" && question.call != null) {
    return <Editor start={start} destructive={answering.destructive} disabled={!isLive || !answering.foreseen.mayRun} onChange={answering.setEdited} onBack={answering.back} onSend={(changed) => answering.approve(isSame(changed, start) ? {} : { arguments: changed })} scopes={answering.grave ? null : <Scopes value={answering.scope} onChange={answering.setScope} />} />;
  }
  if (mode === "reject") return <Reason disabled={!isLive} onBack={answering.back} onSend={(reason) => (inWords ? answering.reject() : answering.reject(reason))} />;
  if (inWords) return <InWords options={question.options ?? []} disabled={!isLive} onSend={(text) => answering.approve({ text })} />;
  return null;
}

export function ApproveButton({ answering }: { answering: Answering }): ReactNode {
  const { words } = useSpeech();
  const { kind } = answering.question;
  return (
    <button type="button" className={`btn ${answering.destructive ? "danger" : "primary"}`} disabled={!answering.isLive} onClick={() => answering.approve()}>
      {kind === "budget" ? words.question.goOn : kind === "in_doubt" ? words.question.runAgain : words.question.approve} <kbd>A</kbd>
    </button>
  );
}

export function RejectButton({ answering }: { answering: Answering }): ReactNode {
  const { words } = useSpeech();
  const { kind } = answering.question;
  return (
    <button type="button" className="btn" disabled={!answering.isLive} onClick={() => (answering.isApproval ? answering.setMode("reject") : answering.reject())}>
      {kind === "budget" ? words.question.stop : kind === "in_doubt" ? words.question.leave : words.question.reject} <kbd>R</kbd>
    </button>
  );
}

/** The call to the letter, as its tool is given it. */
function Exactly({ question, open, onToggle }: { question: Question; open: boolean; onToggle(open: boolean): void }): ReactNode {
  const { words } = useSpeech();
  return (
    <details className="exactly" open={open} onToggle={(event) => onToggle(event.currentTarget.open)}>
      <summary>
        {words.question.exactly} <kbd>D</kbd>
      </summary>
      <pre className="out" tabIndex={0}>
        {question.call?.name} {JSON.stringify(question.call?.arguments ?? {}, null, 2)}
      </pre>
    </details>
  );
}

/** Why an answer to this holds once alone. */
export function OnceAlone(): ReactNode {
  const { words } = useSpeech();
  return <p className="meta once-alone">{words.question.onceAlone}</p>;
}

/** For how long an approval holds, and for what; its number keys are shown where they work. */
export function Scopes({ value, onChange, keys = false }: { value: Scope; onChange(scope: Scope): void; keys?: boolean }): ReactNode {
  const { words } = useSpeech();
  const name = useId();
  return (
    <fieldset className="scope-field">
      <legend className="label">{words.question.scope}</legend>
      <div className="seg scopes">
        {SCOPES.map((scope, place) => (
          <label key={scope}>
            <input type="radio" name={name} checked={value === scope} onChange={() => onChange(scope)} />
            {words.question.scopes[scope]} {keys && <kbd>{place + 1}</kbd>}
          </label>
        ))}
      </div>
      <p className="meta">{words.question.sameCall}</p>
    </fieldset>
  );
}

/** How long a question waits yet; in few signs where its end is told beside it. */
export function Timer({ question, short = false }: { question: Question; short?: boolean }): ReactNode {
  const { words, formats } = useSpeech();
  const ends = Date.parse(question.expires_at ?? "");
  const now = useNow(1000, Number.isFinite(ends));
  if (!Number.isFinite(ends)) return null;
  const then = question.on_timeout === "approve" ? words.question.thenApprove : words.question.thenReject;
  const left = formats.clock((ends - now) / 1000);
  return (
    <span className="end timer" role="timer">
      <Icon name="timer" small />
      <span className="num">{short ? left : words.question.left(left, then)}</span>
    </span>
  );
}
