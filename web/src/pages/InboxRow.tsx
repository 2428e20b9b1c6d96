import { Fragment, type ReactNode } from "react";

import { questionOf } from "../conversation/QuestionCard";
import { Icon, type IconName } from "../parts/Icon";
import { useNow } from "../parts/time";
import { useSessions, type Schemas } from "../server";
import { useSpeech, useWords } from "../words";
import { inboxWords } from "../words/inbox";
import { useTelling } from "../words/telling";
import { targetOf } from "./batch";

type Question = Schemas["ApprovalView"];

const OF_KIND: Partial<Record<Question["kind"], IconName>> = { words: "chat", clarification: "agents", budget: "coin", in_doubt: "info" };
const OF_TOOL: Record<string, IconName> = { execute_command: "term", web_fetch: "globe", web_search: "globe", write_file: "edit", edit_file: "edit" };

/** Return the identifier of a question's row. */
export function rowId(question: string): string {
  return `row-${question}`;
}

/** One question of the list: what, who, where, and how long it waits yet. */
export function QuestionRow({ question, isHere, isChosen, canJoin, onHere, onToggle }: { question: Question; isHere: boolean; isChosen: boolean; canJoin: boolean; onHere(): void; onToggle(): void }): ReactNode {
  const words = useWords(inboxWords);
  const { words: general, formats } = useSpeech();
  const { data: sessions = [] } = useSessions(200);
  const telling = useTelling();
  const now = useNow(30_000);
  const what = telling.question(questionOf(question));
  const left = question.expires_at === null ? words.noEnd : words.left(formats.span(Math.max(0, Date.parse(question.expires_at) - now) / 1000));
  const why = isChosen || canJoin ? undefined : targetOf(question) === "" ? words.alone : words.notLike;
  return (
    <div id={rowId(question.id)} className="q" role="row" aria-selected={isHere} tabIndex={isHere ? 0 : -1} onClick={onHere}>
      <span role="gridcell" title={why}>
        <input type="checkbox" tabIndex={-1} aria-label={words.choose(what)} checked={isChosen} disabled={why !== undefined} onChange={onToggle} onClick={(event) => event.stopPropagation()} />
      </span>
      <Icon name={iconOf(question)} className={isHere ? "acc" : ""} />
      <span role="gridcell">
        <span className={`t block ${question.tool === "execute_command" ? "mono" : ""}`}>{what}</span>
        <span className="path">
          <QuestionPath path={question.path} />
        </span>
        <span className="meta block cut">{sessions.find((session) => session.id === question.root_session_id)?.title || general.shell.untitled}</span>
      </span>
      <span role="gridcell" className="age num">
        {formats.span(Math.max(1, Math.round((now - Date.parse(question.asked_at)) / 1000)))}
        <br />
        {left}
      </span>
    </div>
  );
}

/** The agents from the top down to the one that asks. */
export function QuestionPath({ path }: { path: readonly string[] }): ReactNode {
  return path.map((agent, place) => (
    <Fragment key={place}>
      {place > 0 && <Icon name="right" />}
      {place === path.length - 1 && path.length > 1 ? <b>{agent}</b> : agent}
    </Fragment>
  ));
}

function iconOf(question: Question): IconName {
  if (question.labels.includes("destructive")) return "warn";
  return OF_KIND[question.kind] ?? OF_TOOL[question.tool] ?? "hand";
}
