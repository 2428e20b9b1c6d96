"""A session that goes on from an earlier moment of another one."""

from typing import ClassVar

from msgspec import Struct


class SessionForked(Struct, frozen=True, omit_defaults=True):
    """Everything before this event was copied: it happened in another session, and was paid for there."""

    type: ClassVar[str] = "session_forked"
    session: str
    """Where it happened. That session may be removed later; the copy stays."""
    before: str = ""
    """The run before whose message the copy ends; empty where all of the session was copied."""
