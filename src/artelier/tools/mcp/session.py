"""The seam between our side of MCP and the SDK: what a server is, what it offers, what it answers."""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from msgspec import Struct


class ServerPlan(Struct, frozen=True):
    """One configured server: a program that speaks on its standard streams, or an address of streamable HTTP."""

    name: str
    command: tuple[str, ...] = ()
    url: str = ""
    environment: Mapping[str, str] = {}
    """All that the program sees of an environment."""
    headers: Mapping[str, str] = {}
    only: tuple[str, ...] = ()
    """Tools to take, by the server's own names; all when empty."""
    connect_seconds: float = 30.0
    """How long starting, greeting and listing may take together."""
    call_seconds: float = 120.0
    grace_seconds: float = 2.0
    """How long a program has to end after its input is closed, and again after it was asked to."""
    together: bool = False
    """Whether its calls may run beside others; otherwise each runs alone, as nobody knows what it touches."""
    keep_seconds: float = 0.0
    """How long an answer serves equal calls again."""

    @property
    def source(self) -> str:
        """Digest of where the tools come from; another program or address is another server."""
        return _digest([self.command, self.url])

    @property
    def identity(self) -> str:
        """Digest of all that its answers may depend on: whose server it is asked as, too."""
        return _digest([self.command, self.url, sorted(self.environment.items()), sorted(self.headers.items())])


class Definition(Struct, frozen=True):
    """A tool as its server describes it."""

    name: str
    description: str
    parameters: dict[str, Any]
    """JSON Schema of the arguments."""
    destructive: bool = False
    """Whether the server says that it destroys; that it does not is taken from nobody."""

    @property
    def digest(self) -> str:
        """What is pinned: any change of words or schema changes it, and so does a warning that is taken back."""
        return _digest([self.name, self.description, self.parameters, *(["destructive"] if self.destructive else [])])


class TextPart(Struct, frozen=True):
    """Words of an answer, or what stands for a part that is not kept."""

    text: str


class PicturePart(Struct, frozen=True):
    """A picture of an answer."""

    content: bytes
    media_type: str


class Answer(Struct, frozen=True):
    """What a server answered to a call; ``failed`` when it says so itself."""

    parts: tuple[TextPart | PicturePart, ...]
    structured: Any = None
    failed: bool = False


class Session(Protocol):
    """A connection that has been made."""

    async def list_tools(self) -> tuple[Definition, ...]:
        """Return what the server offers. Raises ``McpUnavailable``, ``ToolError``."""
        ...

    async def call(self, name: str, arguments: dict[str, Any], progress: Callable[[str], None]) -> Answer:
        """Call a tool; on cancellation the server is told. Raises ``McpUnavailable``, ``ToolError`` for what the server refuses."""
        ...


class Listener(Struct, frozen=True):
    """What a connection tells by itself."""

    changed: Callable[[], None]
    """The server says that its tools are others now."""
    lost: Callable[[str], None]
    """The connection has ended, and why."""


class Connector(Protocol):
    """Makes connections; the SDK, or a fake."""

    def connect(self, plan: ServerPlan, listener: Listener) -> AbstractAsyncContextManager[Session]:
        """Connect and greet; to be entered and left in one task. Raises ``McpUnavailable``."""
        ...

    def checker(self, schema: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
        """Return what raises ``ArgumentsInvalid`` for arguments that do not fit. Raises ``ToolError`` for what is no schema."""
        ...


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=True, default=str).encode()).hexdigest()
