"""Webhooks as a person sees them: added, tested, removed; and a courier for each that is not disabled."""

import asyncio
import random
from collections.abc import Callable

from msgspec import Struct

from artelier.domain.codec import event_types
from artelier.domain.errors import ArtelierError, Conflict, InvalidRequest
from artelier.domain.events import Event
from artelier.domain.frames import Resync
from artelier.ports.bus import Bus, Subscription
from artelier.ports.clock import Clock, Identifiers
from artelier.ports.webhooks import Delivery, Sender, Webhook, WebhookRecord, Webhooks
from artelier.runtime.courier import Courier
from artelier.runtime.webhook_messages import check_message, key_of, new_secret

MOST_WEBHOOKS = 50
"""Of one person."""
AT_ONCE = 16
"""Messages under way for all webhooks together."""


class Wanted(Struct, frozen=True):
    """A webhook that somebody asks for."""

    owner: str
    url: str
    types: frozenset[str] = frozenset()
    sessions: frozenset[str] = frozenset()
    description: str = ""
    secret: str = ""


class Tested(Struct, frozen=True):
    """How a message arrived that was sent to see whether it would."""

    arrived: bool
    status: int | None = None
    error: str = ""


class WebhookDesk:
    """Takes webhooks in and keeps their couriers. The bus is listened to only while there are any."""

    def __init__(
        self,
        store: Webhooks,
        bus: Bus,
        sender: Sender,
        clock: Clock,
        identifiers: Identifiers,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._bus = bus
        self._sender = sender
        self._clock = clock
        self._identifiers = identifiers
        self._chance = chance
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._couriers: dict[str, Courier] = {}
        self._subscription: Subscription | None = None
        self._follower: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Send what is owed. Raises ``StoreError``."""
        for record in await self._store.list_webhooks():
            if record.disabled_at is None:
                self._employ(record.webhook)

    async def stop(self) -> None:
        """Send nothing more; what was under way is sent again at the next start."""
        await self._listen_no_more()
        couriers = tuple(self._couriers.values())
        self._couriers.clear()
        await asyncio.gather(*(courier.stop() for courier in couriers))

    async def add(self, wanted: Wanted) -> WebhookRecord:
        """Take a webhook in. Raises ``InvalidRequest``, ``Conflict``, ``AddressRefused``, ``FetchFailed``."""
        unknown = sorted(wanted.types - frozenset(event_types()))
        if unknown:
            raise InvalidRequest(f"There is no event type {', '.join(unknown)}. There are: {', '.join(event_types())}.")
        secret = wanted.secret or new_secret()
        key_of(secret)
        await self._sender.check(wanted.url)
        if len(await self._store.list_webhooks(wanted.owner)) >= MOST_WEBHOOKS:
            raise Conflict(f"There are {MOST_WEBHOOKS} webhooks already. Remove one that nobody needs.")
        webhook = Webhook(self._identifiers.new(), wanted.owner, wanted.url, secret, wanted.types, wanted.sessions, wanted.description)
        record = await self._store.add_webhook(webhook)
        self._employ(webhook)
        return record

    async def get(self, webhook: str) -> WebhookRecord:
        """Return a webhook. Raises ``NotFound``."""
        return await self._store.get_webhook(webhook)

    async def list(self, owner: str) -> tuple[WebhookRecord, ...]:
        """Return a person's webhooks, oldest first."""
        return await self._store.list_webhooks(owner)

    async def deliveries(self, webhook: str) -> tuple[Delivery, ...]:
        """Return what could not be delivered at once, newest first."""
        return await self._store.list_deliveries(webhook)

    async def remove(self, webhook: str) -> None:
        """Forget a webhook. Raises ``NotFound``."""
        await self._dismiss(webhook)
        await self._store.remove_webhook(webhook)
        if not self._couriers:
            await self._listen_no_more()

    async def test(self, webhook: str) -> Tested:
        """Send a message that tells of nothing; a disabled webhook at which it arrives goes on from where it stood.

        Raises ``NotFound``.
        """
        record = await self._store.get_webhook(webhook)
        message = check_message(record.webhook, f"msg_{self._identifiers.new()}", self._clock.now())
        try:
            receipt = await self._sender.send(message)
        except ArtelierError as failure:
            return Tested(arrived=False, error=failure.message)
        if not 200 <= receipt.status < 300:  # noqa: PLR2004  HTTP's own numbers
            return Tested(arrived=False, status=receipt.status, error=receipt.text)
        if record.disabled_at is not None:
            await self._dismiss(webhook)
            await self._store.enable_webhook(webhook)
            self._employ(record.webhook)
        return Tested(arrived=True, status=receipt.status)

    def _employ(self, webhook: Webhook) -> None:
        if self._follower is None:  # before the first courier looks around, so that it misses nothing
            self._subscription = self._bus.follow_events()
            self._follower = asyncio.create_task(self._follow(self._subscription), name="webhooks")
        self._couriers[webhook.id] = Courier(webhook, self._store, self._sender, self._clock, self._slots, self._chance)

    async def _dismiss(self, webhook: str) -> None:
        courier = self._couriers.pop(webhook, None)
        if courier is not None:
            await courier.stop()

    async def _listen_no_more(self) -> None:
        if self._subscription is not None and self._follower is not None:
            self._subscription.close()
            await self._follower
        self._subscription = self._follower = None

    async def _follow(self, subscription: Subscription) -> None:
        while frames := await subscription.next():
            for frame in frames:
                for courier in self._couriers.values():
                    if isinstance(frame, Resync):
                        courier.search()
                    elif isinstance(frame, Event):
                        courier.hear(frame)
