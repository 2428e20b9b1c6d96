"""Appending to a journal: the condition, the events, and what they change, in one transaction."""

from hashlib import sha256
from typing import assert_never

from sqlalchemy import Executable

from artelier.domain.codec import VERSION
from artelier.domain.events import FORMAT, Event
from artelier.ports.journal import Condition, OwnedBy, WhileOpen, WhileOwed, WhileRun
from artelier.stores import statements
from artelier.stores.conditions import check
from artelier.stores.drafts import Prepared, number, time_of
from artelier.stores.operation import Appended, Parameters, Step, Steps, first
from artelier.stores.projection import changes
from artelier.stores.records import Row
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

PAYLOAD_LIMIT = 32 * 1024
"""Payloads of more bytes lie in ``blobs``."""


def append(now: int, session: str, drafts: tuple[Prepared, ...], condition: Condition, trace: str) -> Steps[tuple[Event, ...]]:
    """Append all drafts or none. Raises as ``Journal.append``."""
    facts = check(condition, session, first((yield _facts(condition, session))))
    return (yield from store(session, facts, drafts, now, trace))


def store(session: str, facts: Row, drafts: tuple[Prepared, ...], now: int, trace: str) -> Steps[tuple[Event, ...]]:
    """Store drafts after the session's head and make the changes they imply; nothing is judged here."""
    if not drafts:
        return ()
    numbered = number(session, facts["head"], facts["updated_at"], drafts, now, trace)
    for event in numbered:
        for change in changes(event, now):
            yield _step(change)
    at = time_of(numbered)
    shared: Parameters = {"the_session": session, "the_v": VERSION, "the_at": at, "the_trace": trace}
    for start in range(0, len(drafts), statements.EVENTS_AT_ONCE):
        chunk = slice(start, start + statements.EVENTS_AT_ONCE)
        yield from _insert(numbered[chunk], drafts[chunk], shared)
    yield _advance(session, facts, numbered[-1].seq, at)
    yield Appended(numbered)
    return numbered


def _facts(condition: Condition, session: str) -> Step:
    match condition:
        case OwnedBy() | WhileRun():
            return Step(statements.SESSION_AND_RUN, {"the_session": session, "the_run": condition.run})
        case WhileOwed():
            return Step(statements.SESSION_AND_DEBT, {"the_session": session, "the_call": condition.call})
        case WhileOpen():
            return Step(statements.SESSION_AND_QUESTION, {"the_session": session, "the_question": condition.question})
        case _:
            assert_never(condition)


def _insert(numbered: tuple[Event, ...], drafts: tuple[Prepared, ...], shared: Parameters) -> Steps[None]:
    parameters = dict(shared)
    for index, (event, draft) in enumerate(zip(numbered, drafts, strict=True)):
        payload: bytes | None = draft.raw
        digest = None
        if len(draft.raw) > PAYLOAD_LIMIT:
            payload, digest = None, sha256(draft.raw).hexdigest()
            yield Step(statements.ADD_BLOB, {"the_digest": digest, "the_content": draft.raw})
        parameters[f"seq_{index}"] = event.seq
        parameters[f"run_{index}"] = event.run
        parameters[f"type_{index}"] = event.type
        parameters[f"actor_{index}"] = event.actor
        parameters[f"payload_{index}"] = payload
        parameters[f"blob_{index}"] = digest
    yield Step(statements.add_events(len(numbered)), parameters)


def _advance(session: str, facts: Row, head: int, at: int) -> Step:
    # A newer worker may have written to this session before: an older one must not take it for its own format.
    newest = max(FORMAT, facts["format"])
    return Step(statements.ADVANCE, {"the_session": session, "new_head": head, "new_updated_at": at, "new_format": newest})


def _step(change: Change) -> Step:  # noqa: C901, PLR0911, PLR0912  a flat match over a sum type
    match change:
        case SessionAdded():
            return Step(statements.ADD_SESSION, change.values)
        case SessionTitled():
            return Step(statements.TITLE_SESSION, {"the_session": change.session, "new_title": change.title})
        case SessionAnsweredBy():
            return Step(statements.ANSWER_SESSION_BY, {"the_session": change.session, "new_agent": change.agent})
        case SessionDelegated():
            return Step(statements.ADD_DELEGATION, change.values)
        case SessionCopied():
            return Step(statements.ADD_FORK, change.values)
        case EndOwed():
            return Step(statements.OWE_END, {"the_session": change.session, "the_run": change.run, "new_owed_at": change.at})
        case EndTold():
            return Step(statements.TELL_END, {"the_call": change.call})
        case RunAdded():
            return Step(statements.ADD_RUN, change.values)
        case RunChanged():
            return Step(_change_run(change.values), {"the_run": change.run, **_new(change.values)})
        case RunBegun():
            return Step(statements.BEGIN_RUN, {"the_run": change.run, "new_started_at": change.at})
        case RunWoken():
            return Step(statements.WAKE_RUN, {"the_run": change.run, "new_wake_at": change.now})
        case AskerWoken():
            return Step(statements.WAKE_ASKER, {"the_question": change.question, "new_wake_at": change.now})
        case QuestionAdded():
            return Step(statements.ADD_QUESTION, change.values)
        case QuestionAnswered():
            return Step(statements.ANSWER_QUESTION, {"the_question": change.question, **_new(change.values)})
        case GrantAdded():
            return Step(statements.ADD_GRANT, change.values)
        case GrantEnded():
            return Step(statements.REVOKE_GRANT, {"the_grant": change.grant, "new_revoked_at": change.at})
        case UsageAdded():
            return Step(statements.ADD_USAGE, {"the_session": change.session, **_new(change.values)})
        case QuestionsClosed():
            return Step(statements.CLOSE_QUESTIONS, {"the_run": change.run})
        case _:
            assert_never(change)


def _change_run(values: Values) -> Executable:
    return statements.change_run(tuple(values))


def _new(values: Values) -> Parameters:
    return {f"new_{name}": value for name, value in values.items()}
