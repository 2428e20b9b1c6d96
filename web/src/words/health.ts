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

const TIERS: Record<string, string> = { disk: "диск", resp: "сервер кэша", objects: "объектное хранилище" };

/** How a part of the house stands, in Russian. English is the server's own sentence (record 0049). */
const RUSSIAN: Record<Code, (of: NonNullable<Part["values"]>) => string> = {
  database_down: () => "База данных не отвечает.",
  rehearsal: () => "Модель не подключена, отвечает репетиция: программа с\u00a0правилами.",
  left_alone: (of) => `${String(of["model"])}. Эти не отвечали раз за разом, и\u00a0их пока не спрашивают: ${String(of["models"])}`,
  model: (of) => String(of["model"]),
  sandbox: (of) => [LEVELS[String(of["level"])] ?? String(of["detail"]), String(of["warnings"] ?? "")].filter(Boolean).join(" "),
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

/** Return how the whole house stands; a server that lacks nothing but a model is told apart from one that is ill. */
export function standingOf(health: Pick<Schemas["ReadyView"], "status" | "parts">): "ok" | "degraded" | "down" | "no_model" {
  const ill = Object.values(health.parts).filter((part) => part.state !== "ok");
  return health.status === "degraded" && ill.every((part) => part.code === "rehearsal") ? "no_model" : health.status;
}
