import type { IconName } from "../parts/Icon";
import type { Call, CallState, Run, RunStatus } from "../journal/model";

/** Each state has a glyph of its own shape; words stand beside it. */
const GLYPHS: Record<CallState, IconName> = {
  writing: "more",
  asked: "queued",
  waiting: "hand",
  running: "running",
  done: "done",
  failed: "failed",
  timed_out: "timedout",
  denied: "denied",
  cancelled: "stop",
  in_doubt: "warn",
};

const MARKS: Record<string, IconName> = { early: "early", cached: "cached", read_ahead: "guess" };

const RUNS: Record<RunStatus | "idle", IconName> = { queued: "queued", running: "running", waiting: "hand", finished: "done", failed: "failed", cancelled: "stop", idle: "done" };

/** States of calls that came to nothing: what they were shows by itself. */
export const BROKEN: ReadonlySet<CallState> = new Set(["failed", "timed_out", "denied", "in_doubt"]);

/** Return whether a person, or nobody in time, refused this call when it was asked about: the line of that answer tells it. */
export function isRefused(call: Call, run: Run): boolean {
  return call.state === "denied" && run.entries.some((entry) => entry.kind === "question" && entry.answer !== null && entry.question.kind === "approval" && entry.question.call?.id === call.id);
}

/** Return how a call came to its result other than by running now: `early`, `cached`, `read_ahead`; empty otherwise. */
export function markOf(call: Call): string {
  return call.result?.source || (call.early > 0 ? "early" : "");
}

/** Return the glyph of a call, and its colour where the outcome is not quiet. */
export function glyphOf(call: Call): { name: IconName; tone: string } {
  const mark = MARKS[markOf(call)];
  if (call.state === "done" && mark !== undefined) return { name: mark, tone: "" };
  const tone = { failed: "bad", timed_out: "bad", denied: "warn", in_doubt: "warn", running: "spin acc", waiting: "acc", writing: "", asked: "", done: "", cancelled: "" }[call.state];
  return { name: GLYPHS[call.state], tone };
}

/** Return the glyph of a run or session. */
export function runGlyph(status: string): { name: IconName; tone: string } {
  const tone = { running: "spin", waiting: "acc", failed: "bad" }[status] ?? "";
  return { name: RUNS[status as RunStatus] ?? "dot", tone };
}
