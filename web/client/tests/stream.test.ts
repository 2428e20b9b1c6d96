import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import { Artelier, ArtelierError, type Frame } from "../src";

/** A server that says what a test tells it to, connection by connection. */
const told: { connections: ((request: Request) => Response)[]; asked: Headers[] } = { connections: [], asked: [] };
let stage: ReturnType<typeof Bun.serve>;

beforeAll(() => {
  stage = Bun.serve({
    port: 0,
    fetch: (request) => {
      told.asked.push(new Headers(request.headers)); // a request is no longer readable once it is answered
      return (told.connections.shift() ?? (() => new Response("", { status: 500 })))(request);
    },
  });
});
afterAll(() => stage.stop(true));

function event(seq: number): string {
  const body = { session: "s", seq, run: "r", type: "run_queued", v: 1, at: "2026-11-21T12:00:00Z", actor: "a", trace: "", payload: {} };
  return `id: ${seq}\nevent: run_queued\ndata: ${JSON.stringify(body)}\n\n`;
}

function stream(...pieces: string[]): () => Response {
  return () => new Response(pieces.join(""), { headers: { "Content-Type": "text/event-stream" } });
}

async function read(until: number): Promise<Frame[]> {
  const stopping = new AbortController();
  const frames: Frame[] = [];
  for await (const frame of client().follow("s", { signal: stopping.signal, longestPause: 5 })) {
    frames.push(frame);
    if (frame.kind === "event" && frame.event.seq === until) stopping.abort();
  }
  return frames;
}

function client(): Artelier {
  return new Artelier({ baseUrl: `http://127.0.0.1:${stage.port}`, token: "t" });
}

function play(...connections: (() => Response)[]): void {
  told.connections = connections;
  told.asked = [];
}

describe("a stream that is followed", () => {
  test("goes on after the last event, without a hole and without a double", async () => {
    play(stream(event(1), event(2)), () => new Response("", { status: 503 }), stream(event(2), event(3)));
    const frames = await read(3);
    expect(frames.flatMap((frame) => (frame.kind === "event" ? [frame.event.seq] : []))).toEqual([1, 2, 3]);
    expect(frames.filter((frame) => frame.kind === "disconnected")).toHaveLength(2);
    expect(told.asked.map((headers) => headers.get("Last-Event-ID"))).toEqual([null, "2", "2"]);
    expect(told.asked[0]!.get("Authorization")).toBe("Bearer t");
  });

  test("tells pieces, passes over heartbeats and over what it does not know", async () => {
    const delta = { session: "s", run: "r", step: 1, attempt: 1, kind: "text", offset: 0, text: "hi" };
    play(stream(": still here\n\n", "event: brand_new\ndata: {}\n\n", `event: delta\ndata: ${JSON.stringify(delta)}\n\n`, "event: resync\ndata: {}\n\n", event(1)));
    expect((await read(1)).map((frame) => frame.kind)).toEqual(["connected", "delta", "resync", "event"]);
  });

  test("ends for good where it is refused", async () => {
    play(() => Response.json({ code: "NOT_FOUND", title: "Not found", detail: "There is no such session.", status: 404 }, { status: 404 }));
    expect(read(1)).rejects.toMatchObject({ code: "NOT_FOUND", status: 404, message: "There is no such session." });
  });
});

describe("a request", () => {
  test("that only reads is tried again", async () => {
    play(() => new Response("", { status: 502 }), () => Response.json({ items: [], next: null }));
    expect((await client().api.GET("/api/v1/sessions")).data).toEqual({ items: [], next: null });
    expect(told.asked).toHaveLength(2);
  });

  test("that changes something is sent once", async () => {
    play(() => new Response("", { status: 502 }), () => Response.json({}));
    const sent = client().api.POST("/api/v1/sessions", { body: { title: "" } });
    expect(sent).rejects.toBeInstanceOf(ArtelierError);
    await sent.catch(() => undefined);
    expect(told.asked).toHaveLength(1);
  });
});
