/** What a session looks like on the screen, folded from its journal. */
import type { Payloads } from "@artelier/client";

export type Question = Payloads["approval_asked"]["question"];
export type Answer = Payloads["approval_answered"]["answer"];
export type Result = Payloads["tool_finished"]["result"];
export type Usage = NonNullable<Payloads["run_finished"]["usage"]>;

export type CallState =
  | "writing"
  | "asked"
  | "waiting"
  | "running"
  | "done"
  | "failed"
  | "timed_out"
  | "denied"
  | "cancelled"
  | "in_doubt";

/** One call of a tool, from the first letter of its arguments to its result. */
export interface Call {
  id: string;
  name: string;
  arguments: Record<string, unknown> | null;
  /** The arguments as far as they are written, while they are. */
  raw: string;
  target: string;
  state: CallState;
  verdict: Payloads["call_judged"] | null;
  /** Milliseconds since the epoch by the server's clock; 0 for not yet. */
  startedAt: number;
  endedAt: number;
  seconds: number;
  /** Seconds it had been at work when the reply was whole. */
  early: number;
  result: Result | null;
  /** The newest part of what it prints while it runs. */
  output: string;
  child: { session: string; run: string; agent: string; returned: Payloads["delegate_returned"] | null } | null;
}

/** One reply of the model and the calls it asked for. */
export interface Step {
  kind: "step";
  number: number;
  attempt: number;
  text: string;
  reasoning: string;
  calls: Call[];
  /** Whether the whole reply is in the journal. */
  settled: boolean;
  /** Whether an earlier attempt was thrown away. */
  restarted: boolean;
  repliedAt: number;
  model: string;
  source: string;
  failure: Payloads["model_failed"] | null;
}

/** A question to the person, and what was said to it. */
export interface Asked {
  kind: "question";
  question: Question;
  askedAt: number;
  answer: Answer | null;
  answeredAt: number;
}

/** A line between the steps: a hand-over, a grant, a summary, an undo. */
export interface Note {
  kind: "note";
  at: number;
  note:
    | { type: "switched"; agent: string; reason: string }
    | { type: "granted"; grant: Payloads["grant_made"]["grant"]; revoked: boolean }
    | { type: "compacted"; before: number; after: number; summary: string }
    | { type: "restored"; action: string; paths: string[]; left: string[] }
    | { type: "stopping" };
}

export type Entry = Step | Asked | Note;

export type RunStatus = "queued" | "running" | "waiting" | "finished" | "failed" | "cancelled";

/** The work from one message to rest. */
export interface Run {
  id: string;
  message: string;
  askedAgent: string;
  sentAt: number;
  startedAt: number;
  endedAt: number;
  status: RunStatus;
  waitsFor: string;
  wakeAt: number;
  route: Payloads["agent_chosen"] | null;
  agent: string;
  entries: Entry[];
  usage: Usage | null;
  failure: { code: string; message: string } | null;
  reply: string;
  plan: PlanStep[];
  /** Whether it was copied from another session, to which it belongs. */
  inherited: boolean;
}

/** One step of the plan that an agent keeps: `pending`, `in_progress` or `done`. */
export interface PlanStep {
  title: string;
  status: string;
}

/** A whole session, as far as it is known. */
export interface Conversation {
  session: string;
  seq: number;
  title: string;
  workspace: string;
  parent: Payloads["session_opened"]["parent"];
  /** The session that its beginning was copied from. */
  origin: string;
  runs: Run[];
}

export const ENDED: ReadonlySet<RunStatus> = new Set(["finished", "failed", "cancelled"]);

/** Return whether a call has come to its end, well or not. */
export function hasEnded(call: Call): boolean {
  return call.endedAt > 0;
}

/** Return the questions of a run that nobody has answered. */
export function openQuestions(run: Run): Asked[] {
  if (ENDED.has(run.status)) return [];
  return run.entries.filter((entry): entry is Asked => entry.kind === "question" && entry.answer === null);
}
