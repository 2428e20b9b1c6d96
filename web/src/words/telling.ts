import type { Question } from "../journal/model";
import type { Schemas } from "../server";
import { agentsInRussian, toolsInRussian } from "./catalogue";
import { toldAsDeed } from "./deeds";
import { editInOneSentence } from "./edits";
import { effectInRussian } from "./effects";
import { useSpeech, type Language } from "./index";
import { failureText } from "./problems";
import { limitInRussian, reasonsInEnglish, reasonsInRussian, type Values } from "./reasons";

type Code = Schemas["ReasonCode"];

/** A reason as the server says it: in its own words, and as codes. */
interface Reasoned {
  reason?: string;
  because?: readonly { code: Code; values?: Values }[];
}

/** How the console says what the server tells: by code in Russian, in the server's own sentence in English and where there is no code. */
export interface Telling {
  /** Why something is asked, allowed or refused. */
  reason(of: Reasoned): string;
  /** What a call would do. */
  effect(tool: string, given: Record<string, unknown> | null | undefined, said: string): string;
  /** What is asked: the effect of a call, or the question itself. */
  question(of: Question): string;
  failure(code: string, said: string): string;
  tool(of: Pick<Schemas["ToolView"], "name" | "description" | "family">): string;
  agent(of: Pick<Schemas["AgentView"], "name" | "description" | "origin">): string;
}

const TELLINGS: Record<Language, Telling> = {
  en: {
    reason: reasonInEnglish,
    effect: (_tool, _given, said) => onLines(said),
    question: (of) => (isInWords(of) ? of.text : (editInOneSentence("en", of) ?? toldAsDeed("en", of.call?.name ?? "", onLines(of.effect || of.text)))),
    failure: (code, said) => failureText("en", code, said),
    tool: (of) => of.description,
    agent: (of) => of.description,
  },
  ru: {
    reason: reasonInRussian,
    effect: (tool, given, said) => onLines((given && effectInRussian(tool, given)) ?? said),
    question: questionInRussian,
    failure: (code, said) => failureText("ru", code, said),
    tool: (of) => toolsInRussian[of.name] ?? of.description,
    agent: (of) => (of.origin === "built_in" ? agentsInRussian[of.name] : undefined) ?? of.description,
  },
};

function isInWords(question: Question): boolean {
  return question.kind === "words" || question.kind === "clarification" || question.kind === "budget";
}

/** Return a text whose line ends are drawn as people know them from the keyboard. */
function onLines(text: string): string {
  return text.replaceAll("␊", " ⏎ ");
}

/** Return the server's own sentence, or ours where a code says more than it. */
function reasonInEnglish({ reason = "", because = [] }: Reasoned): string {
  return because.map((each) => reasonsInEnglish[each.code]).find((said) => said !== undefined) ?? reason;
}

function reasonInRussian({ reason = "", because = [] }: Reasoned): string {
  if (because.length === 0) return reason;
  const said = because.map((each) => reasonsInRussian[each.code]?.(each.values ?? {}));
  return said.some((each) => each === undefined) ? reason : said.join(" ");
}

function questionInRussian(question: Question): string {
  const { kind, call, text, effect = "", limit = "", because = [] } = question;
  if (kind === "words") return text;
  if (kind === "clarification") return because.length > 0 ? "Кому поручить? Выберите агента или скажите подробнее, чего вы хотите." : text;
  if (kind === "budget") return limitInRussian(limit, because[0]) ?? text;
  const tool = call?.name ?? "";
  return editInOneSentence("ru", question) ?? toldAsDeed("ru", tool, TELLINGS.ru.effect(tool, call?.arguments, effect || text));
}

/** Return how the server's sentences are said in a language. */
export function tellingIn(language: Language): Telling {
  return TELLINGS[language];
}

/** Return how the server's sentences are said in the person's language. */
export function useTelling(): Telling {
  return TELLINGS[useSpeech().language];
}
