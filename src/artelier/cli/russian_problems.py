"""What goes wrong, in Russian by code: of models, runs, calls and requests."""

from collections.abc import Callable, Mapping
from typing import Any

from artelier.cli.words import number

_PROBLEMS = {
    "INTERNAL": "Сервер не справился. Что случилось, записано в его журнале.",
    "INVALID_REQUEST": "Запрос не подходит.",
    "NOT_FOUND": "Такого здесь нет.",
    "CONFLICT": "За это время всё изменилось. Посмотрите ещё раз.",
    "CONDITION_FAILED": "За это время всё изменилось. Посмотрите ещё раз.",
    "IDEMPOTENCY_MISMATCH": "С этим ключом уже отправлен другой запрос. Отправьте заново.",
    "TOO_LARGE": "Это слишком большое. Разделите на части.",
    "ACCESS_DENIED": "Отсюда этого нельзя.",
    "UNAUTHORIZED": "Сервер не принял ключ. Он лежит в папке состояния; проверьте ARTELIER_STATE.",
    "METHOD_NOT_ALLOWED": "Сервер так не умеет: команда и сервер разных версий. Перезапустите сервер.",
    "HTTP_ERROR": "Сервер ответил непонятно.",
    "ANSWER_INVALID": "По этому адресу отвечает не Artelier или другая его версия.",
    "HOST_REFUSED": "Запрос пришёл не по адресу этой машины.",
    "ORIGIN_REFUSED": "Запрос пришёл с чужой страницы.",
    "CONFIG_INVALID": "Настройки не подходят.",
    "PROVIDER_ERROR": "Модель ответила не так, как должна.",
    "LLM_UNAVAILABLE": "Модель не отвечает.",
    "RATE_LIMITED": "Поставщик просит обращаться реже.",
    "STREAM_BROKEN": "Ответ модели оборвался.",
    "CONTEXT_TOO_LONG": "Разговор длиннее, чем принимает модель. Начните новую сессию или возьмите модель с большим контекстом.",
    "REQUEST_REFUSED": "Поставщик отказал в этом запросе.",
    "CREDENTIALS_REFUSED": "Ключ поставщика не подходит: его нет, он неверный или исчерпан. Исправьте ключ и продолжите запуск.",
    "REPLY_INVALID": "Модель прислала не ответ.",
    "EMPTY_REPLY": "Модель несколько раз подряд ответила пустотой. Повторите или выберите другую модель.",
    "LOOP": "Агент повторял одно и то же с тем же итогом. Скажите, что сделать вместо этого, или продолжите запуск.",
    "LIMIT_REACHED": "Предел исчерпан и не поднят. Поднимите его и продолжите запуск.",
    "NOT_CLARIFIED": "Никто вовремя не выбрал агента. Продолжите запуск или отправьте снова, начав с @имени.",
    "TOOL_FAILED": "Вызов не удался.",
    "TOOL_UNKNOWN": "Такого инструмента у этого агента нет.",
    "AGENT_UNKNOWN": "Такого агента нет.",
    "TOO_DEEP": "Работу передавали уже слишком много раз.",
    "REPLY_CUT": "Вызов обрезан по длине и не выполнен.",
    "ARGUMENTS_INVALID": "Аргументы не подходят инструменту.",
    "PATH_REFUSED": "Путь ведёт наружу, к секрету или не к обычному файлу.",
    "FILE_MISSING": "Такого файла или папки нет.",
    "FILE_CHANGED": "Файл успели изменить с тех пор, как его прочли.",
    "FILE_UNREADABLE": "Файл двоичный, слишком большой или в непонятной кодировке.",
    "COMMAND_FAILED": "Команда не запустилась.",
    "ADDRESS_REFUSED": "На этот адрес ходить нельзя: он внутренний или не разрешён.",
    "FETCH_FAILED": "Страница не ответила как надо.",
    "BROWSER_FAILED": "Браузер не справился: его нет, он упал, или на странице так нельзя.",
    "NOT_CONFIGURED": "Инструмент не настроен.",
    "MCP_UNAVAILABLE": "Сервер MCP не отвечает.",
    "MCP_TOOL_CHANGED": "Инструмент сервера MCP изменился с тех пор, как его приняли. Принять новый: `artelier mcp accept`.",
    "STORE_ERROR": "Не удалось прочитать или записать. Посмотрите на диск и на права.",
    "STORE_UNAVAILABLE": "База данных не отвечает. Ничего не потеряно, попробуйте позже.",
    "STATE_FOLDER_TAKEN": "Папку состояния занял другой сервер.",
    "CACHE_UNAVAILABLE": "Кэш не отвечает, поэтому забыть не вышло. Попробуйте позже.",
    "PLUGIN_FAILED": "Плагин не загрузился. Что не так, скажет `artelier plugins check`.",
    "TOOL_TIMED_OUT": "Вызов не уложился в срок.",
    "CANCELLED": "Запуск остановлен во время вызова.",
    "FORBIDDEN": "Запрещено правилом.",
    "REJECTED": "Вы отклонили этот вызов.",
    "APPROVAL_TIMED_OUT": "Никто не ответил вовремя, вызов не выполнен.",
    "IN_DOUBT": "Вызов прерван и мог подействовать; повторно он не выполнялся.",
}
_NAMES_A_PLACE = frozenset(
    {
        *("INVALID_REQUEST", "CONFLICT", "CONDITION_FAILED", "ACCESS_DENIED", "HTTP_ERROR", "ANSWER_INVALID", "CONFIG_INVALID"),
        *("PROVIDER_ERROR", "LLM_UNAVAILABLE", "RATE_LIMITED", "REQUEST_REFUSED", "NOT_CONFIGURED", "TOOL_FAILED", "ARGUMENTS_INVALID"),
        *(
            "PATH_REFUSED",
            "FILE_MISSING",
            "COMMAND_FAILED",
            "STORE_ERROR",
            "STATE_FOLDER_TAKEN",
            "FETCH_FAILED",
            "FORBIDDEN",
            "PLUGIN_FAILED",
        ),
        *("MCP_UNAVAILABLE", "BROWSER_FAILED"),
    }
)
"""Codes whose own sentence says what no code does: a file, a line, a model, a moment, the provider's words."""
_KINDS = {
    "session": "Такой сессии",
    "run": "Такого запуска",
    "question": "Такого вопроса",
    "workspace": "Такой рабочей папки",
    "grant": "Такого разрешения",
    "webhook": "Такого вебхука",
    "agent": "Такого агента",
}
_STATES = {"finished": "окончен", "cancelled": "остановлен", "running": "ещё идёт", "queued": "ещё в очереди"}
_REFUSALS: dict[str, str | Callable[[Mapping[str, Any]], str]] = {
    "unknown": lambda of: f"{_KINDS[of['kind']]} {of.get('name', '')}".strip() + " нет.",
    "agent_unknown": lambda of: f"Агента {of['name']} нет. Есть: {of['known']}.",
    "workspace_known": "Под этим номером уже другая рабочая папка. Добавьте её под новым.",
    "workspace_used": "У этой рабочей папки ещё есть сессии. Сначала удалите их.",
    "text_empty": "Сообщение пустое. Скажите, что сделать.",
    "text_too_long": lambda of: (
        f"В сообщении {_grouped(of['characters'])} знаков, а принимается {_grouped(of['most'])}. Положите длинный текст в файл."
    ),
    "text_unclean": "В тексте есть знаки, которые не текст. Отправьте чистый UTF-8.",
    "answered": "На этот вопрос уже ответили, или его запуск закончился. Посмотрите `artelier approvals`.",
    "needs_words": "На этот вопрос отвечают словами: --text.",
    "not_together": "На этот вопрос отвечают отдельно, а не вместе с другими.",
    "not_kept": "О таком вызове спрашивают каждый раз. Разрешите его только сейчас.",
    "not_a_call": "Так отвечают, только когда разрешают вызов.",
    "arguments_unfit": lambda of: f"Новые аргументы не подходят {of['tool']}: {of['failure']}",
    "resumed": "Этот запуск уже продолжили.",
    "not_resumable": lambda of: (
        f"Этот запуск {_STATES.get(str(of['status']), of['status'])}. Продолжить можно только тот, что не удался или ждёт."
    ),
    "waits_for_a_person": "Этот запуск ждёт человека: ответьте на его вопрос или поднимите предел.",
    "delegated": "Эта сессия — работа одного агента для другого. Скопируйте ту, где её поручили.",
    "at_work": "В этой сессии ещё идёт запуск. Дождитесь его или остановите.",
    "changed_since_shown": "Эта папка приносит уже не то, что было показано. Посмотрите ещё раз.",
}


def failure_in_russian(code: str, said: str) -> str:
    """Return what a failure says: by its code where there are words for it, else as it was said."""
    words = _PROBLEMS.get(code)
    if words is None:
        return said
    return f"{words} {said}".strip() if code in _NAMES_A_PLACE else words


def refusal_in_russian(because: Mapping[str, Any]) -> str:
    """Return what a request was refused for; nothing where no code says it, or one of a newer server."""
    try:
        words = _REFUSALS[because["code"]]
        return words if isinstance(words, str) else words(because.get("values", {}))
    except (KeyError, TypeError, ValueError):
        return ""


def _grouped(count: Any) -> str:
    return number(int(count)).replace("\u00a0", " ")
