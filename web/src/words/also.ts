import type { Language } from "./formats";

/** Other words that a person may look for a command by, in both languages: who switches between them types either. */
const ALSO: Record<string, string> = {
  "session-fork": "fork branch duplicate clone форк ветка копия",
  "session-cancel": "stop abort прервать отмена",
  "session-undo": "revert restore откатить отмена",
  "session-rename": "title название заголовок",
  "session-remove": "remove erase стереть убрать",
  "session-link": "url address адрес",
  new: "chat conversation start чат разговор начать",
  inbox: "questions approvals waiting вопросы разрешения",
  usage: "cost money spend tokens деньги токены стоимость",
  tools: "functions функции",
  health: "status doctor диагностика",
  allowed: "grants permissions разрешения",
  "settings-models": "connect key provider vendor llm подключить ключ поставщик",
  "settings-approvals": "rules permissions правила",
  "settings-limits": "budget money бюджет деньги",
  theme: "dark light colour тёмная светлая",
  language: "english russian английский русский язык",
  keys: "shortcuts help hotkeys помощь горячие",
};

/** Return whether a command answers to what was typed: by its name, or by another word for it, begun. */
export function answersTo(language: Language, id: string, name: string, wanted: string): boolean {
  const also = ALSO[id]?.split(" ") ?? [];
  return name.toLocaleLowerCase(language).includes(wanted) || also.some((word) => word.startsWith(wanted));
}
