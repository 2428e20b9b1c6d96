"""A reply as it comes: whole lines are finished and wrapped between words, the last one still moves."""

import re

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from artelier.cli.look import frame
from artelier.cli.painting import plain_width

_INDENT = "  "
_RULE = re.compile(r"\|?(\s*:?-+:?\s*\|)+(\s*:?-+:?\s*)?")
"""What stands below the titles of a table in Markdown."""
_LEAST_ROWS = 2


class Streaming:
    """Takes text in pieces and gives lines back."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._text = ""
        self._in_code = False
        self._rows: list[str] = []

    def write(self, text: str) -> None:
        """Take a piece."""
        self._text += text

    def finished(self, *, ended: bool = False) -> list[RenderableType]:
        """Return the lines that are whole now, once. A table is whole when something else follows it, or the reply has ``ended``."""
        *whole, self._text = self._text.split("\n")
        lines = [line for text in whole for line in self._taken(text)]
        return [*lines, *self._table()] if ended else lines

    def unfinished(self) -> list[Text]:
        """Return what is still being said, as it would be wrapped."""
        return [line for text in (*self._rows, self._text) if text for line in self._wrapped(text)]

    def _taken(self, text: str) -> list[RenderableType]:
        if not self._in_code and text.lstrip().startswith("|"):
            self._rows.append(text)
            return []
        return [*self._table(), *self._lines(text)]

    def _table(self) -> list[RenderableType]:
        """Return the rows that have come as a table; as lines where they are none."""
        rows, self._rows = self._rows, []
        if len(rows) < _LEAST_ROWS or not _RULE.fullmatch(rows[1].strip()):
            return [line for text in rows for line in self._wrapped(text)]
        table = Table(box=frame(), border_style="dim", header_style="name")
        for title in _cells(rows[0]):
            table.add_column(Text(title), overflow="fold")
        for row in rows[2:]:
            table.add_row(*map(Text, _cells(row)[: len(table.columns)]))
        return [Padding(table, (0, 0, 0, len(_INDENT)), expand=False)]

    def _lines(self, text: str) -> list[Text]:
        if text.lstrip().startswith("```"):
            self._in_code = not self._in_code
            return [Text(_INDENT + text, "dim", no_wrap=True)]
        return [Text(_INDENT + text, no_wrap=True)] if self._in_code or not text else self._wrapped(text)

    def _wrapped(self, text: str) -> list[Text]:
        lines = Text(text).wrap(self._console, plain_width(self._console) - len(_INDENT))
        return [Text(_INDENT + line.plain.rstrip()) for line in lines]


def _cells(row: str) -> list[str]:
    """Return the cells of a row; a bar behind a backslash is a sign of one."""
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row.strip().removeprefix("|").removesuffix("|"))]
