"""What the driver knows of its session: the durable state, and what is staged on top of it until the next append."""

from msgspec import Struct

from artelier.domain.errors import SequenceConflict
from artelier.domain.events import Draft, Event, Payload
from artelier.engine.fold import fold
from artelier.engine.state import RunState, SessionState
from artelier.ports.clock import Clock
from artelier.ports.journal import Journal, OwnedBy


class Staged(Struct, frozen=True):
    """An event on its way: ``certain`` when it happened in the world, otherwise a decision that may be made anew."""

    draft: Draft
    certain: bool


class Ledger:
    """Stages events, appends them in one transaction, and folds what others appended meanwhile."""

    def __init__(self, journal: Journal, clock: Clock, state: SessionState, run: str, fence: int) -> None:
        self._journal = journal
        self._clock = clock
        self._durable = state
        self._run = run
        self._fence = fence
        self._trace = state.runs[run].trace
        self._staged: list[Staged] = []
        self.state = state
        """The session as it would be if everything staged were stored."""

    @property
    def run(self) -> RunState:
        """The run that is driven."""
        return self.state.runs[self._run]

    @property
    def is_stored(self) -> bool:
        """Whether nothing is staged."""
        return not self._staged

    def stage(self, payload: Payload, actor: str, *, certain: bool) -> None:
        """Put an event on top; it is stored by the next ``flush``."""
        draft = Draft(payload, actor, self._run)
        self._staged.append(Staged(draft, certain))
        self.state = fold(self.state, (self._provisional(draft),))

    async def flush(self) -> bool:
        """Store what is staged. False: somebody appended first, decisions are dropped and must be made anew.

        Raises ``StaleFence`` when another worker has taken the run.
        """
        undisturbed = True
        while self._staged:
            drafts = tuple(staged.draft for staged in self._staged)
            try:
                await self._journal.append(self.state.session, drafts, OwnedBy(self._run, self._fence, self._durable.seq), self._trace)
            except SequenceConflict:
                await self.catch_up()
                undisturbed = False
                continue
            # The stored times differ from the staged ones by a commit; a resume folds the stored ones.
            self._durable = self.state
            self._staged.clear()
        return undisturbed

    async def catch_up(self) -> None:
        """Fold what others appended; staged decisions are dropped, what happened stays staged."""
        events = await self._journal.read(self.state.session, after=self._durable.seq)
        self._durable = fold(self._durable, events)
        self.state = self._durable
        certain = [staged for staged in self._staged if staged.certain]
        self._staged = []
        for staged in certain:
            self.stage(staged.draft.payload, staged.draft.actor, certain=True)

    def _provisional(self, draft: Draft) -> Event:
        return Event(
            self.state.session,
            self.state.seq + 1,
            draft.run,
            draft.payload.type,
            1,
            self._clock.now(),
            draft.actor,
            self._trace,
            draft.payload,
        )
