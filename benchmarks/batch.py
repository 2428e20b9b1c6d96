"""Calls that take their time and touch real files: what a batch of them gives one by one, and its longest path."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from msgspec import Struct, structs

from artelier.domain.calls import Access, ResultStatus, ToolCall, ToolResult, ToolSpec
from artelier.engine.scheduler import conflicts
from artelier.ports.tool import Tool, ToolScope
from artelier.ports.workspace import Workspace
from artelier.providers.scripted import ScriptedCall
from artelier.workspaces.folder import LocalWorkspace

FILES = ("a.txt", "b.txt", "c.txt", "d.txt")


class Slow:
    """A tool whose call waits ``seconds`` between looking at files and answering or writing."""

    def __init__(self, name: str, effect: str, *, repeatable: bool = True) -> None:
        self.spec = ToolSpec(name, "Do it.", {"type": "object"}, repeatable=repeatable, effect=effect)

    def access(self, arguments: dict[str, Any]) -> Access:
        return Access(reads=frozenset({arguments["path"]}))

    def describe(self, arguments: dict[str, Any]) -> str:
        return f"{self.spec.name} {arguments['path']}"

    def check(self, arguments: dict[str, Any]) -> None:
        return

    async def preview(self, arguments: dict[str, Any], workspace: Workspace) -> str:
        return ""

    async def run(self, call: ToolCall, scope: ToolScope) -> ToolResult:
        assert call.arguments is not None
        return ToolResult(ResultStatus.DONE, await self.work(call.arguments, scope.workspace))

    async def work(self, arguments: dict[str, Any], workspace: Workspace) -> str:
        text = (await workspace.read_text(arguments["path"])).text
        await asyncio.sleep(arguments["seconds"])
        return text


class Look(Slow):
    """Waits, and does nothing else: so its time is known to the millisecond."""

    async def work(self, arguments: dict[str, Any], workspace: Workspace) -> str:
        await asyncio.sleep(arguments["seconds"])
        return "found"


class Extend(Slow):
    """Puts a line under a file's text; whoever writes in between loses theirs."""

    def access(self, arguments: dict[str, Any]) -> Access:
        return Access(writes=frozenset({arguments["path"]}))

    async def work(self, arguments: dict[str, Any], workspace: Workspace) -> str:
        text = await super().work(arguments, workspace)
        await workspace.write_text(arguments["path"], f"{text}{arguments['line']}\n")
        return f"{len(text)} characters were there"


class Gather(Slow):
    """Reads all files and writes them into one: nothing may run beside it."""

    def access(self, arguments: dict[str, Any]) -> Access:
        return Access(exclusive=True)

    async def work(self, arguments: dict[str, Any], workspace: Workspace) -> str:
        texts = [(await workspace.read_text(path)).text for path in FILES]
        await asyncio.sleep(arguments["seconds"])
        await workspace.write_text(arguments["path"], "".join(texts))
        return "".join(texts)


def tools() -> dict[str, Tool]:
    made = (Slow("read", "read"), Look("look", "read"), Extend("extend", "write"), Gather("gather", "write"))
    return {tool.spec.name: tool for tool in made}


def reads(seconds: float) -> tuple[ScriptedCall, ...]:
    """Five calls that only read, and last what they are told to last."""
    return tuple(ScriptedCall("look", {"path": FILES[number % len(FILES)], "seconds": seconds}) for number in range(5))


def twelve(unit: float) -> tuple[ScriptedCall, ...]:
    """Reads and writes of four files around one exclusive call, in units of seconds."""
    shape = (
        *(("read", "a.txt", 5), ("read", "b.txt", 3), ("extend", "a.txt", 4), ("extend", "c.txt", 5), ("read", "c.txt", 2)),
        *(("extend", "b.txt", 6), ("read", "d.txt", 5), ("gather", "all.txt", 3), ("read", "a.txt", 4), ("extend", "d.txt", 3)),
        *(("read", "d.txt", 5), ("extend", "a.txt", 2)),
    )
    return tuple(
        ScriptedCall(name, {"path": path, "seconds": length * unit, "line": f"line of call {place}"})
        for place, (name, path, length) in enumerate(shape)
    )


class OneByOne(Struct, frozen=True):
    """What calls give one by one: their texts, the files afterwards, and the seconds of it all."""

    texts: tuple[str, ...]
    files: dict[str, str]
    seconds: float


def filled(folder: Path) -> Path:
    """Return a new folder with the four files."""
    folder.mkdir()
    for name in FILES:
        (folder / name).write_text(f"{name} begins\n")
    return folder


def files_of(folder: Path) -> dict[str, str]:
    """Return every file's text."""
    return {file.name: file.read_text() for file in sorted(folder.iterdir())}


async def one_by_one(calls: Sequence[ScriptedCall], known: dict[str, Tool], folder: Path) -> OneByOne:
    """Run the calls in the order asked, without the engine."""
    scope = ToolScope(LocalWorkspace(folder), "", "", lambda _: None)
    asked = [ToolCall(str(place), call.name, dict(call.arguments)) for place, call in enumerate(calls)]
    begun = perf_counter()
    texts = [(await known[call.name].run(call, scope)).text for call in asked]
    return OneByOne(tuple(texts), files_of(folder), perf_counter() - begun)


def longest_path(seconds: Sequence[float], edges: Sequence[tuple[int, int]]) -> float:
    """Return the seconds of the longest way through a hazard graph whose edges lead from earlier to later calls."""
    until = [0.0] * len(seconds)
    for place, length in enumerate(seconds):
        until[place] = length + max((until[earlier] for earlier, later in edges if later == place), default=0.0)
    return max(until, default=0.0)


def hazards(calls: Sequence[ScriptedCall], known: dict[str, Tool]) -> tuple[tuple[int, int], ...]:
    """Return the pairs of calls that must keep their order."""
    return conflicts([known[call.name].access(dict(call.arguments)) for call in calls])


def breaches(expected: OneByOne, results: dict[int, ToolResult], files: dict[str, str]) -> int:
    """Count the results and files that differ from those of one by one."""
    texts = [results[place].text if place in results else None for place in range(len(expected.texts))]
    wrong = sum(found != text for found, text in zip(texts, expected.texts, strict=True))
    return wrong + sum(files.get(name) != expected.files.get(name) for name in files.keys() | expected.files.keys())


def unrepeatable(tool: Slow) -> Slow:
    """Return the same tool declared so that it may not start before its reply is stored."""
    tool.spec = structs.replace(tool.spec, repeatable=False)
    return tool
