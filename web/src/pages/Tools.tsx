import { useState, type ReactNode } from "react";

import { useAgents, useInsight, useTools, type Schemas } from "../server";
import { useSpeech, useWords } from "../words";
import { agentsWords } from "../words/agents";
import { houseWords } from "../words/house";
import { useTelling } from "../words/telling";
import { Decision } from "./AgentTools";
import { Loaded } from "./Loaded";
import { daysUntil } from "./scale";
import { SetupBar } from "./SetupBar";

type Tool = Schemas["ToolView"];
const ORDER = ["files", "search", "shell", "git", "web", "browser", "docker", "mcp", "plan", ""];

/** All tools by what they belong to: what each does, whether it asks, and its arguments. */
export default function Tools({ menuButton }: { menuButton: ReactNode }): ReactNode {
  const words = useWords(houseWords);
  const telling = useTelling();
  const tools = useTools();
  const [text, setText] = useState("");
  return (
    <main className="main" aria-label={words.tools}>
      <SetupBar title={words.tools} menuButton={menuButton} />
      <div className="paged grow">
        <div className="page">
          <input type="search" className="field tool-search" aria-label={words.search} placeholder={words.search} value={text} onChange={(event) => setText(event.target.value)} />
          <Loaded query={tools}>{(all) => <Families tools={all.filter((tool) => `${tool.name} ${telling.tool(tool)} ${tool.description}`.toLowerCase().includes(text.trim().toLowerCase()))} />}</Loaded>
        </div>
      </div>
    </main>
  );
}

function Families({ tools }: { tools: Tool[] }): ReactNode {
  const words = useWords(houseWords);
  const families = [...new Set(tools.map((tool) => tool.family))].toSorted((one, other) => placeOf(one) - placeOf(other));
  if (tools.length === 0) return <p className="dim block-section">{words.nothing}</p>;
  return families.map((family) => (
    <section key={family} className="block-section" aria-label={words.families[family] ?? family}>
      <h2>{words.families[family] ?? family}</h2>
      <ul className="tool-list">
        {tools
          .filter((tool) => tool.family === family)
          .map((tool) => (
            <Item key={tool.name} tool={tool} />
          ))}
      </ul>
    </section>
  ));
}

function placeOf(family: string): number {
  const place = ORDER.indexOf(family);
  return place < 0 ? ORDER.length - 1.5 : place;
}

function Item({ tool }: { tool: Tool }): ReactNode {
  const { accesses } = useWords(agentsWords);
  const telling = useTelling();
  const [open, setOpen] = useState(false);
  return (
    <li>
      <details className="tool-item" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span className="mono tool-name">{tool.name}</span>
          <span className="dim tool-what">{firstSentence(telling.tool(tool))}</span>
          <span className="tag line">{accesses[tool.effect as keyof typeof accesses] ?? tool.effect}</span>
          <span className="meta nowrap tool-decision">
            <Decision tool={tool} />
          </span>
        </summary>
        {open && <Details tool={tool} />}
      </details>
    </li>
  );
}

function Details({ tool }: { tool: Tool }): ReactNode {
  const telling = useTelling();
  const words = useWords(houseWords);
  const { formats } = useSpeech();
  const { data: agents = [] } = useAgents();
  const used = useInsight(`${daysUntil(Date.now(), 14)[0]}T00:00:00Z`).data?.tools.find((each) => each.tool === tool.name);
  const holders = agents.filter((agent) => agent.tools.includes(tool.name)).map((agent) => agent.name);
  return (
    <div className="stack tool-details">
      <p className="dim said">{telling.tool(tool)}</p>
      <Arguments tool={tool} />
      <dl className="facts">
        <dt>{words.usedBy}</dt>
        <dd className="mono">{holders.join(" ") || words.nobody}</dd>
      </dl>
      <p className="meta">{[tool.repeatable ? words.repeatable : "", used !== undefined && used.calls > 0 ? words.history(used.calls, formats.percent(used.failed / used.calls)) : ""].filter(Boolean).join(" · ")}</p>
    </div>
  );
}

interface Parameter {
  type?: string | string[];
  description?: string;
  enum?: unknown[];
}

function Arguments({ tool }: { tool: Tool }): ReactNode {
  const words = useWords(houseWords);
  const { properties = {}, required = [] } = tool.parameters as { properties?: Record<string, Parameter>; required?: string[] };
  if (Object.keys(properties).length === 0) return <p className="meta">{words.noArguments}</p>;
  return (
    <dl className="facts" aria-label={words.arguments}>
      {Object.entries(properties).map(([name, parameter]) => (
        <div key={name} className="fact-pair">
          <dt>
            <code>{name}</code>
          </dt>
          <dd>
            <span className="meta mono">{parameter.enum?.join(" | ") ?? [parameter.type ?? "any"].flat().join(" | ")}</span> {required.includes(name) && <span className="tag">{words.needed}</span>} <span className="dim">{parameter.description}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function firstSentence(text: string): string {
  return /^.*?[.:](?=\s|$)/s.exec(text)?.[0].replace(/:$/, ".") ?? text;
}
