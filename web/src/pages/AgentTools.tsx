import { useId, useState, type ReactNode } from "react";

import { Icon } from "../parts/Icon";
import { useTools, type Schemas } from "../server";
import { useWords } from "../words";
import { agentsWords } from "../words/agents";
import { Switch } from "./Switch";
import { TryCall } from "./TryCall";

type Tool = Schemas["ToolView"];
type OnSwitch = (tools: string[], on: boolean) => void;

/** Which tools an agent has, and whether somebody is asked before they run; rows stand by what it `had`, so that a switch moves none. */
export function AgentTools({ agent, had, names, onSwitch }: { agent: string; had: string[]; names: string[]; onSwitch?: OnSwitch }): ReactNode {
  const words = useWords(agentsWords);
  const { data: tools = [] } = useTools();
  const has = new Set(names);
  const before = new Set(had);
  const own = tools.filter((tool) => has.has(tool.name));
  const rows = grouped(tools).flatMap((group) => [true, false].map((mine) => group.filter((tool) => before.has(tool.name) === mine)).filter((part) => part.length > 0));
  return (
    <section className="block-section" aria-labelledby="agent-tools">
      <div className="row">
        <h2 id="agent-tools">{words.tools}</h2>
        <span className="meta">{words.of(own.length, tools.length)}</span>
        <TryCall agent={agent} />
      </div>
      <div className="tscroll" tabIndex={0} role="group" aria-label={words.tools}>
        <table className="narrow-stack">
          <thead>
            <tr>
              <th>{words.tool}</th>
              <th>{words.access}</th>
              <th>{words.decision}</th>
              <th className="r">{words.has}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((part) => (
              <Rows key={part[0]!.name} tools={part} has={has} {...(onSwitch === undefined ? {} : { onSwitch })} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Tools that are alike in one row with one switch; opened, each has its own. */
function Rows({ tools, has, onSwitch }: { tools: Tool[]; has: ReadonlySet<string>; onSwitch?: OnSwitch }): ReactNode {
  const [open, setOpen] = useState(false);
  if (tools.length === 1 || onSwitch === undefined) return <Row tools={tools} has={has} {...(onSwitch === undefined ? {} : { onSwitch })} />;
  return (
    <>
      <Row tools={tools} has={has} onSwitch={onSwitch} open={open} onOpen={() => setOpen(!open)} />
      {open && tools.map((tool) => <Row key={tool.name} tools={[tool]} has={has} onSwitch={onSwitch} isInner />)}
    </>
  );
}

function Row({ tools, has, onSwitch, open, onOpen, isInner = false }: { tools: Tool[]; has: ReadonlySet<string>; onSwitch?: OnSwitch; open?: boolean; onOpen?(): void; isInner?: boolean }): ReactNode {
  const words = useWords(agentsWords);
  const id = useId();
  const [first, ...others] = tools;
  if (first === undefined) return null;
  const on = tools.filter((tool) => has.has(tool.name)).length;
  const all = on === tools.length;
  const names = (
    <>
      <span className="mono">{first.name}</span> <span className="meta">{others.map((tool) => tool.name).join(" ")}</span>
    </>
  );
  return (
    <tr className={on > 0 ? "" : "not-mine"}>
      <th scope="row" className={`tool-names ${isInner ? "inner" : ""}`} id={id}>
        {onOpen === undefined ? (
          names
        ) : (
          <button type="button" className="opens" aria-expanded={open} onClick={onOpen}>
            <span>
              {names} <Icon name={open ? "down" : "right"} small />
            </span>
          </button>
        )}
      </th>
      <td className="dim nowrap">{isInner ? "" : (words.accesses[first.effect as keyof typeof words.accesses] ?? first.effect)}</td>
      <td className="nowrap">{isInner ? "" : <Decision tool={first} />}</td>
      <td className="r">
        {onSwitch === undefined ? (
          <Icon name={all ? "done" : "denied"} small label={all ? words.yes : words.no} className={all ? "acc" : "dim"} />
        ) : (
          <span className="switch-cell">
            {!all && on > 0 && <span className="meta">{words.of(on, tools.length)}</span>}
            <Switch labelledBy={id} on={all} onChange={(next) => onSwitch(tools.map((tool) => tool.name), next)} />
          </span>
        )}
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
