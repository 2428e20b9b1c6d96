"""The calls at work in this process, so that a client's word can cancel their runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from mcp_types import CancelledNotificationParams
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from artelier.api.answering import Talk
from artelier.api.mcp.context import Context, request_of

SESSION_HEADER = "mcp-session-id"
_WHY = "The MCP client cancelled its call."
_LATE_SECONDS = 5.0
"""How long a call that was ended is remembered: the notification that ended it is handed on after it has ended."""


class Started:
    """A call: the run that it waits for once that is known, and whether it was cancelled."""

    def __init__(self) -> None:
        self._talk: Talk | None = None
        self._is_cancelled = False

    async def waits_for(self, talk: Talk) -> None:
        """Note the run; it is cancelled where the call was already."""
        self._talk = talk
        if self._is_cancelled:
            await self.cancel()

    async def cancel(self) -> None:
        """Cancel the run, which does nothing to one that has ended."""
        self._is_cancelled = True
        if self._talk is not None:
            await self._talk.house.service.cancel(self._talk.run, self._talk.person, _WHY)


class Running:
    """Which run each call of each client waits for.

    In the revisions with a handshake a notification cancels a call, or the client's leave does, and a connection that breaks
    does not. In the one without, the closed stream is the word:
    https://modelcontextprotocol.io/specification/2026-07-28/basic/transports.
    """

    def __init__(self) -> None:
        self._started: dict[tuple[str, str], Started] = {}
        self._leaving: set[str] = set()
        self.stops = False
        """Whether the server is stopping: what ends now ends by us, and its run goes on after the next start."""

    @asynccontextmanager
    async def cancellable(self, context: Context) -> AsyncIterator[Started]:
        """Cancel the call's run when its client cancels the call before the block ends."""
        started, client = Started(), request_of(context).headers.get(SESSION_HEADER, "")
        by_stream = context.protocol_version in MODERN_PROTOCOL_VERSIONS
        key, remembered = (client, str(context.request_id)), 0.0
        if not by_stream:
            self._started[key] = started
        try:
            yield started
        except anyio.get_cancelled_exc_class():
            remembered = _LATE_SECONDS
            if not self.stops and (by_stream or client in self._leaving):
                with anyio.CancelScope(shield=True):
                    await started.cancel()
            raise
        finally:
            asyncio.get_running_loop().call_later(remembered, self._forget, key, started)

    async def cancel(self, context: Context, params: CancelledNotificationParams) -> None:
        """Cancel the run of the call that a notification names; calls of other clients are not in reach."""
        started = self._started.get((request_of(context).headers.get(SESSION_HEADER, ""), str(params.request_id)))
        if started is not None:
            with anyio.CancelScope(shield=True):
                await started.cancel()

    def leaves(self, client: str) -> None:
        """Note that a client ends its connection, which ends its calls."""
        self._leaving.add(client)
        asyncio.get_running_loop().call_later(_LATE_SECONDS, self._leaving.discard, client)

    def _forget(self, key: tuple[str, str], started: Started) -> None:
        if self._started.get(key) is started:
            del self._started[key]
