"""The seam to what persons allowed for later."""

from typing import Protocol

from artelier.domain.grants import Grant, GrantRecord
from artelier.ports.runs import Page


class GrantsInForce(Protocol):
    """What judging needs of grants."""

    async def grants_in_force(self, owner: str, workspace: str) -> tuple[Grant, ...]:
        """Return a person's grants in a workspace that nobody has revoked, oldest first."""
        ...


class Grants(GrantsInForce, Protocol):
    """Grants as rows; they are made and revoked by events."""

    async def get_grant(self, grant: str) -> GrantRecord:
        """Return one grant. Raises ``NotFound``."""
        ...

    async def list_grants(self, owner: str, page: Page) -> tuple[GrantRecord, ...]:
        """Return a person's grants, newest first, revoked ones included."""
        ...
