"""``/v1/responses``: a run, as OpenAI's newer interface shows an answer.

Source: https://platform.openai.com/docs/api-reference/responses
"""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from artelier.api.answering import Talk, Wanted, begin
from artelier.api.conversations import Correlation, IdempotencyKey
from artelier.api.guard import Person
from artelier.api.openai.bodies import ChatMessage, ContentPart, OpenAIBody, Words, heard
from artelier.api.openai.output import Output, completed, failed, usage_of_response
from artelier.api.openai.talk import RUN, SESSION, agent_of, pieces
from artelier.api.openai_errors import ParameterRefused, error_body
from artelier.api.stream import EventStream
from artelier.api.views import cache_wishes, house_of, own_run
from artelier.domain.errors import NotFound
from artelier.domain.messages import Earlier, NoteMessage
from artelier.domain.runs import ENDED, RunRecord, RunStatus

router = APIRouter(prefix="/v1", tags=["openai"])
_ID = "resp_"
_STILL_HERE = b": still here\n\n"


class InputItem(BaseModel):
    """One item of the conversation so far; words alone are taken."""

    model_config = ConfigDict(extra="allow")

    type: str = "message"
    role: Literal["system", "developer", "user", "assistant"] = "user"
    content: Words | list[ContentPart] = ""


class ResponseBody(OpenAIBody):
    """``POST /v1/responses``."""

    input: Words | Annotated[list[InputItem], Field(min_length=1, max_length=2000)]
    instructions: Words | None = None
    previous_response_id: Annotated[str | None, Field(max_length=100)] = None


@router.post(
    "/responses",
    response_model=None,
    responses={200: {"content": {"application/json": {}, EventStream.media_type: {"schema": {"type": "string"}}}}},
)
async def respond(
    request: Request, person: Person, body: ResponseBody, correlation: Correlation = "", key: IdempotencyKey = ""
) -> Response:
    """Let an agent answer; ``previous_response_id`` goes on with the session of an earlier answer."""
    body.refuse_unhonoured()
    house = house_of(request)
    agent = agent_of(house, body.model)
    session = "" if body.previous_response_id is None else (await own_run(house, _run_of(body.previous_response_id), person)).session
    text, said = _heard(body)
    wanted = Wanted(text, agent, session, () if session else said, cache_wishes(request, body.cache), correlation, key)
    talk = await begin(request, person, wanted)
    headers = {SESSION: talk.session, RUN: talk.run}
    if body.stream:
        answer = EventStream(_events(talk, body))
        answer.headers.update(headers)
        return answer
    output = Output(talk.run)
    async for piece in pieces(talk):
        if piece is not None:
            list(output.take(piece))
    list(output.close())
    away, record = await talk.away(), await talk.rested()
    if away is not None:
        held = {"x-should-retry": "false", "Retry-After": str(max(1, round(away.retry_after or 0)))}
        return JSONResponse(error_body(503, away.code, away.message), 503, headers | held)
    if record.status is RunStatus.FAILED:
        headers["x-should-retry"] = "false"
    return JSONResponse(_shown(record, body, output.items), headers=headers)


@router.get("/responses/{response_id}", response_model=None)
async def get_response(request: Request, person: Person, response_id: str) -> Response:
    """Show an earlier answer."""
    record = await own_run(house_of(request), _run_of(response_id), person)
    output = Output(record.id)
    if record.status in ENDED and record.reply:
        output.whole(record.reply)
    return JSONResponse(_shown(record, None, output.items))


def _run_of(response_id: str) -> str:
    run = response_id.removeprefix(_ID)
    if run == response_id:
        raise NotFound(f"There is no response '{response_id}'.")
    return run


def _heard(body: ResponseBody) -> tuple[str, tuple[Earlier, ...]]:
    first = (NoteMessage(body.instructions),) if body.instructions else ()
    if isinstance(body.input, str):
        return body.input, first
    for place, item in enumerate(body.input):
        if item.type != "message":
            raise ParameterRefused(f"input[{place}].type", f"input[{place}] is a '{item.type}'; this server takes messages alone.")
    text, said = heard([ChatMessage(role=item.role, content=item.content) for item in body.input])
    return text, (*first, *said)


async def _events(talk: Talk, body: ResponseBody) -> AsyncIterator[bytes]:
    output = Output(talk.run)
    number = 0

    def event(kind: str, **fields: Any) -> bytes:
        nonlocal number
        said = {"type": kind, "sequence_number": number, **fields}
        number += 1
        return b"event: %s\ndata: %s\n\n" % (kind.encode(), orjson.dumps(said))

    begun = _shown(await talk.rested(), body, [], status="in_progress")
    yield event("response.created", response=begun)
    yield event("response.in_progress", response=begun)
    async for piece in pieces(talk):
        if piece is None:
            yield _STILL_HERE
            continue
        for kind, fields in output.take(piece):
            yield event(kind, **fields)
    for kind, fields in output.close():
        yield event(kind, **fields)
    away, record = await talk.away(), await talk.rested()
    if away is not None:
        yield event("error", code=away.code.lower(), message=away.message, param=None)
        return
    kind = "response.failed" if record.status is RunStatus.FAILED else "response.completed"
    yield event(kind, response=_shown(record, body, output.items))


def _shown(record: RunRecord, body: ResponseBody | None, items: list[dict[str, Any]], status: str = "") -> dict[str, Any]:
    """Return a run as OpenAI shows a response. One that waits for a person is complete: what it waits for is said in it."""
    shown = {
        "id": f"{_ID}{record.id}",
        "object": "response",
        "created_at": int(record.created_at.timestamp()),
        "model": body.model if body is not None else f"artelier/{record.agent or 'auto'}",
        "output": items,
        "instructions": body.instructions if body is not None else None,
        "previous_response_id": body.previous_response_id if body is not None else None,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "temperature": None,
        "top_p": None,
        "metadata": {},
        "incomplete_details": None,
        "error": None,
        "usage": None,
    }
    if status:
        return shown | {"status": status}
    if record.status is RunStatus.FAILED:
        return shown | failed(record)
    if record.status in {RunStatus.QUEUED, RunStatus.RUNNING}:
        return shown | {"status": "in_progress"}
    return shown | completed(record) | {"usage": usage_of_response(record.usage)}
