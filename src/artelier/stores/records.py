"""Rows as records. A row is anything that gives its columns by name: a dict, a row of sqlite3, a mapping of SQLAlchemy."""

from typing import Any, Protocol

import msgspec

from artelier.domain.codec import decode_payload
from artelier.domain.events import Event
from artelier.domain.grants import Grant, GrantRecord
from artelier.domain.questions import Answer, Question, QuestionStatus
from artelier.domain.runs import QuestionRecord, RunRecord, RunStatus, SessionRecord, WorkspaceRecord
from artelier.domain.usage import Usage
from artelier.stores.times import moment, optional_moment


class Row(Protocol):
    """Columns by name."""

    def __getitem__(self, column: str, /) -> Any:
        """Return a column's value."""
        ...


_grant = msgspec.json.Decoder(Grant)
_usage = msgspec.json.Decoder(Usage)
_question = msgspec.json.Decoder(Question)
_answer = msgspec.json.Decoder(Answer)


def event(row: Row) -> Event:
    """Return a stored event. Raises ``StoreError`` when this code cannot read it."""
    return Event(
        session=row["session"],
        seq=row["seq"],
        run=row["run"],
        type=row["type"],
        v=row["v"],
        at=moment(row["at"]),
        actor=row["actor"],
        trace=row["trace"],
        payload=decode_payload(row["type"], row["v"], row["payload"]),
    )


def session_record(row: Row) -> SessionRecord:
    """Return a session as it is listed."""
    return SessionRecord(
        id=row["id"],
        owner=row["owner"],
        workspace=row["workspace"],
        title=row["title"],
        status=row["status"],
        agent=row["agent"],
        head=row["head"],
        created_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
        origin=row["origin"],
        copied=row["copied"],
    )


def run_record(row: Row) -> RunRecord:
    """Return a run as it is listed."""
    return RunRecord(
        id=row["id"],
        session=row["session"],
        workspace=row["workspace"],
        status=RunStatus(row["status"]),
        agent=row["agent"],
        model=row["model"],
        request=row["request"],
        position=row["position"],
        fence=row["fence"],
        created_at=moment(row["created_at"]),
        started_at=optional_moment(row["started_at"]),
        ended_at=optional_moment(row["ended_at"]),
        wake_at=optional_moment(row["wake_at"]),
        wait_reason=row["wait_reason"],
        usage=_usage.decode(row["usage"]),
        reply=row["reply"],
        code=row["code"],
        message=row["message"],
    )


def question_record(row: Row) -> QuestionRecord:
    """Return a question with where it stands."""
    return QuestionRecord(
        question=_question.decode(row["question"]),
        session=row["session"],
        run=row["run"],
        status=QuestionStatus(row["status"]),
        asked_at=moment(row["asked_at"]),
        answered_at=optional_moment(row["answered_at"]),
        answer=None if row["answer"] is None else _answer.decode(row["answer"]),
    )


def grant_record(row: Row) -> GrantRecord:
    """Return a grant with whether it was revoked."""
    return GrantRecord(grant=_grant.decode(row["grant"]), made_at=moment(row["made_at"]), revoked_at=optional_moment(row["revoked_at"]))


def workspace_record(row: Row) -> WorkspaceRecord:
    """Return a registered folder."""
    return WorkspaceRecord(
        id=row["id"],
        name=row["name"],
        root=row["root"],
        place=row["place"],
        created_at=moment(row["created_at"]),
    )
