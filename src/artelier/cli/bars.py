"""Calls of one reply on one time axis: what ran together, what began before the reply was whole, what cost nothing."""

from collections.abc import Sequence

from msgspec import Struct
from rich.cells import cell_len
from rich.text import Text

from artelier.cli.look import glyph
from artelier.cli.rows import NARROW

_INDENT = 2
_NAME, _TARGET, _LEAST_TARGET = 16, 16, 10
_LEAST_BAR, _LONGEST_BAR = 10, 40
_EDGE = 0.01
"""The part of the axis before which the reply's end is the axis's own beginning."""


class Span(Struct, frozen=True):
    """One call on the axis; moments in seconds since 1970."""

    kind: str
    """The glyph's name."""
    style: str
    name: str
    target: str
    facts: str
    begun: float
    ended: float
    free: bool = False
    """Whether it took no work: its result was there before."""
    running: bool = False


def span_rows(spans: Sequence[Span], replied: float, width: int) -> list[Text]:
    """Return a row with a bar for each call; nothing where there is no room for bars. ``replied`` is when the reply was whole."""
    facts = max((cell_len(span.facts) for span in spans), default=0)
    free = width - _INDENT - 2 - _NAME - facts - 3
    bar = min(free - _TARGET, _LONGEST_BAR) if free - _TARGET >= _LEAST_BAR else free - _LEAST_TARGET
    if width < NARROW or bar < _LEAST_BAR:
        return []
    target = free - bar
    axis = _Axis(spans, replied, bar)
    return [_barred_row(span, axis, target, facts) for span in spans]


def _barred_row(span: Span, axis: "_Axis", target: int, facts: int) -> Text:
    room = target if len(span.name) < _NAME else max(target - (cell_len(span.name) - _NAME + 1), 0)
    line = Text(" " * _INDENT, no_wrap=True).append(f"{glyph(span.kind)} ", span.style)
    if span.name == "$":
        line.append("$ ", "name").append_text(_fitted(span.target, target + _NAME - 2))
    else:
        line.append(span.name.ljust(_NAME) if len(span.name) < _NAME else f"{span.name} ", "name").append_text(_fitted(span.target, room))
    line.append(" ").append_text(axis.drawn(span))
    return line.append("  " + " " * (facts - cell_len(span.facts)) + span.facts, "dim")


def _fitted(text: str, room: int) -> Text:
    if "/" in text and " " not in text and cell_len(text) > room:
        while cell_len(text) > room - 1:  # of a path the end says more
            text = text[1:]
        text = glyph("more")[:1] + text
    fitted = Text(text)
    fitted.truncate(room, overflow="ellipsis", pad=True)
    return fitted


class _Axis:
    """From the first thing that happened to the last, over a number of columns."""

    def __init__(self, spans: Sequence[Span], replied: float, columns: int) -> None:
        self._begin = min([replied, *(span.begun for span in spans)])
        self._length = max(max([replied, *(span.ended for span in spans)]) - self._begin, 1e-9)
        self._columns = columns
        self._mark = self._column(replied) if replied - self._begin > _EDGE * self._length else -1

    def drawn(self, span: Span) -> Text:
        """Return a call's bar, and the moment when the reply was whole."""
        begin = self._column(span.begun)
        cells = 1 if span.free else max(self._column(span.ended, up=True) - begin, 1)
        shape = glyph("bar_free" if span.free else "bar_short" if cells == 1 else "bar") * cells
        bar = Text(" " * begin).append(shape, "accent" if span.running else "").append(" " * (self._columns - begin - cells))
        if 0 <= self._mark < begin or self._mark >= begin + cells:
            bar = bar[: self._mark].append(glyph("bar_mark"), "dim").append_text(bar[self._mark + 1 :])
        return bar

    def _column(self, moment: float, *, up: bool = False) -> int:
        place = (moment - self._begin) / self._length * self._columns
        return min(max(round(place), 0), self._columns if up else self._columns - 1)
