"""What the journal tells of how agents work, at the start of the house."""

import asyncio
import logging
import os

from artelier.domain.errors import ArtelierError
from artelier.engine.experience import Experiences
from artelier.engine.fold import fold
from artelier.engine.state import SessionState
from artelier.ports.runs import Page
from artelier.ports.store import Store

SESSIONS = 20
"""The newest sessions that are read, oldest of them first."""
_EVENTS = 5_000
_log = logging.getLogger(__name__)


class Learning:
    """Reads the newest sessions in the background."""

    def __init__(self, store: Store, owner: str, experiences: Experiences) -> None:
        self._task = asyncio.create_task(remember_newest(store, owner, experiences))

    async def stop(self) -> None:
        """Read no further."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def remember_newest(store: Store, owner: str, experiences: Experiences) -> None:
    """Learn from a person's newest sessions; what cannot be read teaches nothing."""
    try:
        for record in reversed(await store.list_sessions(owner, Page(SESSIONS))):
            state = fold(SessionState(record.id), await store.read(record.id, limit=_EVENTS))
            for run in tuple(state.runs.values())[state.inherited :]:
                experiences.remember(run)
    except ArtelierError as failure:
        _log.warning("the newest sessions could not be read, so agents' habits are learned anew: %s", failure)


def never() -> bool:
    """Return False: there is no time to spare where the operator does not want it spent."""
    return False


def machine_is_idle() -> bool:
    """Whether the processors have less to do than they could."""
    return os.getloadavg()[0] < (os.cpu_count() or 1)
