"""The MCP server behind ``/mcp``: the SDK's low-level server and its streamable HTTP, over our handlers.

Loaded by the first request, since the SDK takes long to import. What is kept in memory is in docs/decisions/0044.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.context import CallNext, HandlerResult
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    CancelledNotificationParams,
    InputRequiredResult,
    ListToolsResult,
    PaginatedRequestParams,
)
from pydantic import ValidationError
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from artelier import __version__
from artelier.api.mcp import resources
from artelier.api.mcp.calling import call_tool
from artelier.api.mcp.context import PERSON, Context, house_in
from artelier.api.mcp.offering import tools_of
from artelier.api.mcp.running import SESSION_HEADER, Running
from artelier.domain.errors import ArtelierError, InvalidRequest, NotFound, PathRefused, ToolError

_log = logging.getLogger(__name__)
MOST_CLIENTS = 1000
"""Clients of the revisions with a handshake at once."""
IDLE_SECONDS = 30 * 60.0
"""How long such a client may be silent before it has to greet again."""
_INSTRUCTIONS = (
    "Each tool gives a task to an agent, which works in a folder by itself and answers when it is done; `auto` chooses one. "
    "Give the session_id of a result to go on with its conversation. A result whose status is `waiting` needs the person: "
    "tell them what it says, and never answer in their place."
)


class Door:
    """An MCP server with its clients."""

    def __init__(self) -> None:
        self._running = Running()
        self._manager = StreamableHTTPSessionManager(_server(self._running), session_idle_timeout=IDLE_SECONDS, max_sessions=MOST_CLIENTS)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Serve until the block ends."""
        async with self._manager.run():
            yield

    async def answer(self, person: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request of this person. A client's connection belongs to the person who made it."""
        scope[PERSON] = person
        if scope["method"] == "DELETE":
            self._running.leaves(Headers(scope=scope).get(SESSION_HEADER, ""))
        scope["user"] = AuthenticatedUser(AccessToken(token="", client_id=person, scopes=[]))
        await self._manager.handle_request(scope, receive, send)

    def stop(self) -> None:
        """Note that the server stops: calls that end now leave their runs as they are."""
        self._running.stops = True


def _server(running: Running) -> Server[Any]:
    async def list_tools(context: Context, _params: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=tools_of(house_in(context).agents))

    async def call(context: Context, params: CallToolRequestParams) -> CallToolResult | InputRequiredResult:
        return await call_tool(context, params, running)

    server: Server[Any] = Server(
        "artelier",
        version=__version__,
        title="Artelier",
        description="Agents that work in a folder.",
        instructions=_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call,
        on_list_resources=resources.list_resources,
        on_list_resource_templates=resources.list_templates,
        on_read_resource=resources.read_resource,
        on_completion=resources.complete,
    )
    server.add_notification_handler("notifications/cancelled", CancelledNotificationParams, running.cancel)
    server.middleware.append(_in_its_words)
    return server


async def _in_its_words(ctx: Context, call_next: CallNext) -> HandlerResult:
    """Tell our errors as the protocol's, and nobody what broke inside."""
    try:
        return await call_next(ctx)
    except (MCPError, ValidationError):
        raise
    except ArtelierError as failure:
        is_theirs = isinstance(failure, InvalidRequest | NotFound | PathRefused | ToolError)
        raise MCPError(INVALID_PARAMS if is_theirs else INTERNAL_ERROR, failure.message, {"code": failure.code}) from failure
    except Exception as failure:
        _log.exception("a message of an MCP client broke")
        raise MCPError(INTERNAL_ERROR, "The server broke on this request; its log has the trace.") from failure
