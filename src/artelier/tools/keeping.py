"""A tool whose results answer equal calls again for a while: the port wrapped.

For what lies outside, such as pages and searches, where nothing tells of a change; results about files are checked
on each use instead, by the workspace.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec

from artelier.domain.calls import Access, ResultStatus, ToolCall, ToolResult, ToolSpec
from artelier.ports.cache import Cache
from artelier.ports.tool import Tool, ToolScope
from artelier.ports.workspace import Workspace

CACHED = "cached"
_ENCODER = msgspec.json.Encoder(order="sorted")
_RESULT = msgspec.json.Decoder(ToolResult)


class KeptTool:
    """``inner`` with its results kept in ``cache`` for ``inner.spec.keep_seconds``; failures are never kept."""

    def __init__(self, inner: Tool, cache: Cache) -> None:
        self._inner = inner
        self._cache = cache
        self._kind = f"{inner.spec.name}:{_digest((inner.spec.parameters, inner.spec.keep_from))}"

    @property
    def spec(self) -> ToolSpec:
        """Name, schema and properties of the tool itself."""
        return self._inner.spec

    def access(self, arguments: dict[str, Any]) -> Access:
        """Return what this call would touch."""
        return self._inner.access(arguments)

    def describe(self, arguments: dict[str, Any]) -> str:
        """Return the exact effect in one line."""
        return self._inner.describe(arguments)

    async def preview(self, arguments: dict[str, Any], workspace: Workspace) -> str:
        """Return the change to files that this call would make."""
        return await self._inner.preview(arguments, workspace)

    def check(self, arguments: dict[str, Any]) -> None:
        """Raise ``ArgumentsInvalid`` unless the arguments fit the schema."""
        self._inner.check(arguments)

    async def run(self, call: ToolCall, scope: ToolScope) -> ToolResult:
        """Give what is kept, or run the call and keep what came of it. Raises a ``ToolError``."""
        key = f"tool:{self._kind}:{_digest((scope.owner, call.arguments))}"
        kept = _read(await self._cache.get(key))
        if kept is not None:
            return msgspec.structs.replace(kept, source=CACHED)
        result = await self._inner.run(call, scope)
        if result.status is ResultStatus.DONE and not result.files:
            await self._cache.put(key, _ENCODER.encode(result), self.spec.keep_seconds)
        return result


def kept(tools: Iterable[Tool], cache: Cache | None) -> tuple[Tool, ...]:
    """Return the tools, those whose results may be kept with the cache before them where there is one."""
    return tuple(KeptTool(tool, cache) if cache is not None and tool.spec.keep_seconds > 0 else tool for tool in tools)


def _read(entry: bytes | None) -> ToolResult | None:
    try:
        return None if entry is None else _RESULT.decode(entry)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _digest(value: Any) -> str:
    return hashlib.blake2b(_ENCODER.encode(value), digest_size=16).hexdigest()
