import type { Schemas } from "../server";

type Setting = Schemas["SettingView"];

/** What a field holds while it is written: text as typed, a switch as it stands, a list of tables as rows. */
export type Draft = string | boolean | Record<string, unknown>[];

const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
] as const;
const DURATION = /^\s*\d+(\.\d+)?\s*[smhd]?\s*$/;

/** Return a duration as people write it: `24h`, `15m`, `90s`. */
export function durationText(seconds: number): string {
  const [unit, size] = UNITS.find(([, each]) => seconds >= each && seconds % each === 0) ?? ["s", 1];
  return `${seconds / size}${unit}`;
}

/** Return a value as it stands in its field. */
export function draftOf(setting: Setting, value: unknown = setting.value): Draft {
  if (setting.kind === "boolean" && !setting.optional) return value === true;
  if (isRows(setting.name)) return (value as Record<string, unknown>[]) ?? [];
  if (value === null || value === undefined) return "";
  if (setting.kind === "duration") return typeof value === "number" ? durationText(value) : String(value);
  if (setting.kind === "list") return (value as string[]).join("\n");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Return whether a setting is a list of tables with an editor of its own. */
export function isRows(name: string): boolean {
  return name === "approvals.rules" || name === "limits.budgets";
}

/** Return the value that a field means; `undefined` where it means none. */
export function valueOf(setting: Setting, draft: Draft): unknown {
  if (typeof draft === "boolean" || Array.isArray(draft)) return draft;
  const text = draft.trim();
  if (text === "" && setting.optional) return null;
  switch (setting.kind) {
    case "integer":
      return /^-?\d+$/.test(text) ? Number(text) : undefined;
    case "number":
      return /^-?\d+([.,]\d+)?$/.test(text) ? Number(text.replace(",", ".")) : undefined;
    case "duration":
      return DURATION.test(text) ? text : undefined;
    case "list":
      return text
        .split("\n")
        .map((line) => line.trim())
        .filter(Boolean);
    case "table":
      return jsonOf(text);
    case "boolean":
      return text === "true";
    default:
      return text;
  }
}

/** Return a row without what is the default anyway, so that the file says no more than it has to. */
export function pruned(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([name, value]) => value !== null && value !== "" && !(value === "*" && name !== "decision") && !(name === "warn_at" && value === 0.8)));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
