"""What a person allowed once and for later: exactly one call, within a scope, until it is revoked."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from msgspec import Struct


class GrantScope(StrEnum):
    """How far a grant reaches."""

    RUN = "run"
    SESSION = "session"
    WORKSPACE = "workspace"


class Grant(Struct, frozen=True, omit_defaults=True):
    """One call that is not asked about again: the same agent, tool as it is declared, sandbox and arguments, for the same person."""

    id: str
    owner: str
    workspace: str
    session: str
    """The session in which it was made."""
    run: str
    agent: str
    tool: str
    key: str
    """Digest of everything that a call must share with the one that was approved."""
    scope: GrantScope
    effect: str = ""
    """What is allowed, in one line."""
    question: str = ""
    """The question whose answer made it."""

    def covers(self, session: str, run: str) -> bool:
        """Whether it reaches into this run of its workspace."""
        if self.scope is GrantScope.WORKSPACE:
            return True
        return self.session == session and (self.scope is GrantScope.SESSION or self.run == run)


class GrantRecord(Struct, frozen=True):
    """A grant as it is listed."""

    grant: Grant
    made_at: datetime
    revoked_at: datetime | None = None


class GrantMade(Struct, frozen=True):
    """A person approved a call and allowed its like for later."""

    type: ClassVar[str] = "grant_made"
    grant: Grant


class GrantRevoked(Struct, frozen=True):
    """A person took back what they had allowed."""

    type: ClassVar[str] = "grant_revoked"
    grant: str
