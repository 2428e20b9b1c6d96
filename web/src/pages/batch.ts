import type { Schemas } from "../server";

type Question = Schemas["ApprovalView"];

/**
 * Return what a question is about, equal for questions that may be answered together: the tool with the one host, folder or
 * program it reaches for. Empty for what is answered alone: whatever asks for words, and every call with a label.
 */
export function targetOf(question: Question): string {
  if (question.kind !== "approval" || question.labels.length > 0) return "";
  const target = hostOf(question.address) || folderOf(question.writes) || programOf(question.commands);
  return [question.tool, target].filter(Boolean).join(" · ");
}

/** Return whether a question can join those that are chosen. */
export function joins(question: Question, chosen: readonly Question[]): boolean {
  const target = targetOf(question);
  return target !== "" && chosen.every((each) => targetOf(each) === target);
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}

function folderOf(paths: readonly string[]): string {
  const folders = new Set(paths.map((path) => path.slice(0, path.lastIndexOf("/") + 1) || "./"));
  return [...folders].toSorted().join(" ");
}

function programOf(commands: Question["commands"]): string {
  return [...new Set(commands.map((command) => command.argv.slice(0, 2).join(" ")))].join(" + ");
}
