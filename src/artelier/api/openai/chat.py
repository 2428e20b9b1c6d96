"""``POST /v1/chat/completions``: a run, as OpenAI shows an answer.

Source: https://platform.openai.com/docs/api-reference/chat
"""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, Response

from artelier.api.answering import Talk, Wanted, begin
from artelier.api.bodies import Identifier
from artelier.api.conversations import Correlation, IdempotencyKey
from artelier.api.guard import Person
from artelier.api.openai.bodies import ChatCompletionBody, heard
from artelier.api.openai.talk import RUN, SESSION, agent_of, pieces
from artelier.api.openai_errors import error_body
from artelier.api.stream import EventStream
from artelier.api.views import cache_wishes, house_of
from artelier.domain.runs import RunRecord, RunStatus
from artelier.domain.usage import Usage

router = APIRouter(prefix="/v1", tags=["openai"])
_STILL_HERE = b": still here\n\n"
_DONE = b"data: [DONE]\n\n"
SessionHeader = Annotated[Identifier | None, Header(alias=SESSION)]


@router.post(
    "/chat/completions",
    response_model=None,
    responses={200: {"content": {"application/json": {}, EventStream.media_type: {"schema": {"type": "string"}}}}},
)
async def complete(
    request: Request,
    person: Person,
    body: ChatCompletionBody,
    session: SessionHeader = None,
    correlation: Correlation = "",
    key: IdempotencyKey = "",
) -> Response:
    """Let an agent answer a conversation; its tools run on the server. ``X-Artelier-Session`` goes on with a session.

    Without it the request is a session of its own whose history is the messages sent. Where the run waits for a person, the
    answer says what for, with a link; the next message of the session goes on.
    """
    body.refuse_unhonoured()
    agent = agent_of(house_of(request), body.model)
    text, said = heard(body.messages)
    wanted = Wanted(text, agent, session or "", () if session else said, cache_wishes(request, body.cache), correlation, key)
    talk = await begin(request, person, wanted)
    headers = {SESSION: talk.session, RUN: talk.run}
    if body.stream:
        usage_too = body.stream_options is not None and body.stream_options.include_usage
        answer = EventStream(_chunks(talk, body.model, usage_too=usage_too))
        answer.headers.update(headers)
        return answer
    return await _whole(talk, body.model, headers)


async def _whole(talk: Talk, model: str, headers: dict[str, str]) -> Response:
    texts: dict[str, str] = {"text": "", "reasoning": ""}
    async for piece in pieces(talk):
        if piece is not None:
            texts[piece.kind] += piece.text
    away = await talk.away()
    if away is not None:
        held = {"x-should-retry": "false", "Retry-After": str(max(1, round(away.retry_after or 0)))}
        return JSONResponse(error_body(503, away.code, away.message), 503, headers | held)
    record = await talk.rested()
    if record.status is RunStatus.FAILED:
        # The run is stored with all it did: a client that tries again by itself would have it done twice.
        return JSONResponse(error_body(500, record.code, record.message), 500, headers | {"x-should-retry": "false"})
    message: dict[str, Any] = {"role": "assistant", "content": texts["text"], "refusal": None}
    if texts["reasoning"]:
        message["reasoning_content"] = texts["reasoning"]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    head = _head(talk, record, model, "chat.completion")
    return JSONResponse({**head, "choices": [choice], "usage": usage_of(record.usage)}, headers=headers)


async def _chunks(talk: Talk, model: str, *, usage_too: bool) -> AsyncIterator[bytes]:
    head = _head(talk, await talk.rested(), model, "chat.completion.chunk")
    yield _chunk(head, {"role": "assistant", "content": ""})
    async for piece in pieces(talk):
        if piece is None:
            yield _STILL_HERE
        else:
            yield _chunk(head, {"content" if piece.kind == "text" else "reasoning_content": piece.text})
    away, record = await talk.away(), await talk.rested()
    if away is not None:
        yield b"data: %s\n\n" % orjson.dumps(error_body(503, away.code, away.message))
    elif record.status is RunStatus.FAILED:
        yield b"data: %s\n\n" % orjson.dumps(error_body(500, record.code, record.message))
    else:
        yield _chunk(head, {}, "stop")
        if usage_too:
            yield b"data: %s\n\n" % orjson.dumps({**head, "choices": [], "usage": usage_of(record.usage)})
    yield _DONE


def _head(talk: Talk, record: RunRecord, model: str, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{talk.run}", "object": kind, "created": int(record.created_at.timestamp()), "model": model}


def _chunk(head: dict[str, Any], delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return b"data: %s\n\n" % orjson.dumps({**head, "choices": [choice]})


def usage_of(usage: Usage) -> dict[str, Any]:
    """Return tokens as OpenAI counts them."""
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.total_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "cost": usage.cost,
    }
