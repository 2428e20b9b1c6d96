import type { ReactNode } from "react";
import { Link } from "wouter";

import { Icon, type IconName } from "../parts/Icon";
import { useAnswered, type Schemas } from "../server";
import { useSpeech, useWords } from "../words";
import { inboxWords } from "../words/inbox";
import { Empty, Loaded } from "./Loaded";

const LOOKS: Record<Exclude<Schemas["ApprovalView"]["status"], "open">, { icon: IconName; tone: string }> = {
  approved: { icon: "done", tone: "ok" },
  rejected: { icon: "denied", tone: "warn" },
  timed_out: { icon: "timedout", tone: "warn" },
  closed: { icon: "stop", tone: "dim" },
};

/** What was answered, newest first. */
export function InboxAnswered(): ReactNode {
  const words = useWords(inboxWords);
  const answered = useAnswered();
  return (
    <div className="paged grow">
      <div className="page">
        <Loaded query={answered}>
          {(questions) =>
            questions.length === 0 ? (
              <Empty icon="done" title={words.nothingAnswered}>
                <p>{words.nothingAnsweredMore}</p>
              </Empty>
            ) : (
              <div className="tscroll" tabIndex={0} role="group" aria-label={words.shows.answered}>
                <table className="narrow-stack">
                  <thead>
                    <tr>
                      <th>{words.answer}</th>
                      <th>{words.what}</th>
                      <th>{words.agent}</th>
                      <th className="r">{words.when}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {questions.map((question) => (
                      <Row key={question.id} question={question} />
                    ))}
                  </tbody>
                </table>
              </div>
            )
          }
        </Loaded>
      </div>
    </div>
  );
}

function Row({ question }: { question: Schemas["ApprovalView"] }): ReactNode {
  const words = useWords(inboxWords);
  const { formats } = useSpeech();
  if (question.status === "open") return null;
  const look = LOOKS[question.status];
  const at = question.answered_at === null ? null : Date.parse(question.answered_at);
  return (
    <tr>
      <td className="nowrap">
        <Icon name={look.icon} small className={look.tone} /> {words.answers[question.status]}
      </td>
      <th scope="row" className="wrapped">
        <Link className="three-lines" href={`/sessions/${question.root_session_id}`}>{(question.effect || question.text).replaceAll("␊", " ⏎ ")}</Link>
      </th>
      <td className="dim">{question.path.join(" → ")}</td>
      <td className="r">{at === null ? "" : `${formats.date(at)}, ${formats.time(at)}`}</td>
    </tr>
  );
}
