"""Following a session: events in order and without a gap, pieces of replies while they are written.

The bus tells what comes; where it cannot (a reader who joins late, or was too slow) the journal fills in. What a piece says
of a reply that is stored already is left out, so no text comes twice. Every protocol reads sessions through this.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from datetime import datetime

from artelier.domain.events import (
    ApprovalAsked,
    BudgetReached,
    Event,
    ModelFailed,
    ModelReplied,
    RunCancelled,
    RunFailed,
    RunFinished,
    RunStarted,
    RunWaiting,
)
from artelier.domain.frames import DelegateFrame, Delta, DeltaKind, Frame, Resync
from artelier.domain.routes import ClarificationAsked
from artelier.domain.runs import WaitReason
from artelier.runtime.house import House
from artelier.runtime.waiting import stands_still

HEARTBEAT_SECONDS = 15.0
PAGE = 500
_FOR_A_PERSON = frozenset({WaitReason.PERSON, WaitReason.BUDGET})
_RESTS = RunFinished | RunFailed | RunCancelled | RunWaiting


class _Place:
    """How far one reader has come in one session."""

    def __init__(self, house: House, session: str, after: int) -> None:
        self._house = house
        self._session = session
        self.seq = after
        self.rested: set[str] = set()
        """Runs that have ended, or wait for a person, by what has passed so far."""
        self._settled: dict[tuple[str, int], int] = {}
        self._delegating: set[str] = set()
        self._asked = False

    async def history(self) -> AsyncIterator[list[Event]]:
        """Yield what the journal holds beyond the reader's place."""
        while events := await self._house.store.read(self._session, self.seq, PAGE):
            for event in events:
                self._pass(event)
            yield list(events)
            if len(events) < PAGE:
                return

    async def passed(self, frames: tuple[Frame, ...]) -> list[Frame]:
        """Return what of these frames is new to the reader; gaps are filled from the journal."""
        passed: list[Frame] = []
        for frame in frames:
            if isinstance(frame, Delta):
                if not self._is_settled(frame):
                    passed.append(frame)
            elif isinstance(frame, DelegateFrame):
                self._pass_delegated(frame.frame)
                passed.append(frame)
            elif isinstance(frame, Resync):
                passed.append(frame)
                passed += [event async for events in self.history() for event in events]
            elif frame.seq == self.seq + 1:
                self._pass(frame)
                passed.append(frame)
            elif frame.seq > self.seq:
                passed += [event async for events in self.history() for event in events]
        return passed

    def _pass(self, event: Event) -> None:
        self.seq = event.seq
        if isinstance(event.payload, ModelReplied | ModelFailed):
            self._settled[event.run, event.payload.step] = event.payload.attempt
        elif isinstance(event.payload, RunStarted):
            self.rested.discard(event.run)
        elif isinstance(event.payload, RunWaiting) and event.payload.reason is WaitReason.DELEGATE:
            self._delegating.add(event.run)
            if self._asked:
                self.rested.add(event.run)
        elif isinstance(event.payload, _RESTS) and getattr(event.payload, "reason", "") != WaitReason.MODEL:
            self.rested.add(event.run)

    def _pass_delegated(self, frame: Event | Delta) -> None:
        """Note a question of a delegated session: the reader's run waits for it."""
        if isinstance(frame, Event) and isinstance(frame.payload, ApprovalAsked | BudgetReached | ClarificationAsked):
            self._asked = True
            self.rested |= self._delegating

    def _is_settled(self, delta: Delta) -> bool:
        return delta.kind is not DeltaKind.PROGRESS and self._settled.get((delta.run, delta.step), -1) >= delta.attempt


async def followed(
    house: House, session: str, after: int, run: str = "", known: tuple[Event, ...] = ()
) -> AsyncGenerator[list[Frame] | list[Event], None]:
    """Yield a session's events after a place and everything that follows, until the reader leaves; an empty list each 15 quiet seconds.

    With ``run`` it ends by itself once that run has ended or waits for a person, or stands behind one that does; at once where
    it does so already. ``known``: the events right after the place, where the caller has them, to spare a reading of the journal.
    """
    subscription = house.bus.follow_session(session)
    place = _Place(house, session, after)
    try:
        # Looked at before the journal is read, which then holds all that led to it.
        still = bool(run) and not _begins(run, known) and await stands_still(house.store, run)
        if known:
            yield await place.passed(known)
        if not known or house.bus.newest(session) != place.seq:
            async for events in place.history():
                yield events
        still = still or (run in place.rested and await stands_still(house.store, run))
        while not still:
            frames = await subscription.next(HEARTBEAT_SECONDS)
            if not frames and subscription.closed:
                return
            passed = await place.passed(frames)
            # What passed may be of a moment ago: a run that was answered since goes on.
            still = bool(run) and (run in place.rested or any(map(_waits, frames))) and await stands_still(house.store, run)
            if not still:
                place.rested.discard(run)
            if passed or not frames:
                yield passed
    finally:
        subscription.close()


def _begins(run: str, known: tuple[Event, ...]) -> bool:
    return any(isinstance(event.payload, RunStarted) and event.run == run for event in known)


def _waits(frame: Frame) -> bool:
    """Return whether a run of the session, or an agent at work for one, waits for a person."""
    event = frame.frame if isinstance(frame, DelegateFrame) else frame
    return isinstance(event, Event) and isinstance(event.payload, RunWaiting) and event.payload.reason in _FOR_A_PERSON


async def journal_until(house: House, session: str, until: int) -> list[Event]:
    """Return a session's events up to a place in its journal."""
    events: list[Event] = []
    while (seq := events[-1].seq if events else 0) < until:
        events += [event for event in await house.store.read(session, seq, PAGE) if event.seq <= until]
    return events


async def place_before(house: House, session: str, moment: datetime) -> int:
    """Return the newest place of a session's journal before a moment."""
    head = (await house.store.get_session(session)).head
    return max((event.seq for event in await journal_until(house, session, head) if event.at < moment), default=0)
