const en = {
  open: "Try a call against the rules",
  title: "What would the rules say?",
  lead: "Nothing is run, and nobody is asked.",
  agent: "Agent",
  tool: "Tool",
  arguments: "Arguments, as JSON",
  notJson: "This is no JSON object. Write it as {\"path\": \"README.md\"}.",
  say: "Ask the rules",
  decisions: { allow: "at once", ask: "asks a person", forbid: "refused" },
  rule: "Rule",
  why: "Why",
  writes: "Writes",
  labels: "Labels",
  labelNames: { outbound: "goes out", destructive: "destroys", untrusted: "untrusted content", private: "private data" } as Record<string, string>,
  unread: "Not all of it can be read.",
};

const ru: typeof en = {
  open: "Проверить вызов по\u00a0правилам",
  title: "Что скажут правила?",
  lead: "Ничего не выполняется, и\u00a0никого не спрашивают.",
  agent: "Агент",
  tool: "Инструмент",
  arguments: "Аргументы в\u00a0виде JSON",
  notJson: "Это не объект JSON. Пишите так: {\"path\": \"README.md\"}.",
  say: "Спросить правила",
  decisions: { allow: "сразу", ask: "спросит человека", forbid: "запрещено" },
  rule: "Правило",
  why: "Почему",
  writes: "Запись",
  labels: "Метки",
  labelNames: { outbound: "уходит наружу", destructive: "удаляет", untrusted: "недоверенные данные", private: "личные данные" },
  unread: "Прочесть удалось не всё.",
};

/** What is said where a call is tried against the rules. */
export const tryingWords = { en, ru };
