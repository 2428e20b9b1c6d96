import type { Question } from "../journal/model";
import { formatsOf, type Language } from "./formats";
import { visible } from "./showing";

const WORDS: Record<Language, { changes(path: string): string; adds(count: number): string; removes(count: number): string; and: string; colon: string }> = {
  en: {
    changes: (path) => `Changes ${path}`,
    adds: (count) => `${count} ${formatsOf("en").plural(count, { one: "line", other: "lines" })} added`,
    removes: (count) => `${count} ${formatsOf("en").plural(count, { one: "line", other: "lines" })} removed`,
    and: ", ",
    colon: ": ",
  },
  ru: {
    changes: (path) => `Изменит ${path}`,
    adds: (count) => `добавит ${count}\u00a0${formatsOf("ru").plural(count, { one: "строку", few: "строки", other: "строк" })}`,
    removes: (count) => `уберёт ${count}\u00a0${formatsOf("ru").plural(count, { one: "строку", few: "строки", other: "строк" })}`,
    and: " и\u00a0",
    colon: ": ",
  },
};
/** How the server ends a change that is too long to be shown whole. */
const CUT = "[the rest of the change is not shown]\n";

/**
 * Return what the edit of a file would do in one sentence, where the change itself stands beside it. Null where the server's own
 * sentence has to do: it quotes the passages, and shows signs in them that show nothing by themselves.
 */
export function editInOneSentence(language: Language, { call, preview = "" }: Question): string | null {
  const { path, old_text: before, new_text: after } = call?.arguments ?? {};
  if (call?.name !== "edit_file" || preview === "" || typeof path !== "string" || !isPlain(before) || !isPlain(after)) return null;
  const words = WORDS[language];
  const { added, removed } = preview.endsWith(CUT) ? { added: 0, removed: 0 } : countsOf(preview);
  const counts = [added > 0 ? words.adds(added) : "", removed > 0 ? words.removes(removed) : ""].filter(Boolean).join(words.and);
  return `${words.changes(visible(path))}${counts === "" ? "" : words.colon}${counts}.`;
}

function isPlain(text: unknown): boolean {
  return typeof text === "string" && text.split(/[\n\t]/).every((line) => visible(line) === line);
}

function countsOf(diff: string): { added: number; removed: number } {
  const lines = diff.split("\n").slice(2);
  return { added: lines.filter((line) => line.startsWith("+")).length, removed: lines.filter((line) => line.startsWith("-")).length };
}
