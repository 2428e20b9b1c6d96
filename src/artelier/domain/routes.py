"""What happens on the way to an agent, where no rule and no classifier is sure."""

from typing import ClassVar

from msgspec import Struct

from artelier.domain.questions import Question
from artelier.domain.usage import Usage


class RouteAdvised(Struct, frozen=True, omit_defaults=True):
    """A model was asked who should answer; ``agent`` is empty where it could not be reached or named nobody."""

    type: ClassVar[str] = "route_advised"
    agent: str = ""
    confidence: float = 0.0
    source: str = "model"
    """``model``, or ``cache`` for what it said of a like request before."""
    usage: Usage = Usage()
    model: str = ""
    """Who was asked, as the provider names it; empty for what was remembered."""
    code: str = ""
    """Why there is no advice, as a stable code."""


class ClarificationAsked(Struct, frozen=True):
    """A person is asked which agent should answer."""

    type: ClassVar[str] = "clarification_asked"
    question: Question
