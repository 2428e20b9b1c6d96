"""Brings events to one webhook: in order within a session, at least once, until they arrive or are given up.

What is owed is read from the store: the head of each session against the webhook's cursor. The bus only says that it is
worth looking; what it does not say is found at the start, and now and then.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from artelier.domain.errors import ArtelierError, NotFound
from artelier.domain.events import Event
from artelier.ports.clock import Clock
from artelier.ports.webhooks import Behind, Delivery, Sender, Webhook, Webhooks
from artelier.runtime.webhook_messages import event_message

_log = logging.getLogger(__name__)
SESSIONS_AT_ONCE = 4
"""Sessions of which one webhook is told at the same time."""
LOOK_SECONDS = 300.0
"""Between two looks at everything that is owed, beside those that the bus asks for."""
LONGEST_TRYING = timedelta(days=3)
"""After so long an event is given up; a webhook to which nothing came through for so long is disabled."""
FIRST_PAUSE, GROWTH, LONGEST_PAUSE = 5.0, 3.0, 12 * 3600.0
LONGEST_WANTED_PAUSE = 6 * 3600.0
"""A longer ``Retry-After`` is cut to this."""
_STORE_PAUSE = timedelta(seconds=5)
_EVENTS_AT_ONCE = 50
_SESSIONS_A_PAGE = 500
_GONE = 410
_SHOWN = 200


def pause_after(attempts: int, chance: float, wanted: float | None = None) -> float:
    """Return the seconds until the next try: 5 s, 15 s, 45 s ... 12 h, each a fifth more or less, and never less than was asked for.

    ``chance`` is between 0 and 1, ``wanted`` what the other side said in ``Retry-After``.
    """
    pause = min(FIRST_PAUSE * GROWTH ** min(attempts - 1, 20), LONGEST_PAUSE) * (0.8 + 0.4 * chance)
    return max(pause, min(wanted or 0.0, LONGEST_WANTED_PAUSE))


class Failure(Struct, frozen=True):
    """Why a message did not arrive."""

    error: str
    gone: bool = False
    wanted_pause: float | None = None


class Courier:
    """Works for one webhook until it is stopped, or the webhook disabled.

    ``slots`` bounds what is under way for all webhooks together, ``chance`` gives numbers between 0 and 1.
    """

    def __init__(
        self, webhook: Webhook, store: Webhooks, sender: Sender, clock: Clock, slots: asyncio.Semaphore, chance: Callable[[], float]
    ) -> None:
        self._webhook = webhook
        self._store = store
        self._sender = sender
        self._clock = clock
        self._slots = slots
        self._chance = chance
        self._due: dict[str, None] = {}
        self._later: dict[str, datetime] = {}
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._must_search = True
        self._ended = False
        self._task = asyncio.create_task(self._work(), name=f"webhook {webhook.id}")

    def hear(self, event: Event) -> None:
        """Take notice of an event that was stored."""
        if self._webhook.types and event.type not in self._webhook.types:
            return
        if event.session not in self._later:
            self._due[event.session] = None
            self._wake.set()

    def search(self) -> None:
        """Look at everything that is owed: some events were not heard of."""
        self._must_search = True
        self._wake.set()

    async def stop(self) -> None:
        """Begin nothing more, and let go of what is under way: it is sent again next time."""
        self._ended = True
        tasks = (self._task, *self._busy.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self) -> None:
        while not self._ended:
            self._wake.clear()
            try:
                if self._must_search:
                    await self._search()
            except NotFound:  # it was removed
                return
            except ArtelierError as failure:
                _log.warning("what is owed to webhook %s could not be read, trying again: %s", self._webhook.id, failure)
            self._begin()
            await self._rest()

    async def _search(self) -> None:
        after = ""
        while page := await self._store.list_behind(self._webhook.id, after, _SESSIONS_A_PAGE):
            for behind in page:
                self._take_in(behind)
            skipped = tuple((behind.session, behind.head) for behind in page if not behind.wanted)
            if skipped:
                await self._store.skip(self._webhook.id, skipped)
            after = page[-1].session
        self._must_search = False

    def _take_in(self, behind: Behind) -> None:
        if not behind.wanted:
            return
        if behind.delivery is not None and behind.delivery.next_at is not None:
            self._later[behind.session] = behind.delivery.next_at
        else:
            self._due[behind.session] = None

    def _begin(self) -> None:
        now = self._clock.now()
        for session in [each for each, at in self._later.items() if at <= now]:
            del self._later[session]
            self._due[session] = None
        for session in [each for each in self._due if each not in self._busy][: SESSIONS_AT_ONCE - len(self._busy)]:
            del self._due[session]
            self._busy[session] = asyncio.create_task(self._bring(session))

    async def _rest(self) -> None:
        """Wait until something is heard, something is due, or it is time to look at everything."""
        waiters = (asyncio.ensure_future(self._wake.wait()), asyncio.ensure_future(self._sleep()))
        try:
            await asyncio.wait(waiters, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiter in waiters:
                waiter.cancel()

    async def _sleep(self) -> None:
        # How long is judged in the moment in which sleep begins: the clock may move between two moments.
        pause = LOOK_SECONDS if not self._must_search else _STORE_PAUSE.total_seconds()
        if self._later:
            pause = min(pause, max(0.0, (min(self._later.values()) - self._clock.now()).total_seconds()))
        await self._clock.sleep(pause)
        self._must_search = self._must_search or pause == LOOK_SECONDS

    async def _bring(self, session: str) -> None:
        try:
            await self._bring_all(session)
        except NotFound:  # the webhook or the session was removed
            return
        except ArtelierError as failure:
            _log.warning("webhook %s waits for the store: %s", self._webhook.id, failure)
            self._later[session] = self._clock.now() + _STORE_PAUSE
        except Exception:  # noqa: BLE001  whatever it is, the others go on and this is tried again
            _log.exception("a delivery to webhook %s broke", self._webhook.id)
            self._later[session] = self._clock.now() + _STORE_PAUSE
        finally:
            self._busy.pop(session, None)
            self._wake.set()

    async def _bring_all(self, session: str) -> None:
        behind = await self._store.look_behind(self._webhook.id, session)
        if behind is None or not behind.wanted:
            return
        seq, before = behind.seq, behind.delivery
        if before is not None and before.next_at is not None and before.next_at > self._clock.now():
            self._later[session] = before.next_at
            return
        while events := await self._store.list_untold(self._webhook.id, session, seq, _EVENTS_AT_ONCE):
            for event in events:
                if self._ended or not await self._bring_one(event, before):
                    return
                seq, before = event.seq, None

    async def _bring_one(self, event: Event, before: Delivery | None) -> bool:
        """Send an event; whether the next one may follow."""
        async with self._slots:
            failure = await self._send(event)
        if failure is None:
            await self._store.settle_delivered(self._webhook.id, event.session, event.seq)
            return True
        return await self._failed(event, before, failure)

    async def _send(self, event: Event) -> Failure | None:
        try:
            receipt = await self._sender.send(event_message(self._webhook, event, self._clock.now()))
        except ArtelierError as failure:
            return Failure(failure.message)
        if 200 <= receipt.status < 300:  # noqa: PLR2004  HTTP's own numbers
            return None
        words = "a redirect, which is not followed" if 300 <= receipt.status < 400 else receipt.text[:_SHOWN].strip()  # noqa: PLR2004
        return Failure(f"It answered {receipt.status}: {words}".rstrip(": "), receipt.status == _GONE, receipt.retry_after)

    async def _failed(self, event: Event, before: Delivery | None, failure: Failure) -> bool:
        now = self._clock.now()
        attempts, first_at = (1, now) if before is None else (before.attempts + 1, before.first_at)
        next_at = now + timedelta(seconds=pause_after(attempts, self._chance(), failure.wanted_pause))
        delivery = Delivery(self._webhook.id, event.session, event.seq, event.type, attempts, first_at, failure.error, next_at)
        record = await self._store.settle_failed(delivery)
        if record is None:
            return False
        if failure.gone:
            await self._disable("It answered 410: nobody is there any more.")
        elif record.failing_since is not None and now - record.failing_since >= LONGEST_TRYING:
            await self._disable(f"Nothing has come through for {LONGEST_TRYING.days} days: {failure.error}")
        elif now - first_at >= LONGEST_TRYING:
            _log.warning("webhook %s: event %s of session %s is given up", self._webhook.id, event.seq, event.session)
            await self._store.settle_failed(msgspec.structs.replace(delivery, next_at=None))
            return True
        else:
            self._later[event.session] = next_at
        return False

    async def _disable(self, reason: str) -> None:
        self._ended = True
        await self._store.disable_webhook(self._webhook.id, reason)
        _log.warning("webhook %s is disabled: %s", self._webhook.id, reason)
