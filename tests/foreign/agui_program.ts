/** AG-UI's own client against a real server, its `verify` stage included: `bun agui_program.ts ADDRESS TOKEN` prints JSON. */
import { HttpAgent, type BaseEvent, type Interrupt, type RunAgentParameters } from "../../web/node_modules/@ag-ui/client";

const [address, token] = process.argv.slice(2);

interface Told {
  kinds: string[];
  interrupts: Interrupt[];
  text: string;
  thoughts: string;
}

function agent(threadId: string): HttpAgent {
  return new HttpAgent({ url: `${address}/agui`, headers: { Authorization: `Bearer ${token}` }, threadId });
}

async function run(one: HttpAgent, parameters: RunAgentParameters = {}): Promise<Told> {
  const told: Told = { kinds: [], interrupts: [], text: "", thoughts: "" };
  const take = (event: BaseEvent & Record<string, any>): void => {
    told.kinds.push(event.type);
    if (event.type === "TEXT_MESSAGE_CONTENT") told.text += event["delta"];
    if (event.type === "REASONING_MESSAGE_CONTENT") told.thoughts += event["delta"];
    if (event.type === "RUN_FINISHED") told.interrupts = event["outcome"]?.interrupts ?? [];
  };
  await one.runAgent(parameters, { onEvent: ({ event }) => take(event as never) });
  return told;
}

function say(one: HttpAgent, text: string): void {
  one.addMessage({ id: crypto.randomUUID(), role: "user", content: text });
}

const teller = agent(crypto.randomUUID());
say(teller, "tell a story");
const story = await run(teller);

const writer = agent("a thread of my own");
say(writer, "write a file");
const asked = await run(writer);
const question = asked.interrupts[0]!;
const done = await run(writer, { resume: [{ interruptId: question.id, status: "resolved", payload: { approved: true, editedArgs: { path: "made.txt", content: "by AG-UI\n" } } }] });
const looking = await run(agent("a thread of my own"));

const refuser = agent("another thread");
say(refuser, "write a file");
const refusable = await run(refuser);
const refused = await run(refuser, { resume: [{ interruptId: refusable.interrupts[0]!.id, status: "cancelled" }] });

const colours = agent("colours");
say(colours, "ask me");
const words = await run(colours);
const thanked = await run(colours, { resume: [{ interruptId: words.interrupts[0]!.id, status: "resolved", payload: { text: "green" } }] });

const failing = agent("failing");
say(failing, "fail");
const failure = await run(failing).then(
  (told) => told.kinds.at(-1),
  (error) => String(error),
);

console.log(
  JSON.stringify({
    story,
    asked,
    question,
    done,
    messages: writer.messages.map((message) => message.role),
    state: writer.state,
    looking: looking.kinds,
    refused: refused.kinds.at(-1),
    colour: words.interrupts[0]?.message,
    thanked: thanked.text,
    failure,
  }),
);
