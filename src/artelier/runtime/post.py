"""Tells the ends of delegated runs to the runs that wait for them."""

import asyncio
import logging

from artelier.domain.delegating import DelegateReturned
from artelier.domain.errors import ArtelierError, ConditionFailed
from artelier.domain.events import Draft
from artelier.engine.fold import fold
from artelier.engine.state import SessionState
from artelier.ports.journal import WhileOwed
from artelier.ports.runs import Owed
from artelier.ports.store import Store
from artelier.runtime.workers import Workforce

_log = logging.getLogger(__name__)
POLL_SECONDS = 1.0
"""The fallback for ends that were stored by another process, or by one that is gone."""
_AT_ONCE = 50


class Post:
    """Empties the outbox: each end is appended once to the journal that waits for it, whoever empties it at the same time."""

    def __init__(self, store: Store, workforce: Workforce) -> None:
        self._store = store
        self._workforce = workforce
        self._work = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to deliver."""
        self._task = asyncio.create_task(self._deliver_for_ever())

    def wake(self) -> None:
        """Say that there may be something to deliver."""
        self._work.set()

    async def stop(self) -> None:
        """Deliver no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def deliver(self) -> int:
        """Tell what is owed, and return how much it was. Raises ``StoreError``."""
        owed = await self._store.list_owed(_AT_ONCE)
        for each in owed:
            await self._tell(each)
        return len(owed)

    async def _deliver_for_ever(self) -> None:
        while True:
            self._work.clear()
            try:
                while await self.deliver() == _AT_ONCE:
                    pass
            except ArtelierError as failure:
                _log.warning("ends of delegated work could not be told, trying again: %s", failure)
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._work.wait()
            except TimeoutError:
                continue

    async def _tell(self, owed: Owed) -> None:
        run = owed.delegated
        seen = tuple(sorted(fold(SessionState(run.session), await self._store.read(run.session)).seen))
        returned = DelegateReturned(owed.call, run.session, run.id, run.status.value, run.reply or run.message, run.code, run.usage, seen)
        try:
            await self._store.append(owed.session, (Draft(returned, "system", owed.run),), WhileOwed(owed.call))
        except ConditionFailed:  # somebody else was faster
            return
        self._workforce.look_again(owed.run)
