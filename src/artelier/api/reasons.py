"""Reasons as answers show them."""

from pydantic import BaseModel

from artelier.domain.questions import Question
from artelier.domain.reasons import ReasonCode


class BecauseView(BaseModel):
    """One reason as a code, for words in any language; what its values are is told by ``ReasonCode``."""

    code: ReasonCode
    values: dict[str, str | float]


def because_view(question: Question) -> list[BecauseView]:
    """Return why something is asked, as an answer shows it."""
    return [BecauseView(code=each.code, values=dict(each.values)) for each in question.because]
