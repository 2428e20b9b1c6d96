import { useState, type ReactNode } from "react";
import { Link } from "wouter";

import { OpenQuestion, questionOf } from "../conversation/QuestionCard";
import { Icon } from "../parts/Icon";
import { useNow } from "../parts/time";
import { useOpenQuestions, type Schemas } from "../server";
import { useSpeech } from "../words";

/** All questions of the person, the nearest end first, with the chosen one beside the list. */
export default function Inbox({ menuButton }: { menuButton: ReactNode }): ReactNode {
  const { words } = useSpeech();
  const { data: questions = [] } = useOpenQuestions();
  const [chosen, setChosen] = useState("");
  const current = questions.find((question) => question.id === chosen) ?? questions[0];
  return (
    <main className="main" aria-label={words.shell.inbox}>
      <div className="bar">
        {menuButton}
        <h1 className="cut title-bar">{words.shell.inbox}</h1>
      </div>
      {current === undefined ? (
        <div className="page">
          <p className="lead">—</p>
        </div>
      ) : (
        <div className="split">
          <div className="listcol" role="grid">
            {questions.map((question) => (
              <Row key={question.id} question={question} isChosen={question.id === current.id} onChoose={() => setChosen(question.id)} />
            ))}
          </div>
          <div className="scroll">
            <div className="page">
              <OpenQuestion key={current.id} question={questionOf(current)} />
              <Link href={`/sessions/${current.root_session_id}`}>{words.shell.openSession}</Link>
            </div>
          </div>
        </div>
      )}
    </main>
  );
}

function Row({ question, isChosen, onChoose }: { question: Schemas["ApprovalView"]; isChosen: boolean; onChoose(): void }): ReactNode {
  const { formats } = useSpeech();
  const now = useNow(30_000);
  return (
    <div className="q" role="row" aria-selected={isChosen} tabIndex={0} onClick={onChoose} onKeyDown={(event) => event.key === "Enter" && onChoose()}>
      <span role="gridcell" />
      <Icon name="hand" className="acc" />
      <span role="gridcell">
        <span className="t block cut">{question.effect || question.text}</span>
        <span className="path">{question.path.join(" → ")}</span>
      </span>
      <span role="gridcell" className="age num">
        {formats.span((now - Date.parse(question.asked_at)) / 1000)}
      </span>
    </div>
  );
}
