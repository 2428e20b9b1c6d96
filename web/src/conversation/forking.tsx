import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Link, useLocation } from "wouter";

import { ArtelierError } from "@artelier/client";

import type { Run } from "../journal/model";
import { Icon } from "../parts/Icon";
import { queries, server } from "../server";
import { useSpeech } from "../words";
import { problemText } from "../words/problem";
import { useConversation } from "./context";

/** Return what opens a copy of a session, all of it or up to a run, and goes there; what was said there waits in the message field. */
export function useFork(session: string): (run?: Run) => Promise<void> {
  const [, navigate] = useLocation();
  return async (run) => {
    const { data } = await server.api.POST("/api/v1/sessions/{session_id}/fork", {
      params: { path: { session_id: session } },
      body: run === undefined ? {} : { before: run.id },
    });
    if (run !== undefined) localStorage.setItem(`draft:${data!.id}`, run.message);
    void queries.invalidateQueries({ queryKey: ["sessions"] });
    navigate(`/sessions/${data!.id}`);
  };
}

/** At a person's message: say it in another way, in a copy of all that lies before it. */
export function FromHere({ run }: { run: Run }): ReactNode {
  const { words } = useSpeech();
  const { live } = useConversation();
  const fork = useFork(live.conversation.session);
  const [problem, setProblem] = useState<{ text: string; code: string } | null>(null);
  return (
    <>
      <button type="button" className="icon-btn small from-here" aria-label={words.thread.fromHere} title={words.thread.fromHere} onClick={() => void fork(run).catch((failure: unknown) => setProblem(problemText(failure)))}>
        <Icon name="branch" small />
      </button>
      {problem !== null && (
        <p className="error" role="alert">
          {words.shell.forkFailed}. {problem.text} <code>{problem.code}</code>
        </p>
      )}
    </>
  );
}

/** The line between what was copied and what came after, with the way back. */
export function Origin({ session }: { session: string }): ReactNode {
  const { words } = useSpeech();
  const { data: title, error } = useQuery({
    queryKey: ["sessions", "one", session],
    retry: false,
    queryFn: async () => (await server.api.GET("/api/v1/sessions/{session_id}", { params: { path: { session_id: session } } })).data!.title,
  });
  const gone = error instanceof ArtelierError && error.status === 404;
  return (
    <p className="origin meta" role="note">
      <Icon name="branch" small />
      {gone ? (
        words.thread.copyOfGone
      ) : (
        <span>
          {words.thread.copyOf} <Link href={`/sessions/${session}`}>{title || words.shell.untitled}</Link>
        </span>
      )}
    </p>
  );
}
