"""A server's tool as ours."""

import json
from typing import Any

from artelier.domain.calls import Access, ToolCall, ToolResult, ToolSpec
from artelier.domain.errors import ArgumentsInvalid
from artelier.ports.blobs import Blobs
from artelier.ports.tool import ToolScope
from artelier.ports.workspace import Workspace
from artelier.tools.mcp.results import clean, result_of
from artelier.tools.mcp.server import Server
from artelier.tools.mcp.session import Definition
from artelier.tools.showing import visible
from artelier.tools.touching import EXCLUSIVE

_DESCRIPTION = 4000
"""Characters of a description that models are shown."""
_EFFECT = 2000
_MARGIN = 5.0


class McpTool:
    """Calls ``definition`` of ``server`` under the name ``name``. Satisfies the ``Tool`` port; what it answers is a stranger's."""

    def __init__(self, name: str, definition: Definition, server: Server, blobs: Blobs | None) -> None:
        self._definition = definition
        self._server = server
        self._blobs = blobs
        self.spec = ToolSpec(
            name=name,
            description=clean(definition.description)[:_DESCRIPTION] or f"{definition.name} of the MCP server {server.plan.name}.",
            parameters=json.loads(clean(json.dumps(definition.parameters, ensure_ascii=False))),
            repeatable=False,
            family="mcp",
            effect="outbound",
            deadline=server.plan.connect_seconds + server.plan.call_seconds + _MARGIN,
            trusted=False,
            destructive=definition.destructive,
            keep_seconds=server.plan.keep_seconds,
            keep_from=server.plan.identity,
        )

    def access(self, arguments: dict[str, Any]) -> Access:  # noqa: ARG002  whatever they are
        """Return everything, unless the operator says that this server's calls disturb nobody."""
        return Access() if self._server.plan.together else EXCLUSIVE

    def describe(self, arguments: dict[str, Any]) -> str:
        """Return the server, its tool and the arguments as they are sent."""
        sent = json.dumps(arguments, ensure_ascii=False)
        shown = sent if len(sent) <= _EFFECT else f"{sent[:_EFFECT]}… ({len(sent)} characters)"
        return visible(f"MCP server {self._server.plan.name}: {self._definition.name} {shown}")

    async def preview(self, arguments: dict[str, Any], workspace: Workspace) -> str:  # noqa: ARG002  another's program says nothing
        """Return nothing: what another program would do is not known."""
        return ""

    def check(self, arguments: dict[str, Any]) -> None:
        """Raise ``ArgumentsInvalid`` unless the arguments fit the schema; before the SDK is there, the call itself checks."""
        if not isinstance(arguments, dict):
            raise ArgumentsInvalid(f"{self.spec.name} takes an object of arguments. Send one.")
        check = self._server.checker(self._definition)
        if check is not None:
            check(arguments)

    async def run(self, call: ToolCall, scope: ToolScope) -> ToolResult:
        """Call it. Raises ``McpUnavailable``, ``McpToolChanged``, ``ArgumentsInvalid``, ``ToolError``."""
        answer = await self._server.call(self._definition, call.arguments or {}, scope.progress)
        return await result_of(answer, self._blobs)
