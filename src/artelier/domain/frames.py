"""What travels on the bus beside events, and is never stored."""

from enum import StrEnum

from msgspec import Struct

from artelier.domain.events import Event


class DeltaKind(StrEnum):
    """What a delta is a piece of."""

    TEXT = "text"
    REASONING = "reasoning"
    ARGUMENTS = "arguments"
    PROGRESS = "progress"


class Delta(Struct, frozen=True, omit_defaults=True):
    """The next piece of a reply or of a call's output.

    ``offset`` counts the characters of this kind (and call) before it in this attempt, so a reader who joins in the
    middle can tell what it has; a higher attempt of the same step discards the lower.
    """

    session: str
    run: str
    step: int
    attempt: int
    kind: DeltaKind
    offset: int
    text: str
    call: str = ""
    """The call's id, for arguments and progress."""
    name: str = ""
    """The tool's name, for arguments."""


class ReplySoFar(Delta, frozen=True, omit_defaults=True):
    """All that was said of this kind in the present attempt, for a reader who joins in the middle; its offset is 0.

    Of a call's output only the newest is kept, and the offset says how much is missing before it.
    """


class Resync(Struct, frozen=True):
    """The reader fell too far behind: read the journal from where it stood."""


class DelegateFrame(Struct, frozen=True):
    """A frame of a session that was delegated, for the readers of the session at the top of all; it has no place in their journal."""

    root: str
    frame: Event | Delta


Frame = Event | Delta | DelegateFrame | Resync
