import { useState, type ReactNode } from "react";
import { Link } from "wouter";

import { Icon } from "../parts/Icon";
import { useAgents, useTrust, useWorkspaces, type Schemas } from "../server";
import { useWords } from "../words";
import { agentsWords } from "../words/agents";
import { useTelling } from "../words/telling";
import { AgentDetails } from "./AgentDetails";
import { AgentEditor, textKey } from "./AgentEditor";
import { fieldsKey } from "./AgentForm";
import { Loaded } from "./Loaded";
import { NotAccepted, SetupBar, useNameInSight } from "./SetupBar";
import { useKept } from "./unsaved";

/** The agents: who there is, what each may, where it comes from, and the editing of the operator's own. */
export default function Agents({ name, menuButton }: { name: string; menuButton: ReactNode }): ReactNode {
  const words = useWords(agentsWords);
  const agents = useAgents();
  const [isNew, setNew] = useState(false);
  const current = agents.data?.find((each) => each.name === name) ?? agents.data?.find((each) => each.default) ?? agents.data?.[0];
  useNameInSight(current?.name ?? "");
  return (
    <main className="main" aria-label={words.title}>
      <SetupBar title={words.title} menuButton={menuButton} />
      <div className="split slim">
        <nav className="listcol names-col" aria-label={words.list}>
          <ul>
            {(agents.data ?? []).map((agent) => (
              <Name key={agent.name} agent={agent} isHere={!isNew && agent.name === current?.name} onGo={() => setNew(false)} />
            ))}
          </ul>
          <OfWorkspace known={new Set((agents.data ?? []).map((agent) => agent.name))} />
          <button type="button" className="item" aria-pressed={isNew} onClick={() => setNew(true)}>
            <Icon name="plus" />
            {words.newAgent}
          </button>
        </nav>
        <div className="details-col">
          <div className="stack details-wide">
            <NotAccepted />
            {isNew ? (
              <NewAgent onClose={() => setNew(false)} />
            ) : (
              <Loaded query={agents}>
                {() => current !== undefined && <AgentDetails key={current.name} agent={current} />}
              </Loaded>
            )}
          </div>
        </div>
      </div>
    </main>
  );
}

function Name({ agent, isHere, onGo }: { agent: Schemas["AgentView"]; isHere: boolean; onGo(): void }): ReactNode {
  const telling = useTelling();
  const words = useWords(agentsWords);
  const isKept = [useKept(fieldsKey(agent.name)), useKept(textKey(agent.name))].some((draft) => draft !== undefined);
  return (
    <li>
      <Link className="item sess" href={`/agents/${agent.name}`} aria-current={isHere ? "page" : undefined} onClick={onGo}>
        <Icon name="agents" />
        <span className="grow">
          <span className="t mono">{agent.name}</span>
          <span className="m two-lines">{isKept ? words.unsaved : telling.agent(agent)}</span>
        </span>
      </Link>
    </li>
  );
}

function OfWorkspace({ known }: { known: ReadonlySet<string> }): ReactNode {
  const words = useWords(agentsWords);
  const { data: workspaces = [] } = useWorkspaces();
  const folder = workspaces.find((each) => each.default);
  const { data: trust } = useTrust(folder?.id ?? "");
  const own = (trust?.agents ?? []).filter((agent) => !known.has(agent));
  if (folder === undefined || own.length === 0) return null;
  return (
    <>
      <h2 className="group">{words.ofWorkspace(folder.name)}</h2>
      <ul>
        {own.map((agent) => (
          <li key={agent} className="item sess">
            <Icon name="agents" />
            <span className="grow">
              <span className="t mono">{agent}</span>
              <span className="m">{trust?.state === "trusted" ? words.origins.workspace : words.awaitsTrust}</span>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function NewAgent({ onClose }: { onClose(): void }): ReactNode {
  const words = useWords(agentsWords);
  return (
    <>
      <h2 className="page-title">{words.newAgent}</h2>
      <AgentEditor name="" text={words.template} onClose={onClose} />
    </>
  );
}
