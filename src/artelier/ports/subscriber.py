"""The seam to whoever wants to know what was stored: the journal's events, told after they are durable."""

from collections.abc import Collection
from typing import Protocol

from artelier.domain.events import Event


class Subscriber(Protocol):
    """Hears of events of all sessions. What it does with them is never waited for by a run."""

    @property
    def name(self) -> str:
        """Its name among subscribers, for messages about it."""
        ...

    @property
    def types(self) -> Collection[str]:
        """The types of events it wants to hear of; empty for all."""
        ...

    async def receive(self, events: tuple[Event, ...]) -> None:
        """Take some events; those of one session come in order. What it raises is reported and costs it these events alone."""
        ...
