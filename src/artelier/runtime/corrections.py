"""Keeps what people correct about routing: a request with the agent they chose instead is an example to train with."""

from collections.abc import Collection

from cachetools import LRUCache
from msgspec import Struct

from artelier.domain.events import AgentChosen, Event, MessageReceived
from artelier.stores.examples import SWITCH, Examples

SESSIONS_KEPT = 1000
LONGEST_EXAMPLE = 4000
"""Characters of a request that are kept to learn from: its beginning tells whom it is for."""
_BY_PERSON = frozenset({"explicit", "mention", "person"})
_NOT_SAID = frozenset({"switch"})
"""Choices that no router made and no person either: an agent handed over."""


class _Last(Struct):
    text: str = ""
    person: str = ""
    agent: str = ""
    routed: bool = False


class Corrections:
    """A subscriber of the journal: a person who names another agent than the router chose before says what was right."""

    name = "routing examples"
    types: Collection[str] = frozenset({MessageReceived.type, AgentChosen.type})

    def __init__(self, examples: Examples) -> None:
        self._examples = examples
        self._sessions: LRUCache[str, _Last] = LRUCache(SESSIONS_KEPT)

    async def receive(self, events: tuple[Event, ...]) -> None:
        """Take events in order. Raises ``StoreError``."""
        for event in events:
            last = self._sessions.setdefault(event.session, _Last())
            if isinstance(event.payload, MessageReceived):
                last.text, last.person = event.payload.text[:LONGEST_EXAMPLE], event.actor
            elif isinstance(event.payload, AgentChosen):
                await self._chosen(last, event.payload)

    async def _chosen(self, last: _Last, chosen: AgentChosen) -> None:
        by_person = chosen.source in _BY_PERSON
        corrected = chosen.source == "person" or (by_person and last.routed and last.agent != chosen.agent)
        before = {"previous_agent": last.agent} if last.agent else {}
        last.agent, last.routed = chosen.agent, not by_person and chosen.source not in _NOT_SAID
        if corrected and last.person.startswith("person:"):
            await self._examples.add(last.text, chosen.agent, last.person, before, SWITCH)
