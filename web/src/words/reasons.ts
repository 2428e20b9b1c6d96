import type { Schemas } from "../server";
import { formatsOf } from "./formats";
import { visible } from "./showing";

type Code = Schemas["ReasonCode"];
/** What a reason is about. */
export type Values = Record<string, string | number>;

const f = formatsOf("ru");
const money = (value: string | number | undefined): string => f.money(Number(value ?? 0));
const text = (value: string | number | undefined): string => visible(String(value ?? ""));
const times = (count: number): string => `${f.number(count)}\u00a0${f.plural(count, { one: "раз", few: "раза", many: "раз", other: "раза" })}`;
const DECISIONS: Record<string, string> = { allow: "разрешать", ask: "спрашивать", forbid: "запрещать" };

/** Why something is asked, allowed or refused, in Russian. English is the server's own sentence (record 0049). */
export const reasonsInRussian: Record<Code, (of: Values) => string> = {
  reads: () => "Только читает рабочую папку.",
  writes: () => "Меняет файлы.",
  runs: () => "Выполняет команду.",
  destroys: () => "Удаляет или затирает то, что может вам пригодиться.",
  reaches_out: () => "Выходит за пределы этой машины.",
  word: () => "Это слово самой среде, оно ничего не меняет.",
  tool_unknown: () => "Такого инструмента никто не знает. Инструменты сервера MCP известны, пока он подключён.",
  lacks_tool: (of) => `У\u00a0агента ${text(of["agent"])} нет инструмента ${text(of["tool"])}.`,
  unsandboxed: () => "О\u00a0командах вне песочницы спрашивают всегда.",
  wider: () => "О\u00a0командах, которым мало песочницы, спрашивают всегда.",
  unread: () => "Нельзя сказать, что именно выполнит эта команда, поэтому о\u00a0ней спрашивают всегда.",
  tainted: () => "До этого прочитаны чужие тексты: к\u00a0вызову могли подтолкнуть они.",
  rule: (of) => `Ваше правило велит ${DECISIONS[String(of["decision"])] ?? text(of["decision"])}.`,
  rule_in_part: () => "Правило запрещает один из путей, которых вызов может коснуться, или пути неясны.",
  rule_broken: (of) => `Правило нельзя применить (${text(of["failure"])}). Исправьте его в\u00a0настройках.`,
  not_reading: (of) => `Агент пишет только в ${text(of["patterns"])}, поэтому ему доступны лишь команды, которые заведомо только читают. Эта к\u00a0ним не относится.`,
  paths_unclear: (of) => `Агент пишет только в ${text(of["patterns"])}, а\u00a0какие файлы изменит вызов, неясно.`,
  outside: (of) => `Агент пишет только в ${text(of["patterns"])}, а\u00a0${text(of["paths"])} лежит вне.`,
  granted: () => "Ровно это вы уже разрешили.",
  habit: (of) => `Разрешено автоматически: этот вызов вы разрешали ${times(Number(of["times"] ?? 0))} подряд.`,
  usually_refused: (of) => `Такое вы обычно отклоняете: ${times(Number(of["refused"] ?? 0))} из последних ${f.number(Number(of["times"] ?? 0))}.`,
  more_rights: (of) => `Вы выбрали агента ${text(of["agent"])}, а\u00a0этому позволено больше.`,
  changed_since: () => "С\u00a0тех пор файл изменился. Посмотрите ещё раз.",
  interrupted: () => "Вызов прерван на середине: неизвестно, успел ли он подействовать.",
  limit: (of) => `Израсходовано ${f.number(Number(of["used"] ?? 0))} из ${f.number(Number(of["limit"] ?? 0))}.`,
  repeats: () => "Модели об этом сказано, но она продолжает.",
  budget: (of) => `Потрачено ${money(of["spent"])} из ${money(of["dollars"])}${Number(of["reserved"] ?? 0) > 0 ? `, ещё ${money(of["reserved"])} держат запросы, которые идут сейчас` : ""}. ${resets(of["resets"])}`,
  unsure: (of) => (of["guesses"] ? `Агент не указан, а\u00a0лучшая догадка неуверенная: ${text(of["guesses"])}.` : "Агент не указан."),
};

/** Reasons of which the code says more than the server's sentence, which the terminal shares. */
export const reasonsInEnglish: Partial<Record<Code, string>> = { destroys: "It takes away what you may want to keep." };

function resets(moment: string | number | undefined): string {
  const at = Date.parse(String(moment ?? ""));
  return Number.isFinite(at) ? `Начнётся заново ${f.date(at)}, ${f.time(at)}.` : "Заново не начинается.";
}

const LIMITS: Record<string, (count: number) => string> = {
  steps: (count) => `${f.number(count)}\u00a0${f.plural(count, { one: "шаг", few: "шага", many: "шагов", other: "шага" })}`,
  calls: (count) => `${f.number(count)}\u00a0${f.plural(count, { one: "вызов", few: "вызова", many: "вызовов", other: "вызова" })}`,
  tokens: (count) => `${f.number(count)}\u00a0${f.plural(count, { one: "токен", few: "токена", many: "токенов", other: "токена" })}`,
  wall_seconds: (count) => f.span(count),
  money: (count) => f.money(count),
};
const WHOSE: Record<string, string> = { person: "человека", agent: "агента", session: "сессии", all: "на всех" };
const PERIODS: Record<string, string> = { day: "на день", week: "на неделю", month: "на месяц", total: "на всё время" };

/** Return the question about a limit in Russian, null where its values are not told. */
export function limitInRussian(limit: string, because: { code: Code; values?: Values } | undefined): string | null {
  const of = because?.values ?? {};
  if (because?.code === "repeats") return `Агент повторяет одно и\u00a0то же: ${text(of["what"])}. Продолжать?`;
  if (because?.code === "budget") {
    const whose = [WHOSE[String(of["per"])] ?? "", of["per"] === "all" ? "" : text(of["who"])].filter(Boolean).join(" ");
    return `Следующий запрос (до ${money(of["cost"])}) превысит бюджет ${whose} ${PERIODS[String(of["period"])] ?? ""}. Продолжить этот запуск до ${money(of["ceiling"])}?`;
  }
  const amount = LIMITS[limit];
  if (because?.code !== "limit" || amount === undefined) return null;
  const reached = `Предел исчерпан: ${amount(Number(of["limit"] ?? 0))}.`;
  if (of["ceiling"] !== undefined) return `${reached} Следующий запрос может стоить до ${money(of["cost"])}. Продолжить до ${money(of["ceiling"])}?`;
  return `${reached} Продолжить до ${amount(Number(of["further"] ?? 0))}?`;
}
