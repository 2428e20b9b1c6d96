import type { Schemas } from "../server";
import { formatsOf, type Language } from "./formats";

type Part = Schemas["PartView"];
type Code = Exclude<NonNullable<Part["code"]>, "">;

const f = formatsOf("ru");
const LEVELS: Record<string, string> = {
  bubblewrap: "Команды выполняются в\u00a0песочнице (bubblewrap).",
  landlock: "Команды выполняются в\u00a0песочнице (Landlock).",
  seatbelt: "Команды выполняются в\u00a0песочнице macOS.",
  container: "Стеной служит контейнер.",
  off: "Команды выполняются без песочницы, о\u00a0каждой спрашивают.",
  none: "Ни\u00a0одна песочница не работает, поэтому команды не выполняются.",
};

const WARNINGS: Record<string, string> = {
  weaker: "Она слабее bubblewrap: доступны сокеты-файлы, а\u00a0защищённое лишь возвращается на место. Установите bubblewrap.",
  old_bubblewrap: "bubblewrap старше 0.8: размер папок в\u00a0памяти не ограничен.",
  root: "Artelier работает от root: за числом процессов следит он сам, а\u00a0не ядро. Заведите ему отдельного пользователя.",
  container_root: "Контейнер работает от root: укажите user: 10001.",
  more_rights: "Программы могут получить больше прав: укажите security_opt: [no-new-privileges:true].",
  capabilities: "У\u00a0контейнера есть лишние права: укажите cap_drop: [ALL].",
  writable: "Его собственные файлы можно изменить: укажите read_only: true и\u00a0tmpfs на /tmp.",
  no_proxy: "sandbox.network\u00a0— proxy, а\u00a0прокси здесь нет: у\u00a0команд нет сети.",
};

/** Return what weakens the sandbox: by codes where all of them have words, else as the server says it. */
function warningsOf(of: NonNullable<Part["values"]>): string {
  const codes = String(of["codes"] ?? "").split(" ").filter(Boolean);
  return codes.length > 0 && codes.every((code) => code in WARNINGS) ? codes.map((code) => WARNINGS[code]).join(" ") : String(of["warnings"] ?? "");
}

const TIERS: Record<string, string> = { disk: "диск", resp: "сервер кэша", objects: "объектное хранилище" };

/** How a part of the house stands, in Russian. English is the server's own sentence (record 0049). */
const RUSSIAN: Record<Code, (of: NonNullable<Part["values"]>) => string> = {
  database_down: () => "База данных не отвечает.",
  rehearsal: () => "Модель не подключена, отвечает репетиция: программа с\u00a0правилами.",
  left_alone: (of) => `${String(of["model"])}. Эти не отвечали раз за разом, и\u00a0их пока не спрашивают: ${String(of["models"])}`,
  model: (of) => String(of["model"]),
  sandbox: (of) => [LEVELS[String(of["level"])] ?? String(of["detail"]), warningsOf(of)].filter(Boolean).join(" "),
  settings_refused: (of) => `Действуют прежние: ${String(of["problems"])}`,
  at_start: (of) => `Со\u00a0следующего запуска сервера: ${String(of["names"])}`,
  plugins_failed: (of) => String(of["problems"]),
  plugins_loaded: (of) => `Действует плагинов: ${f.number(Number(of["count"]))}`,
  cache: (of) => `Память и\u00a0${TIERS[String(of["tier"])] ?? String(of["tier"])}.`,
  cache_failing: (of) => `Не отвечает ${TIERS[String(of["tier"])] ?? String(of["tier"])}: что там лежит, считается промахом, пока не ответит. Причина в\u00a0журнале.`,
  workers: (of) => (Number(of["busy"]) === 0 ? "Сейчас ничего не выполняется." : `Сейчас выполняется: ${f.number(Number(of["busy"]))}\u00a0${f.plural(Number(of["busy"]), { one: "запуск", few: "запуска", many: "запусков", other: "запуска" })}`),
};

/** Return how a part stands, in a language. */
export function partText(language: Language, part: Part): string {
  const code = part.code ?? "";
  return language === "ru" && code !== "" ? RUSSIAN[code](part.values ?? {}) : part.detail ?? "";
}

/** Return whether a part works, and something about it should be seen to all the same. */
export function isWarned(part: Part): boolean {
  return part.state === "ok" && part.code === "sandbox" && Boolean(part.values?.["warnings"]);
}

/** Return how the whole house stands; a server that lacks nothing but a model is told apart from one that is ill. */
export function standingOf(health: Pick<Schemas["ReadyView"], "status" | "parts">): "ok" | "degraded" | "down" | "no_model" {
  const ill = Object.values(health.parts).filter((part) => part.state !== "ok");
  return health.status === "degraded" && ill.every((part) => part.code === "rehearsal") ? "no_model" : health.status;
}
