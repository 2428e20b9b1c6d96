"""Following a session: events in order and without a gap, pieces of replies while they are written.

The bus tells what comes; where it cannot (a reader who joins late, or was too slow) the journal fills in. What a piece says
of a reply that is stored already is left out, so no text comes twice. Every protocol reads sessions through this.
"""

from collections.abc import AsyncGenerator, AsyncIterator

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
from artelier.domain.runs import RunStatus, WaitReason
from artelier.runtime.house import House

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

    With ``run`` it ends by itself once that run has ended or waits for a person. ``known``: the events right after the
    place, where the caller has them, to spare a reading of the journal.
    """
    subscription = house.bus.follow_session(session)
    place = _Place(house, session, after)
    try:
        if known:
            yield await place.passed(known)
        if not known or house.bus.newest(session) != place.seq:
            async for events in place.history():
                yield events
        while run not in place.rested:
            frames = await subscription.next(HEARTBEAT_SECONDS)
            if not frames and subscription.closed:
                return
            passed = await place.passed(frames)
            if run and any(map(_waits_below, frames)) and (await house.store.get_run(run)).status is RunStatus.WAITING:
                place.rested.add(run)  # it waits with them, and may have said so before the reader's place
            if passed or not frames:
                yield passed
    finally:
        subscription.close()


def _waits_below(frame: Frame) -> bool:
    """Return whether an agent at work for the reader's run waits for a person."""
    below = frame.frame if isinstance(frame, DelegateFrame) else None
    return isinstance(below, Event) and isinstance(below.payload, RunWaiting) and below.payload.reason in _FOR_A_PERSON
