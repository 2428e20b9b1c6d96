"""The seam to tools."""

from collections.abc import Callable
from typing import Any, Protocol

from msgspec import Struct

from artelier.domain.calls import Access, FileChange, ToolCall, ToolResult, ToolSpec
from artelier.ports.workspace import Workspace, unheard


class ToolScope(Struct, frozen=True):
    """What a call may use: the session's workspace, and a way to show progress."""

    workspace: Workspace
    session: str
    run: str
    progress: Callable[[str], None]
    """Show a piece of output while the call runs; never stored."""
    changed: Callable[[tuple[FileChange, ...]], None] = unheard
    """Tell what has changed in files: it is stored also where the call is stopped or fails before it can give a result."""
    owner: str = ""
    """Who the session belongs to."""


class Tool(Protocol):
    """One tool an agent can call."""

    @property
    def spec(self) -> ToolSpec:
        """Name, schema and properties, built once."""
        ...

    def access(self, arguments: dict[str, Any]) -> Access:
        """Return what this call would touch, without I/O; arguments that make no sense are exclusive."""
        ...

    def describe(self, arguments: dict[str, Any]) -> str:
        """Return the exact effect in one plain line for the person who approves it: ``write src/a.py, 120 bytes``."""
        ...

    async def preview(self, arguments: dict[str, Any], workspace: Workspace) -> str:
        """Return the change to files that this call would make, as a unified diff; empty where nothing is known.

        Raises the ``ToolError`` that the call would end with, where that is known without running it.
        """
        ...

    def check(self, arguments: dict[str, Any]) -> None:
        """Raise ``ArgumentsInvalid``, naming the field, unless the arguments fit the schema."""
        ...

    async def run(self, call: ToolCall, scope: ToolScope) -> ToolResult:
        """Run the call. Raises a ``ToolError`` for whatever the model should be told; cancellation ends all it started."""
        ...
