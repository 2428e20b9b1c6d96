import { ArtelierError, type Artelier, type Frame, type Problem } from "@artelier/client";

import { untilHidden, whenVisible } from "../parts/visibility";
import { emptyConversation, takeDelta, takeEvent } from "./fold";
import type { Conversation } from "./model";

/** How the page stands with the server. */
export type Connection =
  | { state: "connecting" | "live" }
  | { state: "lost"; problem: Problem; since: number }
  | { state: "refused"; problem: Problem };

const PAGE = 1000;
/** Milliseconds after which the frames of work that was given on just now have come. */
const SETTLING = 300;
/** Milliseconds between two looks of a page that holds no stream. */
const LOOKS = 1_500;
/** Streams of sessions that the pages of one browser hold at once: of six connections one tells lists, and two stay for requests. */
const SLOTS = 3;

/** Do something that holds a connection, in one of a few slots that all pages share; false where none is free. */
async function inSlot(hold: () => Promise<void>): Promise<boolean> {
  const locks = globalThis.navigator?.locks;
  for (let slot = 0; slot < SLOTS; slot += 1) {
    if (locks === undefined) break;
    const held = await locks.request(`artelier-stream-${slot}`, { ifAvailable: true }, async (lock) => {
      if (lock !== null) await hold();
      return lock !== null;
    });
    if (held) return true;
  }
  if (locks === undefined) await hold();
  return locks === undefined;
}

/**
 * A session that is followed: its conversation, those of the agents it gave work to, and the connection.
 *
 * Listeners are told at most once a frame, however fast pieces come.
 */
export class LiveSession {
  readonly conversation: Conversation;
  readonly children = new Map<string, Conversation>();
  connection: Connection = { state: "connecting" };
  /** Grows with each change; what React compares. */
  version = 0;
  readonly #client: Artelier;
  readonly #listeners = new Set<() => void>();
  readonly #stopping = new AbortController();
  readonly #catching = new Set<string>();
  #told = false;

  constructor(client: Artelier, session: string) {
    this.#client = client;
    this.conversation = emptyConversation(session);
  }

  /** Follow until `stop`, while the page is seen; what was missed meanwhile comes when it is seen again. */
  async start(): Promise<void> {
    const { signal } = this.#stopping;
    try {
      for (await whenVisible(signal); !signal.aborted; await whenVisible(signal)) {
        const seen = untilHidden(signal);
        if (!(await inSlot(() => this.#stream(seen.signal)))) await this.#look(seen.signal);
        seen.release();
      }
    } catch (failure) {
      const { code, status, message } = failure as { code?: string; status?: number; message: string };
      this.connection = { state: "refused", problem: { code: code ?? "UNKNOWN", title: message, detail: message, status: status ?? 0 } };
      this.#tell();
    }
  }

  async #stream(signal: AbortSignal): Promise<void> {
    const frames = this.#client.follow(this.conversation.session, { after: this.conversation.seq, signal });
    for await (const frame of frames) this.take(frame);
  }

  /** Read what is new without a stream, where other pages of this browser hold as many as may be; then rest a little. */
  async #look(signal: AbortSignal): Promise<void> {
    try {
      const { data } = await this.#client.api.GET("/api/v1/sessions/{session_id}/events", {
        params: { path: { session_id: this.conversation.session }, query: { after: this.conversation.seq, limit: PAGE } },
        signal,
      });
      this.take({ kind: "connected" });
      for (const event of data?.items ?? []) this.take({ kind: "event", event: event as never });
    } catch (failure) {
      if (signal.aborted) return;
      if (!(failure instanceof ArtelierError && failure.retryable)) throw failure;
      const problem = { code: failure.code, title: failure.message, detail: failure.message, status: failure.status };
      this.take({ kind: "disconnected", problem, retryInSeconds: LOOKS / 1000 });
    }
    await new Promise((resolve) => setTimeout(resolve, LOOKS));
  }

  stop(): void {
    this.#stopping.abort();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  snapshot = (): number => this.version;

  /** Take one frame of the stream. */
  take(frame: Frame): void {
    switch (frame.kind) {
      case "connected":
        this.connection = { state: "live" };
        break;
      case "disconnected":
        if (this.connection.state !== "lost") this.connection = { state: "lost", problem: frame.problem, since: Date.now() };
        break;
      case "event":
        takeEvent(this.conversation, frame.event);
        if (frame.event.type === "delegate_sent") this.#expect(frame.event.payload.session);
        break;
      case "delta":
      case "reply_so_far":
        takeDelta(this.conversation, frame.delta, frame.kind === "reply_so_far");
        break;
      case "delegate_event":
        if (takeEvent(this.#child(frame.event.session), frame.event) === "gap") this.#catchUp(frame.event.session);
        if (frame.event.type === "delegate_sent") this.#expect(frame.event.payload.session);
        break;
      case "delegate_delta":
        takeDelta(this.#child(frame.delta.session), frame.delta, false);
        break;
      case "resync":
        for (const child of this.children.keys()) this.#catchUp(child);
        break;
    }
    this.#tell();
  }

  #child(session: string): Conversation {
    const known = this.children.get(session);
    if (known !== undefined) return known;
    const child = emptyConversation(session);
    this.children.set(session, child);
    return child;
  }

  /** Read a delegated session's journal unless its frames come by themselves: those of an old one do not. */
  #expect(session: string): void {
    setTimeout(() => {
      if (this.#child(session).seq === 0 && !this.#stopping.signal.aborted) this.#catchUp(session);
    }, SETTLING);
  }

  /** Read what a delegated session's journal holds beyond what is known; its frames come without a place to resume from. */
  #catchUp(session: string): void {
    if (this.#catching.has(session)) return;
    this.#catching.add(session);
    // A session that is not open yet tells everything by its frames; a lost connection is told where it is followed.
    void this.#readChild(session)
      .catch(() => undefined)
      .finally(() => this.#catching.delete(session));
  }

  async #readChild(session: string): Promise<void> {
    const child = this.#child(session);
    for (let more = true; more && !this.#stopping.signal.aborted; ) {
      const before = child.seq;
      const { data } = await this.#client.api.GET("/api/v1/sessions/{session_id}/events", {
        params: { path: { session_id: session }, query: { after: before, limit: PAGE } },
      });
      for (const event of data?.items ?? []) {
        takeEvent(child, event as never);
        if (event.type === "delegate_sent") this.#catchUp((event.payload as { session: string }).session);
      }
      more = child.seq > before && (data?.items.length ?? 0) === PAGE;
    }
    this.#tell();
  }

  #tell(): void {
    this.version += 1;
    if (this.#told) return;
    this.#told = true;
    const paint = typeof requestAnimationFrame === "function" && globalThis.document?.visibilityState !== "hidden" ? requestAnimationFrame : queueMicrotask;
    paint(() => {
      this.#told = false;
      for (const listener of this.#listeners) listener();
    });
  }
}
