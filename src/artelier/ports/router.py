"""The seam to routing: which agent a request is for."""

from collections.abc import Collection
from typing import Protocol

from msgspec import Struct


class Earlier(Struct, frozen=True):
    """What came before a request in its session."""

    agent: str = ""
    """Who answered last."""
    failed: bool = False
    """Whether that ended in a failure."""
    files_changed: int = 0


class Route(Struct, frozen=True):
    """The agent a request is for, how sure that is (0 to 1), and by what it was found: ``mention``, ``plugin`` or ``classifier``."""

    agent: str
    confidence: float
    source: str
    sure: bool = True
    """Whether it may be taken without asking anybody."""
    alternatives: tuple[tuple[str, float], ...] = ()
    """The other agents from likely to unlikely."""


class Router(Protocol):
    """Finds the agent without a model, in well under a millisecond."""

    def route(self, text: str, agents: Collection[str], earlier: Earlier) -> Route | None:
        """Return the likeliest of these agents, None where nothing can be told."""
        ...
