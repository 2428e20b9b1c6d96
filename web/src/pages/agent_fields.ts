import type { Schemas } from "../server";
import type { Language } from "../words";

type Fields = Schemas["AgentFieldsView"];
export type Patch = Schemas["AgentFieldsBody"];

export const LIMITS = ["steps", "money", "wall_seconds"] as const;
export const FIELDS = ["model", "max_tokens", "writes", ...LIMITS] as const;
export type FieldName = (typeof FIELDS)[number];

/** What is written and not saved: texts of fields, and tools whose switch is not as the file says. */
export interface AgentDraft {
  texts: Partial<Record<FieldName, string>>;
  switched: readonly string[];
}

export const NOTHING: AgentDraft = { texts: {}, switched: [] };
/** Tokens in a reply: fewer say nothing, more no model gives. */
export const TOKENS = { least: 256, most: 32_768 };

/** Why a text means no value: it is no number, its number is out of bounds, a word of it cannot be, or a unit is missing. */
export interface Wrong {
  reason: "notNumber" | "outside" | "notModel" | "notPattern" | "notTime" | "notSize";
  text: string;
}

/** What a text means: a value, `null` for what the settings say, or nothing. */
export type Meaning = { value: string | number | string[] | null; wrong?: undefined } | { value?: undefined; wrong: Wrong };

const UNITS = { d: 86_400, h: 3600, min: 60, s: 1 } as const;
const NAMES = { en: { d: "d", h: "h", min: "min", s: "s" }, ru: { d: "д", h: "ч", min: "мин", s: "с" } } as const;
const TIME = /^(\d+(?:[.,]\d+)?)\s*(d|h|min|m|s|д|ч|мин|м|с)\.?$/i;

/** Return a time as it stands in its field: `30 min`, `2 h`; `0` is none. */
export function timeText(seconds: number, language: Language): string {
  if (seconds === 0) return "0";
  const [unit, size] = (Object.entries(UNITS) as [keyof typeof UNITS, number][]).find(([, each]) => seconds >= each && seconds % each === 0) ?? ["s", 1];
  return `${decimal(seconds / size, language)}\u00a0${NAMES[language][unit]}`;
}

/** Return a value as it stands in its field. */
export function fieldText(name: FieldName, value: Meaning["value"], language: Language): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map((each) => (/[\s"]/.test(each) ? `"${each}"` : each)).join(" ");
  if (typeof value === "string") return value;
  return name === "wall_seconds" ? timeText(value, language) : decimal(value, language);
}

/** Return what an agent's file says in a field. */
export function fieldValue(fields: Fields, name: FieldName): string | number | string[] | null {
  return name === "steps" || name === "money" || name === "wall_seconds" ? fields.limits[name] : fields[name];
}

/** Return what the text of a field means. */
export function meaningOf(name: FieldName, typed: string): Meaning {
  const text = typed.trim();
  if (text === "") return { value: null };
  const wrong = (reason: Wrong["reason"], said = text): Meaning => ({ wrong: { reason, text: said } });
  if (name === "model") return /^[^\s/]+\/\S+$|^rehearsal$/.test(text) ? { value: text } : wrong("notModel");
  if (name === "writes") {
    const patterns = [...text.matchAll(/"([^"]*)"|(\S+)/g)].map((found) => found[1] ?? found[2] ?? "");
    const bad = patterns.find((each) => !isPattern(each));
    return bad === undefined ? { value: patterns } : wrong("notPattern", bad);
  }
  if (name === "wall_seconds") {
    const found = TIME.exec(text);
    if (found === null) return text === "0" ? { value: 0 } : wrong("notTime");
    return { value: numberOf(found[1]!)! * unitOf(found[2]!) };
  }
  if (name === "money") return numberOf(text) === undefined ? wrong("notSize") : { value: numberOf(text)! };
  const whole = /^\d[\d\s]*$/.test(text) ? Number(text.replaceAll(/\s/g, "")) : undefined;
  if (whole === undefined) return wrong("notNumber");
  return name === "max_tokens" && (whole < TOKENS.least || whole > TOKENS.most) ? wrong("outside") : { value: whole };
}

/** Return the fields of a draft that mean nothing, with why. */
export function wrongOf(draft: AgentDraft): Map<FieldName, Wrong> {
  const found = new Map<FieldName, Wrong>();
  for (const [name, text] of Object.entries(draft.texts) as [FieldName, string][]) {
    const { wrong } = meaningOf(name, text);
    if (wrong !== undefined) found.set(name, wrong);
  }
  return found;
}

/** Return a draft with another text in a field; a text that says what the file says is no change. */
export function written(draft: AgentDraft, fields: Fields, name: FieldName, text: string): AgentDraft {
  const { [name]: _, ...others } = draft.texts;
  const { value } = meaningOf(name, text);
  const isSame = value !== undefined && JSON.stringify(listed(value)) === JSON.stringify(listed(fieldValue(fields, name)));
  return { ...draft, texts: isSame ? others : { ...others, [name]: text } };
}

/** Return a draft in which these tools are on or off. */
export function switchedTo(draft: AgentDraft, fields: Fields, tools: readonly string[], on: boolean): AgentDraft {
  const rest = draft.switched.filter((each) => !tools.includes(each));
  return { ...draft, switched: [...rest, ...tools.filter((each) => fields.tools.includes(each) !== on)] };
}

/** Return how many things a draft changes. */
export function sizeOf(draft: AgentDraft): number {
  return Object.keys(draft.texts).length + draft.switched.length;
}

/** Return the tools that an agent has by a draft. */
export function toolsOf(fields: Fields, draft: AgentDraft): string[] {
  const switched = new Set(draft.switched);
  return [...fields.tools.filter((each) => !switched.has(each)), ...draft.switched.filter((each) => !fields.tools.includes(each))];
}

/** Return the patterns of the file's list that a draft breaks up into names. */
export function brokenUp(fields: Fields, draft: AgentDraft): string[] {
  return Object.entries(fields.patterns)
    .filter(([, names]) => names.some((each) => draft.switched.includes(each)))
    .map(([pattern]) => pattern);
}

/** Return what is sent for a draft in which nothing is wrong. */
export function patchOf(fields: Fields, draft: AgentDraft): Patch {
  const patch: Record<string, unknown> = {};
  const limits: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(draft.texts) as [FieldName, string][]) {
    const target = (LIMITS as readonly string[]).includes(name) ? limits : patch;
    target[name] = meaningOf(name, text).value;
  }
  if (Object.keys(limits).length > 0) patch["limits"] = limits;
  if (draft.switched.length > 0) patch["tools"] = toolsOf(fields, draft);
  return patch as Patch;
}

function isPattern(pattern: string): boolean {
  return pattern.split("/").every((name) => !["", ".", ".."].includes(name) && (!name.includes("**") || name === "**"));
}

function unitOf(unit: string): number {
  const [letter] = unit.toLowerCase();
  return { d: 86_400, д: 86_400, h: 3600, ч: 3600, m: 60, м: 60 }[letter!] ?? 1;
}

function numberOf(text: string): number | undefined {
  return /^\d+([.,]\d+)?$/.test(text) ? Number(text.replace(",", ".")) : undefined;
}

function decimal(value: number, language: Language): string {
  return language === "ru" ? String(value).replace(".", ",") : String(value);
}

/** An empty list of patterns says as much as none. */
function listed(value: unknown): unknown {
  return Array.isArray(value) && value.length === 0 ? null : value;
}
