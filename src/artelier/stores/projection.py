"""What a stored event changes in the rows that are listed: pure, and the same for every store.

``now`` is the store's clock; an event's own time may lie ahead of it, since time within a session never steps back.
"""

from collections.abc import Mapping
from typing import assert_never

from msgspec.json import encode

from artelier.domain.compacting import ContextCompacted
from artelier.domain.delegating import DelegateReturned, DelegateSent
from artelier.domain.events import (
    AgentChosen,
    ApprovalAnswered,
    ApprovalAsked,
    BudgetReached,
    CallJudged,
    CancelRequested,
    Event,
    MessageReceived,
    ModelFailed,
    ModelReplied,
    RunCancelled,
    RunFailed,
    RunFinished,
    RunQueued,
    RunStarted,
    RunWaiting,
    SessionOpened,
    ToolFinished,
    ToolStarted,
)
from artelier.domain.forking import SessionForked
from artelier.domain.grants import Grant, GrantMade, GrantRevoked
from artelier.domain.questions import Question, QuestionStatus, status_after
from artelier.domain.restoring import FilesRestored
from artelier.domain.routes import ClarificationAsked, RouteAdvised
from artelier.domain.runs import RunStatus
from artelier.domain.usage import Usage
from artelier.stores.row_changes import (
    AskerWoken,
    Change,
    EndOwed,
    EndTold,
    GrantAdded,
    GrantEnded,
    QuestionAdded,
    QuestionAnswered,
    QuestionsClosed,
    RunAdded,
    RunBegun,
    RunChanged,
    RunWoken,
    SessionAdded,
    SessionAnsweredBy,
    SessionCopied,
    SessionDelegated,
    SessionTitled,
    UsageAdded,
    Values,
)
from artelier.stores.times import micros, optional_micros

TITLE_LENGTH = 80
REQUEST_LENGTH = 200

_NO_STEP: Mapping[str, float | str] = {"step": 0, "attempt": 0, "calls": 0, "provider": "", "source": "", "lookup_cost": 0.0}
_AT_REST: Values = {"worker": "", "lease_until": None, "wake_at": None, "wait_reason": ""}


def changes(event: Event, now: int) -> tuple[Change, ...]:  # noqa: C901, PLR0911, PLR0912  a flat match over a sum type
    """Return the row changes that an event implies, in the order in which they are to be made."""
    payload, run = event.payload, event.run
    match payload:
        case ModelFailed() | CallJudged() | ToolStarted() | ToolFinished() | FilesRestored() | DelegateSent():
            return ()
        case ModelReplied():
            return (_reply_counted(event, payload),)
        case RouteAdvised(model=model, usage=usage) | ContextCompacted(model=model, usage=usage):
            return (_usage_added(event, _UNSEEN[event.type], model, usage),) if model else ()
        case SessionOpened():
            return (_session_added(event, payload), *_delegated(event, payload))
        case SessionForked():
            return (SessionCopied({"session": event.session, "origin": payload.session, "copied": event.seq - 1}),)
        case MessageReceived():
            return (_run_added(event, payload), SessionTitled(event.session, _title(payload.text)))
        case RunQueued():
            return (_queued_again(run),) if payload.resumed else ()
        case RunStarted():
            return (RunBegun(run, micros(event.at)),)
        case AgentChosen():
            return (RunChanged(run, {"agent": payload.agent}), SessionAnsweredBy(event.session, payload.agent))
        case ApprovalAsked() | BudgetReached() | ClarificationAsked():
            return (_question_added(event, payload.question),)
        case ApprovalAnswered():
            return (_answered(event, payload), AskerWoken(payload.question, now))
        case GrantMade(grant=grant):
            return (_grant_added(event, grant),)
        case GrantRevoked(grant=revoked):
            return (GrantEnded(revoked, micros(event.at)),)
        case DelegateReturned():
            return (EndTold(payload.call), RunWoken(run, now))
        case CancelRequested():
            return (RunWoken(run, now),)
        case RunWaiting():
            return (_waiting(run, payload),)
        case RunFinished():
            return _ended(event, RunStatus.FINISHED, payload.usage, {"reply": payload.reply})
        case RunFailed():
            return _ended(event, RunStatus.FAILED, payload.usage, {"code": payload.code, "message": payload.message})
        case RunCancelled():
            return _ended(event, RunStatus.CANCELLED, payload.usage, {"message": payload.reason})
        case _:
            assert_never(payload)


def _title(text: str) -> str:
    return next(iter(text.strip().splitlines()), "").strip()[:TITLE_LENGTH]


def _session_added(event: Event, opened: SessionOpened) -> SessionAdded:
    at = micros(event.at)
    return SessionAdded(
        {
            "id": event.session,
            "owner": opened.owner,
            "workspace": opened.workspace,
            "title": opened.title,
            "agent": "",
            "head": 0,
            "format": 0,
            "created_at": at,
            "updated_at": at,
        }
    )


def _delegated(event: Event, opened: SessionOpened) -> tuple[Change, ...]:
    parent = opened.parent
    if parent is None:
        return ()
    values = {"root": parent.root, "parent_run": parent.run, "call": parent.call, "delegated": parent.delegated, "owed_at": None}
    return (SessionDelegated({"session": event.session, **values}),)


def _run_added(event: Event, message: MessageReceived) -> RunAdded:
    return RunAdded(
        {
            "id": event.run,
            "session": event.session,
            "status": RunStatus.QUEUED.value,
            "agent": message.agent,
            "model": message.model,
            "request": message.text[:REQUEST_LENGTH],
            "position": event.seq,
            "fence": 0,
            **_AT_REST,
            "created_at": micros(event.at),
            "started_at": None,
            "ended_at": None,
            "usage": encode(Usage()),
            "reply": "",
            "code": "",
            "message": "",
            "idempotency_key": None,
            "idempotency_digest": None,
        }
    )


def _queued_again(run: str) -> RunChanged:
    return RunChanged(run, {"status": RunStatus.QUEUED.value, **_AT_REST, "ended_at": None, "code": "", "message": ""})


_UNSEEN = {"route_advised": "routing", "context_compacted": "compaction"}
"""Who a model worked for where that was no agent."""


def _reply_counted(event: Event, replied: ModelReplied) -> UsageAdded:
    facts = {"step": replied.step, "attempt": replied.attempt, "calls": len(replied.calls)}
    told: Mapping[str, float | str] = {
        **facts,
        "provider": replied.provider,
        "source": replied.source,
        "lookup_cost": replied.lookup_cost,
    }
    return _usage_added(event, event.actor.removeprefix("agent:"), replied.model, replied.usage, told)


def _usage_added(event: Event, agent: str, model: str, used: Usage, facts: Mapping[str, float | str] = _NO_STEP) -> UsageAdded:
    return UsageAdded(
        event.session,
        {
            "at": micros(event.at),
            "seq": event.seq,
            "run": event.run,
            "agent": agent,
            "model": model,
            **facts,
            "input_tokens": used.input_tokens,
            "cached_tokens": used.cached_tokens,
            "output_tokens": used.output_tokens,
            "reasoning_tokens": used.reasoning_tokens,
            "cache_write_tokens": used.cache_write_tokens,
            "cost": used.cost,
            "saved": used.saved,
            "unpriced_calls": used.unpriced_calls,
        },
    )


def _waiting(run: str, waiting: RunWaiting) -> RunChanged:
    values = {
        **_AT_REST,
        "status": RunStatus.WAITING.value,
        "wake_at": optional_micros(waiting.wake_at),
        "wait_reason": waiting.reason.value,
        **_used(waiting.usage),
    }
    return RunChanged(run, values)


def _ended(event: Event, status: RunStatus, usage: Usage, words: Values) -> tuple[Change, ...]:
    values = {**_AT_REST, "status": status.value, "ended_at": micros(event.at), **_used(usage), **words}
    return (RunChanged(event.run, values), QuestionsClosed(event.run), EndOwed(event.session, event.run, micros(event.at)))


def _used(usage: Usage) -> Values:
    # A run that is cancelled from outside says nothing of what it consumed: what is known stays.
    return {} if usage == Usage() else {"usage": encode(usage)}


def _question_added(event: Event, question: Question) -> QuestionAdded:
    return QuestionAdded(
        {
            "id": question.id,
            "session": event.session,
            "run": event.run,
            "status": QuestionStatus.OPEN.value,
            "question": encode(question),
            "asked_at": micros(event.at),
            "answered_at": None,
            "answer": None,
            "key": question.key or None,
        }
    )


def _grant_added(event: Event, grant: Grant) -> GrantAdded:
    values = {"id": grant.id, "owner": grant.owner, "workspace": grant.workspace, "session": event.session, "grant": encode(grant)}
    return GrantAdded({**values, "made_at": micros(event.at), "revoked_at": None, "key": grant.key})


def _answered(event: Event, answered: ApprovalAnswered) -> QuestionAnswered:
    values = {"status": status_after(answered.answer).value, "answered_at": micros(event.at), "answer": encode(answered.answer)}
    return QuestionAnswered(answered.question, values)
