"""Which agent a request is for, without starting anything; and what people say was right."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from artelier.api.guard import Person
from artelier.api.views import house_of
from artelier.domain.errors import InvalidRequest
from artelier.engine.choosing import GUESS
from artelier.ports.router import Earlier, Route

router = APIRouter(prefix="/api/v1/routing", tags=["routing"])
Source = Literal["mention", "plugin", "classifier", "session", "default"]
Text = Annotated[str, Field(min_length=1, max_length=100_000)]


class ContextBody(BaseModel):
    """What came before in the session."""

    model_config = ConfigDict(extra="forbid")

    previous_agent: Annotated[str, Field(max_length=64)] = ""
    last_error: bool = False
    files_changed: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class ClassifyBody(BaseModel):
    """A request whose agent is wanted."""

    model_config = ConfigDict(extra="forbid")

    text: Text
    context: ContextBody = ContextBody()


class FeedbackBody(ClassifyBody):
    """A request, and the agent that should have it."""

    agent: Annotated[str, Field(min_length=1, max_length=64)]


class AlternativeView(BaseModel):
    """Another agent and how likely it is meant."""

    agent: str
    confidence: float


class RouteView(BaseModel):
    """The agent that would answer, how sure that is, and by what it was found."""

    agent: str
    confidence: float
    source: Source
    sure: bool
    """Whether a message would go there without a model or a person being asked, where they can be."""
    alternatives: list[AlternativeView]


@router.post("/classify")
async def classify(request: Request, _: Person, body: ClassifyBody) -> RouteView:
    """Tell which agent would answer a request, and how sure that is; nothing is started, no model is asked."""
    house = house_of(request)
    known, earlier = house.agents, Earlier(body.context.previous_agent, body.context.last_error, body.context.files_changed)
    outside = house.standing.now.outside
    found = outside.router.route(body.text, known.keys(), earlier) if outside.router is not None else None
    if found is not None and found.sure:
        return _view(found, found.agent, _SOURCES.get(found.source, "classifier"), sure=True)
    if earlier.agent in known:
        return _view(found, earlier.agent, "session")
    if found is not None and found.confidence >= GUESS:
        return _view(found, found.agent, "classifier")
    return _view(found, outside.policy.default_agent, "default")


@router.post("/feedback", status_code=204)
async def give_feedback(request: Request, person: Person, body: FeedbackBody) -> None:
    """Keep a request with the agent that was right: an example to train with."""
    house = house_of(request)
    if body.agent not in house.agents:
        raise InvalidRequest(f"There is no agent '{body.agent}'. These are known: {', '.join(sorted(house.agents))}.")
    await house.examples.add(body.text, body.agent, person, body.context.model_dump(exclude_defaults=True))


_SOURCES: dict[str, Source] = {"mention": "mention", "plugin": "plugin"}


def _view(found: Route | None, agent: str, source: Source, *, sure: bool = False) -> RouteView:
    chances = {} if found is None else {found.agent: found.confidence, **dict(found.alternatives)}
    others = [AlternativeView(agent=name, confidence=chance) for name, chance in chances.items() if name != agent]
    return RouteView(agent=agent, confidence=chances.get(agent, 0.0), source=source, sure=sure, alternatives=others)
