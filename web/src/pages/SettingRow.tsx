import { useId, type ReactNode } from "react";

import { Icon } from "../parts/Icon";
import type { Schemas } from "../server";
import { useWords } from "../words";
import { settingsWords } from "../words/settings";
import { draftOf, durationText, isRows, type Draft } from "./drafts";
import { RowsEditor } from "./RowsEditor";
import { Switch } from "./Switch";

type Setting = Schemas["SettingView"];
interface Field {
  setting: Setting;
  id: string;
  draft: Draft;
  isWrong: boolean;
  onChange(draft: Draft | null): void;
}

/** One setting: what it is called, its field or value, and where that comes from. */
export function SettingRow({ setting, draft, isWrong, onChange }: { setting: Setting; draft: Draft | null | undefined; isWrong: boolean; onChange(draft: Draft | null): void }): ReactNode {
  const words = useWords(settingsWords);
  const id = useId();
  const toDefault = draft === null;
  const shown = toDefault ? draftOf(setting, setting.default) : (draft ?? draftOf(setting));
  const label = words.labels[setting.name];
  const wide = isRows(setting.name) || (setting.kind === "table" && setting.changeable);
  return (
    <div className={`setting ${wide ? "wide" : ""}`}>
      <div>
        <label className="label" htmlFor={id} id={`${id}-label`}>
          {label ?? <code>{setting.name}</code>}
        </label>
        {label !== undefined && <code className="meta setting-name">{setting.name}</code>}
      </div>
      <div className="setting-value">
        {setting.changeable ? <Editor setting={setting} id={id} draft={shown} isWrong={isWrong} onChange={onChange} /> : <Told setting={setting} />}
        {isWrong && (
          <p className="error" id={`${id}-wrong`}>
            <Icon name="failed" small />
            <span>{words.wrong[setting.kind] ?? words.wrong["table"]}</span>
          </p>
        )}
        <p className="meta setting-meta">
          {toDefault || draft === undefined ? words.origins[toDefault ? "default" : setting.origin] : words.origins.file}
          {setting.at_start && ` · ${words.atStart}`}
          {setting.changeable && setting.origin === "file" && !toDefault && (
            <>
              {" · "}
              <button type="button" className="linkish" onClick={() => onChange(null)}>
                {words.toDefault}
              </button>
            </>
          )}
        </p>
      </div>
    </div>
  );
}

function Editor(field: Field): ReactNode {
  const { setting, id, draft, isWrong, onChange } = field;
  const words = useWords(settingsWords);
  if (Array.isArray(draft)) return <RowsEditor name={setting.name} rows={draft} onChange={onChange} />;
  if (typeof draft === "boolean") return <Switch id={id} labelledBy={`${id}-label`} on={draft} onChange={onChange} />;
  if (setting.kind === "choice") {
    return (
      <select id={id} className="field" value={draft} onChange={(event) => onChange(event.target.value)}>
        {setting.choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    );
  }
  const common = { id, "aria-invalid": isWrong, "aria-describedby": isWrong ? `${id}-wrong` : undefined, className: `field ${isWrong ? "invalid" : ""}`, value: draft };
  if (setting.kind === "list" || setting.kind === "table") {
    return <textarea {...common} className={`${common.className} mono`} rows={Math.min(8, draft.split("\n").length + 1)} placeholder={setting.kind === "list" ? words.onePerLine : ""} spellCheck={false} onChange={(event) => onChange(event.target.value)} />;
  }
  return <input {...common} inputMode={setting.kind === "integer" || setting.kind === "number" ? "decimal" : undefined} placeholder={words.unset} autoComplete="off" spellCheck={false} onChange={(event) => onChange(event.target.value)} />;
}

function Told({ setting }: { setting: Setting }): ReactNode {
  const words = useWords(settingsWords);
  const { value, kind } = setting;
  if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) return <span className="dim">{words.unset}</span>;
  if (typeof value === "boolean") return <span>{value ? words.yes : words.no}</span>;
  if (kind === "duration" && typeof value === "number") return <span>{durationText(value)}</span>;
  if (typeof value === "object") {
    return (
      <pre className="code told-table" tabIndex={0}>
        {JSON.stringify(value, said, 2)}
      </pre>
    );
  }
  return <span className="mono said">{String(value)}</span>;
}

/** Leave out what a table says nothing about. */
function said(_: string, value: unknown): unknown {
  return value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0) ? undefined : value;
}
