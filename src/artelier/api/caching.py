"""Routes of what was kept: a person says that a kept answer was wrong."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from artelier.api.guard import Person
from artelier.api.schemas import Body
from artelier.api.views import house_of
from artelier.domain.errors import NotFound

router = APIRouter(prefix="/api/v1/cache", tags=["usage"])


class WrongAnswerBody(Body):
    """An answer that was given to a like question and is wrong."""

    entry: Annotated[str, Field(min_length=1, max_length=100, description="`entry` of the event `model_replied`.")]


@router.post("/feedback", status_code=204)
async def report_wrong_answer(request: Request, person: Person, body: WrongAnswerBody) -> None:
    """Forget an answer that was given to a like question and is wrong; nobody is given it again."""
    semantics = house_of(request).semantics
    if semantics is None or not await semantics.likes.report(person, body.entry):
        raise NotFound("No such answer of yours is kept any more: it was reported before, made room, or ended.")
