"""What every test of a store stands on: the stores, a clock that is set by hand, and words for common steps.

A store joins the suite by one more name in ``STORES``.
"""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from artelier.domain.events import Draft, Event, MessageReceived, Payload, SessionOpened
from artelier.ports.journal import OwnedBy
from artelier.ports.runs import Claim, Submission, Submitted, Worker
from artelier.ports.store import Store
from artelier.stores.memory import MemoryStore
from artelier.stores.sqlite import SqliteStore

STORES = ("memory", "sqlite")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
OWNER = "mira"
HERE = frozenset({"here"})


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.step(seconds)

    def step(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class Stage:
    """A store with one workspace, ``project`` at the place ``here``."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.clock = HandClock()
        self.told: list[Event] = []
        """What the store has told others."""
        self.store = make_store(kind, folder, self.clock, self.told.extend)
        self.worker = Worker("worker-1", HERE)
        self._made = 0

    def new(self, kind: str) -> str:
        """Return a fresh id; later ones sort after earlier ones."""
        self._made += 1
        return f"{self._made:06}-{kind}"

    async def open_store(self) -> None:
        await self.store.open()
        await self.store.register_workspace("project", "Project", "/srv/project", "here")

    async def open(self, title: str = "", owner: str = OWNER) -> str:
        return (await self.store.open_session(self.new("session"), owner, "project", title)).id

    def submission(self, session: str = "", text: str = "Do it", **fields: object) -> Submission:
        """Return a message for a session, for a new one when none is named."""
        opening = None if session else SessionOpened(OWNER, "project")
        wanted = {"session": session or self.new("session"), "run": self.new("run"), "opening": opening, "actor": f"person:{OWNER}"}
        return Submission(**({"message": MessageReceived(text)} | wanted | fields))

    async def submit(self, session: str = "", text: str = "Do it", **fields: object) -> Submitted:
        return await self.store.submit(self.submission(session, text, **fields))

    async def running(self, session: str = "") -> Claim:
        """Return a run that the worker holds."""
        submitted = await self.store.submit(self.submission(session), self.worker)
        assert submitted.claim is not None
        return submitted.claim

    async def own(self, claim: Claim, *payloads: Payload) -> tuple[Event, ...]:
        """Append as the owner of a run who has seen everything."""
        head = (await self.store.get_session(claim.run.session)).head
        return await self.append(claim.run.session, claim.run.id, *payloads, condition=OwnedBy(claim.run.id, claim.fence, head))

    async def append(self, session: str, run: str, *payloads: Payload, condition: object) -> tuple[Event, ...]:
        return await self.store.append(session, tuple(Draft(payload, "system", run) for payload in payloads), condition)


def make_store(kind: str, folder: Path, clock: HandClock, tell: Callable[[tuple[Event, ...]], None]) -> Store:
    """Return a store of this kind that is not open yet."""
    if kind == "memory":
        return MemoryStore(clock, tell=tell)
    return SqliteStore(folder / "journal.sqlite3", clock, tell=tell)


@pytest.fixture(name="stage", params=STORES)
async def stage_fixture(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    made = Stage(request.param, tmp_path)
    await made.open_store()
    yield made
    await made.store.close()
