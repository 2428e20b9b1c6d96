"""What the API tells of that which adds tools and agents to a house, as frozen values."""

from msgspec import Struct


class McpServer(Struct, frozen=True):
    """An MCP server: connecting ready failed stopped."""

    name: str
    state: str
    tools: int
    tokens: int
    last_error: str
    withheld: dict[str, str]


class Plugin(Struct, frozen=True):
    """A plugin: ready stale failed disabled."""

    name: str
    version: str
    origin: str
    state: str
    problems: tuple[str, ...]
    agents: tuple[str, ...]
    tools: tuple[str, ...]
    providers: tuple[str, ...]
    routers: int
    subscribers: tuple[str, ...]
