import type { Language } from "./formats";

/** Failures that the console itself finds, in both languages. */
const OWN: Record<Language, Record<string, string>> = {
  en: { UNREACHABLE: "The server cannot be reached. Look whether it runs, and try again." },
  ru: { UNREACHABLE: "Сервер недоступен. Проверьте, что он запущен, и\u00a0попробуйте снова." },
};

/** Failures of the server by their codes: what happened, why, what to do. */
const RUSSIAN: Record<string, string> = {
  INTERNAL: "Сервер не справился с\u00a0запросом. Что случилось, записано в\u00a0его журнале.",
  INVALID_REQUEST: "Запрос не подходит.",
  NOT_FOUND: "Этого больше нет. Обновите страницу.",
  CONFLICT: "За это время всё изменилось. Посмотрите ещё раз.",
  CONDITION_FAILED: "За это время всё изменилось. Посмотрите ещё раз.",
  IDEMPOTENCY_MISMATCH: "С\u00a0этим ключом уже отправлен другой запрос. Отправьте заново.",
  TOO_LARGE: "Это слишком большое. Разделите на части.",
  ACCESS_DENIED: "Этого нельзя отсюда. Это меняют на самой машине.",
  UNAUTHORIZED: "Вход не выполнен. Новую ссылку даст artelier open (в\u00a0клоне ./run open).",
  METHOD_NOT_ALLOWED: "Сервер так не умеет: консоль и\u00a0сервер разных версий. Обновите страницу.",
  CONFIG_INVALID: "Настройки не приняты, действуют прежние. Исправьте названное и\u00a0сохраните.",
  PROVIDER_ERROR: "Модель ответила не так, как должна.",
  LLM_UNAVAILABLE: "Модель не отвечает. Запуск продолжится сам, когда она ответит.",
  RATE_LIMITED: "Поставщик просит обращаться реже. Запуск продолжится сам.",
  STREAM_BROKEN: "Ответ модели оборвался. Запрос повторяется.",
  CONTEXT_TOO_LONG: "Разговор длиннее, чем принимает модель. Начните новую сессию или возьмите модель с\u00a0большим контекстом.",
  REQUEST_REFUSED: "Поставщик отказал в\u00a0этом запросе.",
  CREDENTIALS_REFUSED: "Ключ поставщика не подходит: его нет, он неверный или исчерпан. Исправьте ключ и\u00a0продолжите запуск.",
  REPLY_INVALID: "Модель прислала не ответ.",
  EMPTY_REPLY: "Модель несколько раз подряд ответила пустотой. Повторите или выберите другую модель.",
  LOOP: "Агент повторял одно и\u00a0то же с\u00a0тем же итогом. Скажите, что сделать вместо этого, или продолжите запуск.",
  LIMIT_REACHED: "Предел исчерпан и\u00a0не поднят. Поднимите его и\u00a0продолжите запуск.",
  NOT_CLARIFIED: "Никто вовремя не выбрал агента. Продолжите запуск или отправьте снова, начав с\u00a0@имени.",
  TOOL_FAILED: "Вызов не удался.",
  TOOL_UNKNOWN: "Такого инструмента у\u00a0этого агента нет.",
  AGENT_UNKNOWN: "Такого агента нет.",
  TOO_DEEP: "Работу передавали уже слишком много раз.",
  REPLY_CUT: "Вызов обрезан по длине и\u00a0не выполнен.",
  ARGUMENTS_INVALID: "Аргументы не подходят инструменту.",
  PATH_REFUSED: "Путь ведёт наружу, к\u00a0секрету или не к\u00a0обычному файлу.",
  FILE_MISSING: "Такого файла или папки нет.",
  FILE_CHANGED: "Файл успели изменить с\u00a0тех пор, как его прочли.",
  FILE_UNREADABLE: "Файл двоичный, слишком большой или в\u00a0непонятной кодировке.",
  COMMAND_FAILED: "Команда не запустилась.",
  ADDRESS_REFUSED: "На этот адрес ходить нельзя: он внутренний или не разрешён.",
  FETCH_FAILED: "Страница не ответила как надо.",
  BROWSER_FAILED: "Браузер не справился: его нет, он упал, или на странице так нельзя.",
  NOT_CONFIGURED: "Инструмент не настроен.",
  MCP_UNAVAILABLE: "Сервер MCP не отвечает.",
  MCP_TOOL_CHANGED: "Инструмент сервера MCP изменился с\u00a0тех пор, как его приняли.",
  STORE_ERROR: "Не удалось прочитать или записать. Посмотрите на диск и\u00a0на права.",
  STORE_UNAVAILABLE: "База данных не отвечает. Ничего не потеряно, попробуйте позже.",
  CACHE_UNAVAILABLE: "Кэш не отвечает, поэтому забыть не вышло. Попробуйте позже.",
  PLUGIN_FAILED: "Плагин не загрузился. Что не так, скажет artelier plugins check.",
  TOOL_TIMED_OUT: "Вызов не уложился в\u00a0срок.",
  CANCELLED: "Запуск остановлен во время вызова.",
  HOST_REFUSED: "Запрос пришёл не по адресу этой машины. Откройте консоль по ссылке, которую печатает сервер при запуске.",
  ORIGIN_REFUSED: "Запрос пришёл с\u00a0чужой страницы. Откройте консоль по её собственному адресу.",
  HTTP_ERROR: "Запрос не подходит.",
  FORBIDDEN: "Запрещено правилом.",
  REJECTED: "Вы отклонили этот вызов.",
  APPROVAL_TIMED_OUT: "Никто не ответил вовремя, вызов не выполнен.",
  IN_DOUBT: "Вызов прерван и\u00a0мог подействовать; повторно он не выполнялся.",
};

/** Codes whose server's sentence names a place that no code does: a line, a field, a file. It is shown behind ours. */
const NAMES_A_PLACE = new Set(["INVALID_REQUEST", "HTTP_ERROR", "CONFIG_INVALID", "REQUEST_REFUSED", "TOOL_FAILED", "ARGUMENTS_INVALID", "PATH_REFUSED", "PROVIDER_ERROR", "STORE_ERROR", "COMMAND_FAILED", "FORBIDDEN"]);

/** Return what a failure says in a language: by its code where the language has words for it, else as it was said. */
export function failureText(language: Language, code: string, said: string): string {
  const own = OWN[language][code];
  if (own !== undefined) return own;
  const words = language === "ru" ? RUSSIAN[code] : undefined;
  if (words === undefined) return said;
  return NAMES_A_PLACE.has(code) && said !== "" ? `${words} ${said}` : words;
}
