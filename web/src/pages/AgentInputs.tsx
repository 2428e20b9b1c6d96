import { useId, type ReactNode } from "react";

import { Icon } from "../parts/Icon";
import { useModels, useSettings, type Schemas } from "../server";
import { useSpeech, useWords } from "../words";
import { agentsWords } from "../words/agents";
import { fieldText, fieldValue, LIMITS, type AgentDraft, type FieldName, type Wrong } from "./agent_fields";

type Agent = Schemas["AgentView"];

interface Inputs {
  agent: Agent;
  fields: Schemas["AgentFieldsView"];
  settled: readonly string[];
  draft: AgentDraft;
  wrong: ReadonlyMap<FieldName, Wrong>;
  onWrite(name: FieldName, text: string): void;
}

/** The fields of an agent: an empty one shows what holds without it, one that the settings hold cannot be written. */
export function AgentInputs(inputs: Inputs): ReactNode {
  const { agent, settled, wrong } = inputs;
  const words = useWords(agentsWords);
  const base = useId();
  const fallback = useHouse()("models.fallback") as string[] | undefined;
  const said = (setting: string, help: string): string => (settled.includes(setting) ? words.settled(`agents.${agent.name}.${setting}`) : help);
  const limitsWrong = LIMITS.filter((name) => wrong.has(name));
  return (
    <div className="grid2 fact-grid">
      <div>
        <label className="label" htmlFor={`${base}-model`}>
          {words.model}
        </label>
        <Input {...inputs} name="model" setting="model" base={base} />
        <p className="help">{said("model", fallback === undefined || fallback.length === 0 ? words.noFallback : words.fallback(fallback))}</p>
        <Why base={base} name="model" wrong={wrong.get("model")} />
      </div>
      <div>
        <label className="label" htmlFor={`${base}-max_tokens`}>
          {words.tokens}
        </label>
        <Input {...inputs} name="max_tokens" setting="max_tokens" base={base} />
        {settled.includes("max_tokens") && <p className="help">{said("max_tokens", "")}</p>}
        <Why base={base} name="max_tokens" wrong={wrong.get("max_tokens")} />
      </div>
      <div>
        <label className="label" htmlFor={`${base}-writes`}>
          {words.writes}
        </label>
        <Input {...inputs} name="writes" setting="writes" base={base} />
        <p className="help">{said("writes", words.writesHelp)}</p>
        <Why base={base} name="writes" wrong={wrong.get("writes")} />
      </div>
      <fieldset className="plain-set" aria-describedby={`${base}-limits`}>
        <legend className="label">{words.limits}</legend>
        <div className="limit-row">
          {LIMITS.map((name) => (
            <label key={name} className="affixed">
              <Input {...inputs} name={name} setting="limits" base={base} />
              <span className="meta">{words.units[name]}</span>
            </label>
          ))}
        </div>
        <p className="help" id={`${base}-limits`}>
          {said("limits", words.limitsHelp)}
        </p>
        {limitsWrong.map((name) => (
          <Why key={name} base={base} name={name} wrong={wrong.get(name)} />
        ))}
      </fieldset>
      <Models id={`${base}-models`} />
    </div>
  );
}

function Input({ agent, fields, settled, draft, wrong, name, setting, base, onWrite }: Inputs & { name: FieldName; setting: string; base: string }): ReactNode {
  const words = useWords(agentsWords);
  const { language } = useSpeech();
  const house = useHouse();
  const isSettled = settled.includes(setting);
  const held = isSettled ? valueInForce(agent, name) : fieldValue(fields, name);
  const without = { model: house("models.default") || (fields.model === null ? agent.model : words.defaultModel), max_tokens: 2048, writes: words.writesAll, steps: house("limits.steps"), money: house("limits.money"), wall_seconds: house("limits.wall_seconds") }[name];
  const isWrong = wrong.has(name);
  return (
    <input
      id={`${base}-${name}`}
      className={`field ${name === "writes" ? "mono" : ""} ${isWrong ? "invalid" : ""}`}
      value={draft.texts[name] ?? fieldText(name, held, language)}
      placeholder={typeof without === "number" || typeof without === "string" ? fieldText(name, without, language) : ""}
      disabled={isSettled}
      aria-invalid={isWrong}
      aria-describedby={isWrong ? `${base}-${name}-wrong` : undefined}
      list={name === "model" ? `${base}-models` : undefined}
      inputMode={name === "max_tokens" || name === "steps" ? "numeric" : name === "money" ? "decimal" : undefined}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onWrite(name, event.target.value)}
    />
  );
}

function Why({ base, name, wrong }: { base: string; name: FieldName; wrong: Wrong | undefined }): ReactNode {
  const words = useWords(agentsWords);
  if (wrong === undefined) return null;
  return (
    <p className="error" id={`${base}-${name}-wrong`}>
      <Icon name="failed" small />
      <span>{words.wrong[wrong.reason](wrong.text, name)}</span>
    </p>
  );
}

function Models({ id }: { id: string }): ReactNode {
  const { data: models = [] } = useModels();
  return (
    <datalist id={id}>
      {models
        .filter((model) => !model.name.includes("*"))
        .map((model) => (
          <option key={model.name} value={model.name} />
        ))}
    </datalist>
  );
}

/** Return what tells the value of a setting of the house. */
function useHouse(): (name: string) => unknown {
  const { data } = useSettings();
  return (name) => data?.items.find((each) => each.name === name)?.value;
}

function valueInForce(agent: Agent, name: FieldName): string | number | string[] {
  return name === "steps" || name === "money" || name === "wall_seconds" ? agent.limits[name] : agent[name];
}
