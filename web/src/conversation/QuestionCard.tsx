import { useId, useRef, type ReactNode } from "react";

import type { Asked, Question } from "../journal/model";
import { Icon } from "../parts/Icon";
import { useIsNarrow } from "../parts/narrow";
import { useSpeech } from "../words";
import { useTelling, type Telling } from "../words/telling";
import { questionOf, useAnswering } from "./answering";
import { AnswerForm, ApproveButton, Happening, OnceAlone, RejectButton, Scopes, Timer, titleOf } from "./QuestionParts";
import { WaitingBar } from "./QuestionSheet";
import { useSeen } from "./sight";

export { questionOf };

/** A question to the person: what would happen, in one frame with its answers. Once answered it is one line; in one column the bar above the composer holds it. */
export function QuestionCard({ asked }: { asked: Asked }): ReactNode {
  const isNarrow = useIsNarrow();
  if (asked.answer !== null) return <Answered asked={asked} />;
  return isNarrow ? null : <OpenCard asked={asked.question} onAnswered={undefined} />;
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

/** A question that waits, with its answers and their keys; also what the inbox shows at the side. In one column it is a bar that opens it. */
export function OpenQuestion({ question, onAnswered }: { question: Question; onAnswered?: () => void }): ReactNode {
  const isNarrow = useIsNarrow();
  return isNarrow ? <WaitingBar questions={[question]} onAnswered={onAnswered} /> : <OpenCard asked={question} onAnswered={onAnswered} />;
}

function OpenCard({ asked, onAnswered }: { asked: Question; onAnswered: (() => void) | undefined }): ReactNode {
  const { words } = useSpeech();
  const card = useRef<HTMLElement>(null);
  useSeen(card);
  const title = useId();
  const answering = useAnswering(asked, card, onAnswered);
  const { question } = answering;
  return (
    <section ref={card} className="card ask" role="region" aria-labelledby={title} aria-current={answering.isCurrent} tabIndex={-1} data-question={question.id}>
      <header>
        <Icon name={answering.destructive ? "warn" : "hand"} className={answering.destructive ? "warn" : "acc"} />
        <span className="title" id={title}>
          {titleOf(question, words)}
        </span>
        {question.agent && <span className="dim">{(question.path?.length ?? 0) > 1 ? question.path!.join(" → ") : question.agent}</span>}
        <Timer question={question} />
      </header>
      <Happening answering={answering} />
      <AnswerForm answering={answering} />
      {answering.mode === "ask" && !answering.inWords && (
        <div className="answers">
          <div className="actions">
            <ApproveButton answering={answering} />
            <RejectButton answering={answering} />
          </div>
          {answering.isApproval && (answering.grave ? <OnceAlone /> : <Scopes value={answering.scope} onChange={answering.setScope} keys />)}
        </div>
      )}
    </section>
  );
}
