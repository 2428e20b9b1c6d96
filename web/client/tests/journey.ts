/** A journey against a real server: `bun journey.ts ADDRESS TOKEN` prints what came about as JSON. Run by the tests of the server. */
import { Artelier, type Frame, type JournalEvent } from "../src";

const [address, token] = process.argv.slice(2);
const client = new Artelier({ baseUrl: address!, token: token! });

async function until(session: string, type: JournalEvent["type"], after = 0): Promise<{ events: JournalEvent[]; text: string }> {
  const stopping = new AbortController();
  const events: JournalEvent[] = [];
  let text = "";
  const take = (frame: Frame): void => {
    if (frame.kind === "event") events.push(frame.event);
    if (frame.kind === "delta" && frame.delta.kind === "text") text += frame.delta.text;
    if (frame.kind === "event" && frame.event.type === type) stopping.abort();
  };
  for await (const frame of client.follow(session, { after, signal: stopping.signal })) take(frame);
  return { events, text };
}

const session = (await client.api.POST("/api/v1/sessions", { body: { title: "A journey" } })).data!;
const path = { session_id: session.id };
const key = { "Idempotency-Key": "once" };
const send = () =>
  client.api.POST("/api/v1/sessions/{session_id}/messages", { params: { path, header: key }, body: { content: "write-a-file" } as never });
const first = (await send()).data!;
const again = (await send()).data!;
const asked = await until(session.id, "run_waiting");
const question = (await client.api.GET("/api/v1/approvals", { params: { query: { status: "open", session: session.id } } })).data!.items[0]!;
await client.api.POST("/api/v1/approvals/{approval_id}", {
  params: { path: { approval_id: question.id } },
  body: { decision: "approve", arguments: { path: "made.txt", content: "changed\n" } } as never,
});
const done = await until(session.id, "run_finished", asked.events.at(-1)!.seq);
const changes = (await client.api.GET("/api/v1/sessions/{session_id}/changes", { params: { path } })).data!.items;
const undone = (await client.api.POST("/api/v1/sessions/{session_id}/undo", { params: { path } })).data!;
const refused = await client.api.GET("/api/v1/runs/{run_id}", { params: { path: { run_id: "01900000-0000-7000-8000-000000000000" } } }).catch((failure) => failure.code);

console.log(
  JSON.stringify({
    same: first.run_id === again.run_id,
    tool: question.tool,
    types: [...asked.events, ...done.events].map((event) => event.type),
    gapless: [...asked.events, ...done.events].every((event, place) => event.seq === place + 1),
    changed: changes.map((change) => [change.path, change.added]),
    undone: undone.restored.map((file) => file.path),
    refused,
  }),
);
