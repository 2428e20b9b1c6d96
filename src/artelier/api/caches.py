"""Routes of what is kept and may be lost: look, forget, and say that a kept answer was wrong."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from artelier.api.guard import Person, is_operator
from artelier.api.schemas import Body
from artelier.api.views import house_of
from artelier.domain.errors import AccessDenied, NotFound
from artelier.runtime.forgetting import forget_everybodys, forget_replies, report_of

router = APIRouter(prefix="/api/v1", tags=["cache"])


class TierView(BaseModel):
    """One tier since this process began; ``bytes`` is null where it does not know what it keeps, ``failures`` were misses too."""

    tier: str
    hits: int
    misses: int
    puts: int
    put_bytes: int
    bytes: float | None
    failures: int


class RepliesView(BaseModel):
    """Replies of models: given again, given to equal requests of one moment, asked for, and kept."""

    hits: int
    joined: int
    misses: int
    stored: int


class ToolsView(BaseModel):
    """Results of tools about files; ``stale`` were dropped because a file had changed."""

    hits: int
    misses: int
    stale: int
    saved_seconds: float


class CacheView(BaseModel):
    """What the caches of this process did so far; ``replies`` is null where none is kept."""

    tiers: list[TierView]
    replies: RepliesView | None
    tools: ToolsView


class ForgetBody(BaseModel):
    """Whose replies are forgotten: yours, those of one of your agents, or everybody's, which is the operator's to say."""

    agent: str = Field(default="", max_length=64)
    everybody: bool = False


@router.get("/cache")
async def show_cache(request: Request, person: Person) -> CacheView:  # noqa: ARG001  somebody must ask
    """Tell what the tiers keep and how often that helped."""
    return _view(request)


@router.post("/cache/forget")
async def forget(request: Request, person: Person, body: ForgetBody | None = None) -> CacheView:
    """Forget kept replies: equal requests are asked anew from now on, on other instances within moments."""
    house, wanted = house_of(request), body or ForgetBody()
    if wanted.everybody:
        if not is_operator(request):
            raise AccessDenied("Replies to others are the operator's to forget, by the token that lies in the state folder.")
        await forget_everybodys(house)
    else:
        await forget_replies(house, person, wanted.agent)
    return _view(request)


def _view(request: Request) -> CacheView:
    return CacheView.model_validate(msgspec.to_builtins(report_of(house_of(request))))


class WrongAnswerBody(Body):
    """An answer that was given to a like question and is wrong."""

    entry: Annotated[str, Field(min_length=1, max_length=100, description="`entry` of the event `model_replied`.")]


@router.post("/cache/feedback", status_code=204)
async def report_wrong_answer(request: Request, person: Person, body: WrongAnswerBody) -> None:
    """Forget an answer that was given to a like question and is wrong; nobody is given it again."""
    semantics = house_of(request).semantics
    if semantics is None or not await semantics.likes.report(person, body.entry):
        raise NotFound("No such answer of yours is kept any more: it was reported before, made room, or ended.")
