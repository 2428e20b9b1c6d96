"""What calls of built-in tools would do, and questions about limits, in Russian: from arguments and codes, never from English."""

from collections.abc import Callable
from typing import Any

from artelier.cli.durations import dollars, seconds
from artelier.cli.look import visible
from artelier.cli.words import plural

_QUOTED = 200
"""Signs of a passage that an effect quotes whole, as on the server."""
_LINES = (("line", "lines"), ("строка", "строки", "строк"))
_SIZES: dict[str, Callable[[float], str]] = {
    "steps": lambda count: plural(int(count), ("step", "steps"), ("шаг", "шага", "шагов")),
    "calls": lambda count: plural(int(count), ("call", "calls"), ("вызов", "вызова", "вызовов")),
    "tokens": lambda count: plural(int(count), ("token", "tokens"), ("токен", "токена", "токенов")),
    "wall_seconds": seconds,
    "money": dollars,
}


def _line(text: Any) -> str:
    """Return a text on one line with every sign visible. Raises ``TypeError`` for what is no text."""
    if not isinstance(text, str):
        raise TypeError
    return visible(text).replace("\n", "␊").replace("\t", "\\t")


def _count(text: str) -> int:
    return len(text.split("\n")) - (not text or text.endswith("\n"))


def _write(given: dict[str, Any]) -> str:
    path, content = _line(given["path"]), given["content"]
    size = plural(len(content.encode()), ("byte", "bytes"), ("байт", "байта", "байт"))
    return f"записать {path}: {plural(_count(content), *_LINES)}, {size}"


def _quoted(text: str) -> str:
    if len(text) <= _QUOTED:
        return f"«{_line(text)}»"
    signs = plural(len(text), ("sign", "signs"), ("знак", "знака", "знаков"))
    return f"{plural(_count(text), _LINES[0], ('строку', 'строки', 'строк'))} ({signs})"


def _edit(given: dict[str, Any]) -> str:
    everywhere = " везде" if given.get("replace_all") else ""
    return f"изменить {_line(given['path'])}: заменить {_quoted(given['old_text'])}{everywhere} на {_quoted(given['new_text'])}"


def _run(given: dict[str, Any]) -> str:
    wishes = ["с сетью"] if given.get("network") else []
    wishes += [f"с записью в {_line(folder)}" for folder in given.get("folders") or ()]
    return f"выполнить{' ' if wishes else ''}{' и '.join(wishes)}: {_line(given['command'])}"


_EFFECTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "write_file": _write,
    "edit_file": _edit,
    "execute_command": _run,
    "create_directory": lambda given: f"создать папку {_line(given['path'])}",
    "delete_path": lambda given: f"удалить {_line(given['path'])}",
    "move_path": lambda given: f"переместить {_line(given['source'])} в {_line(given['target'])}",
    "git_commit": lambda given: f"git commit: {_line(given['message'])}",
    "web_search": lambda given: f"искать в сети «{_line(given['query'])}»",
    "web_fetch": lambda given: f"загрузить {_line(given['url'])}",
    "browser_navigate": lambda given: f"перейти на {_line(given['url'])}",
    "browser_click": lambda given: f"нажать «{_line(given['target'])}»",
}


def effect_in_russian(tool: str, given: dict[str, Any]) -> str:
    """Return what a call would do; nothing where the server's sentence has to do: other tools, arguments that do not fit."""
    try:
        return _EFFECTS[tool](given) if tool in _EFFECTS else ""
    except (KeyError, TypeError, AttributeError, UnicodeEncodeError):
        return ""


def limit_in_russian(limit: str, code: str, of: dict[str, Any]) -> str:
    """Return the question about a limit; nothing where its values are not told."""
    try:
        if code == "repeats":
            return f"Агент повторяет одно и то же: {_line(of['what'])}. Продолжать?"
        if code != "limit" or limit not in _SIZES:
            return ""
        amount = _SIZES[limit]
        reached = f"Предел исчерпан: {amount(float(of['limit']))}."
        if "ceiling" in of:
            return (
                f"{reached} Следующий запрос может стоить до {dollars(float(of['cost']))}. Продолжить до {dollars(float(of['ceiling']))}?"
            )
        return f"{reached} Продолжить до {amount(float(of['further']))}?"
    except (KeyError, TypeError, ValueError):
        return ""
