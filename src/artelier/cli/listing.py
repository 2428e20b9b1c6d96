"""What lists share: a table for people, JSON for programs, and how a command talks to the running server."""

import re
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import typer
import uvloop
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from artelier.cli.connection import joined
from artelier.cli.help import CommandGroup, OneCommand
from artelier.cli.look import glyph, output, unicode_fits, visible
from artelier.cli.refusals import refusal_words
from artelier.cli.stopping import stop
from artelier.cli.tables import column_widths, stacked
from artelier.cli.words import tr
from artelier.client import Client, ClientError

Found = TypeVar("Found")
_TABLE_COLUMNS = 72
"""Below these columns no table is drawn."""
_PIPE_COLUMNS = 240
"""Columns where there is no terminal: programs read whole lines."""
_BETWEEN = 3
"""Columns between two columns of a table."""
_IN_AMOUNTS = re.compile("(?<=[0-9])\u00a0(?=[0-9$%]|[A-Z]{3}\\b)")
STATES = {
    "idle": ("done", "dim"),
    "connecting": ("running", "accent"),
    "ready": ("done", "ok"),
    "stopped": ("note", "dim"),
    "stale": ("waiting", "warn"),
    "queued": ("note", "dim"),
    "running": ("running", "accent"),
    "waiting": ("waiting", "accent"),
    "finished": ("done", "ok"),
    "failed": ("failed", "bad"),
    "cancelled": ("denied", "dim"),
    "open": ("waiting", "accent"),
    "approved": ("done", "ok"),
    "rejected": ("denied", "warn"),
    "timed_out": ("denied", "warn"),
    "closed": ("note", "dim"),
    "failing": ("waiting", "warn"),
    "disabled": ("denied", "warn"),
}
"""Every state's glyph and colour; its word always stands beside them."""


def speak(config: Path | None, ask: Callable[[Client], Awaitable[Found]]) -> Found:
    """Ask the running server something; ends the command with what it says when it refuses."""

    async def run() -> Found:
        async with joined(config) as client:
            return await ask(client)

    try:
        return uvloop.run(run())
    except ClientError as failure:
        raise stop(refusal_words(failure)) from failure


def show(rows: Sequence[Sequence[object]], columns: Sequence[str], empty: str, *, named: bool = False) -> None:
    """Print a table, or what to say when there is nothing; ``named`` columns are names, and the same in every language."""
    console = output()
    if not rows:
        console.print(tr(empty), style="dim")
        return
    if not console.is_terminal:
        console.width = _PIPE_COLUMNS
    headings = [column if named else tr(column) for column in columns]
    cells = [[_cell(cell) for cell in row] for row in rows]
    widths = column_widths(cells, headings, console.width - _BETWEEN * (len(headings) - 1))
    if console.width < _TABLE_COLUMNS or widths is None:
        _show_stacked(console, cells, headings)
        return
    table = Table(box=box.SIMPLE_HEAD if unicode_fits() else box.ASCII_DOUBLE_HEAD, show_edge=False, pad_edge=False, header_style="dim")
    for heading, width in zip(headings, widths, strict=True):
        table.add_column(heading, overflow="fold", width=width)
    for row in cells:
        table.add_row(*map(escape, row))
    console.print(table)


def _cell(value: object) -> str:
    """Return what stands in a cell; the no-break spaces within our amounts stay, any other could hide something and is shown."""
    return "\u00a0".join(map(visible, _IN_AMOUNTS.split(str(value))))


def _show_stacked(console: Console, rows: Sequence[Sequence[str]], headings: Sequence[str]) -> None:
    """Print rows one below the other, where a table has no room."""
    for row in rows:
        first, *more = stacked(row, headings, console.width)
        console.print(first, style="name", markup=False)
        for line in more:
            console.print(line, style="dim", markup=False)


def print_json(value: Any) -> None:
    """Print a value of the client as JSON."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value)).decode() + "\n")


def state(name: str) -> str:
    """Return a state as glyph and word."""
    return f"{glyph(STATES.get(name, ('note', ''))[0])} {tr(name)}"


def when(moment: datetime | None) -> str:
    """Return a moment as the person's clock shows it."""
    return "" if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M}"


def config_option() -> Any:
    """Return the option that every command has."""
    return typer.Option(None, "--config", help=tr("The settings file, instead of the user's own."), show_default=False)


def json_option() -> Any:
    """Return the option that every list has."""
    return typer.Option(False, "--json", help=tr("Print JSON."))


class Group(typer.Typer):
    """Commands under one name, all of them with our own help."""

    def command(self, name: str | None = None, **more: Any) -> Any:
        """Add a command."""
        return super().command(name, cls=OneCommand, **more)


def group() -> typer.Typer:
    """Return an empty group of commands whose name alone lists."""
    return Group(cls=CommandGroup, no_args_is_help=False, rich_markup_mode=None, pretty_exceptions_enable=False)
