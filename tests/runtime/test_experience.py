"""What agents did in the newest sessions is learned from once, copies included."""

from artelier.domain.events import Draft, MessageReceived, RunFinished, SessionOpened
from artelier.engine.experience import Experiences
from artelier.engine.state import RunState
from artelier.ports.journal import OwnedBy
from artelier.ports.runs import Submission, Worker
from artelier.runtime.experience import remember_newest
from artelier.stores.memory import MemoryStore
from hand_clock import HandClock

WORKER = Worker("worker", frozenset({"here"}))


class Witness(Experiences):
    """Notes what there was to learn from."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def remember(self, run: RunState) -> None:
        self.seen.append(run.id)


async def finish(store: MemoryStore, session: str, run: str, opening: SessionOpened | None = None) -> None:
    submitted = await store.submit(Submission(session, run, MessageReceived("x"), "person:mira", opening=opening), WORKER)
    assert submitted.claim is not None
    head = (await store.get_session(session)).head
    await store.append(session, (Draft(RunFinished("Done."), "system", run),), OwnedBy(run, 1, head))


async def test_what_was_copied_teaches_nothing_again() -> None:
    store = MemoryStore(HandClock())
    await store.open()
    await store.register_workspace("w", "W", "/w", "here")
    await finish(store, "s1", "r1", SessionOpened("mira", "w"))
    await store.fork_session("s1", "s2", "person:mira")
    await finish(store, "s2", "r2")
    await store.fork_session("s2", "s3", "person:mira")
    witness = Witness()
    await remember_newest(store, "mira", witness)
    assert witness.seen == ["r1", "r2"]
