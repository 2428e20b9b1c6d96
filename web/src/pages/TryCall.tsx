import { useMutation } from "@tanstack/react-query";
import { useId, useState, type ReactNode } from "react";
import { createPortal } from "react-dom";

import { Dialog } from "../parts/Dialog";
import { Icon, type IconName } from "../parts/Icon";
import { server, useAgents, useTools, type Schemas } from "../server";
import { useSpeech, useWords } from "../words";
import { problemText } from "../words/problem";
import { useTelling } from "../words/telling";
import { tryingWords } from "../words/trying";

type Explanation = Schemas["ExplanationView"];
const LOOKS: Record<Explanation["decision"], IconName> = { allow: "done", ask: "hand", forbid: "denied" };

/** Opens a dialog in which a call is tried against the rules, without anything being run. */
export function TryCall({ agent = "" }: { agent?: string }): ReactNode {
  const words = useWords(tryingWords);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="linkish end" onClick={() => setOpen(true)}>
        {words.open}
      </button>
      {isOpen &&
        createPortal(
          // Outside of the form it may stand in: forms do not nest.
          <Dialog title={words.title} onClose={() => setOpen(false)}>
            <p className="meta">{words.lead}</p>
            <Trial agent={agent} />
          </Dialog>,
          document.body,
        )}
    </>
  );
}

function Trial({ agent }: { agent: string }): ReactNode {
  const words = useWords(tryingWords);
  const { language } = useSpeech();
  const id = useId();
  const { data: agents = [] } = useAgents();
  const { data: tools = [] } = useTools();
  const [chosen, setWho] = useState(agent);
  const who = chosen || (agents.find((each) => each.default)?.name ?? "");
  const [tool, setTool] = useState("execute_command");
  const [given, setGiven] = useState<string | null>(null);
  const [isWrong, setWrong] = useState(false);
  const text = given ?? shapeOf(tools.find((each) => each.name === tool));
  const ask = useMutation({
    mutationFn: async (body: { arguments: Record<string, unknown>; agent: string }) => (await server.api.POST("/api/v1/tools/{name}/explain", { params: { path: { name: tool } }, body })).data!,
  });
  const send = (): void => {
    const read = objectIn(text);
    setWrong(read === null);
    if (read !== null) ask.mutate({ arguments: read, agent: who });
  };
  const choose = (name: string): void => {
    setTool(name);
    setGiven(null);
    setWrong(false);
    ask.reset();
  };
  return (
    <form
      className="stack trial"
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation();
        send();
      }}
    >
      <div className="two-fields">
        <div>
          <label className="label" htmlFor={`${id}agent`}>
            {words.agent}
          </label>
          <select id={`${id}agent`} className="field mono" value={who} onChange={(event) => setWho(event.target.value)}>
            {agents.map((each) => (
              <option key={each.name}>{each.name}</option>
            ))}
          </select>
        </div>
        <div>
          <label className="label" htmlFor={`${id}tool`}>
            {words.tool}
          </label>
          <select id={`${id}tool`} className="field mono" value={tool} onChange={(event) => choose(event.target.value)}>
            {tools.map((each) => (
              <option key={each.name}>{each.name}</option>
            ))}
          </select>
        </div>
      </div>
      <div>
        <label className="label" htmlFor={`${id}arguments`}>
          {words.arguments}
        </label>
        <textarea id={`${id}arguments`} className={`field mono ${isWrong ? "invalid" : ""}`} rows={4} spellCheck={false} value={text} aria-invalid={isWrong} aria-describedby={isWrong ? `${id}wrong` : undefined} onChange={(event) => setGiven(event.target.value)} />
        {isWrong && (
          <p className="error" id={`${id}wrong`} role="alert">
            {words.notJson}
          </p>
        )}
      </div>
      <div className="row dialog-actions">
        <button type="submit" className="btn primary">
          {words.say}
        </button>
      </div>
      <div role="status">
        {ask.error !== null && (
          <p className="error">
            {problemText(ask.error, language).text} <code>{problemText(ask.error, language).code}</code>
          </p>
        )}
        {ask.error === null && ask.data !== undefined && <Judged found={ask.data} />}
      </div>
    </form>
  );
}

function Judged({ found }: { found: Explanation }): ReactNode {
  const words = useWords(tryingWords);
  const telling = useTelling();
  return (
    <>
      <p className="row">
        <Icon name={LOOKS[found.decision]} className={found.decision === "forbid" ? "bad" : found.decision === "allow" ? "ok" : ""} />
        <b>{words.decisions[found.decision]}</b>
      </p>
      <dl className="facts">
        <dt>{words.why}</dt>
        <dd>
          {telling.reason(found)} {!found.parseable && words.unread}
        </dd>
        {found.rule !== "" && (
          <>
            <dt>{words.rule}</dt>
            <dd className="mono">{found.rule}</dd>
          </>
        )}
        {found.writes.length > 0 && (
          <>
            <dt>{words.writes}</dt>
            <dd className="mono">{found.writes.join(", ")}</dd>
          </>
        )}
        {found.labels.length > 0 && (
          <>
            <dt>{words.labels}</dt>
            <dd>{found.labels.map((label) => words.labelNames[label] ?? label).join(" · ")}</dd>
          </>
        )}
      </dl>
    </>
  );
}

/** Return the arguments that a tool needs, empty, to be filled in. */
export function shapeOf(tool: Pick<Schemas["ToolView"], "parameters"> | undefined): string {
  const required = tool?.parameters["required"];
  const names = Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, ""])), null, 2);
}

/** Return the object that a text of JSON holds; null where it holds none. */
export function objectIn(text: string): Record<string, unknown> | null {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === "object" && read !== null && !Array.isArray(read) ? (read as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
