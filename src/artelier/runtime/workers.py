"""Keeps runs alive: claims them under a lease, drives them, renews the leases, and lets go in order."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from cachetools import LRUCache

from artelier.domain.errors import ArtelierError, StaleFence
from artelier.domain.events import Draft, Event, MessageReceived, RunFailed
from artelier.domain.runs import RunStatus, WorkspaceRecord
from artelier.engine.beginning import first_drafts
from artelier.engine.driver import Driver
from artelier.engine.fold import fold
from artelier.engine.ledger import Ledger
from artelier.engine.outside import Outside
from artelier.engine.state import SessionState
from artelier.ports.runs import Claim, Worker
from artelier.ports.store import Store
from artelier.ports.workspace import Workspace, Workspaces
from artelier.runtime.standing import Standing

_log = logging.getLogger(__name__)
POLL_SECONDS = 1.0
"""The fallback when a wake-up was lost."""
SESSIONS_KEPT = 512
"""Folded sessions kept in memory, so that the next message folds only what is new; fewer where they are long."""
CHARACTERS_KEPT = 32 * 1024 * 1024
"""Characters of replies and results in them, about."""


class Workforce:
    """All runs that one process works on."""

    def __init__(self, store: Store, standing: Standing, workspaces: Workspaces, worker: Worker, runs_at_once: int) -> None:
        self._store = store
        self._standing = standing
        self._workspaces = workspaces
        self._worker = worker
        self._runs_at_once = runs_at_once
        self._drivers: dict[str, Driver] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._fences: dict[str, int] = {}
        self._sessions: LRUCache[str, SessionState] = LRUCache(CHARACTERS_KEPT, _size_of)
        self._records: dict[str, WorkspaceRecord] = {}
        self._work = asyncio.Event()
        self._keepers: tuple[asyncio.Task[None], ...] = ()
        self._stopping = False
        self.on_rest: Callable[[], None] = lambda: None
        """Called when a run that was delegated has come to rest."""

    @property
    def claimer(self) -> Worker | None:
        """The worker to claim for in a submission's own transaction, None when all hands are full."""
        return self._worker if self._has_room() else None

    @property
    def _outside(self) -> Outside:
        return self._standing.now.outside

    def first_drafts(self, run: str, message: MessageReceived, workspace: str = "", *, fresh: bool = True) -> tuple[Draft, ...]:
        """Return what this worker appends first to a run that it claims with its message."""
        return first_drafts(self._standing.outside_in(workspace), run, message, self._worker.name, fresh=fresh)

    @property
    def busy(self) -> int:
        """Runs at work now."""
        return len(self._tasks)

    def start(self) -> None:
        """Begin to claim runs and to renew leases."""
        self._keepers = (asyncio.create_task(self._claim_runs()), asyncio.create_task(self._renew_leases()))

    def take(self, claim: Claim, events: tuple[Event, ...] = ()) -> None:
        """Drive a claimed run. ``events``: what the claim's own transaction appended, to spare a reading."""
        self._fences[claim.run.id] = claim.fence
        task = self._tasks[claim.run.id] = asyncio.create_task(self._drive(claim, events))
        task.add_done_callback(lambda _: self._let_go(claim.run.id))

    def wake(self) -> None:
        """Say that there may be something to claim."""
        self._work.set()

    def look_again(self, run: str) -> None:
        """Say that somebody appended to a run's session."""
        driver = self._drivers.get(run)
        if driver is None:
            self.wake()
        else:
            driver.look_again()

    async def stop(self, drain_seconds: float) -> None:
        """Take no more runs, let tools at work end within the time, and release every lease."""
        self._stopping = True
        for keeper in self._keepers:
            keeper.cancel()
        for driver in self._drivers.values():
            driver.drain()
        tasks = tuple(self._tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=drain_seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, *self._keepers, return_exceptions=True)
        await self._store.release(self._worker)

    def _has_room(self) -> bool:
        return not self._stopping and len(self._tasks) < self._runs_at_once

    def _let_go(self, run: str) -> None:
        self._tasks.pop(run, None)
        self._drivers.pop(run, None)
        self._fences.pop(run, None)

    async def _claim_runs(self) -> None:
        while True:
            self._work.clear()
            try:
                while self._has_room() and (claim := await self._store.claim(self._worker)) is not None:
                    self.take(claim)
                pause = await self._pause()
            except ArtelierError as failure:
                _log.warning("claiming runs failed, trying again: %s", failure)
                pause = POLL_SECONDS
            try:
                async with asyncio.timeout(pause):
                    await self._work.wait()
            except TimeoutError:
                continue

    async def _pause(self) -> float:
        wake = await self._store.next_wake(self._worker)
        if wake is None:
            return POLL_SECONDS
        return min(POLL_SECONDS, max(0.01, (wake - self._outside.clock.now()) / timedelta(seconds=1)))

    async def _renew_leases(self) -> None:
        while True:
            await asyncio.sleep(self._worker.lease_seconds / 4)
            claims = tuple(self._fences.items())
            if not claims:
                continue
            try:
                lost = await self._store.extend(self._worker, claims)
            except ArtelierError as failure:
                _log.warning("renewing leases failed, trying again: %s", failure)
                continue
            for run in lost:
                await self._give_up(run)

    async def _give_up(self, run: str) -> None:
        """Stop driving a run that another worker has; one that has come to rest meanwhile ends by itself."""
        try:
            record = await self._store.get_run(run)
        except ArtelierError as failure:
            _log.warning("run %s is lost, and cannot be looked at: %s", run, failure)
        else:
            if record.status is not RunStatus.RUNNING or record.fence == self._fences.get(run):
                return
        if run in self._tasks:
            _log.warning("run %s was taken by another worker", run)
            self._tasks[run].cancel()

    async def _drive(self, claim: Claim, events: tuple[Event, ...]) -> None:
        session, run = claim.run.session, claim.run.id
        try:
            state = await self._fold_session(session, events)
            ledger = Ledger(self._store, self._outside.clock, state, run, claim.fence)
            workspace = await self._open_workspace(claim.run.workspace, ledger)
        except ArtelierError:
            _log.exception("run %s cannot be taken up; it is tried again when its lease ends", run)
            return
        if workspace is None:
            return
        outside = self._standing.outside_in(claim.run.workspace)
        driver = self._drivers[run] = Driver(outside, ledger, workspace, self._worker.name, claim.fence, self.wake)
        if self._stopping:
            driver.drain()
        if ledger.state.parent is not None:
            self._outside.bus.adopt(session, ledger.state.parent.root)
        if await self._drive_to_rest(driver, claim):
            self._keep(session, ledger.state)
        if ledger.state.parent is not None:
            self.on_rest()
        if any(each.status is RunStatus.QUEUED for each in ledger.state.runs.values()):
            self.wake()

    def _keep(self, session: str, state: SessionState) -> None:
        if _size_of(state) <= CHARACTERS_KEPT:
            self._sessions[session] = state

    async def _drive_to_rest(self, driver: Driver, claim: Claim) -> bool:
        try:
            await driver.drive()
        except StaleFence:
            _log.warning("run %s was taken by another worker", claim.run.id)
            return False
        except Exception as failure:  # noqa: BLE001  a defect ends this run alone; it is logged and told
            _log.exception("run %s broke", claim.run.id)
            code, message = _explain(failure)
            try:
                await driver.fail(code, message)
            except ArtelierError:
                _log.exception("the failure of run %s could not be stored", claim.run.id)
            return False
        return True

    async def _fold_session(self, session: str, events: tuple[Event, ...]) -> SessionState:
        state = self._sessions.pop(session, None) or SessionState(session)
        if not events or events[0].seq != state.seq + 1:
            events = await self._store.read(session, after=state.seq)
        return fold(state, events)

    async def _open_workspace(self, workspace: str, ledger: Ledger) -> Workspace | None:
        """Return the run's folder; None when it cannot be used, and then the run has failed."""
        record = self._records.get(workspace)
        if record is None:
            record = self._records[workspace] = await self._store.get_workspace(workspace)
        try:
            return self._workspaces.open(record)
        except ArtelierError as failure:
            ledger.stage(RunFailed(failure.code, failure.message, ledger.run.usage), "system", certain=True)
            await ledger.flush()
            return None


def _size_of(state: SessionState) -> int:
    """Return the characters of a session, at least so many that no more than ``SESSIONS_KEPT`` are kept."""
    turns = [turn for run in state.runs.values() for turn in run.turns]
    results = sum(len(call.result.text) for turn in turns for call in turn.calls if call.result is not None)
    return max(results + sum(len(turn.reply.text) + len(turn.reply.reasoning) for turn in turns), CHARACTERS_KEPT // SESSIONS_KEPT)


def _explain(failure: Exception) -> tuple[str, str]:
    if isinstance(failure, ArtelierError):
        return failure.code, failure.message
    return (
        "INTERNAL",
        f"The runtime broke on this run ({type(failure).__name__}: {failure}). The log has the trace; resume the run to try again.",
    )
