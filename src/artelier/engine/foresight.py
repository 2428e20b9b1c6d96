"""What an agent is likely to read next, learned from what followed before.

What follows is remembered not as it was but as how it came from what was before: the same path by another tool, the
test beside a file, the first path that a search found. So it says something of files that were never seen.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

import msgspec
from msgspec import Struct

from artelier.domain.calls import ToolCall

Way = tuple[str, ...]
"""How a call comes from the one before: its kind, the tool, the arguments but for the path, and what the kind needs."""
_WAYS_KEPT = 300
_LONGEST_WAY = 2000
"""Characters; what holds the content of a file is never read ahead."""
_FOUND = 3
"""So many of the paths that a result names are looked at."""
_ENCODER = msgspec.json.Encoder(order="sorted")


class Step(Struct, frozen=True):
    """A call that was made, and the paths that its result names, in order."""

    call: ToolCall
    found: tuple[str, ...] = ()


class Foresight:
    """What one agent did after what.

    A call is expected if what would lead to it was seen ``least`` times, and in that share of all cases.
    """

    def __init__(self, least: int = 3, share: float = 0.3) -> None:
        self._least = least
        self._share = share
        self._seen: Counter[str] = Counter()
        self._ways: dict[str, Counter[Way]] = {}

    def learn(self, before: Step, after: Iterable[ToolCall]) -> None:
        """Take notice that these calls followed a step."""
        name = before.call.name
        self._seen[name] += 1
        ways = self._ways.setdefault(name, Counter())
        ways.update({way for call in after for way in _ways_to(before, call) if sum(map(len, way)) <= _LONGEST_WAY})
        if len(ways) > 2 * _WAYS_KEPT:
            self._ways[name] = Counter(dict(ways.most_common(_WAYS_KEPT)))

    def expect(self, before: Step, limit: int = 2) -> tuple[ToolCall, ...]:
        """Return the calls most likely to follow, at most so many; they have no ids."""
        seen = self._seen[before.call.name]
        expected: dict[bytes, ToolCall] = {}
        for way, count in self._ways.get(before.call.name, Counter()).most_common(4 * limit):
            if count < self._least or count < self._share * seen or len(expected) >= limit:
                break
            call = _went(way, before)
            if call is not None:
                expected.setdefault(key_of(call), call)
        return tuple(expected.values())


def key_of(call: ToolCall) -> bytes:
    """Return what two calls share that ask for the same."""
    return _ENCODER.encode((call.name, call.arguments))


def _ways_to(before: Step, after: ToolCall) -> Iterator[Way]:
    arguments = after.arguments or {}
    yield "same", after.name, _text(arguments)
    path, rest = arguments.get("path"), _text({name: value for name, value in arguments.items() if name != "path"})
    if not isinstance(path, str) or not path:
        return
    for place, found in enumerate(before.found[:_FOUND]):
        if path == found:
            yield "found", after.name, rest, str(place)
    source = _path_of(before)
    if source is None:
        return
    if path == source:
        yield "path", after.name, rest
        return
    stem = PurePosixPath(source).stem
    if len(stem) > 1 and stem in path:
        yield "stem", after.name, rest, path.replace(stem, "{}")
    if PurePosixPath(path).parent == PurePosixPath(source).parent:
        yield "beside", after.name, rest, PurePosixPath(path).name


def _went(way: Way, before: Step) -> ToolCall | None:
    kind, name, rest, *more = way
    if kind == "same":
        return ToolCall("", name, msgspec.json.decode(rest))
    path = _path_by(kind, more[0] if more else "", before)
    return None if path is None else ToolCall("", name, {**msgspec.json.decode(rest), "path": path})


def _path_by(kind: str, detail: str, before: Step) -> str | None:
    if kind == "found":
        return before.found[int(detail)] if int(detail) < len(before.found) else None
    source = _path_of(before)
    if source is None or kind == "path":
        return source
    if kind == "stem":
        return detail.replace("{}", PurePosixPath(source).stem)
    return str(PurePosixPath(source).parent / detail)


def _path_of(step: Step) -> str | None:
    path = (step.call.arguments or {}).get("path")
    return path if isinstance(path, str) and path else None


def _text(arguments: dict[str, Any]) -> str:
    return _ENCODER.encode(arguments).decode()
