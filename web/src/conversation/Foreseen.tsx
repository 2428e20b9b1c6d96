import { useEffect, useState, type ReactNode } from "react";

import { Icon } from "../parts/Icon";
import { server, type Schemas } from "../server";
import { useSpeech } from "../words";
import { problemText } from "../words/problem";
import { useTelling } from "../words/telling";

/** Milliseconds of rest before the server is asked what a text would do. */
const REST = 250;

/** What a call would do with the arguments that are being written. */
export interface Foresight {
  view: Schemas["ForeseenView"] | null;
  /** Whether the server has not judged the newest arguments yet. */
  isPending: boolean;
  /** Whether the newest arguments were judged, and would be neither refused nor surely fail. */
  mayRun: boolean;
  problem: { text: string; code: string } | null;
}

interface Judged {
  given: Record<string, unknown>;
  view: Schemas["ForeseenView"] | null;
  problem: { text: string; code: string } | null;
}

/** Return what the server says of a call with other arguments, a moment after they were written; nothing for null. */
export function useForeseen(question: string, given: Record<string, unknown> | null): Foresight {
  const [judged, setJudged] = useState<Judged | null>(null);
  useEffect(() => {
    if (given === null) return;
    let isOld = false;
    const timer = setTimeout(async () => {
      const next: Judged = { given, view: null, problem: null };
      try {
        const { data } = await server.api.POST("/api/v1/approvals/{approval_id}/foresee", { params: { path: { approval_id: question } }, body: { arguments: given } });
        next.view = data ?? null;
      } catch (failure) {
        next.problem = problemText(failure);
      }
      if (!isOld) setJudged(next);
    }, REST);
    return () => {
      isOld = true;
      clearTimeout(timer);
    };
  }, [question, given]);
  const isPending = given !== null && judged?.given !== given;
  if (given === null || judged === null) return { view: null, isPending, mayRun: false, problem: null };
  const mayRun = !isPending && judged.view !== null && judged.view.code === "" && judged.view.decision !== "forbid";
  return { view: judged.view, isPending, mayRun, problem: judged.problem };
}

/** Why the call would come to nothing with these arguments; nothing where it would run. */
export function Refused({ foreseen: { view, problem, isPending } }: { foreseen: Foresight }): ReactNode {
  const { words } = useSpeech();
  const telling = useTelling();
  const text = problem?.text ?? (view?.code ? telling.failure(view.code, view.detail) : view?.decision === "forbid" ? words.question.wouldBeRefused : "");
  if (text === "" || isPending) return null;
  return (
    <p className="error">
      <Icon name="warn" small />
      <span>{text}</span>
    </p>
  );
}
