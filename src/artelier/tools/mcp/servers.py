"""All configured MCP servers: started together, known by what they offered last time, stopped together."""

import asyncio
import json
import logging
from collections.abc import Callable, Iterable

from msgspec import Struct

from artelier.domain.errors import StoreError
from artelier.ports.blobs import Blobs
from artelier.tools.mcp.names import tool_names
from artelier.tools.mcp.server import Server, ServerState, Surroundings, chosen
from artelier.tools.mcp.session import Definition, ServerPlan
from artelier.tools.mcp.tool import McpTool

_log = logging.getLogger(__name__)
_LETTERS_A_TOKEN = 4


class ServerReport(Struct, frozen=True):
    """One server as people see it."""

    name: str
    state: ServerState
    tools: int
    tokens: int
    """About how many tokens its tools' descriptions and schemas take in a request."""
    last_error: str
    withheld: dict[str, str]
    """Tools that are refused, and why."""


class McpServers:
    """Servers by plan. ``offer`` is told the tools of a server that was never seen before, once it has answered."""

    def __init__(
        self, plans: Iterable[ServerPlan], around: Surroundings, blobs: Blobs | None, offer: Callable[[tuple[McpTool, ...]], None]
    ) -> None:
        self._blobs = blobs
        self._offer = offer
        self._around = around
        self._servers = tuple(self._made(plan) for plan in plans)
        self._tasks: dict[Server, asyncio.Task[None]] = {}

    def known_tools(self) -> tuple[McpTool, ...]:
        """Return the tools that were accepted before, without any server's help."""
        return tuple(tool for server in self._servers for tool in self._tools_of(server))

    def start(self) -> None:
        """Connect to every server in the background."""
        for server in self._servers:
            if server not in self._tasks:
                self._tasks[server] = asyncio.create_task(server.keep(), name=f"mcp {server.plan.name}")

    async def stop(self) -> None:
        """End every connection and the programs behind them."""
        await self.end(tuple(self._tasks))

    def replace(self, plans: Iterable[ServerPlan]) -> tuple[Server, ...]:
        """Want these servers: those with the same plan stay untouched, new ones connect; return those to ``end``."""
        before = {server.plan.name: server for server in self._servers}
        wanted = []
        for plan in plans:
            server = before.get(plan.name)
            wanted.append(server if server is not None and server.plan == plan else self._made(plan))
        self._servers = tuple(wanted)
        self.start()
        return tuple(server for server in self._tasks if server not in wanted)

    async def end(self, servers: Iterable[Server]) -> None:
        """End the connections of these and the programs behind them."""
        tasks = [self._tasks.pop(server) for server in servers if server in self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def settled(self) -> None:
        """Return once the tools of every server are known, or could not be learned at the first attempt."""
        await asyncio.gather(*(server.settled() for server in self._servers))

    def reports(self) -> tuple[ServerReport, ...]:
        """Return how every server stands."""
        return tuple(_report(server) for server in self._servers)

    def _made(self, plan: ServerPlan) -> Server:
        return Server(plan, self._around, _known(plan, self._around), self._offer_all)

    def _offer_all(self, server: Server) -> None:
        self._offer(self._tools_of(server))

    def _tools_of(self, server: Server) -> tuple[McpTool, ...]:
        definitions = server.known or ()
        names = tool_names(server.plan.name, (each.name for each in definitions))
        return tuple(McpTool(names[each.name], each, server, self._blobs) for each in definitions)


def tokens_of(definitions: Iterable[Definition]) -> int:
    """Return about how many tokens these take in a request."""
    return sum(len(each.name) + len(each.description) + len(json.dumps(each.parameters)) for each in definitions) // _LETTERS_A_TOKEN


def _known(plan: ServerPlan, around: Surroundings) -> tuple[Definition, ...] | None:
    try:
        known = around.pins.read(plan)
    except StoreError as failure:
        _log.warning("MCP server %s: %s", plan.name, failure.message)
        return ()  # nothing is offered until a person accepts: whoever broke the file gains nothing
    return None if known is None else chosen(plan, known)


def _report(server: Server) -> ServerReport:
    known = server.known or ()
    return ServerReport(server.plan.name, server.state, len(known), tokens_of(known), server.last_error, dict(server.withheld))
