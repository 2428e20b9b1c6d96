"""How a message makes way for itself in a session that is busy: ``multitask`` interrupt and rollback."""

import asyncio
from collections.abc import Awaitable, Callable

from artelier.domain.errors import Conflict
from artelier.domain.runs import ACTIVE, RunRecord, RunStatus
from artelier.ports.runs import Page
from artelier.ports.store import Store
from artelier.runtime.undo import Undo

PATIENCE = 60.0
"""Seconds within which a run that is stopped should have ended: a tool at work may take a while to stop."""
_UNENDED = ACTIVE | {RunStatus.QUEUED}
_REASON = "Another message came in its place."

Cancel = Callable[[str, str, str, str], Awaitable[RunRecord]]
"""Stops a run: its id, who asks, why, and the trace."""
Wait = Callable[[str], Awaitable[RunRecord]]
"""Returns a run once it rests."""


class MakingWay:
    """Stops what is at work in a session, and takes back what it changed where that is wanted."""

    def __init__(self, store: Store, undo: Undo, cancel: Cancel, wait: Wait) -> None:
        self._store = store
        self._undo = undo
        self._cancel = cancel
        self._wait = wait

    async def interrupt(self, session: str, person: str, trace: str) -> None:
        """Stop the run at work; what waits behind it goes on waiting."""
        for run in await self._store.list_runs(Page(limit=50), session, ACTIVE):
            await self._cancel(run.id, person, _REASON, trace)

    async def roll_back(self, session: str, person: str, trace: str) -> None:
        """Stop the run at work with all it delegated and all that waits behind it, and put back the files they changed.

        The journal keeps what happened; a file that somebody else changed since is left alone, which the journal tells too.
        Raises ``Conflict`` where a run does not end in time: then it is stopped, and nothing is put back.
        """
        active = await self._store.list_runs(Page(limit=50), session, ACTIVE)
        for run in await self._store.list_runs(Page(limit=200), session, _UNENDED):
            await self._cancel(run.id, person, _REASON, trace)
        for run in active:
            await self._take_back(run, person)

    async def _take_back(self, run: RunRecord, person: str) -> None:
        for delegated in await self._store.list_delegated(run.id):
            await self._take_back(delegated, person)
        try:
            async with asyncio.timeout(PATIENCE):
                await self._wait(run.id)
        except TimeoutError as failure:
            raise Conflict("The run is being stopped and has not ended yet; its changes were not taken back. Send it again.") from failure
        await self._undo.take_back(run, person)
