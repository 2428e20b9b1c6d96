"""The seam that tells others what was stored, and what is being said right now."""

from collections.abc import AsyncIterator
from typing import Protocol

from artelier.domain.events import Event
from artelier.domain.frames import Delta, Frame


class Subscription(Protocol):
    """One reader's place on the bus."""

    def __aiter__(self) -> AsyncIterator[Frame]:
        """Yield frames as they come; a ``Resync`` when the reader fell too far behind and frames were dropped."""
        ...

    def close(self) -> None:
        """Leave the bus; iteration ends."""
        ...


class Bus(Protocol):
    """Stored events and passing deltas, told to whoever listens. Losing a frame costs time: readers re-read the journal."""

    def tell(self, owner: str, events: tuple[Event, ...]) -> None:
        """Tell the readers of a session and of its owner about events that are durable."""
        ...

    def pass_on(self, delta: Delta) -> None:
        """Pass a delta to the readers of its session."""
        ...

    def follow_session(self, session: str) -> Subscription:
        """Listen to one session: its events, and deltas beginning with the reply so far."""
        ...

    def follow_owner(self, owner: str) -> Subscription:
        """Listen to the events of all of a person's sessions, without deltas."""
        ...
