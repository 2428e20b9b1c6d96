"""Lines of a terminal: something at the left, facts at the right, never wider than there is room."""

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

NARROW = 60
"""Columns below which nothing is put in columns."""
_LEAST = 12
"""Columns that the left part keeps."""
_NAMES_WIDE = 12


def room(console: Console) -> int:
    """Return the columns of a terminal; 0 where there is none and lines may be of any length."""
    return console.width if console.is_terminal else 0


def row(left: Text, right: str, width: int) -> Text:
    """Return one line: ``left``, shortened where it must be, and ``right`` at the edge in a quieter colour."""
    line = left.copy()
    line.no_wrap = True
    if not width:
        return line.append(f"  {right}", "dim") if right else line
    space = width - (cell_len(right) + 2 if right else 0)
    if space < _LEAST:
        right, space = "", width
    if line.cell_len > space:
        line.truncate(space, overflow="ellipsis")
    if right:
        gap = space - line.cell_len + 2 if width >= NARROW else 2
        line.append(" " * gap).append(right, "dim")
    return line


def ending(text: str, most: int, indent: str = "    ") -> list[str]:
    """Return the last lines of an output, and how many were left out before them."""
    lines = text.rstrip().splitlines()
    left_out = len(lines) - most
    shown = lines[-most:] if left_out > 0 else lines
    return [*([f"{indent}... +{left_out}"] if left_out > 0 else []), *(f"{indent}{line}" for line in shown)]


def beginning(text: str, most: int, indent: str = "    ") -> list[str]:
    """Return the first lines of a difference, and how many were left out after them."""
    lines = text.rstrip().splitlines()
    left_out = len(lines) - most
    return [*(f"{indent}{line}" for line in lines[:most]), *([f"{indent}... +{left_out}"] if left_out > 0 else [])]


def hung(name: str, words: str, width: int) -> list[Text]:
    """Return a name with words beside it, broken between words and all set in below one another; whole where there is no width."""
    column = _NAMES_WIDE
    if not width or width - column < _LEAST:
        return [Text.assemble((name.ljust(column), "name"), words)]
    broken = Text(words).wrap(Console(), width - column)
    return [Text.assemble((("" if place else name).ljust(column), "name"), line.plain.rstrip()) for place, line in enumerate(broken)]
