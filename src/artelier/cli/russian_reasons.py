"""Why something is asked, allowed or refused, in Russian by code; so are questions about limits and budgets."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from artelier.cli.durations import dollars, seconds
from artelier.cli.look import visible
from artelier.cli.words import counted

_DECISIONS = {"allow": "разрешать", "ask": "спрашивать", "forbid": "запрещать"}
_WHOSE = {"person": "человека", "agent": "агента", "session": "сессии", "all": "на всех"}
_PERIODS = {"day": "на день", "week": "на неделю", "month": "на месяц", "total": "на всё время"}
_SIZES: dict[str, Callable[[float], str]] = {
    "steps": lambda count: counted(int(count), ("шаг", "шага", "шагов")),
    "calls": lambda count: counted(int(count), ("вызов", "вызова", "вызовов")),
    "tokens": lambda count: counted(int(count), ("токен", "токена", "токенов")),
    "wall_seconds": seconds,
    "money": dollars,
}


def _line(text: Any) -> str:
    return visible(str(text)).replace("\n", "␊").replace("\t", "\\t")


def _times(count: Any) -> str:
    return counted(int(count), ("раз", "раза", "раз"))


def _money(amount: Any) -> str:
    return dollars(float(amount))


def _resets(moment: Any) -> str:
    if not moment:
        return "Заново не\u00a0начинается."
    then = datetime.fromisoformat(str(moment)).astimezone()
    return f"Начнётся заново {then:%d.%m.%Y}, {then:%H:%M}."


def _spent(of: Mapping[str, Any]) -> str:
    held = f", ещё {_money(of['reserved'])} держат запросы, которые идут сейчас" if float(of.get("reserved", 0)) > 0 else ""
    return f"Потрачено {_money(of['spent'])} из\u00a0{_money(of['dollars'])}{held}. {_resets(of.get('resets'))}"


def _unsure(of: Mapping[str, Any]) -> str:
    return (
        f"Агент не\u00a0указан, а\u00a0лучшая догадка неуверенная: {_line(of['guesses'])}."
        if of.get("guesses")
        else "Агент не\u00a0указан."
    )


_WORDS: dict[str, str | Callable[[Mapping[str, Any]], str]] = {
    "reads": "Только читает рабочую папку.",
    "writes": "Меняет файлы.",
    "runs": "Выполняет команду.",
    "destroys": "Удаляет или затирает то, что может вам пригодиться.",
    "reaches_out": "Выходит за\u00a0пределы этой машины.",
    "word": "Это слово самой среде, оно ничего не\u00a0меняет.",
    "tool_unknown": "Такого инструмента никто не\u00a0знает. Инструменты сервера MCP известны, пока он подключён.",
    "lacks_tool": lambda of: f"У\u00a0агента {_line(of['agent'])} нет инструмента {_line(of['tool'])}.",
    "unsandboxed": "О\u00a0командах вне песочницы спрашивают всегда.",
    "wider": "О\u00a0командах, которым мало песочницы, спрашивают всегда.",
    "unread": "Нельзя сказать, что именно выполнит эта команда, поэтому о\u00a0ней спрашивают всегда.",
    "tainted": "До\u00a0этого прочитаны чужие тексты: к\u00a0вызову могли подтолкнуть они.",
    "rule": lambda of: f"Ваше правило велит {_DECISIONS.get(str(of['decision']), _line(of['decision']))}.",
    "rule_in_part": "Правило запрещает один из\u00a0путей, которых вызов может коснуться, или пути неясны.",
    "rule_broken": lambda of: f"Правило нельзя применить ({_line(of['failure'])}). Исправьте его в\u00a0настройках.",
    "not_reading": lambda of: (
        f"Агент пишет только в\u00a0{_line(of['patterns'])}, поэтому ему доступны лишь команды, которые заведомо только читают."
        " Эта к\u00a0ним не\u00a0относится."
    ),
    "paths_unclear": lambda of: f"Агент пишет только в\u00a0{_line(of['patterns'])}, а\u00a0какие файлы изменит вызов, неясно.",
    "outside": lambda of: f"Агент пишет только в\u00a0{_line(of['patterns'])}, а\u00a0{_line(of['paths'])} лежит вне.",
    "granted": "Ровно это вы уже разрешили.",
    "habit": lambda of: f"Разрешено автоматически: этот вызов вы разрешали {_times(of['times'])} подряд.",
    "usually_refused": lambda of: f"Такое вы обычно отклоняете: {_times(of['refused'])} из\u00a0последних {int(of['times'])}.",
    "more_rights": lambda of: f"Вы выбрали агента {_line(of['agent'])}, а\u00a0этому позволено больше.",
    "changed_since": "С\u00a0тех пор файл изменился. Посмотрите ещё раз.",
    "interrupted": "Вызов прерван на\u00a0середине: неизвестно, успел ли он подействовать.",
    "limit": lambda of: f"Израсходовано {float(of['used']):g} из\u00a0{float(of['limit']):g}.",
    "repeats": "Модели об\u00a0этом сказано, но\u00a0она продолжает.",
    "budget": _spent,
    "unsure": _unsure,
}


def reasons_in_russian(because: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    """Return reasons by their codes; nothing where the server's sentence has to do: no codes, or one of a newer server."""
    try:
        return " ".join(_said(_WORDS[code], of) for code, of in because)
    except (KeyError, TypeError, ValueError):
        return ""


def _said(words: str | Callable[[Mapping[str, Any]], str], of: Mapping[str, Any]) -> str:
    return words if isinstance(words, str) else words(of)


def limit_in_russian(limit: str, code: str, of: Mapping[str, Any]) -> str:
    """Return the question about a limit; nothing where its values are not told."""
    try:
        if code == "repeats":
            return f"Агент повторяет одно и\u00a0то\u00a0же: {_line(of['what'])}. Продолжать?"
        if code == "budget":
            return _about_budget(of)
        return _about_limit(_SIZES[limit], of) if code == "limit" else ""
    except (KeyError, TypeError, ValueError):
        return ""


def _about_limit(amount: Callable[[float], str], of: Mapping[str, Any]) -> str:
    reached = f"Предел исчерпан: {amount(float(of['limit']))}."
    if "ceiling" in of:
        return f"{reached} Следующий запрос может стоить до\u00a0{_money(of['cost'])}. Продолжить до\u00a0{_money(of['ceiling'])}?"
    return f"{reached} Продолжить до\u00a0{amount(float(of['further']))}?"


def _about_budget(of: Mapping[str, Any]) -> str:
    whose = " ".join(filter(None, (_WHOSE.get(str(of["per"]), ""), "" if of["per"] == "all" else _line(of.get("who", "")))))
    return (
        f"Следующий запрос (до\u00a0{_money(of['cost'])}) превысит бюджет {whose} {_PERIODS.get(str(of['period']), '')}."
        f" Продолжить этот запуск до\u00a0{_money(of['ceiling'])}?"
    )
