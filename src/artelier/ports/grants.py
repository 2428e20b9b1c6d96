"""The seam to what persons allowed for later."""

from typing import Protocol

from artelier.domain.grants import Grant, GrantRecord
from artelier.domain.runs import QuestionRecord
from artelier.ports.runs import Page

LIKE_DECISIONS = 10
"""So many like decisions count."""


class GrantsInForce(Protocol):
    """What judging needs of grants."""

    async def grants_in_force(self, owner: str, workspace: str) -> tuple[Grant, ...]:
        """Return a person's grants in a workspace that nobody has revoked, oldest first."""
        ...

    async def like_decisions(self, owner: str, key: str) -> tuple[QuestionRecord, ...]:
        """Return the ten newest answered questions with this key in a person's sessions, newest first.

        What came before a grant with the same key was revoked is left out, and so is what time itself answered.
        """
        ...


class Grants(GrantsInForce, Protocol):
    """Grants as rows; they are made and revoked by events."""

    async def get_grant(self, grant: str) -> GrantRecord:
        """Return one grant. Raises ``NotFound``."""
        ...

    async def list_grants(self, owner: str, page: Page) -> tuple[GrantRecord, ...]:
        """Return a person's grants, newest first, revoked ones included."""
        ...
