"""What a person says to the questions of a run, told beforehand: one answer for all, or a function that looks at each."""

from collections.abc import Callable, Mapping
from typing import Any

from artelier.client import Approval
from artelier.domain.questions import Answer, Decision

Answers = Answer | Callable[[Approval], Answer | None]
"""One answer to everything, or a rule that answers each question; None leaves a question open."""


def approve(arguments: Mapping[str, Any] | None = None) -> Answer:
    """Return a yes; with ``arguments`` the call runs with these instead."""
    return Answer(Decision.APPROVE, arguments=None if arguments is None else dict(arguments))


def reject(reason: str = "") -> Answer:
    """Return a no, with words for the model."""
    return Answer(Decision.REJECT, reason)


def say(text: str) -> Answer:
    """Return the words that an agent asked for."""
    return Answer(Decision.APPROVE, text)


def answer_to(question: Approval, answers: Answers | None) -> Answer | None:
    """Return what a person says to this question; None for nothing."""
    return answers if answers is None or isinstance(answers, Answer) else answers(question)
