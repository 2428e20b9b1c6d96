"""The bus within one process: who listens hears what was stored and what is being said."""

import asyncio
from collections import deque

from cachetools import LRUCache

from artelier.domain.events import (
    Event,
    ModelFailed,
    ModelReplied,
    RunCancelled,
    RunFailed,
    RunFinished,
    RunStarted,
    RunWaiting,
    SessionOpened,
    ToolFinished,
)
from artelier.domain.frames import DelegateFrame, Delta, DeltaKind, Frame, ReplySoFar, Resync

SESSIONS_KEPT = 10_000
"""Sessions whose newest sequence is remembered."""
LONGEST_QUEUE = 2000
"""Frames a slow reader may lag behind before it is told to read the journal instead."""
PROGRESS_KEPT = 50_000
"""Characters of one call's output that are kept for readers who join in the middle: the newest."""
_SETTLING = ModelReplied | ModelFailed | RunStarted | RunWaiting | RunFinished | RunFailed | RunCancelled
"""Events after which what was said before them is stored, or void."""
_Spoken = dict[tuple[DeltaKind, str], ReplySoFar]


class LocalSubscription:
    """One reader's queue."""

    def __init__(self, leave: "_Leave", first: tuple[Frame, ...] = ()) -> None:
        self._frames: deque[Frame] = deque(first)
        self._some = asyncio.Event()
        self._leave = leave
        self._heard = 0
        self._patience: asyncio.TimerHandle | None = None
        self.closed = False
        if first:
            self._some.set()

    def put(self, frame: Frame) -> None:
        """Queue a frame; a reader too far behind gets a ``Resync`` in place of all it missed."""
        if len(self._frames) >= LONGEST_QUEUE:
            self._frames.clear()
            self._frames.append(Resync())
        self._frames.append(frame)
        self._heard += 1
        self._some.set()

    def close(self) -> None:
        """Leave the bus; what was queued can still be taken."""
        self.closed = True
        if self._patience is not None:
            self._patience.cancel()
        self._leave(self)
        self._some.set()

    async def next(self, patience: float | None = None) -> tuple[Frame, ...]:
        """Wait until there is something and return all of it; empty when closed, or when nothing came for ``patience`` seconds."""
        if patience is not None and self._patience is None:
            self._watch(patience)
        await self._some.wait()
        frames = tuple(self._frames)
        self._frames.clear()
        if not self.closed:
            self._some.clear()
        return frames

    def _watch(self, patience: float) -> None:
        """Look once each ``patience`` seconds whether the reader was left without a word: one timer a reader, none a frame."""
        loop, heard = asyncio.get_running_loop(), self._heard

        def look() -> None:
            nonlocal heard
            if heard == self._heard:
                self._some.set()
            heard = self._heard
            self._patience = loop.call_later(patience, look)

        self._patience = loop.call_later(patience, look)


class _Leave:
    """Takes a subscription out of the set it stands in."""

    def __init__(self, readers: dict[str, set[LocalSubscription]], topic: str) -> None:
        self._readers = readers
        self._topic = topic

    def __call__(self, subscription: LocalSubscription) -> None:
        readers = self._readers.get(self._topic, set())
        readers.discard(subscription)
        if not readers:
            self._readers.pop(self._topic, None)


class LocalBus:
    """Bus for one process. It keeps what each run has said of its present step, for readers who join in the middle."""

    def __init__(self) -> None:
        self._readers: dict[str, set[LocalSubscription]] = {}
        self._spoken: dict[str, _Spoken] = {}
        self._newest: LRUCache[str, int] = LRUCache(SESSIONS_KEPT)
        self._roots: LRUCache[str, str] = LRUCache(SESSIONS_KEPT)

    def tell(self, events: tuple[Event, ...]) -> None:
        """Tell the readers of a session about events that are durable."""
        if events:
            self._newest[events[-1].session] = events[-1].seq
        for event in events:
            self._forget_spoken(event)
            if isinstance(event.payload, SessionOpened) and event.payload.parent is not None:
                self.adopt(event.session, event.payload.parent.root)
            for topic in (event.session, ""):
                for reader in self._readers.get(topic, ()):
                    reader.put(event)
            self._pass_up(event.session, event)

    def pass_on(self, delta: Delta) -> None:
        """Pass a delta to the readers of its session."""
        self._remember_spoken(delta)
        for reader in self._readers.get(delta.session, ()):
            reader.put(delta)
        self._pass_up(delta.session, delta)

    def adopt(self, session: str, root: str) -> None:
        """Show the frames of a delegated session to the readers of ``root`` as well."""
        self._roots[session] = root

    def newest(self, session: str) -> int:
        """Return the sequence of the newest event told of a session, 0 where that is not known."""
        return self._newest.get(session, 0)

    def follow_session(self, session: str) -> LocalSubscription:
        """Listen to one session: what its run has said so far of the present step, then everything as it comes."""
        return self._join(session, tuple(self._spoken.get(session, {}).values()))

    def follow_events(self) -> LocalSubscription:
        """Listen to the events of all sessions."""
        return self._join("", ())

    def close(self) -> None:
        """End every subscription: the server is stopping."""
        for readers in [*self._readers.values()]:
            for reader in [*readers]:
                reader.close()

    def _pass_up(self, session: str, frame: Event | Delta) -> None:
        root = self._roots.get(session)
        if root is not None:
            for reader in self._readers.get(root, ()):
                reader.put(DelegateFrame(root, frame))

    def _join(self, topic: str, first: tuple[Frame, ...]) -> LocalSubscription:
        subscription = LocalSubscription(_Leave(self._readers, topic), first)
        self._readers.setdefault(topic, set()).add(subscription)
        return subscription

    def _remember_spoken(self, delta: Delta) -> None:
        spoken = self._spoken.setdefault(delta.session, {})
        newest = next(iter(spoken.values()), None)
        if (
            newest is not None
            and delta.kind is not DeltaKind.PROGRESS
            and (delta.run, delta.step, delta.attempt) != (newest.run, newest.step, newest.attempt)
        ):
            spoken.clear()
        before = spoken.get((delta.kind, delta.call))
        text, offset = (delta.text, 0) if before is None else (before.text + delta.text, before.offset)
        if delta.kind is DeltaKind.PROGRESS and len(text) > PROGRESS_KEPT:
            offset += len(text) - PROGRESS_KEPT
            text = text[-PROGRESS_KEPT:]
        spoken[delta.kind, delta.call] = ReplySoFar(
            delta.session, delta.run, delta.step, delta.attempt, delta.kind, offset, text, delta.call, delta.name
        )

    def _forget_spoken(self, event: Event) -> None:
        if isinstance(event.payload, _SETTLING):
            self._spoken.pop(event.session, None)
        elif isinstance(event.payload, ToolFinished):
            self._spoken.get(event.session, {}).pop((DeltaKind.PROGRESS, event.payload.call), None)
