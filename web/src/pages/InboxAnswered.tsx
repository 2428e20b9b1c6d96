import type { ReactNode } from "react";
import { Link } from "wouter";

import { questionOf } from "../conversation/QuestionCard";
import { Icon, type IconName } from "../parts/Icon";
import { useAnswered, type Schemas } from "../server";
import { useSpeech, useWords } from "../words";
import { useTelling } from "../words/telling";
import { inboxWords } from "../words/inbox";
import { ListTable } from "./ListTable";

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
    <ListTable
      label={words.shows.answered}
      query={answered}
      heads={[{ name: words.answer }, { name: words.what }, { name: words.agent }, { name: words.when, right: true }]}
      empty={{ icon: "done", title: words.nothingAnswered, text: words.nothingAnsweredMore }}
    >
      {(question) => <Row key={question.id} question={question} />}
    </ListTable>
  );
}

function Row({ question }: { question: Schemas["ApprovalView"] }): ReactNode {
  const words = useWords(inboxWords);
  const { formats } = useSpeech();
  const telling = useTelling();
  if (question.status === "open") return null;
  const look = LOOKS[question.status];
  const at = question.answered_at === null ? null : Date.parse(question.answered_at);
  return (
    <tr>
      <td className="nowrap">
        <Icon name={look.icon} small className={look.tone} /> {words.answers[question.status]}
      </td>
      <th scope="row" className="wrapped">
        <Link className="three-lines" href={`/sessions/${question.root_session_id}`}>{telling.question(questionOf(question))}</Link>
      </th>
      <td className="dim">{question.path.join(" → ")}</td>
      <td className="r">{at === null ? "" : `${formats.date(at)}, ${formats.time(at)}`}</td>
    </tr>
  );
}
