import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { Link, useLocation } from "wouter";

import { OpenQuestion, questionOf } from "../conversation/QuestionCard";
import { useKeys } from "../parts/keys";
import { useSessions, type Schemas } from "../server";
import { focusHeading } from "../shell/heading";
import { useSpeech, useWords } from "../words";
import { inboxWords } from "../words/inbox";
import { joins } from "./batch";
import { BatchBar } from "./BatchBar";
import { QuestionPath, QuestionRow, rowId } from "./InboxRow";
import { Empty } from "./Loaded";

type Question = Schemas["ApprovalView"];

/** What waits, the nearest end first, with the chosen question beside the list. */
export function InboxWaiting({ questions }: { questions: Question[] }): ReactNode {
  const words = useWords(inboxWords);
  const [, navigate] = useLocation();
  const [here, setHere] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const place = Math.max(0, questions.findIndex((question) => question.id === here));
  const current = questions[place];
  const marked = questions.filter((question) => chosen.has(question.id));
  const moved = useRef(false);
  useEffect(() => {
    if (moved.current && current === undefined) focusHeading();
    else if (moved.current) document.getElementById(rowId(current?.id ?? ""))?.focus();
    moved.current = false;
  }, [current?.id]);
  const go = (to: number): void => {
    const next = questions[Math.min(questions.length - 1, Math.max(0, to))];
    if (next === undefined) return;
    moved.current = true;
    setHere(next.id);
  };
  const toggle = (question: Question | undefined): void => {
    if (question === undefined || !(chosen.has(question.id) || joins(question, marked))) return;
    setChosen(chosen.has(question.id) ? new Set([...chosen].filter((id) => id !== question.id)) : new Set([...chosen, question.id]));
  };
  const open = (): void => current && navigate(`/sessions/${current.root_session_id}`);
  useKeys({ KeyJ: () => go(place + 1), KeyK: () => go(place - 1), KeyX: () => toggle(current), KeyO: open }, questions.length > 0);
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Record<string, () => void> = { ArrowDown: () => go(place + 1), ArrowUp: () => go(place - 1), Home: () => go(0), End: () => go(questions.length - 1), " ": () => toggle(current), Enter: () => document.querySelector<HTMLElement>("[data-question]")?.focus() };
    if (event.target instanceof HTMLInputElement && event.key === " ") return;
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    step();
  };
  if (current === undefined) {
    return (
      <div className="page">
        <Empty icon="inbox" title={words.nobody}>
          <p>{words.nobodyMore}</p>
        </Empty>
      </div>
    );
  }
  return (
    <div className="split">
      <div className="listcol">
        {marked.length > 0 && <BatchBar marked={marked} onSend={() => (moved.current = true)} onDone={() => setChosen(new Set())} />}
        <div className="grow question-list" role="grid" aria-label={words.questions} onKeyDown={onKeyDown}>
          {questions.map((question) => (
            <QuestionRow
              key={question.id}
              question={question}
              isHere={question.id === current.id}
              isChosen={chosen.has(question.id)}
              canJoin={joins(question, marked)}
              onHere={() => setHere(question.id)}
              onToggle={() => toggle(question)}
            />
          ))}
        </div>
        <Hints />
      </div>
      <section className="details-col" aria-labelledby={rowId(current.id)}>
        <div className="stack details-width">
          <Crumbs question={current} />
          <OpenQuestion key={current.id} question={questionOf(current)} onAnswered={() => (moved.current = true)} />
          <p className="meta">{words.batchNote}</p>
        </div>
      </section>
    </div>
  );
}

function Crumbs({ question }: { question: Question }): ReactNode {
  const { words } = useSpeech();
  const { data: sessions = [] } = useSessions(200);
  const title = sessions.find((session) => session.id === question.root_session_id)?.title || words.shell.untitled;
  return (
    <p className="path">
      <Link href={`/sessions/${question.root_session_id}`}>{title}</Link>
      <QuestionPath path={["", ...question.path]} />
    </p>
  );
}

function Hints(): ReactNode {
  const { hints } = useWords(inboxWords);
  return (
    <div className="hints" aria-hidden="true">
      <span>
        <kbd>J</kbd> <kbd>K</kbd> {hints.move}
      </span>
      <span>
        <kbd>X</kbd> {hints.choose}
      </span>
      <span>
        <kbd>A</kbd> {hints.approve}
      </span>
      <span>
        <kbd>R</kbd> {hints.reject}
      </span>
      <span>
        <kbd>O</kbd> {hints.open}
      </span>
    </div>
  );
}
