"""Messages that leave by POST: through the guard, each over a connection of its own, judged again each time."""

import asyncio

import aiohttp
from yarl import URL

from artelier.domain.errors import FetchFailed
from artelier.network.client import exchanged, reason_of, shown, wanted_pause
from artelier.network.guard import AddressGuard
from artelier.network.urls import checked_url
from artelier.ports.webhooks import Message, Receipt

_KEPT = 500
"""Bytes of an answer that are kept, to be shown where it is a refusal."""


class GuardedSender:
    """Sends through an ``AddressGuard``. Satisfies the ``Sender`` port."""

    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard

    async def check(self, url: str) -> None:
        """See ``Sender.check``."""
        checked = checked_url(url)
        await self._guard.addresses(checked.host or "", checked.port or 0)

    async def send(self, message: Message) -> Receipt:
        """See ``Sender.send``."""
        url = checked_url(message.url)
        try:
            async with asyncio.timeout(message.seconds):
                return await self._send(url, message)
        except TimeoutError as failure:
            raise FetchFailed(f"{shown(url)} did not answer within {message.seconds:g} s.") from failure
        except (aiohttp.ClientError, OSError, ValueError) as failure:
            raise FetchFailed(f"{shown(url)} could not be reached: {reason_of(failure)}.") from failure

    async def _send(self, url: URL, message: Message) -> Receipt:
        addresses = await self._guard.addresses(url.host or "", url.port or 0)
        async with exchanged("POST", url, addresses, dict(message.headers), message.body) as response:
            pause = wanted_pause(response.headers.get("Retry-After", ""))
            # Who has taken a message has taken it, however long the rest of the answer is in coming.
            beginning = b"" if response.ok else await response.content.read(_KEPT)
            return Receipt(response.status, pause, beginning.decode("utf-8", errors="replace"))
