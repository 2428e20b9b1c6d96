import { useEffect, useId, useRef, useState, type ReactNode } from "react";

import type { Asked, Question } from "../journal/model";
import { Icon } from "../parts/Icon";
import { useKeys } from "../parts/keys";
import { useNow } from "../parts/time";
import { queries, server, useQuestion, type Schemas } from "../server";
import { useSpeech } from "../words";
import { problemText } from "../words/problem";
import { useTelling, type Telling } from "../words/telling";
import { Editor, InWords, isSame, Reason } from "./AnswerForms";
import { Diff } from "./Diff";
import { Effect } from "./Effect";
import { Refused, useForeseen } from "./Foreseen";
import { goToQuestion, questionsIn, takesKey, useSeen, useSight } from "./sight";

export type Scope = "once" | "run" | "session" | "workspace";

const SCOPES: readonly Scope[] = ["once", "run", "session", "workspace"];
/** Milliseconds before a card takes an answer, so that nobody answers what appears under the hand. */
const SETTLES = 500;
/** Labels of calls that are asked every time; the server remembers none of them. */
const ONCE_ALONE = new Set(["destructive", "unsandboxed", "wider", "unread", "tainted"]);

interface Sent {
  decision: "approve" | "reject";
  reason?: string;
  text?: string;
  arguments?: Record<string, unknown>;
  remember?: "run" | "session" | "workspace";
}

/** A question to the person: what would happen, in one frame with its answers. Once answered it is one line. */
export function QuestionCard({ asked }: { asked: Asked }): ReactNode {
  return asked.answer === null ? <OpenQuestion question={asked.question} /> : <Answered asked={asked} />;
}

function Answered({ asked }: { asked: Asked }): ReactNode {
  const { words, formats } = useSpeech();
  const telling = useTelling();
  const { answer, question } = asked;
  if (answer === null) return null;
  const yes = answer.decision === "approve";
  const who = answer.by === "timeout" ? words.question.by["timeout"] : words.question.by["person"];
  return (
    <p className="answered row">
      <Icon name={yes ? "done" : "denied"} small className={yes ? "ok" : "warn"} />
      <span>{yes ? words.question.approved : words.question.rejected}</span>
      {answer.arguments != null && <span className="dim nowrap">{words.question.edited}</span>}
      <span className="dim cut">{saidOf(asked, telling)}</span>
      {question.kind === "approval" && answer.text && <q className="dim cut">{answer.text}</q>}
      <span className="meta end nowrap">
        {who}, {formats.time(asked.answeredAt)}
      </span>
    </p>
  );
}

/** What an answered question was about: the words that were said, the arguments that were changed, or the effect as it was asked for. */
function saidOf({ question, answer }: Asked, telling: Telling): string {
  if (question.kind === "words" || question.kind === "clarification") return `${telling.question(question)} — ${answer?.text ?? ""}`;
  if (answer?.arguments != null) {
    const before = question.call?.arguments ?? {};
    const changed = Object.entries(answer.arguments).filter(([name, value]) => JSON.stringify(before[name]) !== JSON.stringify(value));
    return [question.call?.name, ...changed.map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)].join(" · ");
  }
  return telling.question(question);
}

/** A question that waits, with its answers and their keys; also what the inbox shows at the side. */
export function OpenQuestion({ question: asked, onAnswered }: { question: Question; onAnswered?(): void }): ReactNode {
  const { words } = useSpeech();
  const telling = useTelling();
  const [ready, setReady] = useState(false);
  const [sending, setSending] = useState(false);
  const [detailed, setDetailed] = useState(false);
  const [mode, setMode] = useState<"ask" | "reject" | "edit">("ask");
  const [scope, setScope] = useState<Scope>("once");
  const [problem, setProblem] = useState<{ text: string; code: string } | null>(null);
  const card = useRef<HTMLElement>(null);
  const sight = useSight();
  useSeen(card);
  const title = useId();
  const { data: listed } = useQuestion(asked.id);
  const [edited, setEdited] = useState<Record<string, unknown> | null>(null);
  const foreseen = useForeseen(asked.id, mode === "edit" ? edited : null);
  const parsed = foreseen.view?.question ?? listed;
  const question = foreseen.view === null ? asked : questionOf(foreseen.view.question);
  const isApproval = question.kind === "approval";
  const inWords = question.kind === "words" || question.kind === "clarification";
  const grave = [...(asked.labels ?? []), ...(question.labels ?? [])].some((label) => ONCE_ALONE.has(label));
  const destructive = (question.labels ?? []).includes("destructive");

  useEffect(() => {
    const timer = setTimeout(() => setReady(true), SETTLES);
    return () => clearTimeout(timer);
  }, []);

  const send = async (answer: Sent): Promise<void> => {
    if (!ready || sending) return;
    setSending(true);
    setProblem(null);
    try {
      await server.api.POST("/api/v1/approvals/{approval_id}", { params: { path: { approval_id: question.id } }, body: answer as never });
      void queries.invalidateQueries({ queryKey: ["approvals"] });
      onAnswered?.();
      toNextQuestion(asked.id);
    } catch (failure) {
      setProblem(problemText(failure));
      setSending(false);
    }
  };
  const approve = (more: Partial<Sent> = {}): void => void send({ decision: "approve", ...(scope !== "once" && isApproval && !grave ? { remember: scope } : {}), ...more });
  const mine = (act: () => void) => () => {
    if (takesKey(asked.id)) act();
  };
  const options = question.options ?? [];
  useKeys(
    {
      ...(inWords ? {} : { KeyA: mine(() => approve()) }),
      KeyR: mine(() => setMode("reject")),
      ...(isApproval ? { KeyE: mine(() => setMode("edit")), KeyD: mine(() => setDetailed(!detailed)) } : {}),
      ...Object.fromEntries(
        inWords
          ? options.slice(0, 9).map((option, place) => [`Digit${place + 1}`, mine(() => void send({ decision: "approve", text: option }))])
          : SCOPES.map((each, place) => [`Digit${place + 1}`, mine(() => !grave && setScope(each))]),
      ),
    },
    mode === "ask" && (sight.current === asked.id || sight.next === asked.id),
  );

  return (
    <section ref={card} className="card ask" role="region" aria-labelledby={title} aria-current={sight.current === asked.id} tabIndex={-1} data-question={question.id}>
      <header>
        <Icon name="hand" className="acc" />
        <span className="title" id={title}>
          {(isApproval ? words.question.approveTool[question.call?.name ?? ""] : undefined) ?? words.question.kinds[question.kind]}
        </span>
        {question.agent && <span className="dim">{(question.path?.length ?? 0) > 1 ? question.path!.join(" → ") : question.agent}</span>}
        <Timer question={question} />
      </header>
      <div className="body pad stack" aria-live={mode === "edit" ? "polite" : undefined} aria-busy={foreseen.isPending}>
        {mode === "edit" && <p className="meta">{foreseen.isPending ? words.question.foreseeing : words.question.newEffect}</p>}
        <p className="effect">{telling.question(question)}</p>
        <Effect question={question} parsed={parsed} onEdit={isApproval && mode !== "edit" ? () => setMode("edit") : undefined} />
        {question.preview && <Diff diff={question.preview} label={words.thread.changes} />}
        {isApproval && <Exactly question={question} open={detailed} onToggle={setDetailed} />}
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
      {mode === "edit" && question.call != null && <Editor start={asked.call?.arguments ?? {}} destructive={destructive} disabled={!ready || sending || !foreseen.mayRun} onChange={setEdited} onBack={() => setMode("ask")} onSend={(changed) => approve(isSame(changed, asked.call?.arguments ?? {}) ? {} : { arguments: changed })} scopes={grave ? null : <Scopes value={scope} onChange={setScope} />} />}
      {mode === "reject" && <Reason disabled={!ready || sending} onBack={() => setMode("ask")} onSend={(reason) => void send({ decision: "reject", ...(inWords ? {} : { reason }) })} />}
      {mode === "ask" && inWords && <InWords options={options} disabled={!ready || sending} onSend={(text) => void send({ decision: "approve", text })} />}
      {mode === "ask" && !inWords && (
        <div className="answers">
          <div className="actions">
            <button type="button" className={`btn ${destructive ? "danger" : "primary"}`} disabled={!ready || sending} onClick={() => approve()}>
              {question.kind === "budget" ? words.question.goOn : question.kind === "in_doubt" ? words.question.runAgain : words.question.approve} <kbd>A</kbd>
            </button>
            <button type="button" className="btn" disabled={!ready || sending} onClick={() => (isApproval ? setMode("reject") : void send({ decision: "reject" }))}>
              {question.kind === "budget" ? words.question.stop : question.kind === "in_doubt" ? words.question.leave : words.question.reject} <kbd>R</kbd>
            </button>
          </div>
          {isApproval && !grave && <Scopes value={scope} onChange={setScope} keys />}
        </div>
      )}
    </section>
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

/** Go to what waits next in this session, or to the message field where nothing does. */
function toNextQuestion(answered: string): void {
  const all = questionsIn(document);
  const here = all.findIndex((card) => card.dataset["question"] === answered);
  const next = [...all.slice(here + 1), ...all.slice(0, Math.max(0, here))][0];
  if (next === undefined) document.getElementById("message")?.focus();
  else goToQuestion(next);
}

/** For how long an approval holds; its number keys are shown where they work. */
function Scopes({ value, onChange, keys = false }: { value: Scope; onChange(scope: Scope): void; keys?: boolean }): ReactNode {
  const { words } = useSpeech();
  const name = useId();
  return (
    <fieldset className="seg scopes end">
      <legend className="sr">{words.question.scope}</legend>
      {SCOPES.map((scope, place) => (
        <label key={scope}>
          <input type="radio" name={name} checked={value === scope} onChange={() => onChange(scope)} />
          {words.question.scopes[scope]} {keys && <kbd>{place + 1}</kbd>}
        </label>
      ))}
    </fieldset>
  );
}

function Timer({ question }: { question: Question }): ReactNode {
  const { words, formats } = useSpeech();
  const ends = Date.parse(question.expires_at ?? "");
  const now = useNow(1000, Number.isFinite(ends));
  if (!Number.isFinite(ends)) return null;
  const then = question.on_timeout === "approve" ? words.question.thenApprove : words.question.thenReject;
  return (
    <span className="end timer" role="timer">
      <Icon name="timer" small />
      <span className="num">{words.question.left(formats.clock((ends - now) / 1000), then)}</span>
    </span>
  );
}

/** Return a listed question as the journal tells it, for what shows both. */
export function questionOf(view: Schemas["ApprovalView"]): Question {
  return {
    id: view.id,
    kind: view.kind,
    text: view.text,
    agent: view.agent,
    call: view.tool === "" ? null : { id: view.id, name: view.tool, arguments: view.arguments ?? {} },
    effect: view.effect,
    reason: view.reason,
    because: view.because,
    limit: view.limit,
    options: view.options,
    labels: view.labels,
    preview: view.preview,
    undoable: view.undoable,
    path: view.path,
    expires_at: view.expires_at,
  };
}
