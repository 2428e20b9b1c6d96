"""The whole truth behind one door: what every database adapter offers."""

from typing import Protocol

from artelier.ports.grants import Grants
from artelier.ports.journal import Journal
from artelier.ports.runs import Runs
from artelier.ports.sessions import Questions, Sessions, WorkspaceRegistry


class Store(Journal, Runs, Sessions, Questions, Grants, WorkspaceRegistry, Protocol):
    """Journal, runs, sessions, questions, grants and workspaces over one database."""

    async def open(self) -> None:
        """Connect, and migrate where this store does so by itself. Raises ``StoreUnavailable``, ``StoreError``."""
        ...

    async def ping(self) -> None:
        """Raise ``StoreUnavailable`` unless a write would succeed now."""
        ...

    async def close(self) -> None:
        """Finish what was accepted and disconnect."""
        ...
