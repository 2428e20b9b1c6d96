"""Connections by the official SDK (``mcp`` 2.x). Loading it takes a second, so ``runtime.load`` does when a server is configured."""

import base64
import binascii
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any

import httpx2
import mcp_types as types
from anyio import BrokenResourceError, ClosedResourceError
from mcp.client.client import Client
from mcp.client.session import IncomingMessage
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.dispatcher import ProgressFnT
from mcp.shared.exceptions import MCPError
from pydantic import TypeAdapter, ValidationError

from artelier import __version__
from artelier.domain.errors import McpUnavailable, ToolError
from artelier.tools.mcp.bounded_http import BoundedTransport
from artelier.tools.mcp.process import program
from artelier.tools.mcp.schemas import checker
from artelier.tools.mcp.session import Answer, Definition, Listener, PicturePart, ServerPlan, TextPart

PAGES = 50
TOOLS = 1000
"""Tools taken of one server."""
PROGRESS_LINES = 1000
PROGRESS_LENGTH = 500
_CALLED: TypeAdapter[types.CallToolResult | types.InputRequiredResult] = TypeAdapter(types.CallToolResult | types.InputRequiredResult)
_CLOSED = "Connection closed"
"""What the SDK says with a code that servers use for anything."""
_GONE = (BrokenResourceError, ClosedResourceError, httpx2.HTTPError, OSError)


class SdkConnector:
    """Makes connections by the SDK. Satisfies the ``Connector`` seam."""

    @asynccontextmanager
    async def connect(self, plan: ServerPlan, listener: Listener) -> AsyncIterator["SdkSession"]:
        """Connect and greet; to be entered and left in one task. Raises ``McpUnavailable``."""

        async def handle(message: IncomingMessage) -> None:
            if isinstance(message, types.ToolListChangedNotification):
                listener.changed()

        us = types.Implementation(name="artelier", version=__version__)
        client = Client(_transport(plan, listener), client_info=us, message_handler=handle, cache=None)
        try:
            await client.__aenter__()
        except (MCPError, ValidationError, RuntimeError, ExceptionGroup, *_GONE) as failure:
            raise McpUnavailable(f"it could not be greeted: {_reason(failure)}") from failure
        try:
            yield SdkSession(client, plan)
        finally:
            await client.__aexit__(None, None, None)

    def checker(self, schema: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
        """Return what checks arguments. Raises ``ToolError`` for what is no schema."""
        return checker(schema)


class SdkSession:
    """A connection that has been made."""

    def __init__(self, client: Client, plan: ServerPlan) -> None:
        self._client = client
        self._plan = plan

    async def list_tools(self) -> tuple[Definition, ...]:
        """Return what the server offers, page after page. Raises ``McpUnavailable``, ``ToolError``."""
        found: list[Definition] = []
        cursor: str | None = None
        with _translated(self._plan):
            for _ in range(PAGES):
                page = await self._client.list_tools(cursor=cursor)
                found += [_definition(each) for each in page.tools]
                cursor = page.next_cursor
                if not cursor or len(found) >= TOOLS:
                    break
        return tuple({each.name: each for each in found[:TOOLS]}.values())

    async def call(self, name: str, arguments: dict[str, Any], progress: Callable[[str], None]) -> Answer:
        """Call a tool. Raises ``McpUnavailable``, ``ToolError``."""
        request = types.CallToolRequest(params=types.CallToolRequestParams(name=name, arguments=arguments))
        with _translated(self._plan):
            # Not ``call_tool``: it checks answers by the server's own schema, whose expressions could hold up this process.
            result = await self._client.session.send_request(request, _CALLED, progress_callback=_shown(progress))
        if isinstance(result, types.InputRequiredResult):
            raise ToolError(f"The MCP server {self._plan.name} asks for more input, which is not supported. Do without this tool.")
        return Answer(tuple(_part(each) for each in result.content), result.structured_content, bool(result.is_error))


def _definition(tool: types.Tool) -> Definition:
    hints = tool.annotations
    return Definition(
        tool.name, tool.description or "", tool.input_schema, destructive=hints is not None and hints.destructive_hint is True
    )


def _transport(plan: ServerPlan, listener: Listener) -> AbstractAsyncContextManager[Any]:
    return program(plan, listener.lost) if plan.command else _over_http(plan)


@asynccontextmanager
async def _over_http(plan: ServerPlan) -> AsyncIterator[Any]:
    timeout = httpx2.Timeout(plan.connect_seconds, read=plan.call_seconds + plan.connect_seconds)
    async with (
        httpx2.AsyncClient(headers=dict(plan.headers), timeout=timeout, transport=BoundedTransport(), trust_env=False) as http,
        streamable_http_client(plan.url, http_client=http) as streams,
    ):
        yield streams


@contextmanager
def _translated(plan: ServerPlan) -> Iterator[None]:
    """Turn what the SDK raises into our errors."""
    try:
        yield
    except MCPError as failure:
        if failure.code == types.CONNECTION_CLOSED and failure.message == _CLOSED:
            raise _lost(plan, failure) from failure
        raise ToolError(f"The MCP server {plan.name} refuses: {failure.message[:2000]}") from failure
    except _GONE as failure:
        raise _lost(plan, failure) from failure
    except (ValidationError, RuntimeError) as failure:
        raise ToolError(f"The MCP server {plan.name} answered what is no answer: {_reason(failure)}") from failure


def _lost(plan: ServerPlan, failure: Exception) -> McpUnavailable:
    return McpUnavailable(
        f"The MCP server {plan.name} was lost in mid-call ({_reason(failure)}); the call may have taken effect. Look before you repeat it."
    )


def _reason(failure: BaseException) -> str:
    if isinstance(failure, BaseExceptionGroup):
        return _reason(failure.exceptions[0])
    return (str(failure) or type(failure).__name__).replace("\n", " ")[:300]


def _shown(tell: Callable[[str], None]) -> ProgressFnT:
    lines = 0

    async def show(progress: float, total: float | None, message: str | None) -> None:
        nonlocal lines
        lines += 1
        if lines <= PROGRESS_LINES:
            of_all = f"/{total:g}" if total is not None else ""
            tell(f"{progress:g}{of_all} {message or ''}".strip()[:PROGRESS_LENGTH] + "\n")

    return show


def _part(block: types.ContentBlock) -> TextPart | PicturePart:
    match block:
        case types.TextContent():
            return TextPart(block.text)
        case types.ImageContent():
            return _picture(block.data, block.mime_type)
        case types.AudioContent():
            return TextPart(f"[sound that is not kept: {block.mime_type[:100]}]")
        case types.ResourceLink():
            return TextPart(f"[resource {block.name[:200]}: {block.uri[:2000]}]")
        case types.EmbeddedResource(resource=types.TextResourceContents() as inner):
            return TextPart(f"[resource {inner.uri[:2000]}]\n{inner.text}")
        case types.EmbeddedResource(resource=types.BlobResourceContents() as inner):
            kind = inner.mime_type or ""
            return _picture(inner.blob, kind) if kind.startswith("image/") else TextPart(f"[resource {inner.uri[:2000]}: bytes, not kept]")
        case _:
            return TextPart("[a part of a kind that is not known]")


def _picture(data: str, media_type: str) -> TextPart | PicturePart:
    try:
        return PicturePart(base64.b64decode(data, validate=True), media_type)
    except (binascii.Error, ValueError):
        return TextPart("[a picture that cannot be decoded]")
