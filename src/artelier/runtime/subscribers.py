"""Feeds whoever listens to the journal, each at its own pace: none waits for another, and no run waits for any."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable

from cachetools import LRUCache

from artelier.domain.errors import ArtelierError, NotFound
from artelier.domain.events import Event
from artelier.domain.frames import Resync
from artelier.ports.bus import Bus, Subscription
from artelier.ports.journal import Journal
from artelier.ports.subscriber import Subscriber

LONGEST_QUEUE = 1000
"""Events that wait for a slow subscriber; beyond them it reads on from the journal."""
SESSIONS_KEPT = 10_000
_AT_ONCE = 200
_log = logging.getLogger(__name__)


class Subscribers:
    """All that listen in this process; they can be replaced while events come. Nothing is listened to while there are none."""

    def __init__(self, bus: Bus, journal: Journal) -> None:
        self._bus = bus
        self._journal = journal
        self._feeds: tuple[_Feed, ...] = ()
        self._told: LRUCache[str, int] = LRUCache(SESSIONS_KEPT)
        self._subscription: Subscription | None = None
        self._follower: asyncio.Task[None] | None = None

    def set(self, subscribers: Iterable[Subscriber]) -> None:
        """Feed these from now on. One that was fed before goes on where it is; one that is gone is told nothing more."""
        before = {id(feed.subscriber): feed for feed in self._feeds}
        self._feeds = tuple(before.pop(id(each)) if id(each) in before else _Feed(each, self._journal) for each in subscribers)
        for feed in before.values():
            feed.end()
        if self._feeds and self._follower is None:
            self._subscription = self._bus.follow_events()
            self._follower = asyncio.create_task(self._follow(self._subscription), name="subscribers")
        elif not self._feeds and self._subscription is not None:
            self._subscription.close()
            self._subscription = self._follower = None

    async def stop(self) -> None:
        """Feed nobody any more; what waits is left out."""
        feeds, follower = self._feeds, self._follower
        self.set(())
        await asyncio.gather(*(feed.task for feed in feeds), *((follower,) if follower is not None else ()), return_exceptions=True)

    async def _follow(self, subscription: Subscription) -> None:
        while frames := await subscription.next():
            for frame in frames:
                if isinstance(frame, Event):
                    self._told[frame.session] = frame.seq
                    for feed in self._feeds:
                        feed.offer(frame)
                elif isinstance(frame, Resync):
                    self._catch_up()

    def _catch_up(self) -> None:
        """Send everybody to the journal for the sessions that are known to have gone on; of others nobody knows."""
        behind = {session: seq for session, seq in self._told.items() if self._bus.newest(session) > seq}
        names = ", ".join(feed.name for feed in self._feeds)
        _log.warning("events came too fast: %s read %d sessions on, and may have missed sessions that began just now", names, len(behind))
        for session, seq in behind.items():
            self._told[session] = self._bus.newest(session)
            for feed in self._feeds:
                feed.read_on(session, seq, self._bus.newest(session))


class _Feed:
    """One subscriber with what waits for it: events, and sessions that it reads on from the journal instead."""

    def __init__(self, subscriber: Subscriber, journal: Journal) -> None:
        self.subscriber = subscriber
        self.name = subscriber.name
        self._types = frozenset(subscriber.types)
        self._journal = journal
        self._waiting: deque[Event] = deque()
        self._behind: dict[str, int] = {}
        self._newest: dict[str, int] = {}
        self._some = asyncio.Event()
        self.task = asyncio.create_task(self._feed(), name=f"subscriber {self.name}")

    def end(self) -> None:
        """Tell it nothing more."""
        self.task.cancel()

    def offer(self, event: Event) -> None:
        """Let an event wait for it; where too many wait, all of them are read from the journal later."""
        if self._types and event.type not in self._types:
            return
        if event.session in self._behind:
            self._newest[event.session] = event.seq
            return
        self._waiting.append(event)
        self._some.set()
        if len(self._waiting) > LONGEST_QUEUE:
            waiting, self._waiting = self._waiting, deque()
            for each in waiting:
                self.read_on(each.session, each.seq - 1, each.seq)

    def read_on(self, session: str, after: int, newest: int) -> None:
        """Take a session's events after this one from the journal, up to the newest at least."""
        kept = [each for each in self._waiting if each.session != session]
        if len(kept) < len(self._waiting):
            after = min(after, next(each.seq for each in self._waiting if each.session == session) - 1)
            self._waiting = deque(kept)
        self._behind.setdefault(session, after)
        self._newest[session] = newest
        self._some.set()

    async def _feed(self) -> None:
        while True:
            await self._some.wait()
            self._some.clear()
            while self._waiting or self._behind:
                if self._waiting:
                    events = tuple(self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting))))
                    await self._give(events)
                else:
                    await self._give_behind(next(iter(self._behind)))

    async def _give_behind(self, session: str) -> None:
        """Read a session on to its end; it stands in ``_behind`` until then, so that nothing comes between."""
        after = self._behind[session]
        try:
            while True:
                events = await self._journal.read(session, after, _AT_ONCE)
                if events:
                    after = events[-1].seq
                    wanted = tuple(event for event in events if not self._types or event.type in self._types)
                    if wanted:
                        await self._give(wanted)
                elif self._newest.get(session, 0) <= after:
                    break
        except NotFound:
            _log.info("subscriber %s: session %s was removed before it was read", self.name, session)
        except ArtelierError as failure:
            _log.warning("subscriber %s loses the events of session %s after %d: %s", self.name, session, after, failure)
        del self._behind[session]
        self._newest.pop(session, None)

    async def _give(self, events: tuple[Event, ...]) -> None:
        try:
            await self.subscriber.receive(events)
        except Exception:  # noqa: BLE001  it is another's code: whatever it raises is its own loss, and is told
            first, last = events[0], events[-1]
            lost = f"{len(events)} events, from {first.session}/{first.seq} to {last.session}/{last.seq}"
            _log.exception("subscriber %s broke and loses %s", self.name, lost)
