"""From a regular expression about paths, as Roo Code's ``fileRegex``, to patterns of ``writes``.

Expressions are not kept as they are: one from a stranger's file can take for ever to match. Those that people write for
paths (endings, folders, alternatives) say the same as a few patterns, which match in linear time; any other is refused.
What is made means the same paths or fewer, capital letters aside, and a folder whose whole content is meant.
"""

import re
import warnings
from collections.abc import Iterator
from typing import TypeVar

from artelier.approvals.writable import is_pattern
from artelier.domain.errors import SettingsError

_LONGEST = 500
_MOST = 64
"""Alternatives of one expression."""
_DEEPEST = 20
_BEGIN, _END, _ANY_LETTER, _ANYTHING, _NAME = "(begin)", "(end)", "(any letter)", "(anything)", "*"
"""Symbols; every other one is a letter, ``?`` or a set, as a pattern writes it."""
_CLASSES = {"d": "[0-9]", "w": "[a-zA-Z0-9_]"}
_CLASS = re.compile(r"(?:[A-Za-z0-9_. -]|\\\.)+")
Symbols = tuple[str, ...]
_MANY: dict[Symbols, str] = {(_ANY_LETTER,): _ANYTHING, ("?",): _NAME}
_Kind = TypeVar("_Kind")


def patterns_of(expression: str) -> tuple[str, ...]:
    """Return patterns for the paths in which an expression finds something. Raises ``SettingsError`` for one that they cannot say."""
    if len(expression) > _LONGEST:
        raise SettingsError(f"the expression is longer than {_LONGEST} characters")
    reader = _Reader(expression)
    found = reader.alternatives()
    if reader.rest:
        raise SettingsError(f"the expression has a ) too many at {reader.rest!r}")
    _check(expression)
    patterns = dict.fromkeys(pattern for symbols in found for pattern in _written(symbols) if is_pattern(pattern))
    if not patterns:
        raise SettingsError("the expression means no path of a workspace")
    return tuple(patterns)


def _check(expression: str) -> None:
    """Raise ``SettingsError`` for what is no regular expression, or would be another one in a later Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(expression)  # what it would find is never asked of it
    except (re.error, OverflowError, RecursionError, Warning) as failure:
        raise SettingsError(f"it is no regular expression ({failure})") from failure


class _Reader:
    """Reads an expression from left to right into alternatives: sequences of symbols."""

    def __init__(self, text: str) -> None:
        self.rest = text
        self._depth = 0

    def alternatives(self) -> list[Symbols]:
        found = self._sequence()
        while self.rest.startswith("|"):
            self._take(1)
            found = _few([*found, *self._sequence()])
        return found

    def _sequence(self) -> list[Symbols]:
        found: list[Symbols] = [()]
        while self.rest and self.rest[0] not in "|)":
            item = self._quantified(self._atom())
            found = _few([before + after for before in found for after in item])
        return found

    def _quantified(self, atom: list[Symbols]) -> list[Symbols]:
        sign = self.rest[:1]
        if sign and sign in "*+?{":
            self._take(1)
            if self.rest[:1] in {"?", "+"}:
                raise SettingsError("lazy and possessive repetitions cannot be kept")
        if sign == "?":
            return _few([*atom, ()])
        if sign and sign in "*+":
            return [_repeated(atom, sign)]
        if sign == "{":
            raise SettingsError("counted repetitions cannot be kept")
        return atom

    def _atom(self) -> list[Symbols]:
        letter = self._take(1)
        if letter == "(":
            return self._group()
        if letter == "[":
            return [self._class()]
        if letter == "\\":
            return [self._escaped()]
        if letter in "*+?{":
            raise SettingsError(f"there is nothing to repeat before {letter!r}")
        return [({"^": _BEGIN, "$": _END, ".": _ANY_LETTER}.get(letter) or _literal(letter),)]

    def _group(self) -> list[Symbols]:
        if self.rest.startswith("?:"):
            self._take(2)
        elif self.rest.startswith("?"):
            raise SettingsError(f"looking around and named groups, as in ({self.rest[:3]}, cannot be kept")
        self._depth += 1
        if self._depth > _DEEPEST:
            raise SettingsError("its groups are nested too deeply")
        found = self.alternatives()
        if self._take(1) != ")":
            raise SettingsError("a group is not closed")
        self._depth -= 1
        return found

    def _class(self) -> Symbols:
        end = self.rest.find("]", 1)
        inside = self._take(end + 1)[:-1] if end > 0 else ""
        if inside in {"^/", "^\\/"}:
            return ("?",)
        if inside and not inside.strip("\\/"):
            return ("/",)
        body = inside.removeprefix("^")
        if not _CLASS.fullmatch(body):
            raise SettingsError(f"the set [{inside}] cannot be kept")
        return (f"[{'!' if inside.startswith('^') else ''}{body.replace(chr(92), '')}]",)

    def _escaped(self) -> Symbols:
        letter = self._take(1)
        if letter in _CLASSES:
            return (_CLASSES[letter],)
        if not letter or letter.isalnum():
            raise SettingsError(f"\\{letter} cannot be kept")
        return (_literal(letter),)

    def _take(self, count: int) -> str:
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken


def _repeated(atom: list[Symbols], sign: str) -> Symbols:
    """Return ``.*``, ``.+``, ``[^/]*`` and ``[^/]+``, which a pattern can say; the first two over folders, as Roo means them."""
    many = _MANY.get(atom[0]) if len(atom) == 1 else None
    if many is None:
        raise SettingsError("only . and [^/] can be repeated")
    return (many,) if sign == "*" else ("?", many)


def _few(found: list[_Kind]) -> list[_Kind]:
    if len(found) > _MOST:
        raise SettingsError(f"the expression has more than {_MOST} alternatives")
    return found


def _literal(letter: str) -> str:
    return f"[{letter}]" if letter in "*?[" else letter


def _written(symbols: Symbols) -> Iterator[str]:
    """Yield the patterns of one sequence; none for one that no path fits, such as letters before the beginning."""
    inner = [*(() if _BEGIN in symbols else (_ANYTHING,)), *symbols, *(() if _END in symbols else (_ANYTHING,))]
    inner = [symbol for place, symbol in enumerate(inner) if symbol != _ANYTHING or inner[place - 1 : place] != [_ANYTHING]]
    while inner and inner[0] == _BEGIN:
        inner.pop(0)
    while inner and inner[-1] == _END:
        inner.pop()
    if _BEGIN in inner or _END in inner:
        return
    written = [""]
    for position, symbol in enumerate(inner):
        if symbol == _ANYTHING and position == len(inner) - 1:
            written = [_to_the_end(text) for text in written]
        else:
            written = _few([longer for text in written for longer in _followed(text, symbol)])
    yield from written


def _followed(text: str, symbol: str) -> list[str]:
    """Return what a beginning becomes by a symbol that something else follows."""
    if symbol == _ANY_LETTER:
        return [f"{text}?"]
    if symbol == _NAME:
        return [text if text.endswith("*") else f"{text}*"]
    if symbol != _ANYTHING:
        return [text + symbol]
    if not text or text.endswith("/"):
        return [f"{text}**/*"]
    if text.endswith("**/*"):
        return [text]
    return [text if text.endswith("*") else f"{text}*", f"{text}/**/*" if text.endswith("*") else f"{text}*/**/*"]


def _to_the_end(text: str) -> str:
    if not text or text.endswith("/"):
        return f"{text}**"
    return f"{text}/**" if text.endswith("*") else f"{text}*/**"
