import type { Language } from "./formats";

/** How a sentence of a built-in tool begins, and how a colleague would say what the call does. */
const VERBS: Record<Language, Record<string, string>> = {
  en: { run: "Runs", write: "Writes", edit: "Changes", create: "Creates", delete: "Deletes", move: "Moves", fetch: "Fetches", search: "Searches", go: "Goes", click: "Clicks", type: "Types", scroll: "Scrolls", read: "Reads", take: "Takes" },
  ru: {
    выполнить: "Выполнит",
    записать: "Запишет",
    изменить: "Изменит",
    создать: "Создаст",
    удалить: "Удалит",
    переместить: "Переместит",
    загрузить: "Загрузит",
    искать: "Поищет",
    перейти: "Перейдёт",
    прочитать: "Прочитает",
    нажать: "Нажмёт",
    ввести: "Введёт",
    прокрутить: "Прокрутит",
    вернуться: "Вернётся",
    снять: "Снимет",
    остановить: "Остановит",
    передать: "Передаст",
  },
};
/** Tools whose sentences we know; those of plugins and MCP servers begin as they like. */
const OURS = /^(execute_command|(write|edit)_file|create_directory|(delete|move)_path|(web|browser)_\w+|docker_stop|switch_agent)$/;

/** Return what a call of a built-in tool does as a person would tell it, its first word aside to the letter. */
export function toldAsDeed(language: Language, tool: string, effect: string): string {
  const [first = ""] = effect.split(/[\s:]/u, 1);
  const verb = OURS.test(tool) ? VERBS[language][first] : undefined;
  return verb === undefined ? effect : verb + effect.slice(first.length);
}
