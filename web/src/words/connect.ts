import { formatsOf } from "./formats";

const e = formatsOf("en");
const r = formatsOf("ru");

const en = {
  title: "Connect a model",
  vendor: "Provider",
  other: "Another address",
  otherHow: "Another address is connected at the machine itself, so that nobody who gets into this page can send your sessions elsewhere. In a terminal (in a clone it is ./run init):",
  key: "Key",
  pasteKey: "Paste the key",
  keyThere: "There is one; leave empty to keep it",
  keyKept: "Kept on this server, in a file of mode 0600. It cannot be shown again.",
  model: "Model",
  say: "Test and enable",
  asking: "asking the model…",
  price: "One request, less than $0.001",
  needsKey: "Paste a key first.",
  needsModel: (pattern: string): string => (pattern === "" ? "Say which model is to answer." : `Say which model is to answer: ${pattern}, with your own in place of the capitals.`),
  local: "On this machine",
  port: (title: string, port: number): string => `${title}, port ${port}`,
  silent: (title: string, port: number): string => `${title}, port ${port}: does not answer`,
  more: (count: number): string => `and ${e.number(count)} more`,
  enable: "Enable",
  enableOf: (title: string): string => `Enable ${title}`,
  connected: "connected",
  answered: (model: string, span: string, cost: string): string => `${model} answered in ${span}${cost === "" ? "" : ` for ${cost}`}. New runs use it.`,
  nothingSent: "Nothing is sent anywhere but to the model you choose.",
  problems: { LLM_UNAVAILABLE: "The model does not answer. Nothing was written; check the network and try again." } as Record<string, string>,
};

const ru: typeof en = {
  title: "Подключите модель",
  vendor: "Поставщик",
  other: "Другой адрес",
  otherHow: "Другой адрес подключают на самой машине, чтобы никто, попав на\u00a0эту страницу, не отправил ваши сессии на сторону. В\u00a0терминале (в\u00a0клоне репозитория\u00a0— ./run init):",
  key: "Ключ",
  pasteKey: "Вставьте ключ",
  keyThere: "Ключ уже есть; оставьте пустым, чтобы не менять",
  keyKept: "Хранится на этом сервере, в\u00a0файле с\u00a0правами 0600. Показать его снова нельзя.",
  model: "Модель",
  say: "Проверить и\u00a0включить",
  asking: "спрашиваем модель…",
  price: "Один запрос, меньше 0,001\u00a0$",
  needsKey: "Сначала вставьте ключ.",
  needsModel: (pattern) => (pattern === "" ? "Укажите, какая модель будет отвечать." : `Укажите модель: ${pattern}, вместо заглавных букв\u00a0— своё.`),
  local: "На этой машине",
  port: (title, port) => `${title}, порт ${port}`,
  silent: (title, port) => `${title}, порт ${port}: не отвечает`,
  more: (count) => `и\u00a0ещё ${r.number(count)}`,
  enable: "Включить",
  enableOf: (title) => `Включить ${title}`,
  connected: "подключено",
  answered: (model, span, cost) => `${model} ответила за ${span}${cost === "" ? "" : `, это стоило ${cost}`}. Новые запуски идут через неё.`,
  nothingSent: "Ничего не отправляется никуда, кроме выбранной вами модели.",
  problems: {
    CREDENTIALS_REFUSED: "Ключ не подошёл: он неверный, отозван или исчерпан. Ничего не записано; вставьте другой.",
    LLM_UNAVAILABLE: "Модель не отвечает. Ничего не записано; проверьте сеть и\u00a0попробуйте снова.",
    RATE_LIMITED: "Поставщик просит обращаться реже. Ничего не записано; попробуйте через минуту.",
    REQUEST_REFUSED: "Поставщик отказал в\u00a0запросе. Проверьте название модели.",
    CONFLICT: "Модель ответила и\u00a0подключена, но по умолчанию остаётся прежняя: так велит окружение или командная строка.",
  },
};

/** What is said where a model is connected. */
export const connectWords = { en, ru };
