"""``POST /agui``: a session for front ends that speak AG-UI.

A thread is a session, a run of the protocol is one request: words begin a run of ours, ``resume`` answers what one waits
for, and a request with neither looks on. The same ``runId`` again is the same run, so a lost connection is taken up by
sending the request once more.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from ag_ui.core import (
    BaseEvent,
    CustomEvent,
    Interrupt,
    RunAgentInput,
    RunErrorEvent,
    RunFinishedCancelledOutcome,
    RunFinishedEvent,
    RunFinishedInterruptOutcome,
    RunFinishedSuccessOutcome,
    RunStartedEvent,
)
from ag_ui.encoder import EventEncoder
from fastapi import APIRouter, Body, Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from msgspec import Struct
from pydantic import ValidationError

from artelier.api.agui.asked import answers_of, earlier_of, refuse_unhonoured, schema_of, session_of, wish_of, words_of
from artelier.api.agui.narration import Narration
from artelier.api.agui.snapshots import messages_of, state_of
from artelier.api.answering import Wanted, begin, open_in
from artelier.api.conversations import Correlation
from artelier.api.following import followed, journal_until, place_before
from artelier.api.guard import Person
from artelier.api.stream import EventStream
from artelier.api.views import house_of, own_question, own_session
from artelier.domain.errors import Conflict, NotFound
from artelier.domain.events import Event
from artelier.domain.questions import QuestionStatus
from artelier.domain.runs import ACTIVE, QuestionRecord, RunRecord, RunStatus
from artelier.ports.runs import Page
from artelier.runtime.house import House

router = APIRouter(tags=["ag-ui"])
MESSAGE_WAITS = "artelier.message_waits"
"""Says that a message is kept and waits behind the run whose questions follow."""
_STILL_HERE = b": still here\n\n"
_ENCODER = EventEncoder()


class _Watch(Struct, frozen=True):
    """What one request follows: a run of a session from a place in its journal on; no run where nothing goes on."""

    house: House
    person: str
    asked: RunAgentInput
    session: str
    run: str
    after: int


def _asked(body: Annotated[dict[str, Any], Body(description="RunAgentInput of AG-UI 1.0.")]) -> RunAgentInput:
    """Return the request, checked by the protocol's own types, which our document does not repeat."""
    try:
        return RunAgentInput.model_validate(body)
    except ValidationError as failure:
        raise RequestValidationError(failure.errors(include_url=False, include_context=False)) from failure


Asked = Annotated[RunAgentInput, Depends(_asked)]


@router.post("/agui", response_class=EventStream, responses={200: {"content": {EventStream.media_type: {"schema": {"type": "string"}}}}})
async def run_agent(request: Request, person: Person, asked: Asked, correlation: Correlation = "") -> Response:
    """Run an agent for a front end that speaks AG-UI 1.0: text, thoughts, tool calls, snapshots, approvals as interrupts.

    The body is the protocol's own ``RunAgentInput``.
    """
    refuse_unhonoured(asked)
    house = house_of(request)
    session = session_of(asked.thread_id, person)
    text = words_of(asked)
    known = await _known(house, session, person)
    if asked.resume:
        watch = await _resume(house, person, asked, session, correlation)
    elif text:
        if not known:
            await house.store.open_session(session, person, house.workspace.id, "", correlation)
        watch = await _say(request, person, asked, session, correlation, fresh=not known)
    else:
        watch = await _look_on(house, person, asked, session)
    answer = EventStream(_told(watch))
    answer.headers["X-Artelier-Session"] = session
    return answer


async def _known(house: House, session: str, person: str) -> bool:
    try:
        await house.store.get_session(session)
    except NotFound:
        return False
    await own_session(house, session, person)
    return True


async def _say(request: Request, person: str, asked: RunAgentInput, session: str, trace: str, *, fresh: bool) -> _Watch:
    """Send the newest words. Where a call waits for a person they wait behind it, and the request ends with what is asked."""
    wanted = Wanted(
        words_of(asked),
        wish_of(asked, "agent"),
        session,
        earlier_of(asked) if fresh else (),
        trace=trace,
        key=asked.run_id[:200],
        answers=False,
        model=wish_of(asked, "model"),
    )
    talk = await begin(request, person, wanted)
    return _Watch(talk.house, person, asked, session, talk.run, talk.after)


async def _resume(house: House, person: str, asked: RunAgentInput, session: str, trace: str) -> _Watch:
    """Answer what was asked. The same request again answers nothing more and is told from where its answers were given."""
    head, key = (await own_session(house, session, person)).head, asked.run_id[:200]
    entries = asked.resume or []
    records = {each.interrupt_id: await _interrupt_of(house, each.interrupt_id, session, person) for each in entries}
    answers = answers_of(entries, {name: record.question for name, record in records.items()}, person, key)
    for record in records.values():
        if record.status is not QuestionStatus.OPEN and (record.answer is None or record.answer.key != key):
            raise Conflict(f"The interrupt {record.question.id} is {record.status.value} already. Look on without 'resume' to see more.")
    given = [record.answered_at for record in records.values() if record.answered_at is not None]
    after = await place_before(house, session, min(given)) if given else head
    for name, answer in answers.items():
        if records[name].status is QuestionStatus.OPEN:
            await house.service.answer(name, answer, trace)
    active = await house.store.list_runs(Page(1), session, ACTIVE)
    newest = active or await house.store.list_runs(Page(1), session)
    return _Watch(house, person, asked, session, newest[0].id if newest else "", after)


async def _interrupt_of(house: House, question: str, session: str, person: str) -> QuestionRecord:
    record = await own_question(house, question, person)
    if session not in {record.session, record.question.root}:
        raise NotFound(f"This thread has no interrupt {question}.")
    return record


async def _look_on(house: House, person: str, asked: RunAgentInput, session: str) -> _Watch:
    head = (await own_session(house, session, person)).head
    active = await house.store.list_runs(Page(1), session, ACTIVE)
    return _Watch(house, person, asked, session, active[0].id if active else "", head)


async def _told(watch: _Watch) -> AsyncIterator[bytes]:
    asked, house = watch.asked, watch.house
    yield _encoded(RunStartedEvent(thread_id=asked.thread_id, run_id=asked.run_id, protocol_version="1.0"))
    events = await journal_until(house, watch.session, watch.after)
    if events and not words_of(asked):  # who says something now holds more than the journal did before
        yield _encoded(messages_of(events, asked))
    yield _encoded(await _state(watch, events))
    narration = Narration(watch.run)
    if watch.run:
        async for frames in followed(house, watch.session, watch.after, watch.run):
            if not frames:
                yield _STILL_HERE
            events += [frame for frame in frames if isinstance(frame, Event)]
            for event in narration.take(frames):
                yield _encoded(event)
    for event in narration.close():
        yield _encoded(event)
    yield _encoded(messages_of(events, asked))
    yield _encoded(await _state(watch, events))
    if watch.run and (await house.store.get_run(watch.run)).status is RunStatus.QUEUED:
        yield _encoded(CustomEvent(name=MESSAGE_WAITS, value={"run": watch.run}))
    yield _encoded(await _end(watch))


async def _state(watch: _Watch, events: list[Event]) -> BaseEvent:
    session = await watch.house.store.get_session(watch.session)
    run = await watch.house.store.get_run(watch.run) if watch.run else None
    return state_of(session, run, events)


async def _end(watch: _Watch) -> BaseEvent:
    asked = watch.asked
    record = await watch.house.store.get_run(watch.run) if watch.run else None
    if record is not None and record.status is RunStatus.FAILED:
        return RunErrorEvent(message=record.message, code=record.code)
    waiting = await _open_questions(watch, record)
    if waiting:
        outcome: RunFinishedInterruptOutcome | RunFinishedCancelledOutcome | RunFinishedSuccessOutcome
        outcome = RunFinishedInterruptOutcome(type="interrupt", interrupts=[_interrupt(each) for each in waiting])
    elif record is not None and record.status is RunStatus.CANCELLED:
        outcome = RunFinishedCancelledOutcome(type="cancelled")
    else:
        outcome = RunFinishedSuccessOutcome(type="success")
    return RunFinishedEvent(thread_id=asked.thread_id, run_id=asked.run_id, outcome=outcome)


async def _open_questions(watch: _Watch, record: RunRecord | None) -> list[QuestionRecord]:
    """Return what the run waits for, or the one that it stands behind."""
    if record is None or record.status not in {RunStatus.WAITING, RunStatus.QUEUED}:
        return []
    return await open_in(watch.house, watch.session, watch.person)


def _interrupt(record: QuestionRecord) -> Interrupt:
    question = record.question
    known: dict[str, Any] = {
        "kind": question.kind.value,
        "agent": question.agent,
        "path": list(question.path),
        "reason": question.reason,
        "labels": list(question.labels),
        "preview": question.preview,
        "options": list(question.options),
        "undoable": question.undoable,
    }
    more = {"tool_call_id": question.call.id} if question.call is not None and not question.root else {}
    if question.call is not None:
        known |= {"tool": question.call.name, "arguments": question.call.arguments}
    if question.expires_at is not None:
        more["expires_at"] = question.expires_at.isoformat()
    return Interrupt(
        id=question.id,
        reason=f"artelier:{question.kind.value}",
        message=question.effect or question.text,
        response_schema=schema_of(question),
        metadata=known,
        **more,
    )


def _encoded(event: BaseEvent) -> bytes:
    return _ENCODER.encode(event).encode()
