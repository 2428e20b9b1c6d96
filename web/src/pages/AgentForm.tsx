import { useRef, useState, type ReactNode } from "react";

import { Icon } from "../parts/Icon";
import { MOD, useKeys } from "../parts/keys";
import { queries, server, type Schemas } from "../server";
import { useWords } from "../words";
import { agentsWords } from "../words/agents";
import { pageWords } from "../words/pages";
import { brokenUp, NOTHING, patchOf, sizeOf, switchedTo, toolsOf, wrongOf, written, type AgentDraft } from "./agent_fields";
import { AgentInputs } from "./AgentInputs";
import { AgentTools } from "./AgentTools";
import { Failed } from "./Loaded";
import { keep, useKept } from "./unsaved";

type Agent = Schemas["AgentView"];
type File = Schemas["AgentFileView"];

/** Return the key under which an agent's fields are kept while they are not saved. */
export function fieldsKey(agent: string): string {
  return `agent-fields:${agent}`;
}

/** An agent's fields and the switches of its tools; what is changed is written into its file together. */
export function AgentForm({ agent, file, fields }: { agent: Agent; file: File; fields: Schemas["AgentFieldsView"] }): ReactNode {
  const words = useWords(agentsWords);
  const key = fieldsKey(agent.name);
  const draft = useKept<AgentDraft>(key) ?? NOTHING;
  const [failure, setFailure] = useState<unknown>(null);
  const [saved, setSaved] = useState(false);
  const [sending, setSending] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const wrong = wrongOf(draft);
  const change = (next: AgentDraft): void => {
    keep(key, sizeOf(next) === 0 ? undefined : next);
    setSaved(false);
    setFailure(null);
  };
  const save = async (): Promise<void> => {
    if (wrong.size > 0) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
    if (sizeOf(draft) === 0 || wrong.size > 0 || sending) return;
    setSending(true);
    setFailure(null);
    try {
      const { data } = await server.api.PATCH("/api/v1/agents/{name}", { params: { path: { name: agent.name } }, body: patchOf(fields, draft) });
      queries.setQueryData(["agent-file", agent.name], data);
      change(NOTHING);
      setSaved(true);
      await Promise.all(["agents", "health"].map((each) => queries.invalidateQueries({ queryKey: [each] })));
    } catch (problem) {
      setFailure(problem);
    }
    setSending(false);
  };
  useKeys({ "Mod+KeyS": () => void save() });
  const ownTools = !file.changed.includes("tools");
  const broken = brokenUp(fields, draft);
  return (
    <form
      ref={form}
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <AgentInputs agent={agent} fields={fields} settled={file.changed} draft={draft} wrong={wrong} onWrite={(name, text) => change(written(draft, fields, name, text))} />
      {ownTools ? (
        <AgentTools agent={agent.name} had={fields.tools} names={toolsOf(fields, draft)} onSwitch={(tools, on) => change(switchedTo(draft, fields, tools, on))} />
      ) : (
        <AgentTools agent={agent.name} had={agent.tools} names={agent.tools} />
      )}
      {!ownTools && <p className="meta">{words.settled(`agents.${agent.name}.tools`)}</p>}
      {broken.length > 0 && <p className="meta said">{words.brokenUp(broken)}</p>}
      {failure !== null && <Failed failure={failure} title={words.notSaved} />}
      <Bar draft={draft} wrong={wrong.size} isSaved={saved} isSending={sending} onBack={() => change(NOTHING)}>
        {file.origin === "built_in" && <p className="meta said">{words.copyHelp(file.folder)}</p>}
      </Bar>
    </form>
  );
}

function Bar({ draft, wrong, isSaved, isSending, onBack, children }: { draft: AgentDraft; wrong: number; isSaved: boolean; isSending: boolean; onBack(): void; children: ReactNode }): ReactNode {
  const words = useWords(agentsWords);
  const general = useWords(pageWords);
  const size = sizeOf(draft);
  return (
    <div className={size > 0 ? "save-bar" : ""}>
      <p className="row wrap">
        <button type="submit" className="btn primary" disabled={size === 0 || wrong > 0 || isSending}>
          {general.save} <kbd>{MOD}S</kbd>
        </button>
        <button type="button" className="btn ghost" disabled={size === 0} onClick={onBack}>
          {general.undoEdits}
        </button>
        <span role="status" className="row">
          {wrong > 0 && (
            <span className="error">
              <Icon name="failed" small /> {words.fixFields(wrong)}
            </span>
          )}
          {wrong === 0 && size > 0 && <span className="meta">{words.changes(size)}</span>}
          {isSaved && size === 0 && (
            <span className="ok row">
              <Icon name="done" small /> {words.saved}
            </span>
          )}
        </span>
      </p>
      {size > 0 && children}
    </div>
  );
}
