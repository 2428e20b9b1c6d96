"""What came of calls, in Russian: from codes and values, never from English."""

from collections.abc import Callable
from typing import Any

from artelier.cli.durations import decimal, seconds
from artelier.cli.look import visible
from artelier.cli.words import counted, number

_KINDS = {
    "decision": "решение",
    "pattern": "закономерность",
    "root_cause": "первопричина",
    "suggested_fix": "предложение",
    "open_question": "открытый вопрос",
}
_KIB = 1024
_CHARACTERS = ("знак", "знака", "знаков")
_FILES = ("файл", "файла", "файлов")


def _many(*forms: str) -> Callable[[dict[str, Any]], str]:
    one, few, many = forms
    return lambda of: counted(int(of["count"]), (one, few, many))


def _with_time(said: str, of: dict[str, Any]) -> str:
    return f"{said} · {seconds(float(of['seconds']))}" if "seconds" in of else said


def _characters(of: dict[str, Any]) -> str:
    count, whole = int(of["count"]), int(of.get("of", of["count"]))
    return counted(count, _CHARACTERS) if whole == count else f"{number(count)} из\u00a0{counted(whole, ('знака', 'знаков', 'знаков'))}"


def _picture(of: dict[str, Any]) -> str:
    return f"{int(of['width'])} × {int(of['height'])}, {decimal(float(of['bytes']) / _KIB)}\u00a0КБ"


_WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "lines": _many("строка", "строки", "строк"),
    "characters": _characters,
    "names": _many("имя", "имени", "имён"),
    "files": _many(*_FILES),
    "paths": _many("путь", "пути", "путей"),
    "commits": _many("коммит", "коммита", "коммитов"),
    "matches": lambda of: (
        f"{counted(int(of['count']), ('совпадение', 'совпадения', 'совпадений'))}"
        f" в\u00a0{counted(int(of['files']), ('файле', 'файлах', 'файлах'))}"
    ),
    "results": _many("результат", "результата", "результатов"),
    "tools": _many("инструмент", "инструмента", "инструментов"),
    "pictures": _many("картинка", "картинки", "картинок"),
    "none": lambda _: "ничего нет",
    "created": lambda of: "создано" + (f": {counted(int(of['count']), ('строка', 'строки', 'строк'))}" if "count" in of else ""),
    "was_there": lambda _: "уже было",
    "unchanged": lambda _: "без изменений",
    "deleted": lambda _: "удалено",
    "moved": lambda _: "перемещено",
    "clean": lambda _: "изменений нет",
    "staged": lambda of: f"в\u00a0индексе {counted(int(of['count']), _FILES)}",
    "committed": lambda _: "коммит создан",
    "branch_made": lambda _: "ветка создана",
    "checked_out": lambda _: "переключено",
    "detached": lambda _: "без ветки",
    "ended": lambda of: _with_time(f"код {int(of['exit'])}", of),
    "killed": lambda of: _with_time(f"прервано сигналом {visible(str(of['signal']))}", of),
    "out_of_time": lambda of: f"прервано через {seconds(float(of['after']))}",
    "plan": lambda of: f"сделано {int(of['done'])} из\u00a0{int(of['count'])}",
    "picture": _picture,
    "answered": lambda _: "есть ответ",
    "refused": lambda of: f"вы сказали: {visible(str(of['words']))}",
    "noted": lambda of: _KINDS.get(str(of["kind"]), visible(str(of["kind"]))),
}


def gist_in_russian(gist: dict[str, Any] | None) -> str:
    """Return what came of a call; nothing where the server's own summary has to do: no code, or one of a newer server."""
    try:
        return _WORDS[gist["code"]](gist.get("values", {})) if gist else ""
    except (KeyError, TypeError, ValueError):
        return ""
