"""Tables that fit: how wide each column is, and rows told one below the other where no width fits. Nothing breaks inside a word."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

_WHOLE = 20
"""Columns up to which a cell stays on one line: states, moments, numbers, names."""
_MARK = 2
"""Columns of a mark that stands before a name."""


def column_widths(rows: Sequence[Sequence[str]], headings: Sequence[str], width: int) -> list[int] | None:
    """Return how wide each column is where all of them together take at most ``width``; None where that breaks words."""
    cells = list(zip(*rows, strict=True))
    least = [max(_longest_word(heading), *map(_least, column)) for heading, column in zip(headings, cells, strict=True)]
    if sum(least) > width:
        return None
    wanted = [
        min(max(cell_len(heading), *(_longest_line(cell) for cell in column)), width)
        for heading, column in zip(headings, cells, strict=True)
    ]
    while sum(wanted) > width:
        widest = max((each for each in range(len(wanted)) if wanted[each] > least[each]), key=wanted.__getitem__)
        wanted[widest] -= 1
    return wanted


def stacked(row: Sequence[str], headings: Sequence[str], width: int) -> list[str]:
    """Return a row as lines: what it is about, and below it the rest; numbers and moments with what they tell."""
    named = [(heading, cell) for heading, cell in zip(headings, row, strict=True) if cell.strip()]
    if len(named) > 1 and not named[0][0] and cell_len(named[0][1]) <= _MARK:
        named[:2] = [(named[1][0], f"{named[0][1]} {named[1][1]}")]
    first, *rest = [cell if not place else _told(heading, cell) for place, (heading, cell) in enumerate(named)] or [""]
    lines = _broken(first, width)
    line = ""
    for fact in rest:
        longer = f"{line} · {fact}" if line else fact
        if cell_len(longer) <= width - 2 or not line:
            line = longer
        else:
            lines += _indented(line, width)
            line = fact
    return lines + (_indented(line, width) if line else [])


def _told(heading: str, cell: str) -> str:
    return f"{heading}: {cell}" if heading and cell[0] in "0123456789$<-" else cell


def _indented(text: str, width: int) -> list[str]:
    return [f"  {line}" for line in _broken(text, width - 2)]


def _broken(text: str, width: int) -> list[str]:
    return [line.plain.rstrip() for line in Text(text).wrap(Console(), max(width, 1))]


def _least(cell: str) -> int:
    return max(_longest_word(cell), min(_longest_line(cell), _WHOLE))


def _longest_word(text: str) -> int:
    return max(map(cell_len, text.split()), default=0)


def _longest_line(text: str) -> int:
    return max(map(cell_len, text.splitlines()), default=0)
