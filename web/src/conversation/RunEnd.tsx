import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "wouter";

import { ENDED, type Run } from "../journal/model";
import { Markdown } from "../parts/Markdown";
import { useNow } from "../parts/time";
import { server } from "../server";
import { useSpeech } from "../words";
import { problemText } from "../words/problem";
import { useTelling } from "../words/telling";
import { Node } from "./Node";

/** Failures that another model or another key may end. */
const OF_THE_MODEL = new Set(["LLM_UNAVAILABLE", "RATE_LIMITED", "CREDENTIALS_REFUSED", "REQUEST_REFUSED", "CONTEXT_TOO_LONG", "EMPTY_REPLY", "REPLY_INVALID", "CONFIG_INVALID"]);

/** How a run rests or ended, and what can be done about it. */
export function RunEnd({ run }: { run: Run }): ReactNode {
  const { words, formats } = useSpeech();
  const telling = useTelling();
  const waits = run.status === "waiting" && run.waitsFor === "model";
  const now = useNow(1000, waits);
  const { failure, resume } = useResume(run.id);
  const calls = run.entries.reduce((sum, entry) => sum + (entry.kind === "step" ? entry.calls.length : 0), 0);
  if (waits) {
    const left = formats.span(Math.max(0, run.wakeAt - now) / 1000);
    return (
      <Node icon="timer">
        <div className="notice warn">
          <span className="grow">{words.thread.modelWaits(left)}</span>
          <button type="button" className="btn small" onClick={resume}>
            {words.thread.tryNow}
          </button>
          <Link className="btn small" href="/settings/models">
            {words.thread.anotherModel}
          </Link>
        </div>
        {failure}
      </Node>
    );
  }
  if (!ENDED.has(run.status)) return null;
  const said = run.entries.some((entry) => entry.kind === "step" && (entry.text !== "" || entry.calls.some((call) => call.name === "finish")));
  return (
    <>
      {!said && run.reply !== "" && (
        <Node>
          <div className="say">
            <Markdown text={run.reply} />
          </div>
        </Node>
      )}
      {run.status === "failed" && run.failure !== null && (
        <Node icon="failed" tone="bad">
          <div className="notice bad" role="alert">
            <span className="grow">
              {telling.failure(run.failure.code, run.failure.message)} <code>{run.failure.code}</code>
            </span>
            {OF_THE_MODEL.has(run.failure.code) && (
              <Link className="btn small" href="/settings/models">
                {words.thread.openModels}
              </Link>
            )}
            {!run.inherited && (
              <button type="button" className="btn small" onClick={resume}>
                {words.thread.resume}
              </button>
            )}
          </div>
          {failure}
        </Node>
      )}
      <p className="meta closing">
        {run.status === "cancelled" ? `${words.thread.cancelled} · ` : ""}
        {words.thread.closing(formats.span((run.endedAt - (run.startedAt || run.sentAt)) / 1000), calls, run.usage?.cost ? formats.money(run.usage.cost) : "")}
      </p>
    </>
  );
}

/** Let a run go on; where that is refused, say why. */
function useResume(id: string): { failure: ReactNode; resume(): void } {
  const { language } = useSpeech();
  const { error, mutate } = useMutation({ mutationFn: () => server.api.POST("/api/v1/runs/{run_id}/resume", { params: { path: { run_id: id } } }) });
  const problem = error === null ? null : problemText(error, language);
  const failure = problem !== null && (
    <p className="error" role="alert">
      {problem.text} <code>{problem.code}</code>
    </p>
  );
  return { failure, resume: () => mutate() };
}
