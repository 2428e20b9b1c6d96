import { useId, useRef, useState, type ReactNode } from "react";

import type { Question } from "../journal/model";
import { Icon } from "../parts/Icon";
import { useKeys } from "../parts/keys";
import { useModal } from "../parts/modal";
import { useSessions } from "../server";
import { useSpeech } from "../words";
import { visible } from "../words/showing";
import { useTelling } from "../words/telling";
import { useAnswering, type Answering } from "./answering";
import { AnswerForm, ApproveButton, Happening, OnceAlone, RejectButton, Scopes, Timer, titleOf } from "./QuestionParts";

/** The arguments that a person knows a call by, in the order of their weight. */
const SUBJECTS = ["command", "path", "url", "paths", "target"];

/** What waits, as one bar on a page of one column; it opens the question over the whole page. */
export function WaitingBar({ questions, onAnswered }: { questions: readonly Question[]; onAnswered?: (() => void) | undefined }): ReactNode {
  const { words, formats } = useSpeech();
  const telling = useTelling();
  const [shown, setShown] = useState("");
  const [answered, setAnswered] = useState<ReadonlySet<string>>(new Set());
  const waiting = questions.filter((each) => !answered.has(each.id));
  const next = waiting[0];
  const open = waiting.find((each) => each.id === shown);
  useKeys({ KeyW: () => setShown(next?.id ?? "") }, next !== undefined);
  if (next === undefined) return null;
  const subject = subjectOf(next);
  return (
    <>
      <button type="button" className="wait-bar" aria-haspopup="dialog" data-question={open === undefined ? next.id : undefined} onClick={() => setShown(next.id)}>
        <Icon name="hand" className="acc" />
        <span className="grow">
          <b className="block">{titleOf(next, words)}</b>
          <span className={`block cut ${subject === "" ? "" : "mono"}`}>{subject || telling.question(next)}</span>
        </span>
        {waiting.length > 1 && <span className="meta num">{words.question.oneOf(formats.number(waiting.length))}</span>}
        <Icon name="up" className="acc" />
      </button>
      {open !== undefined && (
        <QuestionSheet
          key={open.id}
          asked={open}
          onClose={() => setShown("")}
          onAnswered={() => {
            setAnswered(new Set([...answered, open.id]));
            onAnswered?.();
          }}
        />
      )}
    </>
  );
}

function subjectOf({ call }: Question): string {
  const said = SUBJECTS.map((name) => call?.arguments?.[name]).find((value) => typeof value === "string");
  return typeof said === "string" ? visible(said) : "";
}

/** A question over the whole page, its answers at the thumb. */
function QuestionSheet({ asked, onClose, onAnswered }: { asked: Question; onClose(): void; onAnswered(): void }): ReactNode {
  const { words } = useSpeech();
  const sheet = useRef<HTMLDialogElement>(null);
  const title = useId();
  useModal(sheet);
  const answering = useAnswering(asked, sheet, onAnswered);
  const { question, mode, inWords, isApproval, grave } = answering;
  return (
    <dialog ref={sheet} className="ask question-sheet" aria-labelledby={title} aria-current={answering.isCurrent} tabIndex={-1} data-question={asked.id} onClose={onClose}>
      <header className="bar">
        <button type="button" className="icon-btn" aria-label={words.shell.close} onClick={onClose}>
          <Icon name="down" />
        </button>
        <h2 id={title} className="grow">
          {titleOf(question, words)}
        </h2>
        <Timer question={question} short />
      </header>
      <Happening answering={answering}>
        <Crumbs answering={answering} />
      </Happening>
      {mode === "ask" && isApproval && (grave ? <OnceAlone /> : <Scopes value={answering.scope} onChange={answering.setScope} />)}
      {mode === "ask" && <Until question={question} />}
      <AnswerForm answering={answering} />
      {mode === "ask" && !inWords && (
        <div className="actions">
          <RejectButton answering={answering} />
          <ApproveButton answering={answering} />
        </div>
      )}
    </dialog>
  );
}

/** Where it is asked: the session, and the agents from the top down to the one that asks. */
function Crumbs({ answering: { parsed, question } }: { answering: Answering }): ReactNode {
  const { words } = useSpeech();
  const { data: sessions = [] } = useSessions(200);
  const title = sessions.find((session) => session.id === parsed?.root_session_id)?.title || words.shell.untitled;
  const agents = question.path?.length ? question.path : [question.agent ?? ""].filter(Boolean);
  return (
    <p className="path">
      {parsed === undefined ? "" : title}
      {agents.map((agent, place) => (
        <span key={place} className="row">
          <Icon name="right" />
          {place === agents.length - 1 ? <b>{agent}</b> : agent}
        </span>
      ))}
    </p>
  );
}

/** What happens when nobody answers, and when. */
function Until({ question }: { question: Question }): ReactNode {
  const { words, formats } = useSpeech();
  const ends = Date.parse(question.expires_at ?? "");
  if (!Number.isFinite(ends)) return null;
  return <p className="meta until">{(question.on_timeout === "approve" ? words.question.untilApproved : words.question.untilRejected)(formats.moment(ends))}</p>;
}
