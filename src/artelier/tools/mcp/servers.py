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
        self._servers = tuple(Server(plan, around, _known(plan, around), self._offer_all) for plan in plans)
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    def known_tools(self) -> tuple[McpTool, ...]:
        """Return the tools that were accepted before, without any server's help."""
        return tuple(tool for server in self._servers for tool in self._tools_of(server))

    def start(self) -> None:
        """Connect to every server in the background."""
        self._tasks = tuple(asyncio.create_task(server.keep(), name=f"mcp {server.plan.name}") for server in self._servers)

    async def stop(self) -> None:
        """End every connection and the programs behind them."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def settled(self) -> None:
        """Return once the tools of every server are known, or could not be learned at the first attempt."""
        await asyncio.gather(*(server.settled() for server in self._servers))

    def reports(self) -> tuple[ServerReport, ...]:
        """Return how every server stands."""
        return tuple(_report(server) for server in self._servers)

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
