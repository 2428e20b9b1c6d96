"""From the operator's settings to MCP servers."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from pathlib import Path
from random import SystemRandom

from artelier.domain.errors import McpUnavailable
from artelier.ports.blobs import Blobs
from artelier.ports.clock import Clock
from artelier.ports.tool import Tool
from artelier.runtime.load import load_mcp
from artelier.settings import McpSettings, Settings
from artelier.tools.mcp.pins import Pins
from artelier.tools.mcp.server import Surroundings
from artelier.tools.mcp.servers import McpServers
from artelier.tools.mcp.session import Definition, Listener, ServerPlan

PINS = "mcp"
"""The folder in the state folder where accepted tools are kept."""
_log = logging.getLogger(__name__)


def build_mcp_servers(
    settings: Settings, state_folder: Path, clock: Clock, blobs: Blobs | None, offer: Callable[[Iterable[Tool]], None]
) -> McpServers:
    """Return the configured servers, not started; ``offer`` is told the tools of one that was never seen before."""
    return McpServers(plans_of(settings), Surroundings(load_mcp, pins_of(state_folder), clock, SystemRandom()), blobs, offer)


def plans_of(settings: Settings) -> tuple[ServerPlan, ...]:
    """Return the servers that are wanted."""
    return tuple(plan_of(server) for server in settings.tools.mcp if server.enabled)


def plan_of(server: McpSettings) -> ServerPlan:
    """Return what one server's settings say."""
    missing = [name for name in server.env_from if name not in server.env]
    missing += [variable for header, variable in server.headers_from.items() if header not in server.headers]
    if missing:
        _log.warning("MCP server %s: the environment lacks %s; set it before the server is started.", server.name, ", ".join(missing))
    return ServerPlan(
        name=server.name,
        command=tuple(server.command),
        url=server.url,
        environment={name: value.get_secret_value() for name, value in server.env.items()},
        headers={name: value.get_secret_value() for name, value in server.headers.items()},
        only=tuple(server.tools),
        connect_seconds=float(server.connect_timeout),
        call_seconds=float(server.call_timeout),
        together=server.together,
        keep_seconds=float(server.keep),
    )


def pins_of(state_folder: Path) -> Pins:
    """Return where accepted tools are kept."""
    return Pins(state_folder / PINS)


async def ask_what_it_offers(server: McpSettings) -> tuple[Definition, ...]:
    """Connect to one server, list its tools, and leave. Raises ``McpUnavailable``, ``ToolError``."""
    connector, plan = await load_mcp(), plan_of(server)
    try:
        async with AsyncExitStack() as stack, asyncio.timeout(plan.connect_seconds):
            session = await stack.enter_async_context(connector.connect(plan, Listener(_nothing, _nothing)))
            return await session.list_tools()
    except TimeoutError as failure:
        raise McpUnavailable(f"It did not greet and list its tools within {plan.connect_seconds:g} s.") from failure


def _nothing(*_: str) -> None:
    """Hear nothing: the connection ends at once."""
