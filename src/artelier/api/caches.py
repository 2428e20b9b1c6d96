"""Routes of what is kept and may be lost: look, forget, and say that a kept answer was wrong."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from artelier.api.bodies import Body
from artelier.api.guard import Person, is_operator
from artelier.api.views import house_of
from artelier.caches.counted import CountedCache
from artelier.domain.errors import AccessDenied, NotFound
from artelier.runtime.forgetting import forget_everybodys, forget_replies
from artelier.runtime.house import House

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
    failing: bool
    """Whether it failed when it was last asked."""


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


class SemanticInsightView(BaseModel):
    """How the cache of like questions does for you, since the server started; in mode `shadow`, what it would have done.

    `looked`: questions for which like ones were looked for; `near`: those with one that nothing speaks against; `vetoed`: near
    ones that differ in a number, a negation or a name; `hits`: answered by it; `right` and `wrong`: answers that stood and were
    compared with the model's own, in shadow mode all hits; `reported` by you. `hit_rate` is of `looked`, `error_rate` of `near`,
    which `error_bound` holds. `saved` and `spent` on embeddings are US dollars.
    """

    mode: Literal["shadow", "on"]
    embedder: str
    looked: int
    near: int
    vetoed: int
    hits: int
    right: int
    wrong: int
    reported: int
    kept: int
    hit_rate: float
    error_rate: float
    error_bound: float
    saved: float
    spent: float


class CacheView(BaseModel):
    """What the caches of this process did so far; ``replies`` is null where none is kept, ``semantic`` where like questions are not."""

    tiers: list[TierView]
    replies: RepliesView | None
    tools: ToolsView
    semantic: SemanticInsightView | None


class ForgetBody(BaseModel):
    """Whose replies are forgotten: yours, those of one of your agents, or everybody's, which is the operator's to say."""

    agent: str = Field(default="", max_length=64)
    everybody: bool = False


class WrongAnswerBody(Body):
    """An answer that was given to a like question and is wrong."""

    entry: Annotated[str, Field(min_length=1, max_length=100, description="`entry` of the event `model_replied`.")]


@router.get("/cache")
async def show_cache(request: Request, person: Person) -> CacheView:
    """Tell what the tiers keep and how often that helped."""
    return _view(house_of(request), person)


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
    return _view(house, person)


@router.post("/cache/feedback", status_code=204)
async def report_wrong_answer(request: Request, person: Person, body: WrongAnswerBody) -> None:
    """Forget an answer that was given to a like question and is wrong; nobody is given it again."""
    semantics = house_of(request).semantics
    if semantics is None or not await semantics.likes.report(person, body.entry):
        raise NotFound("No such answer of yours is kept any more: it was reported before, made room, or ended.")


def semantic_view(house: House, person: str) -> SemanticInsightView | None:
    """Return how the cache of like questions does for a person, None where it is off."""
    if house.semantics is None:
        return None
    likes, score = house.semantics.likes, house.semantics.likes.scores.of(person)
    counts = {name: getattr(score, name) for name in SemanticInsightView.model_fields if hasattr(score, name)}
    return SemanticInsightView(mode="on" if likes.answers else "shadow", embedder=likes.embedder, error_bound=likes.error_bound, **counts)


def _view(house: House, person: str) -> CacheView:
    caches, tools = house.caches, house.workspaces.counts()
    kept = caches.replies.counts if caches.replies is not None else None
    return CacheView(
        tiers=[_tier("memory", caches.near), _tier(caches.far_kind, caches.far)],
        replies=None if kept is None else RepliesView(hits=kept.hits, joined=kept.joined, misses=kept.misses, stored=kept.stored),
        tools=ToolsView(hits=tools.hits, misses=tools.misses, stale=tools.stale, saved_seconds=tools.saved_seconds),
        semantic=semantic_view(house, person),
    )


def _tier(name: str, cache: CountedCache) -> TierView:
    counts, failures = cache.counts, cache.failures
    return TierView(
        tier=name,
        hits=counts.hits,
        misses=counts.misses,
        puts=counts.puts,
        put_bytes=counts.bytes_put,
        bytes=cache.bytes_used,
        failures=failures,
        failing=cache.failing,
    )
