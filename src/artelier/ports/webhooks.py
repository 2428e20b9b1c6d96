"""The seams of webhooks: what is kept of them, and how a message goes out."""

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from artelier.domain.events import Event


class Webhook(Struct, frozen=True):
    """An address that is told of events from the moment it was added on."""

    id: str
    owner: str
    url: str
    secret: str
    """What its messages are signed with; shown once, when it is made."""
    types: frozenset[str] = frozenset()
    """The types of events it wants; empty for all."""
    sessions: frozenset[str] = frozenset()
    """The sessions it wants, with what they delegated; empty for all of its owner's."""
    description: str = ""


class WebhookRecord(Struct, frozen=True):
    """A webhook with how it stands."""

    webhook: Webhook
    created_at: datetime
    disabled_at: datetime | None = None
    reason: str = ""
    """Why it is disabled."""
    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    failing_since: datetime | None = None
    """The first failure without a success between."""
    error: str = ""
    """What the newest failure was."""


class Delivery(Struct, frozen=True):
    """One event that could not be delivered at once."""

    webhook: str
    session: str
    seq: int
    type: str
    attempts: int
    first_at: datetime
    error: str
    next_at: datetime | None = None
    """When it is tried again; None for one that was given up."""


class Behind(Struct, frozen=True):
    """A session of which a webhook was not told everything."""

    session: str
    seq: int
    """Everything up to here is settled."""
    head: int
    wanted: bool
    """Whether the webhook wants any event between."""
    delivery: Delivery | None = None
    """The delivery that waits to be tried again, if there is one."""


class Webhooks(Protocol):
    """Webhooks as rows, and how far each was told of each session."""

    async def add_webhook(self, webhook: Webhook) -> WebhookRecord:
        """Keep a webhook; events of before are none of its business. Raises ``Conflict`` (id)."""
        ...

    async def get_webhook(self, webhook: str) -> WebhookRecord:
        """Return one. Raises ``NotFound``."""
        ...

    async def list_webhooks(self, owner: str = "") -> tuple[WebhookRecord, ...]:
        """Return a person's webhooks, or everybody's, oldest first."""
        ...

    async def remove_webhook(self, webhook: str) -> None:
        """Forget one with its deliveries. Raises ``NotFound``."""
        ...

    async def disable_webhook(self, webhook: str, reason: str) -> None:
        """Tell it nothing more; it keeps its place. One that is disabled already stays as it is."""
        ...

    async def enable_webhook(self, webhook: str) -> None:
        """Go on telling it, from where it stood; what waited to be tried again is due at once."""
        ...

    async def list_behind(self, webhook: str, after: str = "", limit: int = 500) -> tuple[Behind, ...]:
        """Return the next sessions above ``after`` of which the webhook was not told everything, by id."""
        ...

    async def look_behind(self, webhook: str, session: str) -> Behind | None:
        """Return how far the webhook was told of one session; None for one that is gone or not for it."""
        ...

    async def list_untold(self, webhook: str, session: str, after: int, limit: int) -> tuple[Event, ...]:
        """Return the next events of a session above ``after`` that the webhook wants."""
        ...

    async def skip(self, webhook: str, places: tuple[tuple[str, int], ...]) -> None:
        """Move forward to these (session, sequence): what lies before is not wanted."""
        ...

    async def settle_delivered(self, webhook: str, session: str, seq: int) -> None:
        """Go forward past an event that arrived, and forget that it failed before."""
        ...

    async def settle_failed(self, delivery: Delivery) -> WebhookRecord | None:
        """Keep when an event that did not arrive is tried again, or go forward where it is given up.

        Returns how the webhook stands now; None for one that was removed meanwhile.
        """
        ...

    async def list_deliveries(self, webhook: str, limit: int = 100) -> tuple[Delivery, ...]:
        """Return the events that could not be delivered at once: those given up and those tried again, newest failure first."""
        ...


class Message(Struct, frozen=True):
    """What is sent by POST."""

    url: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 10.0
    """How long everything together may take."""


class Receipt(Struct, frozen=True):
    """How the other side answered, whatever its status."""

    status: int
    retry_after: float | None = None
    text: str = ""
    """The beginning of its answer."""


class Sender(Protocol):
    """Sends to addresses that are public, or on the operator's list, and follows no redirect."""

    async def check(self, url: str) -> None:
        """Raise ``AddressRefused`` for an address that may not be sent to, ``FetchFailed`` for a name nobody knows."""
        ...

    async def send(self, message: Message) -> Receipt:
        """Send and return the answer. Raises ``AddressRefused``, ``FetchFailed``."""
        ...
