"""The seam to routing: which agent a request is for."""

from collections.abc import Collection, Mapping
from typing import Protocol

from msgspec import Struct

from artelier.domain.usage import Usage


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


class Advice(Struct, frozen=True):
    """What a model says of a request; ``agent`` is empty where it named nobody that is known."""

    agent: str
    confidence: float
    usage: Usage = Usage()
    model: str = ""
    """Who said it, as the provider names it."""
    remembered: bool = False
    """Whether it was said of a like request before and cost nothing now."""


class Adviser(Protocol):
    """Asks a model who should answer, where nothing cheaper is sure."""

    def speaks(self, model: str) -> bool:
        """Return whether there is a model to ask for a message that names this one, empty for none."""
        ...

    async def advise(self, text: str, agents: Mapping[str, str], earlier: Earlier, tenant: str = "", model: str = "") -> Advice:
        """Return what a model says to ``tenant``; ``agents`` tells when to use each, ``model`` is the one that the message names.

        Raises a ``ProviderError`` or ``SettingsError``.
        """
        ...
