"""From the runtime's records to what answers show."""

from urllib.parse import urlsplit

import msgspec
from fastapi import Request

from artelier.api.bodies import CacheBody
from artelier.api.reasons import because_view
from artelier.api.schemas import ApprovalView, CommandView, GrantView, RunView, SessionView, UsageView, WorkspaceView
from artelier.approvals.labels import examined
from artelier.domain.errors import NotFound
from artelier.domain.grants import GrantRecord
from artelier.domain.models import CacheWishes
from artelier.domain.refusals import Refusal, RefusalCode
from artelier.domain.runs import QuestionRecord, RunRecord, SessionRecord, WorkspaceRecord
from artelier.domain.usage import Usage
from artelier.runtime.house import House


def house_of(request: Request) -> House:
    """Return the house this app serves."""
    house: House = request.app.state.house
    return house


async def own_session(house: House, session: str, person: str) -> SessionRecord:
    """Return a session of this person. Raises ``NotFound`` for everybody else's too."""
    record = await house.store.get_session(session)
    if record.owner != person:
        raise NotFound("There is no such session.", because=Refusal(RefusalCode.UNKNOWN, {"kind": "session"}))
    return record


async def own_run(house: House, run: str, person: str) -> RunRecord:
    """Return a run of this person. Raises ``NotFound``."""
    record = await house.store.get_run(run)
    await own_session(house, record.session, person)
    return record


async def own_question(house: House, question: str, person: str) -> QuestionRecord:
    """Return a question to this person. Raises ``NotFound``."""
    record = await house.store.get_question(question)
    await own_session(house, record.session, person)
    return record


def cache_wishes(request: Request, body: CacheBody | None) -> CacheWishes:
    """Return what a request wants of the cache of replies, by its body or by ``Cache-Control`` (RFC 9111)."""
    said = {word.strip().lower() for word in request.headers.get("cache-control", "").split(",")}
    wanted = body or CacheBody()
    anew = wanted.no_cache or not said.isdisjoint(("no-cache", "max-age=0"))
    return CacheWishes(anew, wanted.no_store or "no-store" in said, wanted.ttl)


def usage_view(usage: Usage) -> UsageView:
    """Return tokens as an answer shows them."""
    return UsageView(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cached_tokens=usage.cached_tokens,
        reasoning_tokens=usage.reasoning_tokens,
        cache_write_tokens=usage.cache_write_tokens,
        model_calls=usage.model_calls,
        cost=usage.cost,
        saved=usage.saved,
        unpriced_calls=usage.unpriced_calls,
    )


def run_view(run: RunRecord) -> RunView:
    """Return a run as an answer shows it."""
    return RunView(
        id=run.id,
        session_id=run.session,
        workspace_id=run.workspace,
        status=run.status.value,
        agent=run.agent,
        model=run.model,
        request=run.request,
        created_at=run.created_at,
        started_at=run.started_at,
        ended_at=run.ended_at,
        wake_at=run.wake_at,
        wait_reason=run.wait_reason,
        usage=usage_view(run.usage),
        reply=run.reply,
        code=run.code,
        message=run.message,
    )


def session_view(session: SessionRecord) -> SessionView:
    """Return a session as an answer shows it."""
    return SessionView(
        id=session.id,
        title=session.title,
        status=session.status,
        agent=session.agent,
        workspace_id=session.workspace,
        head=session.head,
        created_at=session.created_at,
        updated_at=session.updated_at,
        forked_from=session.origin or None,
        copied=session.copied,
    )


def approval_view(record: QuestionRecord) -> ApprovalView:
    """Return a question as an answer shows it."""
    question = record.question
    arguments = (question.call.arguments if question.call else None) or {}
    found = examined(question.call) if question.call else None
    return ApprovalView(
        id=question.id,
        kind=question.kind.value,
        status=record.status.value,
        session_id=record.session,
        run_id=record.run,
        root_session_id=question.root or record.session,
        agent=question.agent,
        path=list(question.path or ((question.agent,) if question.agent else ())),
        text=question.text,
        effect=question.effect,
        reason=question.reason,
        because=because_view(question),
        limit=question.limit,
        tool=question.call.name if question.call else "",
        arguments=question.call.arguments if question.call else None,
        options=list(question.options),
        labels=list(question.labels),
        preview=question.preview,
        undoable=question.undoable,
        commands=[CommandView(**msgspec.structs.asdict(each) | {"argv": list(each.argv)}) for each in (found.commands if found else ())],
        parseable=found is None or found.parseable,
        writes=list(found.writes) if found else sorted(question.targets),
        address=_address(arguments.get("url")),
        asked_at=record.asked_at,
        expires_at=question.expires_at,
        answered_at=record.answered_at,
        answer=None if record.answer is None else msgspec.to_builtins(record.answer),
    )


def _address(url: object) -> str:
    """Return whom a call would speak with, empty where it names nobody."""
    try:
        return urlsplit(url).hostname or "" if isinstance(url, str) else ""
    except ValueError:
        return ""


def grant_view(record: GrantRecord, place: SessionRecord | None) -> GrantView:
    """Return a grant as an answer shows it; ``place`` is the session in which it was asked about."""
    grant = record.grant
    return GrantView(
        id=grant.id,
        scope=grant.scope.value,
        tool=grant.tool,
        agent=grant.agent,
        effect=grant.effect,
        workspace_id=grant.workspace,
        session_id=grant.session,
        root_session_id=grant.session if place is None else place.id,
        session_title="" if place is None else place.title,
        run_id=grant.run,
        approval_id=grant.question,
        made_at=record.made_at,
        revoked_at=record.revoked_at,
    )


def workspace_view(record: WorkspaceRecord, default: str) -> WorkspaceView:
    """Return a registered folder as an answer shows it."""
    return WorkspaceView(id=record.id, name=record.name, root=record.root, created_at=record.created_at, default=record.id == default)
