"""``artelier tools``: list them, and show how a batch of calls would be ordered."""

from pathlib import Path
from typing import Any

import msgspec
import typer
import uvloop
from msgspec import Struct

from artelier.cli.listing import config_option, group, json_option, print_json, show, speak
from artelier.cli.look import output, visible
from artelier.cli.refusals import failure_words
from artelier.cli.stopping import WRONG_USAGE, stop
from artelier.cli.words import plural, tr
from artelier.domain.calls import Access, ToolCall
from artelier.domain.errors import ArtelierError
from artelier.engine.calls import CONTROL
from artelier.engine.scheduler import conflicts, waves
from artelier.engine.state import CallState
from artelier.engine.survey import Survey
from artelier.ports.tool import Tool
from artelier.runtime.catalogue import all_tools
from artelier.runtime.web import Web
from artelier.settings import Settings
from artelier.workspaces.folder import LocalWorkspace
from artelier.workspaces.memory import MemoryWorkspace


class PlannedCall(Struct, frozen=True):
    """One call of a batch."""

    name: str
    arguments: dict[str, Any] = {}


class Batch(Struct, frozen=True):
    """The calls of one reply, in the order asked."""

    calls: tuple[PlannedCall, ...]


class Order(Struct, frozen=True):
    """Which pairs of calls keep their order, and which run together; calls are counted from 0."""

    conflicts: tuple[tuple[int, int], ...]
    waves: tuple[tuple[int, ...], ...]


def build() -> typer.Typer:
    """Return the group of commands."""
    app = group()

    @app.callback(invoke_without_command=True)
    def listed(context: typer.Context, as_json: bool = json_option(), config: Path | None = config_option()) -> None:
        if context.invoked_subcommand is not None:
            return
        found = speak(config, lambda client: client.tools())
        if as_json:
            print_json(found)
            return
        show([(each.name, each.effect, each.description) for each in found], ("Tool", "Effect", "Does"), "There are no tools.")

    @app.command("plan", help=tr("Show which calls of a batch would run together. Nothing is run."))
    def planned(
        file: Path = typer.Argument(help=tr("A JSON file with calls, each of a name and arguments.")),
        workspace: Path | None = typer.Option(None, help=tr("Look for links in this folder too.")),
        as_json: bool = json_option(),
    ) -> None:
        calls = _read(file)
        access = uvloop.run(_accesses(calls, workspace))
        order = Order(conflicts(access), waves(access))
        if as_json:
            print_json(order)
            return
        _print(calls, access, order)

    return app


def _read(file: Path) -> tuple[PlannedCall, ...]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Batch).calls
    except OSError as failure:
        raise stop(tr("{file} cannot be read: {failure}.", file=file, failure=failure.strerror or failure), WRONG_USAGE) from failure
    except (msgspec.MsgspecError, UnicodeDecodeError) as failure:
        raise stop(
            tr(
                "{file} is no batch of calls: {failure}. It needs an object with calls, each of a name and arguments.",
                file=file,
                failure=failure,
            ),
            WRONG_USAGE,
        ) from failure


async def _accesses(calls: tuple[PlannedCall, ...], folder: Path | None) -> tuple[Access, ...]:
    tools = _known_tools()
    try:
        workspace = MemoryWorkspace() if folder is None else LocalWorkspace(folder)
    except ArtelierError as failure:
        raise stop(failure_words(failure), WRONG_USAGE) from failure
    survey = Survey(tools, workspace)
    await survey.look([CallState(ToolCall(str(index), call.name, call.arguments)) for index, call in enumerate(calls)])
    return tuple(Access() if call.name in CONTROL else survey.access[str(index)] for index, call in enumerate(calls))


def _known_tools() -> dict[str, Tool]:
    settings = Settings()
    return all_tools(settings, Web(settings.tools).tools)


def _unknown(name: str) -> str:
    return tr("a word to the runtime") if name in CONTROL else tr("nobody knows this tool, so it runs alone")


def _print(calls: tuple[PlannedCall, ...], access: tuple[Access, ...], order: Order) -> None:
    console = output()
    tools = _known_tools()
    for number, wave in enumerate(order.waves, 1):
        together = plural(len(wave), ("call", "calls together"), ("вызов", "вызова вместе", "вызовов вместе"))
        console.print(f"{number}. {together}", style="dim")
        for index in wave:
            tool = tools.get(calls[index].name)
            about = tool.describe(calls[index].arguments) if tool is not None else _unknown(calls[index].name)
            after = [str(earlier) for earlier, later in order.conflicts if later == index]
            waits = "  " + tr("after {calls}", calls=", ".join(after)) if after else ""
            alone = "  " + tr("alone") if access[index].exclusive else ""
            console.print(f"   {index}  {visible(calls[index].name)}  {visible(about)}{alone}{waits}", markup=False)
