import type { ReactNode } from "react";

import { Icon } from "../parts/Icon";
import { useTools, type Schemas } from "../server";
import { useWords } from "../words";
import { agentsWords } from "../words/agents";

type Tool = Schemas["ToolView"];

/** Which tools an agent has, and whether somebody is asked before they run. */
export function AgentTools({ names }: { names: string[] }): ReactNode {
  const words = useWords(agentsWords);
  const { data: tools = [] } = useTools();
  const has = new Set(names);
  const own = tools.filter((tool) => has.has(tool.name));
  const groups = grouped(tools);
  return (
    <section className="block-section" aria-labelledby="agent-tools">
      <div className="row">
        <h2 id="agent-tools">{words.tools}</h2>
        <span className="meta">{words.of(own.length, tools.length)}</span>
      </div>
      <div className="tscroll" tabIndex={0} role="group" aria-label={words.tools}>
        <table>
          <thead>
            <tr>
              <th>{words.tool}</th>
              <th>{words.access}</th>
              <th>{words.decision}</th>
              <th className="r">{words.has}</th>
            </tr>
          </thead>
          <tbody>
            {groups.flatMap((group) => [true, false].map((mine) => group.filter((tool) => has.has(tool.name) === mine)).filter((part) => part.length > 0)).map((part) => (
              <Row key={part[0]!.name} tools={part} isMine={has.has(part[0]!.name)} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ tools, isMine }: { tools: Tool[]; isMine: boolean }): ReactNode {
  const words = useWords(agentsWords);
  const [first, ...others] = tools;
  if (first === undefined) return null;
  return (
    <tr className={isMine ? "" : "not-mine"}>
      <th scope="row" className="tool-names">
        <span className="mono">{first.name}</span> <span className="meta">{others.map((tool) => tool.name).join(" ")}</span>
      </th>
      <td className="dim nowrap">{words.accesses[first.effect as keyof typeof words.accesses] ?? first.effect}</td>
      <td className="nowrap">
        <Decision tool={first} />
      </td>
      <td className="r">
        <Icon name={isMine ? "done" : "denied"} small label={isMine ? words.yes : words.no} className={isMine ? "acc" : "dim"} />
      </td>
    </tr>
  );
}

/** Whether a call of this tool runs at once, where no rule of the operator says otherwise. */
export function Decision({ tool }: { tool: Tool }): ReactNode {
  const words = useWords(agentsWords);
  const kind = decisionOf(tool);
  return (
    <>
      <Icon name={kind === "atOnce" ? "done" : "hand"} small /> {words.decisions[kind]}
    </>
  );
}

function decisionOf(tool: Tool): "atOnce" | "ask" | "always" {
  if (tool.destructive) return "always";
  return tool.effect === "read" || tool.effect === "control" ? "atOnce" : "ask";
}

/** Put tools together that are of one family and decided alike. */
function grouped(tools: Tool[]): Tool[][] {
  const groups = new Map<string, Tool[]>();
  for (const tool of tools) {
    const key = `${tool.family}|${tool.effect}|${decisionOf(tool)}`;
    groups.set(key, [...(groups.get(key) ?? []), tool]);
  }
  const order = ["read", "write", "execute", "outbound", "control"];
  return [...groups.values()].toSorted((one, other) => order.indexOf(one[0]!.effect) - order.indexOf(other[0]!.effect));
}
