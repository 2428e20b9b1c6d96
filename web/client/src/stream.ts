import { EventSourceParserStream } from "eventsource-parser/stream";

import type { Delta, Frame, JournalEvent } from "./events";
import { ArtelierError, problemOf, unreachable } from "./problems";

/** How a stream is followed. */
export interface FollowOptions {
  /** Sequence number of the last event that is known already; 0 for all. */
  after?: number;
  signal?: AbortSignal;
  /** Longest pause between two tries, in milliseconds. */
  longestPause?: number;
}

/** What sends a request: the platform's `fetch`, or one that a test brings. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Where a stream is and how it is asked for. */
export interface Opening {
  url: string;
  headers: Record<string, string>;
  fetch: Fetch;
  /** Whether its events are numbered in one row, so that it goes on where it was lost. */
  numbered: boolean;
}

const FIRST_PAUSE = 250;
/** Longest pause between two tries, in milliseconds, where nothing else is wanted. */
export const LONGEST_PAUSE = 4_000;
/** The server sends a comment each 15 seconds; a stream that is silent for three of them is dead. */
const SILENCE = 45_000;

/**
 * Follow a stream for ever: what ends it (a restart, a sleeping laptop, a lost network) is told as `disconnected`, and it goes
 * on after the last event that was seen, so none is lost and none comes twice.
 *
 * Ends when `signal` aborts. Throws `ArtelierError` when the server refuses for good (401, 403, 404).
 */
export async function* follow(opening: Opening, options: FollowOptions = {}): AsyncGenerator<Frame> {
  let after = options.after ?? 0;
  let pause = FIRST_PAUSE;
  while (!options.signal?.aborted) {
    try {
      for await (const frame of once(opening, after, options.signal)) {
        pause = FIRST_PAUSE;
        if (frame.kind === "event" && opening.numbered) {
          if (frame.event.seq <= after) continue;
          after = frame.event.seq;
        }
        yield frame;
      }
      if (options.signal?.aborted) return;
      yield { kind: "disconnected", problem: unreachable("the stream ended"), retryInSeconds: pause / 1000 };
    } catch (failure) {
      if (options.signal?.aborted) return;
      if (failure instanceof ArtelierError && !failure.retryable) throw failure;
      const problem = failure instanceof ArtelierError ? { ...unreachable(failure), code: failure.code, status: failure.status } : unreachable(failure);
      yield { kind: "disconnected", problem, retryInSeconds: pause / 1000 };
    }
    await rest(pause * (0.75 + Math.random() / 2), options.signal);
    pause = Math.min(pause * 2, options.longestPause ?? LONGEST_PAUSE);
  }
}

async function* once(opening: Opening, after: number, signal: AbortSignal | undefined): AsyncGenerator<Frame> {
  const watch = new AbortController();
  const leave = (): void => watch.abort();
  signal?.addEventListener("abort", leave, { once: true });
  let timer = setTimeout(leave, SILENCE);
  try {
    const headers = after > 0 ? { ...opening.headers, "Last-Event-ID": String(after) } : opening.headers;
    const response = await opening.fetch(opening.url, { headers: { ...headers, Accept: "text/event-stream" }, signal: watch.signal });
    if (!response.ok || response.body === null) throw new ArtelierError(await problemOf(response));
    yield { kind: "connected" };
    const heard = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        clearTimeout(timer);
        timer = setTimeout(leave, SILENCE);
        controller.enqueue(chunk);
      },
    });
    const messages = response.body.pipeThrough(heard).pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).pipeThrough(new EventSourceParserStream());
    const reader = messages.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const frame = frameOf(next.value.event ?? "", next.value.data);
      if (frame !== null) yield frame;
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", leave);
    watch.abort();
  }
}

/** Return what one message of a stream tells; null for types that this client does not know yet. */
export function frameOf(event: string, data: string): Frame | null {
  if (event === "resync") return { kind: "resync" };
  const value: unknown = JSON.parse(data);
  switch (event) {
    case "delta":
    case "reply_so_far":
      return { kind: event, delta: value as Delta };
    case "delegate_event":
      return { kind: "delegate_event", event: value as JournalEvent };
    case "delegate_delta":
      return { kind: "delegate_delta", delta: value as Delta };
    default:
      return isEvent(value) ? { kind: "event", event: value } : null;
  }
}

function isEvent(value: unknown): value is JournalEvent {
  return typeof value === "object" && value !== null && "seq" in value && "payload" in value;
}

/** Rest between two tries; an `online` event ends it, as a browser sends one when the network is back. */
function rest(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      globalThis.removeEventListener?.("online", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done, { once: true });
    globalThis.addEventListener?.("online", done);
  });
}
