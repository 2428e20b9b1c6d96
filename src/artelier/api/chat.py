"""The shortest way: one message in, its answer out."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from fastapi import APIRouter, Request
from fastapi.responses import Response

from artelier.api.answering import Talk, Wanted, begin
from artelier.api.bodies import ChatBody
from artelier.api.conversations import Correlation
from artelier.api.following import followed
from artelier.api.guard import Person
from artelier.api.schemas import ChatView
from artelier.api.stream import EventStream, session_chunks
from artelier.api.views import approval_view, cache_wishes, usage_view
from artelier.domain.runs import RunStatus

router = APIRouter(prefix="/api/v1", tags=["chat"])
_KEPT = "The session waits for a person: answer its approvals. Your message is kept behind them and is taken up then."


@router.post("/chat", response_model=ChatView, responses={200: {"content": {EventStream.media_type: {"schema": {"type": "string"}}}}})
async def chat(request: Request, person: Person, body: ChatBody, correlation: Correlation = "") -> Response | ChatView:
    """Send a message and wait until its run rests; with ``Accept: text/event-stream`` the run's stream instead.

    A session that waits for a person is answered at once: words answer a question that asks for words; behind any other the
    message is kept, `queued` is true and `approvals` are what to answer. A stream then ends with an event `waiting` that holds
    the same.
    """
    wanted = Wanted(
        body.message,
        body.agent,
        body.session_id or "",
        cache=cache_wishes(request, body.cache),
        trace=correlation,
        answers=False,
        model=body.model,
        workspace=body.workspace_id or "",
    )
    talk = await begin(request, person, wanted)
    if "text/event-stream" in request.headers.get("accept", ""):
        return EventStream(_chunks(talk))
    async with aclosing(followed(talk.house, talk.session, talk.after, talk.run, talk.known)) as told:
        async for frames in told:
            if await talk.is_left(frames):
                break
    return await _view(talk)


async def _chunks(talk: Talk) -> AsyncIterator[bytes]:
    async for chunk in session_chunks(talk.house, talk.session, talk.after, talk.run, talk.known):
        yield chunk
    view = await _view(talk)
    if view.queued:
        yield b"event: waiting\ndata: %s\n\n" % view.model_dump_json().encode()


async def _view(talk: Talk) -> ChatView:
    record, away = await talk.rested(), await talk.away()
    waiting = await talk.waiting(record)
    kept = record.status is RunStatus.QUEUED and bool(waiting)
    return ChatView(
        session_id=talk.session,
        run_id=talk.run,
        status=RunStatus.WAITING.value if kept else record.status.value,
        agent=record.agent,
        reply=record.reply,
        usage=usage_view(record.usage),
        approvals=[approval_view(each) for each in waiting],
        code=record.code or (away.code if away else ""),
        message=record.message or (away.message if away else _KEPT if kept else ""),
        retry_after=away.retry_after if away else None,
        queued=kept,
    )
