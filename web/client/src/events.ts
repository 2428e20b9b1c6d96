/** The journal's events and the frames of streams, by the names they have everywhere. */
import type { components } from "./schema";

type Schemas = components["schemas"];

/** What each type of event carries; `docs/reference/events.md` tells what they mean. */
export interface Payloads {
  session_opened: Schemas["JournalSessionOpened"];
  session_forked: Schemas["JournalSessionForked"];
  message_received: Schemas["JournalMessageReceived"];
  run_queued: Schemas["JournalRunQueued"];
  run_started: Schemas["JournalRunStarted"];
  agent_chosen: Schemas["JournalAgentChosen"];
  route_advised: Schemas["JournalRouteAdvised"];
  clarification_asked: Schemas["JournalClarificationAsked"];
  model_replied: Schemas["JournalModelReplied"];
  model_failed: Schemas["JournalModelFailed"];
  call_judged: Schemas["JournalCallJudged"];
  tool_started: Schemas["JournalToolStarted"];
  tool_finished: Schemas["JournalToolFinished"];
  delegate_sent: Schemas["JournalDelegateSent"];
  delegate_returned: Schemas["JournalDelegateReturned"];
  context_compacted: Schemas["JournalContextCompacted"];
  files_restored: Schemas["JournalFilesRestored"];
  approval_asked: Schemas["JournalApprovalAsked"];
  budget_reached: Schemas["JournalBudgetReached"];
  approval_answered: Schemas["JournalApprovalAnswered"];
  grant_made: Schemas["JournalGrantMade"];
  grant_revoked: Schemas["JournalGrantRevoked"];
  cancel_requested: Schemas["JournalCancelRequested"];
  run_waiting: Schemas["JournalRunWaiting"];
  run_finished: Schemas["JournalRunFinished"];
  run_failed: Schemas["JournalRunFailed"];
  run_cancelled: Schemas["JournalRunCancelled"];
}

export type EventType = keyof Payloads;

/** One entry of a session's journal; `seq` has no gaps in a session. */
export type JournalEvent = {
  [Type in EventType]: {
    session: string;
    seq: number;
    run: string;
    type: Type;
    v: number;
    at: string;
    actor: string;
    trace: string;
    payload: Payloads[Type];
  };
}[EventType];

/** A piece of a reply, of reasoning, of arguments or of a call's output; never stored. */
export type Delta = Schemas["JournalDelta"];

/** What a stream tells: `seq` is the place to resume after, and only events of the session itself have one. */
export type Frame =
  | { kind: "event"; event: JournalEvent }
  | { kind: "delta" | "reply_so_far"; delta: Delta }
  | { kind: "delegate_event"; event: JournalEvent }
  | { kind: "delegate_delta"; delta: Delta }
  | { kind: "resync" }
  | { kind: "connected" }
  | { kind: "disconnected"; problem: Problem; retryInSeconds: number };

/** An error as the server tells it (RFC 9457), or what stood in its way. */
export interface Problem {
  code: string;
  title: string;
  detail: string;
  status: number;
  retryAfter?: number;
}
