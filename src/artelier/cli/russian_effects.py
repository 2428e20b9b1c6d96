"""What calls of built-in tools would do, in Russian: from arguments, never from English."""

from collections.abc import Callable
from typing import Any

from artelier.cli.look import visible
from artelier.cli.words import counted, number

_QUOTED = 200
"""Signs of a passage that an effect quotes whole, as on the server."""
_LINES = ("строка", "строки", "строк")
_DIRECTIONS = {"up": "вверх", "down": "вниз", "top": "к\u00a0началу", "bottom": "к\u00a0концу"}
_LOG_LINES, _MEMORY = 200, 512
"""What docker_logs and docker_run take where nothing is said."""


def _line(text: Any) -> str:
    """Return a text on one line with every sign visible. Raises ``TypeError`` for what is no text."""
    if not isinstance(text, str):
        raise TypeError
    return visible(text).replace("\n", "␊").replace("\t", "\\t")


def _count(text: str) -> int:
    return len(text.split("\n")) - (not text or text.endswith("\n"))


def _write(given: dict[str, Any]) -> str:
    path, content = _line(given["path"]), given["content"]
    return f"записать {path}: {counted(_count(content), _LINES)}, {counted(len(content.encode()), ('байт', 'байта', 'байт'))}"


def _quoted(text: str) -> str:
    if len(text) <= _QUOTED:
        return f"«{_line(text)}»"
    return f"{counted(_count(text), ('строку', 'строки', 'строк'))} ({counted(len(text), ('знак', 'знака', 'знаков'))})"


def _edit(given: dict[str, Any]) -> str:
    everywhere = " везде" if given.get("replace_all") else ""
    return f"изменить {_line(given['path'])}: заменить {_quoted(given['old_text'])}{everywhere} на {_quoted(given['new_text'])}"


def _run(given: dict[str, Any]) -> str:
    wishes = ["с сетью"] if given.get("network") else []
    wishes += [f"с записью в {_line(folder)}" for folder in given.get("folders") or ()]
    return f"выполнить{' ' if wishes else ''}{' и '.join(wishes)}: {_line(given['command'])}"


def _words(texts: Any) -> str:
    """Return texts side by side. Raises ``TypeError`` for what is no list of texts."""
    if not isinstance(texts, list):
        raise TypeError
    return " ".join(map(_line, texts))


def _branch(given: dict[str, Any]) -> str:
    deed = "удалить" if given.get("delete") else "создать"
    return f"git branch: {deed} {_line(given['name'])}{'' if given.get('delete') else _from(given)}"


def _from(given: dict[str, Any]) -> str:
    return f" от {_line(given['start'])}" if given.get("start") else ""


def _restore(given: dict[str, Any]) -> str:
    source = f" из {_line(given['source'])}" if given.get("source") else ""
    deed = "убрать из индекса" if given.get("staged") else "отбросить изменения в"
    return f"git restore{source}: {deed} {_words(given['paths'])}"


def _type(given: dict[str, Any]) -> str:
    return f"ввести «{_line(given['text'])}» в «{_line(given['target'])}»{', затем Enter' if given.get('submit') else ''}"


def _logs(given: dict[str, Any]) -> str:
    return f"журнал контейнера {_line(given['container'])}, {counted(int(given.get('lines', _LOG_LINES)), _LINES)}"


def _docker_run(given: dict[str, Any]) -> str:
    pull = " (загрузить, если его нет)" if given.get("pull") else ""
    command = _words(given.get("command") or []) or "собственная команда образа"
    network = "с сетью" if given.get("network") else "без сети"
    memory = f"{number(int(given.get('memory', _MEMORY)))} МиБ"
    return f"docker run {_line(given['image'])}{pull}: {command} ({network}, {memory}, потом контейнер удалится)"


def _switch(given: dict[str, Any]) -> str:
    return f"передать разговор агенту {_line(given['agent'])}" + (f": {_line(given['reason'])}" if given.get("reason") else "")


_EFFECTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "write_file": _write,
    "edit_file": _edit,
    "execute_command": _run,
    "create_directory": lambda given: f"создать папку {_line(given['path'])}",
    "delete_path": lambda given: f"удалить {_line(given['path'])}",
    "move_path": lambda given: f"переместить {_line(given['source'])} в {_line(given['target'])}",
    "git_add": lambda given: f"git add {_words(given['paths'])}",
    "git_commit": lambda given: f"git commit: {_line(given['message'])}",
    "git_branch": _branch,
    "git_checkout": lambda given: f"git checkout: {'новая ветка ' if given.get('create') else ''}{_line(given['target'])}{_from(given)}",
    "git_restore": _restore,
    "web_search": lambda given: f"искать в сети «{_line(given['query'])}»",
    "web_fetch": lambda given: f"загрузить {_line(given['url'])}",
    "browser_navigate": lambda given: f"перейти на {_line(given['url'])}",
    "browser_get_content": lambda _: "прочитать страницу в браузере",
    "browser_click": lambda given: f"нажать «{_line(given['target'])}»",
    "browser_type": _type,
    "browser_scroll": lambda given: f"прокрутить {_DIRECTIONS[given.get('direction', 'down')]}",
    "browser_back": lambda _: "вернуться на страницу назад",
    "browser_screenshot": lambda given: f"снять {'всю страницу' if given.get('whole_page') else 'видимую часть страницы'}",
    "docker_ps": lambda given: f"docker ps{' --all' if given.get('all') else ''}",
    "docker_logs": _logs,
    "docker_run": _docker_run,
    "docker_exec": lambda given: f"docker exec в {_line(given['container'])}: {_words(given['command'])}",
    "docker_stop": lambda given: f"остановить контейнер {_line(given['container'])}",
    "switch_agent": _switch,
}


def effect_in_russian(tool: str, given: dict[str, Any]) -> str:
    """Return what a call would do; nothing where the server's sentence has to do: other tools, arguments that do not fit."""
    try:
        return _EFFECTS[tool](given) if tool in _EFFECTS else ""
    except (KeyError, TypeError, ValueError, AttributeError):
        return ""
