import type { ReactNode } from "react";
import { useLocation, useSearchParams } from "wouter";

import { useOpenQuestions } from "../server";
import { useWords } from "../words";
import { inboxWords } from "../words/inbox";
import { Choice } from "./Choice";
import { InboxAllowed } from "./InboxAllowed";
import { InboxAnswered } from "./InboxAnswered";
import { InboxWaiting } from "./InboxWaiting";
import { Loaded } from "./Loaded";

const SHOWS = ["waiting", "answered", "allowed"] as const;
type Show = (typeof SHOWS)[number];

/** All questions of the person: what waits, what was answered, and what is allowed without asking. */
export default function Inbox({ menuButton }: { menuButton: ReactNode }): ReactNode {
  const words = useWords(inboxWords);
  const questions = useOpenQuestions();
  const [search] = useSearchParams();
  const [, navigate] = useLocation();
  const show = SHOWS.find((each) => each === search.get("show")) ?? "waiting";
  const open = questions.data ?? [];
  return (
    <main className="main" aria-label={words.title}>
      <div className="bar wrap">
        {menuButton}
        <h1 className="title-bar">{words.title}</h1>
        {open.length > 0 && <span className="meta">{words.from(open.length, new Set(open.map((each) => each.root_session_id)).size)}</span>}
        <Choice<Show> label={words.show} options={SHOWS} names={words.shows} value={show} onChange={(next) => navigate(next === "waiting" ? "/inbox" : `/inbox?show=${next}`, { replace: true })} className="end" />
      </div>
      {show === "waiting" && <Loaded query={questions}>{(data) => <InboxWaiting questions={data} />}</Loaded>}
      {show === "answered" && <InboxAnswered />}
      {show === "allowed" && <InboxAllowed />}
    </main>
  );
}
