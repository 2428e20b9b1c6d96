/**
 * The one reading of a journal: events in, what is shown out. Pure but for the value it changes in place, so that a long
 * session is not copied for each event; who shows it is told by a counter beside it.
 */
import type { Delta, JournalEvent, Payloads } from "@artelier/client";

import type { Asked, Call, CallState, Conversation, Note, Run, Step } from "./model";
import { ENDED } from "./model";

const LONGEST_OUTPUT = 16_000;
const PLAN_TOOL = "update_plan";

/** Return a session of which nothing is known yet. */
export function emptyConversation(session: string): Conversation {
  return { session, seq: 0, title: "", workspace: "", parent: null, origin: "", runs: [] };
}

/** Take the next event; one that is known already changes nothing. Returns whether events before it are missing. */
export function takeEvent(conversation: Conversation, event: JournalEvent): "taken" | "known" | "gap" {
  if (event.seq <= conversation.seq) return "known";
  if (event.seq > conversation.seq + 1) return "gap";
  conversation.seq = event.seq;
  apply(conversation, event);
  return "taken";
}

/** Take a piece of a reply that is being written. Pieces of replies that are whole already are left out. */
export function takeDelta(conversation: Conversation, delta: Delta, whole: boolean): void {
  const run = conversation.runs.find((each) => each.id === delta.run);
  if (run === undefined || ENDED.has(run.status)) return;
  if (delta.kind === "progress") {
    takeProgress(run, delta, whole);
    return;
  }
  const step = stepOf(run, delta.step, delta.attempt);
  if (step.settled || delta.attempt < step.attempt) return;
  if (delta.kind === "arguments") {
    const call = callOf(step, delta.call ?? "", delta.name ?? "");
    call.raw = joined(call.raw, delta, whole);
  } else {
    step[delta.kind] = joined(step[delta.kind], delta, whole);
  }
}

function takeProgress(run: Run, delta: Delta, whole: boolean): void {
  const call = findCall(run, delta.call ?? "");
  if (call === null || call.endedAt > 0) return;
  call.output = (whole ? delta.text : call.output + delta.text).slice(-LONGEST_OUTPUT);
}

function joined(known: string, delta: Delta, whole: boolean): string {
  if (whole) return delta.text.length >= known.length ? delta.text : known;
  if (delta.offset > known.length) return known; // a piece is missing: the whole reply comes in its event
  return known.slice(0, delta.offset) + delta.text;
}

function apply(conversation: Conversation, event: JournalEvent): void {
  const at = Date.parse(event.at);
  switch (event.type) {
    case "session_opened":
      conversation.title = event.payload.title ?? "";
      conversation.workspace = event.payload.workspace;
      conversation.parent = event.payload.parent ?? null;
      return;
    case "session_forked":
      conversation.origin = event.payload.session;
      for (const run of conversation.runs) run.inherited = true;
      return;
    case "message_received":
      conversation.runs.push(newRun(event.run, event.payload, at));
      return;
    case "grant_revoked":
      for (const run of conversation.runs) revoke(run, event.payload);
      return;
    case "files_restored":
      lastRun(conversation, event.run)?.entries.push(restored(event.payload, at));
      return;
    default: {
      const run = lastRun(conversation, event.run);
      if (run !== undefined) applyToRun(run, event, at);
    }
  }
}

function lastRun(conversation: Conversation, id: string): Run | undefined {
  return conversation.runs.find((run) => run.id === id) ?? (id === "" ? conversation.runs.at(-1) : undefined);
}

function applyToRun(run: Run, event: JournalEvent, at: number): void {
  switch (event.type) {
    case "run_queued":
      run.status = "queued";
      run.failure = null;
      return;
    case "run_started":
      run.status = "running";
      run.waitsFor = "";
      run.startedAt ||= at;
      return;
    case "agent_chosen":
      if (run.route !== null) run.entries.push(note(at, { type: "switched", agent: event.payload.agent, reason: event.payload.reason ?? "" }));
      else run.route = event.payload;
      run.agent = event.payload.agent;
      return;
    case "model_replied":
      takeReply(run, event.payload, at);
      return;
    case "model_failed": {
      const step = stepOf(run, event.payload.step, event.payload.attempt);
      Object.assign(step, { failure: event.payload, text: "", reasoning: "", calls: step.calls.filter((call) => call.state !== "writing") });
      return;
    }
    case "context_compacted": {
      const { tokens_before: before, tokens_after: after, summary } = event.payload;
      run.entries.push(note(at, { type: "compacted", before, after, summary: summary ?? "" }));
      return;
    }
    case "approval_asked":
    case "budget_reached":
    case "clarification_asked":
      run.entries.push({ kind: "question", question: event.payload.question, askedAt: at, answer: null, answeredAt: 0 });
      setState(run, event.payload.question.call?.id, "waiting");
      return;
    case "approval_answered":
      takeAnswer(run, event.payload, at);
      return;
    case "grant_made":
      run.entries.push(note(at, { type: "granted", grant: event.payload.grant, revoked: false }));
      return;
    case "cancel_requested":
      if (!ENDED.has(run.status)) run.entries.push(note(at, { type: "stopping" }));
      return;
    case "run_waiting":
      Object.assign(run, { status: "waiting", waitsFor: event.payload.reason, wakeAt: Date.parse(event.payload.wake_at ?? "") || 0, usage: event.payload.usage ?? run.usage });
      return;
    case "run_finished":
    case "run_failed":
    case "run_cancelled":
      end(run, event, at);
      return;
    default:
      applyToCall(run, event, at);
  }
}

function applyToCall(run: Run, event: JournalEvent, at: number): void {
  if (!("call" in event.payload) || typeof event.payload.call !== "string") return;
  const call = findCall(run, event.payload.call);
  if (call === null) return;
  switch (event.type) {
    case "call_judged":
      call.verdict = event.payload;
      return;
    case "tool_started":
      Object.assign(call, { state: "running", target: event.payload.target || call.target, early: event.payload.early_seconds ?? 0, startedAt: at });
      return;
    case "tool_finished":
      finishCall(call, event.payload, at);
      if (call.name === PLAN_TOOL && call.state === "done") run.plan = planOf(call) ?? run.plan;
      return;
    case "delegate_sent":
      Object.assign(call, { state: "running", startedAt: at, child: { session: event.payload.session, run: event.payload.run, agent: event.payload.agent, returned: null } });
      return;
    case "delegate_returned":
      takeReturn(call, event.payload, at);
      return;
    default:
      return;
  }
}

function takeReply(run: Run, reply: Payloads["model_replied"], at: number): void {
  const step = stepOf(run, reply.step, reply.attempt);
  const written = new Map(step.calls.map((call) => [call.id, call]));
  const calls = (reply.calls ?? []).map((call) => {
    const known = written.get(call.id) ?? newCall(call.id, call.name);
    return Object.assign(known, { name: call.name, arguments: call.arguments, raw: call.raw ?? "", target: known.target || targetOf(call.arguments), state: known.state === "writing" ? "asked" : known.state });
  });
  Object.assign(step, { text: reply.text, reasoning: reply.reasoning ?? "", calls, settled: true, repliedAt: at, model: reply.model ?? "", source: reply.source ?? "", failure: null });
}

function finishCall(call: Call, finished: Payloads["tool_finished"], at: number): void {
  const { result } = finished;
  const seconds = finished.seconds ?? 0;
  Object.assign(call, { result, seconds, endedAt: at, state: result.status as CallState, startedAt: call.startedAt || at - seconds * 1000, output: "" });
}

const RETURNED: Record<string, CallState> = { finished: "done", failed: "failed", cancelled: "cancelled" };

function takeReturn(call: Call, returned: Payloads["delegate_returned"], at: number): void {
  if (call.child !== null) call.child.returned = returned;
  Object.assign(call, { state: RETURNED[returned.status] ?? "done", endedAt: at, seconds: call.startedAt > 0 ? (at - call.startedAt) / 1000 : 0 });
}

function takeAnswer(run: Run, answered: Payloads["approval_answered"], at: number): void {
  const asked = run.entries.find((entry): entry is Asked => entry.kind === "question" && entry.question.id === answered.question);
  if (asked === undefined) return;
  Object.assign(asked, { answer: answered.answer, answeredAt: at });
  const call = findCall(run, asked.question.call?.id ?? "");
  if (call === null || call.endedAt > 0) return;
  call.state = "asked";
  if (answered.answer.arguments) Object.assign(call, { arguments: answered.answer.arguments, target: targetOf(answered.answer.arguments) });
}

function end(run: Run, event: Extract<JournalEvent, { type: "run_finished" | "run_failed" | "run_cancelled" }>, at: number): void {
  run.endedAt = at;
  run.waitsFor = "";
  run.usage = event.payload.usage ?? run.usage;
  run.status = event.type === "run_finished" ? "finished" : event.type === "run_failed" ? "failed" : "cancelled";
  if (event.type === "run_finished") run.reply = event.payload.reply;
  if (event.type === "run_failed") run.failure = { code: event.payload.code, message: event.payload.message };
  if (run.status === "cancelled") for (const entry of run.entries) if (entry.kind === "step" && entry.text !== "") entry.settled = true; // it was said, and stays
  run.entries = run.entries.filter((entry) => entry.kind !== "step" || entry.settled || entry.failure !== null);
  for (const call of run.entries.flatMap((entry) => (entry.kind === "step" ? entry.calls : []))) {
    if (call.endedAt === 0) Object.assign(call, { state: "cancelled", endedAt: at });
  }
}

function stepOf(run: Run, number: number, attempt: number): Step {
  const found = run.entries.findLast((entry): entry is Step => entry.kind === "step" && entry.number === number);
  if (found === undefined) {
    const step: Step = { kind: "step", number, attempt, text: "", reasoning: "", calls: [], settled: false, restarted: false, repliedAt: 0, model: "", source: "", failure: null };
    run.entries.push(step);
    return step;
  }
  if (attempt > found.attempt) Object.assign(found, { attempt, text: "", reasoning: "", calls: [], settled: false, restarted: found.text !== "" || found.failure === null, failure: null });
  return found;
}

function callOf(step: Step, id: string, name: string): Call {
  const found = step.calls.find((call) => call.id === id);
  if (found !== undefined) return found;
  const call = newCall(id, name);
  step.calls.push(call);
  return call;
}

function findCall(run: Run, id: string): Call | null {
  for (const entry of run.entries) {
    const found = entry.kind === "step" ? entry.calls.find((call) => call.id === id) : undefined;
    if (found !== undefined) return found;
  }
  return null;
}

function setState(run: Run, id: string | undefined, state: CallState): void {
  const call = findCall(run, id ?? "");
  if (call !== null && call.endedAt === 0) call.state = state;
}

function revoke(run: Run, revoked: Payloads["grant_revoked"]): void {
  for (const entry of run.entries) {
    if (entry.kind === "note" && entry.note.type === "granted" && entry.note.grant.id === revoked.grant) entry.note.revoked = true;
  }
}

function restored(done: Payloads["files_restored"], at: number): Note {
  return note(at, { type: "restored", action: done.action, paths: done.restored.map((file) => file.path), left: done.left ?? [] });
}

function note(at: number, said: Note["note"]): Note {
  return { kind: "note", at, note: said };
}

function newRun(id: string, message: Payloads["message_received"], at: number): Run {
  return {
    id, message: message.text, askedAgent: message.agent ?? "", sentAt: at, startedAt: 0, endedAt: 0, status: "queued", waitsFor: "", wakeAt: 0,
    route: null, agent: "", entries: [], usage: null, failure: null, reply: "", plan: [], inherited: false,
  };
}

function newCall(id: string, name: string): Call {
  return {
    id, name, arguments: null, raw: "", target: "", state: "writing", verdict: null, startedAt: 0, endedAt: 0, seconds: 0, early: 0, result: null,
    output: "", child: null,
  };
}

/** The argument that a person knows a call by. */
const TARGETS = ["path", "command", "pattern", "query", "url", "task", "question", "source", "ref", "name"];

function targetOf(said: Record<string, unknown> | null): string {
  const name = TARGETS.find((each) => typeof said?.[each] === "string");
  return name === undefined ? "" : String(said?.[name]).replaceAll(/\s+/g, " ").slice(0, 200);
}

function planOf(call: Call): Run["plan"] | null {
  const steps = call.arguments?.["steps"];
  if (!Array.isArray(steps)) return null;
  return steps.map((step: unknown) => {
    const { title, status } = (typeof step === "object" && step !== null ? step : {}) as Record<string, unknown>;
    return { title: String(title ?? ""), status: String(status ?? "pending") };
  });
}
