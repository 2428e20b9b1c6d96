"""Finds a question that means the same as another one, learns whether its answer was right, and forgets what was wrong."""

import asyncio
import logging
import re
import secrets
from collections.abc import Callable, Coroutine
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from artelier.domain.models import FinishReason, ModelReply
from artelier.ports.embedder import Vector
from artelier.ports.similarity import SimilarityIndex
from artelier.providers.checked_vectors import CheckedVectors
from artelier.providers.kept_replies import free, is_whole
from artelier.providers.likeness import veto
from artelier.providers.same_answer import AlikeAnswers, SameAnswer
from artelier.providers.semantic_decision import asking_share
from artelier.providers.semantic_entries import Entries, Entry
from artelier.providers.semantic_scores import SemanticScores

_log = logging.getLogger(__name__)
SEMANTIC = "semantic"
_NEIGHBOURS = 4
"""So many are looked at, nearest first: the first that nothing speaks against counts."""
_LEARNING_AT_ONCE = 100
_NAME = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{24})")


class SemanticLimits(Struct, frozen=True):
    """When an answer may be given to a like question."""

    floor: float = 0.95
    """Questions less alike than this are never taken for the same."""
    error_bound: float = 0.02
    """Of all questions with a like one, at most so many get a wrong answer."""
    answers_alike: float = 0.9
    """Answers at least as near as this say the same."""
    seconds: float = 24 * 3600.0
    """For how long an answer is kept."""
    answers: bool = True
    """Without it no answer is given, and what would have been is counted: shadow mode."""


class Sought(Struct, frozen=True):
    """A question, and where like ones may be: nobody else's, and of no other model, prompt or tools."""

    tenant: str
    partition: str
    question: str
    provider: str


class Sighting(Struct, frozen=True):
    """What was found; ``vector`` is None where the embedder gave none, ``kept`` where no like question is known."""

    vector: Vector | None
    entry: str = ""
    kept: Entry | None = None
    similarity: float = 0.0
    stands: bool = False
    """Whether its answer may be given."""


class LikeQuestions:
    """All of them, by partition.

    ``chance`` gives numbers between 0 and 1, ``worth`` the US dollars that a provider's reply would cost, ``price`` those of
    so many tokens embedded.
    """

    def __init__(
        self,
        vectors: CheckedVectors,
        index: SimilarityIndex,
        entries: Entries,
        limits: SemanticLimits,
        *,
        chance: Callable[[], float],
        worth: Callable[[str, ModelReply], float] = lambda _, __: 0.0,
        price: Callable[[int], float] = lambda _: 0.0,
    ) -> None:
        self._checked = vectors
        self._index = index
        self._entries = entries
        self._limits = limits
        self._chance = chance
        self._worth = worth
        self._price = price
        self._owed: dict[str, float] = {}
        self._learning: set[asyncio.Task[None]] = set()
        self._counting = asyncio.Lock()
        self.scores = SemanticScores()
        self.embedder = vectors.name
        self.answers = limits.answers
        self.error_bound = limits.error_bound

    async def look(self, sought: Sought) -> Sighting:
        """Return the nearest question that nothing speaks against, and whether its answer may be given."""
        self.scores.add(sought.tenant, looked=1)
        vectors = await self._vectors(sought.tenant, (sought.question,))
        if vectors is None:
            self.scores.add(sought.tenant, failures=1)
            return Sighting(None)
        (vector,) = vectors
        for near in await self._index.nearest(sought.partition, vector, self._limits.floor, _NEIGHBOURS):
            kept = await self._entries.get(sought.partition, near.entry)
            if kept is None or kept.tenant != sought.tenant:
                await self._index.drop(sought.partition, near.entry)
            elif veto(kept.question, sought.question):
                self.scores.add(sought.tenant, vetoed=1)
            else:
                return self._judged(sought, Sighting(vector, near.entry, kept, near.similarity))
        return Sighting(vector)

    def answer(self, sought: Sought, sighting: Sighting) -> ModelReply:
        """Return the answer of a sighting that stands, named so that it can be reported."""
        assert sighting.kept is not None  # noqa: S101  it stands
        self._count_hit(sought, sighting.kept)
        return _given(sighting.kept.reply, f"{sought.partition}.{sighting.entry}", self.take_owed(sought.tenant))

    def learn(self, sought: Sought, sighting: Sighting | None, reply: ModelReply, seconds: float | None, *, store: bool) -> None:
        """Learn from the model's own answer, in the background; ``sighting`` is None where nobody has looked yet.

        ``seconds`` is None for the settings' own; without ``store`` nothing is kept but the score of shadow mode.
        """
        if (store or not self.answers) and len(self._learning) < _LEARNING_AT_ONCE:
            self._begin(self._learn(sought, sighting, reply, self._limits.seconds if seconds is None else seconds, store=store))

    async def report(self, tenant: str, name: str) -> bool:
        """Forget an entry whose answer was wrong; False for one that is not there, or not this tenant's. Raises ``CacheUnavailable``."""
        found = _NAME.fullmatch(name)
        if found is None:
            return False
        partition, entry = found.groups()
        kept = await self._entries.get(partition, entry)
        theirs = kept is not None and kept.tenant == tenant
        if theirs:
            await self._entries.drop(partition, entry)
            await self._index.drop(partition, entry)
        await self._entries.check()
        self.scores.add(tenant, reported=int(theirs))
        return theirs

    def take_owed(self, tenant: str) -> float:
        """Return the US dollars that a tenant's embeddings cost since they were last asked for, to be counted with a reply."""
        return self._owed.pop(tenant, 0.0)

    async def settled(self) -> None:
        """Return once all that is being learned now is learned."""
        while self._learning:
            await asyncio.gather(*self._learning, return_exceptions=True)

    async def close(self) -> None:
        """Stop learning, and close embedder and index."""
        for task in self._learning:
            task.cancel()
        await self.settled()
        await self._checked.close()
        await self._index.close()

    def _judged(self, sought: Sought, sighting: Sighting) -> Sighting:
        assert sighting.kept is not None  # noqa: S101  it was just found
        limits = self._limits
        share = asking_share(sighting.kept.tally, sighting.similarity, limits.floor, limits.error_bound)
        self.scores.add(sought.tenant, near=1)
        self._begin(self._index.touch(sought.partition, sighting.entry))
        return replace(sighting, stands=self._chance() >= share)

    def _count_hit(self, sought: Sought, kept: Entry) -> None:
        self.scores.add(sought.tenant, hits=1, saved=self._worth(sought.provider, kept.reply))

    async def _learn(self, sought: Sought, sighting: Sighting | None, reply: ModelReply, seconds: float, *, store: bool) -> None:
        sighting = sighting or await self.look(sought)
        if sighting.vector is None or reply.finish not in {FinishReason.STOP, FinishReason.CALLS}:
            return
        right = None if sighting.kept is None else await self._compared(sought, sighting, sighting.kept, reply, store=store)
        if store and _is_plain(reply) and (sighting.kept is None or right is False):
            entry = secrets.token_hex(12)
            await self._entries.add(sought.partition, entry, sought.tenant, sought.question, reply, seconds)
            await self._index.put(sought.partition, entry, sighting.vector, seconds)
            self.scores.add(sought.tenant, kept=1)

    async def _compared(self, sought: Sought, sighting: Sighting, kept: Entry, reply: ModelReply, *, store: bool) -> bool | None:
        """Compare a kept answer with a fresh one, and count what came of it; None where nobody can tell."""
        right = await self._same_answer(sought.tenant)(kept.reply.text, reply.text) if _is_plain(reply) else False
        if right is None:
            return None
        if sighting.stands:
            if not self.answers:
                self._count_hit(sought, kept)
            self.scores.add(sought.tenant, right=int(right), wrong=int(not right))
        if store:
            async with self._counting:
                await self._entries.count(sought.partition, sighting.entry, sighting.similarity, right=right)
            self.scores.add(sought.tenant, learned=1)
        return right

    def _same_answer(self, tenant: str) -> SameAnswer:
        return AlikeAnswers(lambda texts: self._vectors(tenant, texts), self._limits.answers_alike)

    async def _vectors(self, tenant: str, texts: tuple[str, ...]) -> tuple[Vector, ...] | None:
        found = await self._checked.of(texts)
        if spent := self._price(found.tokens) if found.tokens else 0.0:
            self._owed[tenant] = self._owed.get(tenant, 0.0) + spent
            self.scores.add(tenant, spent=spent)
        return found.vectors

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._learning.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._learning.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            _log.error("nothing was learned from a reply; this is a defect", exc_info=failure)


def _is_plain(reply: ModelReply) -> bool:
    """Whether a reply is words alone: what asks for a tool depends on more than the question."""
    return is_whole(reply) and not reply.calls and bool(reply.text.strip())


def _given(reply: ModelReply, entry: str, cost: float) -> ModelReply:
    return replace(free(reply, SEMANTIC), entry=entry, lookup_cost=cost)
