"""What stands for the part of a conversation that a model is not shown any more."""

from typing import ClassVar

from msgspec import Struct

from artelier.domain.usage import Usage


class Place(Struct, frozen=True):
    """A step of a run: the reply of that number, from 0, with its calls; step 0 includes the message that the run answers."""

    run: str
    step: int = 0


class ContextCompacted(Struct, frozen=True, omit_defaults=True):
    """From here on the model is shown less of what was said. Each such event holds all that is left out, and replaces the one before."""

    type: ClassVar[str] = "context_compacted"
    by: str
    """``results`` when old results are shown shortened; ``model`` or ``extract`` for who wrote the summary."""
    tokens_before: int
    """Estimated tokens of the whole request."""
    tokens_after: int
    summary: str = ""
    """What stands for all that came before ``shown_from``."""
    shown_from: Place | None = None
    whole_from: Place | None = None
    """Results and arguments of calls before this place are shown shortened."""
    longest: int = 0
    """Characters of the longest text that is shown at all; 0 for the usual."""
    usage: Usage = Usage()
    """What the summary itself cost."""
    model: str = ""
    """Who wrote it, as the provider names it."""
