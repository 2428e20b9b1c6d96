import { useId, useState, type ReactNode } from "react";
import { Link } from "wouter";

import { useSessions, useUsage, type Schemas } from "../server";
import { useSpeech, useWords } from "../words";
import { usageWords } from "../words/usage";
import { Choice } from "./Choice";
import { Loaded } from "./Loaded";

const KINDS = ["agent", "model", "session"] as const;
type Kind = (typeof KINDS)[number];
const MOST = 12;

/** What was used by agents, models or sessions, the most expensive first. */
export function UsageBy({ since, agents }: { since: string; agents: Schemas["AgentInsightView"][] }): ReactNode {
  const words = useWords(usageWords);
  const [kind, setKind] = useState<Kind>("agent");
  const report = useUsage(kind, since);
  const title = useId();
  return (
    <section aria-labelledby={title}>
      <div className="row wrap">
        <h2 id={title}>{words.byTitle[kind]}</h2>
        <Choice label={words.by} options={KINDS} names={words.bys} value={kind} onChange={setKind} className="end" />
      </div>
      <Loaded query={report}>{(data) => (data.by === kind ? <Sums kind={kind} items={data.items} agents={agents} /> : null)}</Loaded>
    </section>
  );
}

function Sums({ kind, items, agents }: { kind: Kind; items: Schemas["UsageSumView"][]; agents: Schemas["AgentInsightView"][] }): ReactNode {
  const words = useWords(usageWords);
  const { formats } = useSpeech();
  const rows = items.toSorted((one, other) => other.cost - one.cost || other.saved - one.saved).slice(0, MOST);
  return (
    <>
      <div className="tscroll" tabIndex={0} role="group" aria-label={words.byTitle[kind]}>
        <table className="narrow-stack">
          <thead>
            <tr>
              <th>{words.bys[kind]}</th>
              <th className="r">{kind === "model" ? words.replies : words.runs}</th>
              <th className="r">{words.paid}</th>
              <th className="r">{words.savedColumn}</th>
              {kind === "agent" && <th className="r">{words.kept}</th>}
              {kind === "agent" && <th className="r">{words.median}</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map((item) => (
              <tr key={item.key}>
                <th scope="row" className="named">
                  {kind === "session" ? <SessionName id={item.key} /> : item.key}
                </th>
                <td className="r" data-head={kind === "model" ? words.replies : words.runs}>
                  {formats.number(kind === "model" ? item.replies : item.runs)}
                </td>
                <td className="r" data-head={words.paid}>
                  {formats.money(item.cost)}
                </td>
                <td className={`r ${item.saved < 0 ? "bad" : ""}`} data-head={words.savedColumn}>
                  {formats.money(item.saved)}
                </td>
                {kind === "agent" && <HowItWent agent={agents.find((each) => each.agent === item.key)} />}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {kind === "agent" && <p className="meta table-note">{words.keptNote}</p>}
    </>
  );
}

function HowItWent({ agent }: { agent: Schemas["AgentInsightView"] | undefined }): ReactNode {
  const words = useWords(usageWords);
  const { formats } = useSpeech();
  return (
    <>
      <td className="r" data-head={words.kept}>
        {agent === undefined || agent.runs === 0 ? "–" : formats.percent(1 - agent.corrected / agent.runs)}
      </td>
      <td className="r" data-head={words.median}>
        {agent?.median_seconds == null ? "–" : formats.span(agent.median_seconds)}
      </td>
    </>
  );
}

function SessionName({ id }: { id: string }): ReactNode {
  const { words } = useSpeech();
  const { data: sessions = [] } = useSessions(200);
  const session = sessions.find((each) => each.id === id);
  return (
    <Link className="cut block" href={`/sessions/${id}`}>
      {session?.title || words.shell.untitled}
    </Link>
  );
}
