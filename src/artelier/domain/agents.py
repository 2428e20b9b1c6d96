"""Who works: an agent is a prompt, the tools it may use, and its limits."""

from msgspec import Struct


class Limits(Struct, frozen=True):
    """How far one run may go before a person is asked; zero or less switches a limit off."""

    steps: int = 50
    """Replies of the model."""
    calls: int = 200
    """Tool calls asked for."""
    tokens: int = 1_000_000
    """Input and output tokens together."""
    wall_seconds: float = 3600.0
    """Time at work; waiting for a person does not count."""
    money: float = 5.0
    """US dollars, those of the next request included before it is sent."""


class AgentSpec(Struct, frozen=True, omit_defaults=True):
    """One agent as it is defined, by a file or by a plugin."""

    name: str
    description: str
    """When to use it, in a sentence or two."""
    prompt: str
    tools: tuple[str, ...]
    model: str = ""
    """``provider/model``; empty takes the default."""
    max_tokens: int = 2048
    temperature: float | None = None
    limits: Limits = Limits()
    passes: tuple[str, ...] = ()
    """Tools beside its own that the agents it delegates to may use; patterns such as ``git_*`` and ``*``."""
    writes: tuple[str, ...] = ()
    """Patterns of the paths it may write, ``docs/**``; empty for all that its tools allow."""
    context: str = ""
    """Which findings it is shown: ``code``, ``documents``, ``causes``, ``reading``, ``delegation``; empty: as its tools tell."""
