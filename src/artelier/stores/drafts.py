"""From drafts to numbered events: pure, and the same for every store."""

from msgspec import MsgspecError, Struct

from artelier.domain.codec import VERSION, encode_payload
from artelier.domain.errors import InvalidRequest
from artelier.domain.events import Draft, Event, MessageReceived, RunQueued, SessionOpened
from artelier.domain.forking import SessionForked
from artelier.ports.runs import Submission
from artelier.stores.times import micros, moment

NEW_SESSION = {"head": 0, "updated_at": 0, "format": 0}
"""The state of a session that is about to be opened."""


class Prepared(Struct, frozen=True):
    """A draft with its payload as bytes, ready to be stored."""

    draft: Draft
    raw: bytes


class PreparedSubmission(Struct, frozen=True):
    """What a submission appends in any case, and what only when its run is claimed with it."""

    message: tuple[Prepared, ...]
    begin: tuple[Prepared, ...]


def prepare(drafts: tuple[Draft, ...]) -> tuple[Prepared, ...]:
    """Encode drafts before they are handed to the database. Raises ``InvalidRequest`` for what JSON cannot hold."""
    return tuple([Prepared(draft, _encoded(draft)) for draft in drafts])


def prepare_appended(drafts: tuple[Draft, ...]) -> tuple[Prepared, ...]:
    """Encode drafts for ``append``. Raises ``InvalidRequest`` also for events that begin a session or a run."""
    for draft in drafts:
        if isinstance(draft.payload, SessionOpened | SessionForked | MessageReceived):
            raise InvalidRequest(f"'{draft.payload.type}' begins a session or a run: submit the message instead of appending it.")
    return prepare(drafts)


def prepare_submitted(submission: Submission) -> PreparedSubmission:
    """Encode what a submission appends: the message and the queued run, after the session's opening if there is one."""
    opening = () if submission.opening is None else (Draft(submission.opening, submission.actor),)
    message = Draft(submission.message, submission.actor, submission.run)
    queued = Draft(RunQueued(), submission.actor, submission.run)
    return PreparedSubmission(prepare((*opening, message, queued)), prepare(submission.begin))


def number(session: str, head: int, last: int, drafts: tuple[Prepared, ...], now: int, trace: str) -> tuple[Event, ...]:
    """Return drafts as events after ``head``, at ``now`` but never before ``last``, the time of the newest event."""
    at = moment(max(now, last))
    return tuple(
        [
            Event(session, seq, item.draft.run, item.draft.payload.type, VERSION, at, item.draft.actor, trace, item.draft.payload)
            for seq, item in enumerate(drafts, head + 1)
        ]
    )


def time_of(events: tuple[Event, ...]) -> int:
    """Return the time of events that were numbered together, as it is stored."""
    return micros(events[0].at)


def _encoded(draft: Draft) -> bytes:
    try:
        return encode_payload(draft.payload)
    except (TypeError, ValueError, MsgspecError) as failure:
        raise InvalidRequest(
            f"The event '{draft.payload.type}' cannot be written as JSON: {failure}. Send plain text and values."
        ) from failure
