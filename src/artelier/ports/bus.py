"""The seam that tells others what was stored, and what is being said right now."""

from typing import Protocol

from artelier.domain.events import Event
from artelier.domain.frames import Delta, Frame


class Subscription(Protocol):
    """One reader's place on the bus."""

    @property
    def closed(self) -> bool:
        """Whether the subscription has been closed."""
        ...

    async def next(self, patience: float | None = None) -> tuple[Frame, ...]:
        """Wait until there is something and return all of it, in order.

        Empty once the subscription is closed, or when nothing came for about ``patience`` seconds. A ``Resync`` stands
        for frames that were dropped because the reader was too slow.
        """
        ...

    def close(self) -> None:
        """Leave the bus."""
        ...


class Bus(Protocol):
    """Stored events and passing deltas, told to whoever listens. Losing a frame costs time: readers re-read the journal."""

    def tell(self, events: tuple[Event, ...]) -> None:
        """Tell the readers of a session about events that are durable."""
        ...

    def pass_on(self, delta: Delta) -> None:
        """Pass a delta to the readers of its session."""
        ...

    def adopt(self, session: str, root: str) -> None:
        """Show the frames of a delegated session to the readers of ``root`` as well."""
        ...

    def newest(self, session: str) -> int:
        """Return the sequence of the newest event told of a session, 0 where that is not known."""
        ...

    def follow_session(self, session: str) -> Subscription:
        """Listen to one session: its events, and deltas beginning with the reply so far."""
        ...

    def follow_events(self) -> Subscription:
        """Listen to the events of all sessions, without deltas."""
        ...

    def close(self) -> None:
        """End every subscription: the server is stopping."""
        ...
