import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";

import type { Delta, EventType, JournalEvent, Payloads } from "@artelier/client";

import { emptyConversation, takeDelta, takeEvent } from "../src/journal/fold";
import type { Conversation, Step } from "../src/journal/model";
import { openQuestions } from "../src/journal/model";

const GOLDEN = new URL("../../tests/fixtures/golden_events/v1/", import.meta.url).pathname;
const RUN = "run-1";
const CALL = `${RUN}/1/0`;

class Teller {
  readonly conversation: Conversation = emptyConversation("session-1");
  #seq = 0;

  tell<Type extends EventType>(type: Type, payload: Payloads[Type], at = "2026-11-21T12:00:00Z"): this {
    this.#seq += 1;
    takeEvent(this.conversation, { session: "session-1", seq: this.#seq, run: RUN, type, v: 1, at, actor: "system", trace: "", payload } as unknown as JournalEvent);
    return this;
  }

  delta(kind: Delta["kind"], text: string, offset: number, attempt = 1, call = ""): this {
    takeDelta(this.conversation, { session: "session-1", run: RUN, step: 1, attempt, kind, offset, text, call, name: "read_file" }, false);
    return this;
  }

  get run() {
    return this.conversation.runs[0]!;
  }

  get step(): Step {
    return this.run.entries.find((entry): entry is Step => entry.kind === "step")!;
  }
}

function begun(): Teller {
  return new Teller()
    .tell("session_opened", { owner: "owner", workspace: "w" })
    .tell("message_received", { text: "Read the readme" })
    .tell("run_started", { worker: "w", fence: 1 })
    .tell("agent_chosen", { agent: "ask", source: "learned", confidence: 0.9 });
}

function asked(): Teller {
  return begun().tell("model_replied", { step: 1, attempt: 1, text: "I read it.", calls: [{ id: CALL, name: "read_file", arguments: { path: "README.md" } }] });
}

describe("the journal's fold", () => {
  test("a reply streams piece by piece, and its event settles it", () => {
    const teller = begun().delta("text", "I re", 0).delta("text", "ad it.", 4);
    expect(teller.step.text).toBe("I read it.");
    expect(teller.step.settled).toBe(false);
    teller.tell("model_replied", { step: 1, attempt: 1, text: "I read it!" });
    teller.delta("text", "late", 10);
    expect(teller.step.text).toBe("I read it!");
  });

  test("what was said before a stop stays, and what was not is gone", () => {
    const teller = begun().delta("text", "I re", 0).tell("run_cancelled", { reason: "" });
    expect(teller.step.text).toBe("I re");
    expect(teller.step.settled).toBe(true);
    expect(begun().delta("reasoning", "Hm", 0).tell("run_cancelled", { reason: "" }).run.entries.filter((entry) => entry.kind === "step")).toEqual([]);
  });

  test("what is copied belongs to another session, what follows does not", () => {
    const teller = begun().tell("run_finished", { reply: "Read." }).tell("session_forked", { session: "session-0" });
    takeEvent(teller.conversation, { session: "session-1", seq: 7, run: "run-2", type: "message_received", v: 1, at: "2026-11-21T12:00:00Z", actor: "a", trace: "", payload: { text: "Otherwise" } } as JournalEvent);
    expect(teller.conversation.origin).toBe("session-0");
    expect(teller.conversation.runs.map((run) => [run.message, run.inherited])).toEqual([["Read the readme", true], ["Otherwise", false]]);
  });

  test("a piece that comes twice is shown once, and one after a hole waits for the event", () => {
    const teller = begun().delta("text", "abc", 0).delta("text", "bc", 1).delta("text", "xyz", 9);
    expect(teller.step.text).toBe("abc");
  });

  test("a higher attempt starts over", () => {
    const teller = begun().delta("text", "first", 0).delta("text", "second", 0, 2);
    expect(teller.step.text).toBe("second");
    expect(teller.step.restarted).toBe(true);
    teller.delta("text", "old", 5);
    expect(teller.step.text).toBe("second");
  });

  test("an event that comes twice changes nothing, and a hole is told", () => {
    const conversation = emptyConversation("s");
    const event = { session: "s", seq: 1, run: "", type: "session_opened", v: 1, at: "2026-11-21T12:00:00Z", actor: "a", trace: "", payload: { owner: "o", workspace: "w" } } as JournalEvent;
    expect(takeEvent(conversation, event)).toBe("taken");
    expect(takeEvent(conversation, event)).toBe("known");
    expect(takeEvent(conversation, { ...event, seq: 3 })).toBe("gap");
    expect(conversation.seq).toBe(1);
  });

  test("a call goes from its first letter to its result", () => {
    const teller = begun().delta("arguments", '{"path":', 0, 1, CALL);
    expect(teller.step.calls[0]).toMatchObject({ state: "writing", name: "read_file", raw: '{"path":' });
    teller.tell("model_replied", { step: 1, attempt: 1, text: "", calls: [{ id: CALL, name: "read_file", arguments: { path: "a.py" } }] });
    expect(teller.step.calls[0]).toMatchObject({ state: "asked", target: "a.py" });
    teller.tell("tool_started", { call: CALL, name: "read_file" }).delta("progress", "half", 0, 1, CALL);
    expect(teller.step.calls[0]).toMatchObject({ state: "running", output: "half" });
    teller.tell("tool_finished", { call: CALL, name: "read_file", result: { status: "done", text: "whole" }, seconds: 0.5 });
    expect(teller.step.calls[0]).toMatchObject({ state: "done", seconds: 0.5, output: "" });
  });

  test("a question waits until it is answered, and changed arguments show", () => {
    const question = { id: "q", kind: "approval", text: "Read it?", call: { id: CALL, name: "read_file", arguments: { path: "README.md" } } } as const;
    const teller = asked().tell("approval_asked", { question }).tell("run_waiting", { reason: "person" });
    expect(teller.run.status).toBe("waiting");
    expect(teller.step.calls[0]!.state).toBe("waiting");
    expect(openQuestions(teller.run)).toHaveLength(1);
    teller.tell("approval_answered", { question: "q", kind: "approval", answer: { decision: "approve", arguments: { path: "OTHER.md" } } });
    expect(openQuestions(teller.run)).toHaveLength(0);
    expect(teller.step.calls[0]).toMatchObject({ state: "asked", target: "OTHER.md" });
  });

  test("a run that is cancelled leaves nothing running", () => {
    const teller = asked().tell("tool_started", { call: CALL, name: "read_file" }).tell("cancel_requested", {}).tell("run_cancelled", {});
    expect(teller.run.status).toBe("cancelled");
    expect(teller.step.calls[0]!.state).toBe("cancelled");
  });

  test("delegated work ends its call when it returns", () => {
    const teller = asked().tell("delegate_sent", { call: CALL, agent: "debug", session: "s2", run: "r2" });
    expect(teller.step.calls[0]).toMatchObject({ state: "running", child: { agent: "debug", session: "s2" } });
    teller.tell("delegate_returned", { call: CALL, session: "s2", run: "r2", status: "finished", reply: "No." }, "2026-11-21T12:00:05Z");
    expect(teller.step.calls[0]).toMatchObject({ state: "done", seconds: 5 });
  });

  test("every golden event of the server is taken", () => {
    const files = readdirSync(GOLDEN);
    expect(files.length).toBeGreaterThan(20);
    for (const file of files) {
      const teller = asked();
      const payload = JSON.parse(readFileSync(GOLDEN + file, "utf8"));
      teller.tell(file.replace(".json", "") as EventType, payload);
      expect(teller.conversation.seq).toBe(6);
    }
  });
});
