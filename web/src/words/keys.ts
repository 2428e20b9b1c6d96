import { MOD } from "../parts/keys";

type Keys = readonly (readonly [place: string, keys: readonly (readonly [key: string, does: string])[]])[];

const en: Keys = [
  ["anywhere", [[`${MOD}K`, "search and commands"], ["N", "new session"], ["W", "next question"], ["G I", "inbox"], ["G U", "usage"], ["G A", "agents"], ["G S", "settings"], ["J K", "next, previous session"], ["[ ]", "columns"], ["?", "these keys"]]],
  ["message", [["⏎", "send or queue"], ["⇧⏎", "new line"], [`${MOD}⏎`, "interrupt and send"], ["↑", "last message"], ["@", "agent"], ["/", "commands, in the empty field"], ["1–3", "an example, in a new session"], ["Esc", "out of the field"], ["Esc Esc", "cancel the run"]]],
  ["question", [["A", "approve"], ["R", "reject with words"], ["E", "edit the arguments"], ["D", "the call to the letter"], ["1–4", "once, run, session, workspace"], ["1–9", "an option, where words are asked for"], [`${MOD}⏎`, "approve what was edited"]]],
  ["thread", [["↑ ↓", "from step to step"], ["⏎", "into the step"], ["Esc", "out of it"], ["C", "copy the step"], ["U ⇧U", "undo the run"], ["Y", "redo"], ["End", "to the newest"]]],
  ["inbox", [["J K", "next, previous question"], ["X", "choose for one answer to several"], ["O", "open its session"], ["⏎", "into the question"]]],
  ["usage, agents, settings", [["T", "usage: chart or table"], [`${MOD}S`, "save an agent or settings"]]],
];

const ru: Keys = [
  ["везде", [[`${MOD}K`, "поиск и\u00a0команды"], ["N", "новая сессия"], ["W", "следующий вопрос"], ["G I", "входящие"], ["G U", "расходы"], ["G A", "агенты"], ["G S", "настройки"], ["J K", "следующая и\u00a0предыдущая сессия"], ["[ ]", "столбцы"], ["?", "эти клавиши"]]],
  ["сообщение", [["⏎", "отправить или поставить в\u00a0очередь"], ["⇧⏎", "новая строка"], [`${MOD}⏎`, "прервать и\u00a0отправить"], ["↑", "прошлое сообщение"], ["@", "агент"], ["/", "команды, в\u00a0пустом поле"], ["1–3", "пример, в\u00a0новой сессии"], ["Esc", "выйти из поля"], ["Esc Esc", "остановить запуск"]]],
  ["вопрос", [["A", "разрешить"], ["R", "отклонить со словами"], ["E", "изменить аргументы"], ["D", "вызов дословно"], ["1–4", "один раз, на запуск, на сессию, на папку"], ["1–9", "вариант ответа, когда спрашивают словами"], [`${MOD}⏎`, "разрешить изменённое"]]],
  ["лента", [["↑ ↓", "от шага к\u00a0шагу"], ["⏎", "внутрь шага"], ["Esc", "наружу"], ["C", "скопировать шаг"], ["U ⇧U", "вернуть изменения запуска"], ["Y", "повторить"], ["End", "к\u00a0новому"]]],
  ["входящие", [["J K", "следующий и\u00a0предыдущий вопрос"], ["X", "выбрать для общего ответа"], ["O", "открыть сессию"], ["⏎", "внутрь вопроса"]]],
  ["расходы, агенты, настройки", [["T", "расходы: график или таблица"], [`${MOD}S`, "сохранить агента или настройки"]]],
];

/** All keys by place, as the dialog of keys lists them; a test holds that none is missing. */
export const keysWords = { en, ru };
