"""What is wrong with a settings file, with the line and what to do."""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from pydantic import ValidationError


class Problem(Struct, frozen=True):
    """One thing to correct. ``line`` is 0 where it is not in the file."""

    file: str
    line: int
    setting: str
    message: str
    code: str = ""
    """What is wrong, for words in any language.

    ``no_file``, ``unreadable``, ``key_unreadable``, ``no_toml``, or pydantic's own type of the error.
    """
    values: dict[str, Any] = {}
    """What the code is about: ``failure``, ``input`` (where it is short), and pydantic's own context of the error."""

    def __str__(self) -> str:
        return self.placed(self.message)

    def placed(self, message: str) -> str:
        """Return a sentence about it behind its file, line and setting."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.setting}: {message}" if self.setting else f"{where}: {message}"


def syntax_problem(file: str, failure: tomllib.TOMLDecodeError) -> Problem:
    """Return what the TOML reader stumbled over."""
    found = re.search(r"line (\d+)", str(failure))
    line = int(found[1]) if found else 0
    return Problem(file, line, "", f"This is not TOML: {failure}. Correct the line.", "no_toml", {"failure": str(failure)})


def unreadable_key(file: str, text: str, setting: str, why: str) -> Problem:
    """Return that the file of a key, which ``setting`` names, cannot be read."""
    told = f"The key cannot be read ({why}). Connect the model again, or name a file that holds the key alone."
    return Problem(file, find_line(text, setting.split(".")), setting, told, "key_unreadable", {"failure": why})


def validation_problems(
    file: str, text: str, failure: ValidationError, environment_keys: frozenset[tuple[str, ...]]
) -> tuple[Problem, ...]:
    """Return every value that does not fit, each with its line, or the variable it came from."""
    return tuple(_problem(file, text, error, environment_keys) for error in failure.errors())


def _problem(file: str, text: str, error: Any, environment_keys: frozenset[tuple[str, ...]]) -> Problem:
    location = tuple(str(part) for part in error["loc"])
    setting = ".".join(part for part in location if "[" not in part and part not in {"str", "float", "int"})
    told = (_words(error), str(error["type"]), {**error.get("ctx", {}), **_input(error)})
    if location[:2] in environment_keys:
        return Problem("environment ARTELIER_" + "__".join(part.upper() for part in location[:2]), 0, setting, *told)
    return Problem(file, find_line(text, setting.split(".")), setting, *told)


def _words(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "there is no such setting; check its spelling, or remove it."
    value = "" if isinstance(error["input"], dict | list) else f" (it is {error['input']!r})"
    return f"{error['msg'].removeprefix('Value error, ')}{value}."


def _input(error: Any) -> dict[str, Any]:
    return {} if isinstance(error["input"], dict | list) else {"input": repr(error["input"])}


def find_line(text: str, path: Sequence[str]) -> int:
    """Return the line, from 1, that comes nearest to defining this setting; 0 when nothing of it is there."""
    best, depth = 0, 0
    section: tuple[str, ...] = ()
    seen: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?", line)
        if header:
            section = tuple(part.strip().strip("\"'") for part in header[1].split("."))
            if line.lstrip().startswith("[["):
                place, name = seen[header[1]], section[-1]
                seen[header[1]] += 1
                section = (*section, str(place)) if _is_in_list(path, name) else section
            matched = _common(section, path) if _common(section, path) == len(section) else 0
        else:
            key = re.match(r"\s*([\w.\"'-]+)\s*=", line)
            if key is None:
                continue
            full = (*section, *(part.strip("\"'") for part in key[1].split(".")))
            matched = _common(full, path) if _common(full, path) == len(full) else 0
        if matched > depth:
            best, depth = number, matched
    return best


def _is_in_list(path: Sequence[str], name: str) -> bool:
    """Whether the path goes into the list of this name by an index."""
    return any(part == name and path[place + 1 : place + 2] and path[place + 1].isdigit() for place, part in enumerate(path))


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    count = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        count += 1
    return count
