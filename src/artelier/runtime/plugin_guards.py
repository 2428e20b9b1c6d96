"""What plugins give, behind the port it satisfies: whatever it raises becomes what that port may raise."""

import logging
from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing
from typing import Any

import msgspec

from artelier.domain.calls import Access, ToolCall, ToolResult, ToolSpec
from artelier.domain.errors import ArgumentsInvalid, ProviderError, ToolError
from artelier.domain.models import ModelPiece, ModelRequest
from artelier.ports.provider import ModelStream, Provider
from artelier.ports.router import Earlier, Route, Router
from artelier.ports.tool import Tool, ToolScope
from artelier.ports.workspace import Workspace
from artelier.routing.explicit import mentioned
from artelier.tools.showing import visible
from artelier.tools.touching import EXCLUSIVE

_log = logging.getLogger(__name__)
_BROKEN = (Exception, SystemExit)
"""What a plugin's code may raise; a SystemExit of its must not end the server."""


class GuardedTool:
    """A plugin's tool; ``spec`` is as it was when it was checked. Satisfies the ``Tool`` port."""

    def __init__(self, plugin: str, inner: Tool) -> None:
        self._plugin = plugin
        self._inner = inner
        self.spec: ToolSpec = inner.spec

    def access(self, arguments: dict[str, Any]) -> Access:
        """Return what the call would touch; everything, where the plugin cannot tell."""
        try:
            found: object = self._inner.access(arguments)
        except _BROKEN:
            _log.exception("the tool %s of the plugin %s cannot tell what it touches", self.spec.name, self._plugin)
            return EXCLUSIVE
        return found if isinstance(found, Access) else EXCLUSIVE

    def describe(self, arguments: dict[str, Any]) -> str:
        """Return the effect in one line, everything in it visible."""
        try:
            return visible(str(self._inner.describe(arguments)))
        except _BROKEN:
            _log.exception("the tool %s of the plugin %s cannot tell what it does", self.spec.name, self._plugin)
            return visible(f"{self.spec.name} {arguments!r}")

    async def preview(self, arguments: dict[str, Any], workspace: Workspace) -> str:
        """Return the change to files as a unified diff. Raises a ``ToolError`` where the call would surely fail."""
        try:
            return str(await self._inner.preview(arguments, workspace))
        except ToolError:
            raise
        except _BROKEN:
            _log.exception("the tool %s of the plugin %s cannot foresee what it does", self.spec.name, self._plugin)
            return ""

    def check(self, arguments: dict[str, Any]) -> None:
        """Raise ``ArgumentsInvalid`` unless the arguments fit."""
        try:
            self._inner.check(arguments)
        except ArgumentsInvalid:
            raise
        except _BROKEN as failure:
            raise ArgumentsInvalid(f"{self.spec.name} cannot take these arguments: {type(failure).__name__}: {failure}.") from failure

    async def run(self, call: ToolCall, scope: ToolScope) -> ToolResult:
        """Run the call. Raises a ``ToolError``."""
        try:
            result = await self._inner.run(call, scope)
            return msgspec.convert(msgspec.to_builtins(result), ToolResult)
        except ToolError:
            raise
        except _BROKEN as failure:
            _log.exception("the tool %s of the plugin %s broke", self.spec.name, self._plugin)
            raise ToolError(f"The tool broke, in the plugin {self._plugin}: {type(failure).__name__}: {failure}") from failure


class GuardedProvider:
    """A plugin's source of models. Satisfies the ``Provider`` port."""

    def __init__(self, plugin: str, inner: Provider) -> None:
        self._plugin = plugin
        self._inner = inner

    def stream(self, request: ModelRequest) -> ModelStream:
        """Yield the reply's pieces. Raises a ``ProviderError``."""
        return self._stream(request)

    async def list_models(self) -> tuple[str, ...]:
        """Return the names it offers. Raises a ``ProviderError``."""
        try:
            return tuple(map(str, await self._inner.list_models()))
        except ProviderError:
            raise
        except _BROKEN as failure:
            raise self._broken(failure) from failure

    async def close(self) -> None:
        """Release what it holds; what goes wrong meanwhile is logged."""
        try:
            await self._inner.close()
        except _BROKEN:
            _log.exception("a provider of the plugin %s could not be closed", self._plugin)

    async def _stream(self, request: ModelRequest) -> AsyncGenerator[ModelPiece, None]:
        try:
            async with aclosing(self._inner.stream(request)) as pieces:
                async for piece in pieces:
                    yield piece
        except ProviderError:
            raise
        except _BROKEN as failure:
            raise self._broken(failure) from failure

    def _broken(self, failure: BaseException) -> ProviderError:
        _log.error("a provider of the plugin %s broke", self._plugin, exc_info=failure)
        return ProviderError(f"The model broke, in the plugin {self._plugin}: {type(failure).__name__}: {failure}")


class GuardedRouter:
    """Asks a plugin's router; one that breaks is logged and not asked again. Satisfies the ``Router`` port."""

    def __init__(self, plugin: str, inner: Router) -> None:
        self._plugin = plugin
        self._inner: Router | None = inner

    def route(self, text: str, agents: Collection[str], earlier: Earlier) -> Route | None:
        """Return a sure route to one of these agents, else None."""
        if self._inner is None:
            return None
        try:
            return _taken(self._inner.route(text, agents, earlier), agents)
        except _BROKEN:
            self._inner = None
            _log.exception("a router of the plugin %s broke; it is not asked again until the plugin is loaded anew", self._plugin)
            return None


class RoutersOfPlugins:
    """Asks plugins' routers after what a request itself names, and before ``last``. Satisfies the ``Router`` port."""

    def __init__(self, routers: tuple[Router, ...], last: Router | None) -> None:
        self._routers = routers
        self._last = last

    def route(self, text: str, agents: Collection[str], earlier: Earlier) -> Route | None:
        """Return the first sure route; otherwise what ``last`` says."""
        if mentioned(text, agents) is None:
            for router in self._routers:
                found = router.route(text, agents, earlier)
                if found is not None:
                    return found
        return None if self._last is None else self._last.route(text, agents, earlier)


def _taken(found: Route | None, agents: Collection[str]) -> Route | None:
    if found is None or not found.sure or found.agent not in agents:
        return None
    return Route(found.agent, min(max(float(found.confidence), 0.0), 1.0), "plugin")
