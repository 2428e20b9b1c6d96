"""The shortest way: one message in, its answer out."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from artelier.api.away import model_away
from artelier.api.bodies import ChatBody
from artelier.api.conversations import Correlation
from artelier.api.guard import Person
from artelier.api.schemas import ApprovalView, ChatView
from artelier.api.stream import EventStream, session_chunks
from artelier.api.views import approval_view, cache_wishes, house_of, own_session, usage_view
from artelier.domain.events import Event
from artelier.domain.questions import QuestionStatus
from artelier.domain.runs import RunRecord
from artelier.ports.runs import Page
from artelier.runtime.house import House
from artelier.runtime.service import Accepted, Message
from artelier.runtime.waiting import waits_for_model

router = APIRouter(prefix="/api/v1", tags=["chat"])


@router.post("/chat", response_model=ChatView, responses={200: {"content": {EventStream.media_type: {"schema": {"type": "string"}}}}})
async def chat(request: Request, person: Person, body: ChatBody, correlation: Correlation = "") -> Response | ChatView:
    """Send a message and wait until its run rests; with ``Accept: text/event-stream`` the run's stream instead."""
    house = house_of(request)
    if body.session_id:
        await own_session(house, body.session_id, person)
    accepted = await house.service.send(
        Message(
            text=body.message,
            person=person,
            session=body.session_id or "",
            workspace=body.workspace_id or house.workspace.id,
            agent=body.agent,
            model=body.model,
            trace=correlation,
            cache=cache_wishes(request, body.cache),
        )
    )
    if "text/event-stream" in request.headers.get("accept", ""):
        return EventStream(session_chunks(house, accepted.session, accepted.seq - 1, accepted.run, _from(accepted)))
    record = await house.service.wait(accepted.run, lambda each: waits_for_model(each, house.clock.now()))
    away = await model_away(house, record, accepted.seq)
    return ChatView(
        session_id=accepted.session,
        run_id=accepted.run,
        status=record.status.value,
        agent=record.agent,
        reply=record.reply,
        usage=usage_view(record.usage),
        approvals=await _open_questions(house, record, person),
        code=record.code or (away.code if away else ""),
        message=record.message or (away.message if away else ""),
        retry_after=away.retry_after if away else None,
    )


async def _open_questions(house: House, run: RunRecord, person: str) -> list[ApprovalView]:
    records = await house.store.list_questions(person, Page(200), QuestionStatus.OPEN, run.session)
    return [approval_view(record) for record in reversed(records) if record.run == run.id]


def _from(accepted: Accepted) -> tuple[Event, ...]:
    return tuple(event for event in accepted.events if event.seq >= accepted.seq)
