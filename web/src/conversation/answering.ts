import { useEffect, useState, type RefObject } from "react";

import type { Question } from "../journal/model";
import { useKeys } from "../parts/keys";
import { queries, server, useQuestion, type Schemas } from "../server";
import { problemText } from "../words/problem";
import { useForeseen, type Foresight } from "./Foreseen";
import { goToQuestion, questionsIn, takesKey, useSight } from "./sight";

export type Scope = "once" | "run" | "session" | "workspace";

export const SCOPES: readonly Scope[] = ["once", "run", "session", "workspace"];
/** Milliseconds before a card takes an answer, so that nobody answers what appears under the hand. */
const SETTLES = 500;
/** Labels of calls that are asked every time; the server remembers none of them. */
const ONCE_ALONE = new Set(["destructive", "unsandboxed", "wider", "unread", "tainted"]);

interface Sent {
  decision: "approve" | "reject";
  reason?: string;
  text?: string;
  arguments?: Record<string, unknown>;
  remember?: "run" | "session" | "workspace";
}

/** A question that is being answered: what it is now, how far the answer is, and the ways to give it. */
export interface Answering {
  asked: Question;
  /** The question as it stands: while its call is edited, what the new arguments would do. */
  question: Question;
  parsed: Schemas["ApprovalView"] | undefined;
  foreseen: Foresight;
  isApproval: boolean;
  inWords: boolean;
  /** Whether an answer holds once alone, whatever was said before. */
  grave: boolean;
  destructive: boolean;
  /** Whether it takes an answer now. */
  isLive: boolean;
  mode: "ask" | "reject" | "edit";
  setMode(mode: "ask" | "reject" | "edit"): void;
  /** Leave the field of a reason or of arguments. */
  back(): void;
  scope: Scope;
  setScope(scope: Scope): void;
  detailed: boolean;
  setDetailed(detailed: boolean): void;
  setEdited(changed: Record<string, unknown> | null): void;
  problem: { text: string; code: string } | null;
  approve(more?: Partial<Sent>): void;
  reject(reason?: string): void;
  isCurrent: boolean;
}

/** Return how a question is answered from the part of the page that shows it. */
export function useAnswering(asked: Question, place: RefObject<HTMLElement | null>, onAnswered: (() => void) | undefined): Answering {
  const [ready, setReady] = useState(false);
  const [sending, setSending] = useState(false);
  const [detailed, setDetailed] = useState(false);
  const [mode, setMode] = useState<"ask" | "reject" | "edit">("ask");
  const [scope, setScope] = useState<Scope>("once");
  const [problem, setProblem] = useState<{ text: string; code: string } | null>(null);
  const [edited, setEdited] = useState<Record<string, unknown> | null>(null);
  const sight = useSight();
  const { data: listed } = useQuestion(asked.id);
  const foreseen = useForeseen(asked.id, mode === "edit" ? edited : null);
  const parsed = foreseen.view?.question ?? listed;
  const question = foreseen.view === null ? asked : questionOf(foreseen.view.question);
  const isApproval = question.kind === "approval";
  const inWords = question.kind === "words" || question.kind === "clarification";
  const grave = [...(asked.labels ?? []), ...(question.labels ?? [])].some((label) => ONCE_ALONE.has(label));

  useEffect(() => {
    const timer = setTimeout(() => setReady(true), SETTLES);
    return () => clearTimeout(timer);
  }, []);

  const send = async (answer: Sent): Promise<void> => {
    if (!ready || sending) return;
    setSending(true);
    setProblem(null);
    try {
      await server.api.POST("/api/v1/approvals/{approval_id}", { params: { path: { approval_id: question.id } }, body: answer as never });
      void queries.invalidateQueries({ queryKey: ["approvals"] });
      onAnswered?.();
      toNextQuestion(asked.id);
    } catch (failure) {
      setProblem(problemText(failure));
      setSending(false);
    }
  };
  const approve = (more: Partial<Sent> = {}): void => void send({ decision: "approve", ...(scope !== "once" && isApproval && !grave ? { remember: scope } : {}), ...more });
  const reject = (reason?: string): void => void send({ decision: "reject", ...(reason === undefined ? {} : { reason }) });
  const back = (): void => {
    setMode("ask");
    place.current?.focus({ preventScroll: true });
  };
  const mine = (act: () => void) => () => {
    if (takesKey(asked.id)) act();
  };
  useKeys(
    {
      ...(inWords ? {} : { KeyA: mine(() => approve()) }),
      KeyR: mine(() => setMode("reject")),
      ...(isApproval ? { KeyE: mine(() => setMode("edit")), KeyD: mine(() => setDetailed(!detailed)) } : {}),
      ...Object.fromEntries(
        inWords
          ? (question.options ?? []).slice(0, 9).map((option, at) => [`Digit${at + 1}`, mine(() => approve({ text: option }))])
          : SCOPES.map((each, at) => [`Digit${at + 1}`, mine(() => !grave && setScope(each))]),
      ),
    },
    mode === "ask" && (sight.current === asked.id || sight.next === asked.id),
    { place },
  );
  return {
    asked, question, parsed, foreseen, isApproval, inWords, grave, mode, setMode, back, scope, setScope, detailed, setDetailed, setEdited, problem, approve, reject,
    destructive: (question.labels ?? []).includes("destructive"),
    isLive: ready && !sending,
    isCurrent: sight.current === asked.id,
  };
}

/** Go to what waits next in this session, or to the message field where nothing does. */
function toNextQuestion(answered: string): void {
  const all = questionsIn(document);
  const here = all.findIndex((card) => card.dataset["question"] === answered);
  const next = [...all.slice(here + 1), ...all.slice(0, Math.max(0, here))][0];
  if (next === undefined) document.getElementById("message")?.focus();
  else goToQuestion(next);
}

/** Return a listed question as the journal tells it, for what shows both. */
export function questionOf(view: Schemas["ApprovalView"]): Question {
  return {
    id: view.id,
    kind: view.kind,
    text: view.text,
    agent: view.agent,
    call: view.tool === "" ? null : { id: view.id, name: view.tool, arguments: view.arguments ?? {} },
    effect: view.effect,
    reason: view.reason,
    because: view.because,
    limit: view.limit,
    options: view.options,
    labels: view.labels,
    preview: view.preview,
    undoable: view.undoable,
    path: view.path,
    expires_at: view.expires_at,
  };
}
