"""What models were asked in a run, and what they would say now: for people who build agents."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from artelier.api.bodies import Body, Identifier
from artelier.api.guard import Person
from artelier.api.views import house_of, own_run, own_session
from artelier.domain.errors import ArtelierError, NotFound
from artelier.domain.events import ModelReplied
from artelier.domain.refusals import Refusal, RefusalCode
from artelier.engine.asked import Asked
from artelier.runtime.replay import MOST_STEPS, Replay, Replayed, size_of

router = APIRouter(prefix="/api/v1", tags=["debugging"])
LINES = "application/x-ndjson"
Prompt = Annotated[str, Field(max_length=100_000)]


class AskedView(BaseModel):
    """One request to a model, built again from the journal with what is in force now, and how it ended then."""

    model_config = ConfigDict(extra="allow")

    step: int
    attempt: int
    agent: str
    model: str
    at: str
    seconds: float
    system: str
    messages: list[dict[str, Any]]
    tools: list[str]
    max_tokens: int
    characters: int
    failed: str = ""


class AskedListing(BaseModel):
    """All requests of a run, in order."""

    items: list[AskedView]


class ReplayBody(Body):
    """What is different this time; nothing but what is in force now when it is empty."""

    run: Identifier | None = None
    model: Annotated[str, Field(max_length=200)] = ""
    prompts: dict[str, Prompt] = Field(default_factory=dict)
    steps: Annotated[int, Field(ge=1, le=MOST_STEPS)] = MOST_STEPS


@router.get("/runs/{run_id}/requests")
async def list_requests(request: Request, person: Person, run_id: Identifier) -> AskedListing:
    """Show what the run's models were asked, prompt and messages included."""
    house = house_of(request)
    run = await own_run(house, run_id, person)
    asked = await Replay(house.store, house.standing, house.models).asked(run.session, run.workspace, run.id)
    return AskedListing(items=[_view(each) for each in asked])


@router.post("/sessions/{session_id}/replay", response_class=StreamingResponse, responses={200: {"content": {LINES: {}}}})
async def replay(request: Request, person: Person, session_id: Identifier, body: ReplayBody) -> StreamingResponse:
    """Ask the models again what they were asked in a session, a JSON line a step: what was said then and now. No tool runs."""
    house = house_of(request)
    session = await own_session(house, session_id, person)
    run = body.run or ""
    if run and (await own_run(house, run, person)).session != session_id:
        raise NotFound("There is no such run in this session.", because=Refusal(RefusalCode.UNKNOWN, {"kind": "run"}))
    played = Replay(house.store, house.standing, house.models).play(
        session_id, session.workspace, run, model=body.model, prompts=body.prompts, steps=body.steps
    )
    first = await anext(played, None)  # what cannot be played at all is refused as every request is
    return StreamingResponse(_lines(first, played), media_type=LINES)


async def _lines(first: Replayed | None, rest: AsyncIterator[Replayed]) -> AsyncIterator[bytes]:
    if first is None:
        return
    yield msgspec.json.encode(first) + b"\n"
    try:
        async for step in rest:
            yield msgspec.json.encode(step) + b"\n"
    except ArtelierError as failure:
        yield msgspec.json.encode({"code": failure.code, "message": failure.message}) + b"\n"


def _view(asked: Asked) -> AskedView:
    outcome, request = asked.outcome, asked.request
    return AskedView(
        step=outcome.step,
        attempt=outcome.attempt,
        agent=asked.agent,
        model=outcome.model if isinstance(outcome, ModelReplied) else asked.wanted_model,
        at=asked.at.isoformat().replace("+00:00", "Z"),
        seconds=round(asked.seconds, 4),
        system=request.system,
        messages=msgspec.to_builtins(request.messages),
        tools=[tool.name for tool in request.tools],
        max_tokens=request.max_tokens,
        characters=size_of(request),
        failed="" if isinstance(outcome, ModelReplied) else outcome.code,
    )
