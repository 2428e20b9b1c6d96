import { formatsOf } from "./formats";
import { linesOf, visible } from "./showing";

const f = formatsOf("ru");
const many = (count: number, one: string, few: string, other: string): string => `${f.number(count)}\u00a0${f.plural(count, { one, few, many: other, other })}`;
/** Signs of a passage that an effect quotes whole, as on the server. */
const QUOTED = 200;

/** Thrown where arguments are not what a tool takes: then the server's own sentence is shown. */
class Unfit extends Error {}

/** The arguments of a call, every sign of them visible. */
class Said {
  readonly #all: Record<string, unknown>;

  constructor(all: Record<string, unknown>) {
    this.#all = all;
  }

  raw(name: string, otherwise?: string): string {
    const value = this.#all[name] ?? otherwise;
    if (typeof value !== "string") throw new Unfit(name);
    return value;
  }

  text(name: string, otherwise?: string): string {
    return visible(this.raw(name, otherwise));
  }

  list(name: string): string[] {
    const value = this.#all[name] ?? [];
    if (!Array.isArray(value) || !value.every((each) => typeof each === "string")) throw new Unfit(name);
    return value.map(visible);
  }

  is(name: string): boolean {
    const value = this.#all[name] ?? false;
    if (typeof value !== "boolean") throw new Unfit(name);
    return value;
  }

  number(name: string, otherwise: number): number {
    const value = this.#all[name] ?? otherwise;
    if (typeof value !== "number") throw new Unfit(name);
    return value;
  }
}

function measured(text: string): string {
  const bytes = new TextEncoder().encode(text).length;
  return `${many(linesOf(text), "строка", "строки", "строк")}, ${many(bytes, "байт", "байта", "байт")}`;
}

function quoted(text: string): string {
  const signs = [...text].length;
  return signs <= QUOTED ? `«${visible(text)}»` : `${many(linesOf(text), "строку", "строки", "строк")} (${many(signs, "знак", "знака", "знаков")})`;
}

const DIRECTIONS: Record<string, string> = { up: "вверх", down: "вниз", top: "к\u00a0началу", bottom: "к\u00a0концу" };

/** What a call of a built-in tool that asks would do, in Russian. English is the server's own sentence (record 0049). */
export const effectsInRussian: Record<string, (said: Said) => string> = {
  write_file: (said) => `записать ${said.text("path")}: ${measured(said.raw("content"))}`,
  edit_file: (said) => `изменить ${said.text("path")}: заменить ${quoted(said.raw("old_text"))}${said.is("replace_all") ? " везде" : ""} на ${quoted(said.raw("new_text"))}`,
  create_directory: (said) => `создать папку ${said.text("path")}`,
  delete_path: (said) => `удалить ${said.text("path")}`,
  move_path: (said) => `переместить ${said.text("source")} в ${said.text("target")}`,
  execute_command: (said) => {
    const wishes = [said.is("network") ? "с\u00a0сетью" : "", ...said.list("folders").map((folder) => `с\u00a0записью в ${folder}`)].filter(Boolean);
    return `выполнить${wishes.length > 0 ? ` ${wishes.join(" и\u00a0")}` : ""}: ${said.text("command")}`;
  },
  git_add: (said) => `git add ${said.list("paths").join(" ")}`,
  git_commit: (said) => `git commit: ${said.text("message")}`,
  git_branch: (said) => (said.is("delete") ? `git branch: удалить ${said.text("name")}` : `git branch: создать ${said.text("name")}${said.text("start", "") && ` от ${said.text("start")}`}`),
  git_checkout: (said) => `git checkout: ${said.is("create") ? "новая ветка " : ""}${said.text("target")}${said.text("start", "") && ` от ${said.text("start")}`}`,
  git_restore: (said) => `git restore${said.text("source", "") && ` из ${said.text("source")}`}: ${said.is("staged") ? "убрать из индекса" : "отбросить изменения в"} ${said.list("paths").join(" ")}`,
  web_search: (said) => `искать в\u00a0сети «${said.text("query")}»`,
  web_fetch: (said) => `загрузить ${said.text("url")}`,
  browser_navigate: (said) => `перейти на ${said.text("url")}`,
  browser_get_content: () => "прочитать страницу в\u00a0браузере",
  browser_click: (said) => `нажать «${said.text("target")}»`,
  browser_type: (said) => `ввести «${said.text("text")}» в «${said.text("target")}»${said.is("submit") ? ", затем Enter" : ""}`,
  browser_scroll: (said) => `прокрутить ${DIRECTIONS[said.raw("direction", "down")] ?? said.text("direction")}`,
  browser_back: () => "вернуться на страницу назад",
  browser_screenshot: (said) => (said.is("whole_page") ? "снять всю страницу" : "снять видимую часть страницы"),
  docker_ps: (said) => `docker ps${said.is("all") ? " --all" : ""}`,
  docker_logs: (said) => `журнал контейнера ${said.text("container")}, ${many(said.number("lines", 200), "строка", "строки", "строк")}`,
  docker_run: (said) =>
    `docker run ${said.text("image")}${said.is("pull") ? " (загрузить, если его нет)" : ""}: ${said.list("command").join(" ") || "собственная команда образа"} (${said.is("network") ? "с\u00a0сетью" : "без сети"}, ${f.number(said.number("memory", 512))}\u00a0МиБ, потом контейнер удалится)`,
  docker_exec: (said) => `docker exec в ${said.text("container")}: ${said.list("command").join(" ")}`,
  docker_stop: (said) => `остановить контейнер ${said.text("container")}`,
  switch_agent: (said) => `передать разговор агенту ${said.text("agent")}${said.text("reason", "") && `: ${said.text("reason")}`}`,
};

/** Return what a call would do in Russian, null where the server's sentence has to do: tools of plugins, arguments that do not fit. */
export function effectInRussian(tool: string, given: Record<string, unknown>): string | null {
  try {
    return effectsInRussian[tool]?.(new Said(given)) ?? null;
  } catch (failure) {
    if (failure instanceof Unfit) return null;
    throw failure;
  }
}
