"""When a run is at rest, and how to wait until it is."""

from collections.abc import Callable
from datetime import datetime, timedelta

from artelier.domain.events import ApprovalAsked, BudgetReached, Event, RunCancelled, RunFailed, RunFinished, RunWaiting
from artelier.domain.frames import DelegateFrame, Frame, Resync
from artelier.domain.questions import QuestionStatus
from artelier.domain.routes import ClarificationAsked
from artelier.domain.runs import ENDED, RunRecord, RunStatus, WaitReason
from artelier.ports.bus import Bus
from artelier.ports.runs import Page
from artelier.ports.store import Store

_RESTS = RunFinished | RunFailed | RunCancelled | RunWaiting
_HELD = timedelta(seconds=3)
_GOES_ON = frozenset({"", WaitReason.MODEL, WaitReason.DELEGATE})


def rests(record: RunRecord) -> bool:
    """Return whether nothing more happens without somebody: ended, or waiting for a person.

    A wait for a model or for other agents ends by itself, and a run that was answered, whose wait has no reason any more,
    goes on in a moment.
    """
    return record.status in ENDED or (record.status is RunStatus.WAITING and record.wait_reason not in _GOES_ON)


def waits_for_model(record: RunRecord, now: datetime) -> bool:
    """Return whether a run waits for a model that is away for longer than anybody holds a line."""
    away = record.status is RunStatus.WAITING and record.wait_reason == WaitReason.MODEL
    return away and record.wake_at is not None and record.wake_at > now + _HELD


async def wait_for_rest(store: Store, bus: Bus, run: str, ends: Callable[[RunRecord], bool] = rests) -> RunRecord:
    """Return the run once it has ended or waits for a person, itself or by an agent it delegated to. Raises ``NotFound``.

    ``ends`` says what else is an end.
    """
    record = await store.get_run(run)
    subscription = bus.follow_session(record.session)
    try:
        record = await store.get_run(run)
        if await _rests(store, record, ends):
            return record
        while frames := await subscription.next():
            if any(_may_rest(frame, run) for frame in frames):
                record = await store.get_run(run)
                if await _rests(store, record, ends):
                    break
    finally:
        subscription.close()
    return record


async def stands_still(store: Store, run: str) -> bool:
    """Return whether a run rests, or is queued behind one that waits for a person. Raises ``NotFound``."""
    record = await store.get_run(run)
    if record.status is not RunStatus.QUEUED:
        return await _rests(store, record, rests)
    ahead = await store.list_runs(Page(1), record.session, frozenset({RunStatus.WAITING}))
    return bool(ahead) and await _rests(store, ahead[0], rests)


async def _rests(store: Store, record: RunRecord, ends: Callable[[RunRecord], bool]) -> bool:
    if record.status is not RunStatus.WAITING or record.wait_reason != WaitReason.DELEGATE:
        return rests(record) or ends(record)
    owner = (await store.get_session(record.session)).owner
    return bool(await store.list_questions(owner, Page(1), QuestionStatus.OPEN, record.session))


def _may_rest(frame: Frame, run: str) -> bool:
    if isinstance(frame, DelegateFrame):
        return isinstance(frame.frame, Event) and isinstance(
            frame.frame.payload, ApprovalAsked | BudgetReached | ClarificationAsked | RunWaiting
        )
    return isinstance(frame, Resync) or (isinstance(frame, Event) and frame.run == run and isinstance(frame.payload, _RESTS))
