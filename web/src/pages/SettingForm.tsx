import { useState, type ReactNode } from "react";

import { Icon } from "../parts/Icon";
import { MOD, useKeys } from "../parts/keys";
import { queries, server, type Schemas } from "../server";
import { useWords } from "../words";
import { settingsWords } from "../words/settings";
import { draftOf, pruned, valueOf, type Draft } from "./drafts";
import { Failed } from "./Loaded";
import { SettingRow } from "./SettingRow";
import { keep, useKept } from "./unsaved";

type View = Schemas["SettingsView"];

/** The settings of one section with their fields; what is changed is sent together, all of it or nothing. */
export function SettingForm({ view, settings }: { view: View; settings: Schemas["SettingView"][] }): ReactNode {
  const words = useWords(settingsWords);
  const [drafts, setDrafts] = useKeptDrafts(settings[0]?.name ?? "");
  const [failure, setFailure] = useState<unknown>(null);
  const [saved, setSaved] = useState(false);
  const [sending, setSending] = useState(false);
  const values = new Map([...drafts].map(([name, draft]) => [name, meant(settings.find((each) => each.name === name), draft)]));
  const wrong = new Set([...values].filter(([, value]) => value === undefined).map(([name]) => name));
  const change = (name: string, draft: Draft | null | undefined): void => {
    const next = new Map(drafts);
    if (draft === undefined) next.delete(name);
    else next.set(name, draft);
    setDrafts(next);
    setSaved(false);
  };
  const save = async (): Promise<void> => {
    if (drafts.size === 0 || wrong.size > 0 || sending) return;
    setSending(true);
    setFailure(null);
    try {
      const { data } = await server.api.PATCH("/api/v1/settings", { body: { changes: Object.fromEntries(values) } });
      queries.setQueryData(["settings"], data);
      for (const key of ["models", "agents", "health", "usage"]) void queries.invalidateQueries({ queryKey: [key] });
      setDrafts(new Map());
      setSaved(true);
    } catch (problem) {
      setFailure(problem);
    }
    setSending(false);
  };
  useKeys({ "Mod+KeyS": () => void save() });
  const canChange = settings.some((setting) => setting.changeable);
  return (
    <form
      className="setting-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {settings.map((setting) => (
        <SettingRow key={setting.name} setting={setting} draft={drafts.get(setting.name)} isWrong={wrong.has(setting.name)} onChange={(draft) => change(setting.name, isSame(setting, draft) ? undefined : draft)} />
      ))}
      {failure !== null && <Failed failure={failure} />}
      {view.waiting.length > 0 && (
        <p className="notice warn">
          <Icon name="info" />
          <span>{words.waiting(view.waiting.join(", "))}</span>
        </p>
      )}
      {canChange && (
        <div className="save-bar">
          <p className="row wrap">
            <button type="submit" className="btn primary" disabled={drafts.size === 0 || wrong.size > 0 || sending}>
              {words.save} <kbd>{MOD}S</kbd>
            </button>
            <button type="button" className="btn ghost" disabled={drafts.size === 0} onClick={() => setDrafts(new Map())}>
              {words.back}
            </button>
            <span role="status" className="row">
              {wrong.size > 0 && (
                <span className="error">
                  <Icon name="failed" small /> {words.fix}
                </span>
              )}
              {wrong.size === 0 && drafts.size > 0 && <span className="meta">{words.changes(drafts.size)}</span>}
              {saved && drafts.size === 0 && (
                <span className="ok row">
                  <Icon name="done" small /> {words.saved}
                </span>
              )}
            </span>
          </p>
          <p className="meta said">{view.file === "" ? words.noFile : words.file(view.file)}</p>
        </div>
      )}
    </form>
  );
}

type Drafts = ReadonlyMap<string, Draft | null>;
const NONE: Drafts = new Map();

/** What is changed and not saved, by section: it outlives a look at another page, and leaving the console asks first. */
function useKeptDrafts(section: string): [Drafts, (next: Drafts) => void] {
  const key = `settings:${section}`;
  return [useKept<Drafts>(key) ?? NONE, (next) => keep(key, next.size > 0 ? next : undefined)];
}

function meant(setting: Schemas["SettingView"] | undefined, draft: Draft | null): unknown {
  if (setting === undefined || draft === null) return null;
  const value = valueOf(setting, draft);
  return Array.isArray(value) ? value.map((item: unknown) => (typeof item === "object" && item !== null ? pruned(item as Record<string, unknown>) : item)) : value;
}

function isSame(setting: Schemas["SettingView"], draft: Draft | null): boolean {
  return draft !== null && JSON.stringify(draft) === JSON.stringify(draftOf(setting));
}
