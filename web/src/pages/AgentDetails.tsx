import { useState, type ReactNode } from "react";

import { useAgentFile, useInsight, type Schemas } from "../server";
import { useSpeech, useWords } from "../words";
import { agentsWords } from "../words/agents";
import { useTelling } from "../words/telling";
import { AgentEditor, textKey } from "./AgentEditor";
import { AgentForm } from "./AgentForm";
import { AgentTools } from "./AgentTools";
import { Loaded } from "./Loaded";
import { daysUntil } from "./scale";
import { useKept } from "./unsaved";

type Agent = Schemas["AgentView"];
type AgentFile = Schemas["AgentFileView"];

/** One agent: what it is told, what it may, and the file it comes from. */
export function AgentDetails({ agent }: { agent: Agent }): ReactNode {
  const words = useWords(agentsWords);
  const telling = useTelling();
  return (
    <>
      <div className="row wrap baseline">
        <h2 className="page-title mono-title">{agent.name}</h2>
        <span className="tag line">{words.origins[agent.origin]}</span>
        {agent.default && <span className="tag line">{words.isDefault}</span>}
        <History agent={agent.name} />
      </div>
      <p className="dim">{telling.agent(agent)}</p>
      <Body agent={agent} />
    </>
  );
}

/** Its fields with its prompt and where it comes from; or its file as text, which is one thing at a time with the fields. */
function Body({ agent }: { agent: Agent }): ReactNode {
  const query = useAgentFile(agent.name);
  const isKept = useKept(textKey(agent.name)) !== undefined;
  const [editing, setEditing] = useState<"no" | "yes" | "left">(isKept ? "yes" : "no");
  return (
    <Loaded query={query}>
      {(file) =>
        editing === "yes" ? (
          <section className="block-section">
            <Origin file={file} />
            <AgentEditor name={agent.name} text={file.text} onClose={() => setEditing("left")} />
          </section>
        ) : (
          <>
            {file.fields !== null && canBeStored(file) ? (
              <AgentForm agent={agent} file={file} fields={file.fields} />
            ) : (
              <>
                <Facts agent={agent} />
                <AgentTools agent={agent.name} had={agent.tools} names={agent.tools} />
              </>
            )}
            <Prompt text={agent.prompt} />
            <File file={file} isBack={editing === "left"} onEdit={() => setEditing("yes")} />
          </>
        )
      }
    </Loaded>
  );
}

function canBeStored(file: AgentFile): boolean {
  return file.origin === "file" || file.folder !== "";
}

function History({ agent }: { agent: string }): ReactNode {
  const words = useWords(agentsWords);
  const { formats } = useSpeech();
  const since = `${daysUntil(Date.now(), 14)[0]}T00:00:00Z`;
  const found = useInsight(since).data?.agents.find((each) => each.agent === agent);
  if (found === undefined || found.runs === 0) return null;
  return <span className="meta end">{words.history(found.runs, formats.percent(1 - found.corrected / found.runs))}</span>;
}

function Facts({ agent }: { agent: Agent }): ReactNode {
  const words = useWords(agentsWords);
  const { formats } = useSpeech();
  const { limits } = agent;
  const said = [limits.steps > 0 ? words.steps(limits.steps) : "", limits.money > 0 ? formats.money(limits.money) : "", limits.wall_seconds > 0 ? formats.span(limits.wall_seconds) : ""].filter(Boolean).join(", ");
  return (
    <dl className="grid2 fact-grid">
      <Fact name={words.model}>
        <span className="mono">{agent.model}</span>
      </Fact>
      <Fact name={words.tokens}>{formats.number(agent.max_tokens)}</Fact>
      <Fact name={words.writes} help={words.writesHelp}>
        {agent.writes.length > 0 ? <span className="mono">{agent.writes.join(" ")}</span> : words.writesAll}
      </Fact>
      <Fact name={words.limits} help={words.limitsHelp}>
        {said || words.noLimits}
      </Fact>
    </dl>
  );
}

function Fact({ name, help, children }: { name: string; help?: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt className="label">{name}</dt>
      <dd className="fact-value">{children}</dd>
      {help !== undefined && <dd className="help">{help}</dd>}
    </div>
  );
}

function Prompt({ text }: { text: string }): ReactNode {
  const words = useWords(agentsWords);
  return (
    <details className="fold-section">
      <summary>
        <h2>{words.prompt}</h2>
      </summary>
      <pre className="code prompt-text" tabIndex={0}>
        {text}
      </pre>
    </details>
  );
}

function File({ file, isBack, onEdit }: { file: AgentFile; isBack: boolean; onEdit(): void }): ReactNode {
  const words = useWords(agentsWords);
  return (
    <section className="block-section" aria-labelledby="agent-file">
      <h2 id="agent-file">{words.file}</h2>
      <Origin file={file} />
      <Ways file={file} isBack={isBack} onEdit={onEdit} />
    </section>
  );
}

function Origin({ file }: { file: AgentFile }): ReactNode {
  const words = useWords(agentsWords);
  const said = { file: <span className="mono">{file.path}</span>, built_in: words.builtInFile, plugin: words.pluginFile, workspace: words.workspaceFile };
  return (
    <>
      <p className="dim said">{said[file.origin]}</p>
      {file.changed.length > 0 && <p className="meta">{words.bySettings(file.changed.join(", "))}</p>}
    </>
  );
}

/** What can be done with the file; who comes back from its editor finds the focus where it was. */
function Ways({ file, isBack, onEdit }: { file: AgentFile; isBack: boolean; onEdit(): void }): ReactNode {
  const words = useWords(agentsWords);
  const isKept = useKept(textKey(file.name)) !== undefined;
  if (file.text === "") return null;
  if (!canBeStored(file)) return <p className="notice">{words.noFolder}</p>;
  return (
    <p className="row wrap ways">
      <button type="button" className="btn" autoFocus={isBack} onClick={onEdit}>
        {words.editText}
      </button>
      {isKept && <span className="tag line">{words.unsaved}</span>}
      {file.origin === "built_in" && <span className="meta said">{words.copyHelp(file.folder)}</span>}
    </p>
  );
}
