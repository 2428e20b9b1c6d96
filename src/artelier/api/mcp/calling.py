"""A call of a tool is a run: progress while it works, questions as forms where the client shows them, cancelling it cancels the run.

Source: https://modelcontextprotocol.io/specification/2025-11-25/server/tools, and for answers that a client brings with the
same call again https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr.
"""

import uuid
from contextlib import aclosing
from typing import Any

import anyio
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, CallToolRequestParams, CallToolResult, ElicitRequestFormParams, ElicitResult, TextContent
from mcp_types import InputRequiredResult as InputRequired
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from msgspec import Struct, structs
from pydantic import ValidationError

from artelier.api.answering import Talk, Wanted, begin
from artelier.api.following import followed
from artelier.api.mcp.context import Context, house_in, person_of, request_of
from artelier.api.mcp.eliciting import answer_of, can_elicit, form_of, may_be_elicited
from artelier.api.mcp.offering import AUTO, asked_of
from artelier.api.mcp.progress import STILL_AT_WORK, told_of
from artelier.api.mcp.running import Running
from artelier.api.told import told_by
from artelier.api.views import own_question, own_run, own_session, usage_view
from artelier.domain.errors import ArtelierError, Conflict, NotFound
from artelier.domain.questions import IN_WORDS, Answer, QuestionStatus
from artelier.domain.runs import ENDED, QuestionRecord, RunRecord, RunStatus

_ONLY_THERE = "The console alone can approve it. Words other than a yes, in a call with session_id {session}, refuse all that waits."
_AGAIN = "Ask the person. Then call this tool again with session_id {session} and the person's own words as the task."
_THERE = "Ask the person to answer there; the work then goes on by itself. Called again with session_id {session}, the task refuses all."
_FIRST = "Ask the person. Called again with session_id {session}, the task answers '{words}'. Calls beside it are decided there."
_NOT_DONE = "It is still at work, and goes on. Call this tool again later with session_id {session}, or look at {link}"


async def call_tool(context: Context, params: CallToolRequestParams, running: Running) -> CallToolResult | InputRequired:
    """Run an agent. Raises ``MCPError`` for a tool that is not there; what else is wrong is an answer that says so."""
    house = house_in(context)
    if params.name != AUTO and params.name not in house.agents:
        raise MCPError(INVALID_PARAMS, f"There is no tool '{params.name}'. These are known: {', '.join([AUTO, *sorted(house.agents)])}.")
    try:
        async with running.cancellable(context) as started:
            with anyio.CancelScope(shield=True):  # a message that was sent has a run, which must be known to be cancelled
                call = await _taken_up(context, params) if params.request_state is not None else await _begun(context, params)
                await started.waits_for(call.talk)
            return await call.attend()
    except ArtelierError as failure:
        return CallToolResult(content=[TextContent(text=failure.message)], is_error=True)


class _Call(Struct, frozen=True):
    """One call on its way; ``asks`` is whether its client shows forms."""

    context: Context
    talk: Talk
    asks: bool

    async def attend(self) -> CallToolResult | InputRequired:
        """Follow the run to its end, or to where it waits for somebody who is not to be asked here."""
        talk, told = self.talk, 0.0
        while True:
            if talk.goes_on:
                told = await self._follow(talk, told)
            head = (await talk.house.store.get_session(talk.session)).head
            record = await talk.rested()
            asked = [each for each in await _waiting(talk, record) if may_be_elicited(each)] if self.asks else []
            if not asked:
                return await _result(talk, record)
            if self.context.protocol_version in MODERN_PROTOCOL_VERSIONS:
                return InputRequired(input_requests={each.question.id: form_of(each.question) for each in asked}, request_state=talk.run)
            if not await self._elicit(talk, asked[0], head):
                return await _result(talk, record)
            talk = structs.replace(talk, after=head, known=(), goes_on=True)

    async def _follow(self, talk: Talk, told: float) -> float:
        async with aclosing(followed(talk.house, talk.session, talk.after, talk.run, talk.known)) as following:
            async for frames in following:
                for words in told_of(frames, talk.run) if frames else (STILL_AT_WORK,):
                    told += 1
                    await self.context.session.report_progress(told, message=words)
                if not frames and await _waiting(talk, await talk.rested()):  # a question that was asked before we listened
                    break
        return told

    async def _elicit(self, talk: Talk, record: QuestionRecord, head: int) -> bool:
        """Show a form until it is answered, there or elsewhere; return whether the question has an answer then."""
        result: ElicitResult | None = None
        async with anyio.create_task_group() as group:

            async def leave_when_answered() -> None:
                await _closed(talk, record, head)
                group.cancel_scope.cancel()

            group.start_soon(leave_when_answered)
            result = await self._shown(record)
            group.cancel_scope.cancel()
        answer = answer_of(record.question, result, talk.person) if result is not None else None
        if answer is not None:
            await _give(talk, record, answer)
        return (await talk.house.store.get_question(record.question.id)).status is not QuestionStatus.OPEN

    async def _shown(self, record: QuestionRecord) -> ElicitResult | None:
        form = form_of(record.question).params
        assert isinstance(form, ElicitRequestFormParams)  # noqa: S101  we make no others
        try:
            return await self.context.session.elicit_form(form.message, form.requested_schema, self.context.request_id)
        except (MCPError, ValidationError):  # it cannot after all, or says what is no answer: the result tells what waits
            return None


async def _begun(context: Context, params: CallToolRequestParams) -> _Call:
    asked = asked_of(params.arguments)
    asks = can_elicit(context.session.client_capabilities)
    agent = "" if params.name == AUTO else params.name
    wanted = Wanted(asked.task, agent, asked.session_id or "", may_approve=False)
    return _Call(context, await begin(request_of(context), person_of(context), wanted), asks)


async def _taken_up(context: Context, params: CallToolRequestParams) -> _Call:
    """Take up a call that comes again with answers. Its state is a run's id, and whose run it is is looked at as always."""
    house, person = house_in(context), person_of(context)
    try:
        run = await own_run(house, str(uuid.UUID(params.request_state)), person)
    except (ValueError, NotFound) as failure:
        raise MCPError(INVALID_PARAMS, "This requestState is not one that this server gave you.") from failure
    head = (await own_session(house, run.session, person)).head
    run = await house.store.get_run(run.id)
    talk = Talk(
        house, person, run.session, run.id, head, f"{request_of(context).base_url}sessions/{run.session}", told_by(request_of(context))
    )
    waiting = {each.question.id: each for each in await _waiting(talk, run)}
    answers = params.input_responses or {}
    said = [await _take(talk, waiting[key], result) for key, result in answers.items() if key in waiting]
    asks = can_elicit(context.session.client_capabilities) and all(said)
    if not said and run.status is not RunStatus.WAITING:  # answered elsewhere meanwhile
        return _Call(context, structs.replace(talk, after=run.position - 1, goes_on=run.status not in ENDED), asks)
    return _Call(context, structs.replace(talk, goes_on=any(said)), asks)


async def _take(talk: Talk, record: QuestionRecord, result: object) -> bool:
    """Give a question the answer that a client brought; return whether it was one."""
    if not isinstance(result, ElicitResult) or not may_be_elicited(record):
        return False
    answer = answer_of(record.question, result, talk.person)
    if answer is not None:
        await _give(talk, await own_question(talk.house, record.question.id, talk.person), answer)
    return answer is not None


async def _give(talk: Talk, record: QuestionRecord, answer: Answer) -> None:
    try:
        await talk.house.service.answer(record.question.id, answer)
    except Conflict:  # somebody was faster, and their answer stands
        return


async def _closed(talk: Talk, record: QuestionRecord, head: int) -> None:
    """Return once a question is no longer open, or the server stops."""
    after = head if record.session == talk.session else 0
    async for _ in followed(talk.house, record.session, after):
        if (await talk.house.store.get_question(record.question.id)).status is not QuestionStatus.OPEN:
            return


async def _waiting(talk: Talk, record: RunRecord) -> list[QuestionRecord]:
    return await talk.waiting(record)


async def _result(talk: Talk, record: RunRecord) -> CallToolResult:
    waiting = await _waiting(talk, record)
    shown: dict[str, Any] = {
        "session_id": talk.session,
        "run_id": talk.run,
        "status": record.status.value,
        "agent": record.agent,
        "usage": usage_view(record.usage).model_dump(),
        "link": talk.address,
    }
    if waiting:
        shown["waits_for"] = [_shown(each) for each in waiting]
    if record.code:
        shown["code"] = record.code
    failed = record.status in {RunStatus.FAILED, RunStatus.CANCELLED}
    return CallToolResult(content=[TextContent(text=await _text(talk, record, waiting))], structured_content=shown, is_error=failed)


async def _text(talk: Talk, record: RunRecord, waiting: list[QuestionRecord]) -> str:
    match record.status:
        case RunStatus.FINISHED:
            return record.reply
        case RunStatus.FAILED:
            return f"{record.message} ({record.code})"
        case RunStatus.QUEUED | RunStatus.RUNNING if not waiting:
            return _NOT_DONE.format(session=talk.session, link=talk.address)
        case _:
            how = [_how(waiting, talk.session)] if waiting else []
            return "\n\n".join([await talk.what_waits(record), *how])


def _how(waiting: list[QuestionRecord], session: str) -> str:
    """Return what the model is told to do about questions: only those that ask for words can be answered through it."""
    words = [each.question.text for each in waiting if each.question.kind in IN_WORDS]
    if words and len(words) < len(waiting):
        return _FIRST.format(session=session, words=words[0])
    how = _AGAIN if words else _THERE if all(map(may_be_elicited, waiting)) else _ONLY_THERE
    return how.format(session=session)


def _shown(record: QuestionRecord) -> dict[str, Any]:
    question = record.question
    return {
        "id": question.id,
        "kind": question.kind.value,
        "text": question.effect or question.text,
        "options": list(question.options),
        "console_only": not may_be_elicited(record),
    }
