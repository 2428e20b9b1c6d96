"""A plugin that counts words: a tool, an agent that works with it, and a list of the runs that ended.

Settings, all of them optional:

    [plugins.word_count]
    minimum = 3     # shorter words are not counted
"""

import asyncio
import json
import re
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from artelier.domain.calls import Access, ResultStatus, ToolResult, ToolSpec
from artelier.domain.events import Event
from artelier.ports.plugin import Plugin, PluginContext
from artelier.ports.tool import ToolScope
from artelier.tools.declaration import DeclaredTool, ToolArguments, schema_of
from artelier.tools.touching import reading


class CountWordsArguments(ToolArguments, frozen=True):
    """Arguments of ``count_words``."""

    path: Annotated[str, Meta(min_length=1, description="The text file, relative to the workspace.")]


class CountWords(DeclaredTool[CountWordsArguments]):
    """Counts the words of a file that have at least ``minimum`` letters."""

    arguments = CountWordsArguments
    spec = ToolSpec(
        name="count_words",
        description="Count the words of a text file.",
        parameters=schema_of(CountWordsArguments),
        repeatable=True,
        effect="read",
        deadline=10.0,
    )

    def __init__(self, minimum: int) -> None:
        self._minimum = minimum

    def touches(self, arguments: CountWordsArguments) -> Access:
        """Return the file."""
        return reading(arguments.path)

    def effect(self, arguments: CountWordsArguments) -> str:
        """Return the file."""
        return f"count the words of {arguments.path}"

    async def perform(self, arguments: CountWordsArguments, scope: ToolScope) -> ToolResult:
        """Read the file and count."""
        view = await scope.workspace.read_text(arguments.path, max_lines=100_000)
        count = sum(len(word) >= self._minimum for word in re.findall(r"[^\W\d_]+", view.text))
        return ToolResult(ResultStatus.DONE, f"{arguments.path} has {count} words.", summary=f"{count} words", truncated=view.truncated)


class FinishedRuns:
    """Writes a line for each run that ended, into a file of the plugin's own folder."""

    name = "word_count_runs"
    types = ("run_finished", "run_failed")

    def __init__(self, file: Path) -> None:
        self._file = file

    async def receive(self, events: tuple[Event, ...]) -> None:
        """Append the events."""
        lines = [json.dumps({"at": event.at.isoformat(), "run": event.run, "type": event.type}) for event in events]
        await asyncio.to_thread(self._append, "".join(f"{line}\n" for line in lines))

    def _append(self, text: str) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(text)


def plugin(context: PluginContext) -> Plugin:
    """Return what this plugin gives."""
    return Plugin(
        version="1.0",
        api=1,
        agents=(Path(__file__).parent / "counter.md",),
        tools=(CountWords(int(context.settings.get("minimum", 1))),),
        subscribers=(FinishedRuns(context.folder / "runs.jsonl"),),
    )
