"""MCP servers on a stage: started, waited for by events, stopped."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest
from filelock import FileLock

from artelier.domain.calls import ToolCall, ToolResult
from artelier.ports.tool import ToolScope
from artelier.runtime.clock import SystemClock
from artelier.runtime.load import load_mcp
from artelier.tools.mcp.pins import Pins
from artelier.tools.mcp.server import ServerState, Surroundings
from artelier.tools.mcp.servers import McpServers
from artelier.tools.mcp.session import ServerPlan
from artelier.workspaces.memory import MemoryWorkspace

PATIENCE = 30
ROOT = Path(__file__).parents[1] / "mcp_servers"
PACKAGES = ROOT / "node_modules" / "@modelcontextprotocol"
ENVIRONMENT = {"PATH": os.environ["PATH"]}


def install() -> None:
    """Install the servers that package-lock.json names, once for all workers."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not here: the servers of other people's making need them")
    with FileLock(ROOT / ".install.lock"):
        done = ROOT / "node_modules" / ".package-lock.json"
        if not done.exists() or done.stat().st_mtime < (ROOT / "package-lock.json").stat().st_mtime:
            subprocess.run(["npm", "ci", "--no-progress"], cwd=ROOT, check=True, timeout=300, capture_output=True)
            done.touch()


def everything(*words: str) -> tuple[str, ...]:
    return ("node", str(PACKAGES / "server-everything/dist/index.js"), *words)


def nasty(way: str, *words: object) -> tuple[str, ...]:
    return (sys.executable, "-I", "-S", str(ROOT / "nasty.py"), way, *map(str, words))


def scope(progress: Callable[[str], None] = lambda _: None) -> ToolScope:
    return ToolScope(MemoryWorkspace(), "session", "run", progress)


class Stage:
    """Servers of one test, the tools they offer, and ways to wait."""

    def __init__(self, folder: Path, *plans: ServerPlan, clock=None, blobs=None) -> None:
        self.tools = {}
        self.offered = asyncio.Event()
        self.pins = Pins(folder / "mcp")
        around = Surroundings(load_mcp, self.pins, clock or SystemClock(), Random(7))
        self.servers = McpServers(plans, around, blobs, self._take)
        self._take(self.servers.known_tools(), known=True)

    def _take(self, tools, *, known=False) -> None:
        self.tools |= {tool.spec.name: tool for tool in tools}
        if not known:
            self.offered.set()

    async def call(self, name: str, progress: Callable[[str], None] = lambda _: None, /, **arguments) -> ToolResult:
        return await self.tools[name].run(ToolCall("run/0/0", name, arguments), scope(progress))

    async def until(self, state: ServerState, server: int = 0) -> None:
        """Wait until a server stands so."""
        one = self.servers._servers[server]
        async with asyncio.timeout(PATIENCE):
            while one.state is not state:
                await one._moved.wait()

    async def until_withheld(self, name: str) -> str:
        """Wait until the server's tools were listed again and this one was refused."""
        async with asyncio.timeout(PATIENCE):
            while name not in self.servers.reports()[0].withheld:
                await self.servers._servers[0]._moved.wait()
        return self.servers.reports()[0].withheld[name]


@asynccontextmanager
async def on_stage(folder: Path, *plans: ServerPlan, wait: bool = True, clock=None, blobs=None):
    stage = Stage(folder, *plans, clock=clock, blobs=blobs)
    stage.servers.start()
    try:
        if wait:
            async with asyncio.timeout(PATIENCE):
                await stage.offered.wait()
            await stage.until(ServerState.READY)
        yield stage
    finally:
        await stage.servers.stop()


def plan_of(command: tuple[str, ...], name: str = "one", **more) -> ServerPlan:
    return ServerPlan(
        name, command, environment=ENVIRONMENT, **{"connect_seconds": 20.0, "call_seconds": 20.0, "grace_seconds": 0.2, **more}
    )
