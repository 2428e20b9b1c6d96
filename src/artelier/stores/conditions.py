"""Whether an append may happen: pure, and the same for every store."""

from typing import assert_never

from artelier.domain.errors import ConditionFailed, NotFound, SequenceConflict, StaleFence
from artelier.domain.questions import QuestionStatus
from artelier.domain.runs import RunStatus
from artelier.ports.journal import Condition, OwnedBy, WhileOpen, WhileOwed, WhileRun
from artelier.stores.records import Row
from artelier.stores.refusals import unknown


def check(condition: Condition, session: str, facts: Row | None) -> Row:
    """Return the facts of an append that is allowed.

    ``facts`` are the session's ``head`` with the ``status`` and ``fence`` of the run, or the ``status`` of the question,
    that the condition names; None when there is no such session, a null status when it has no such run or question.
    Raises ``NotFound``, ``StaleFence``, ``SequenceConflict``, ``ConditionFailed``.
    """
    if facts is None:
        raise unknown("session", session)
    match condition:
        case OwnedBy():
            _check_owner(condition, session, facts)
        case WhileRun():
            _check_run(condition, session, facts)
        case WhileOwed():
            if facts["status"] is None:
                raise ConditionFailed(f"The end of what call {condition.call} delegated was told already.")
        case WhileOpen():
            _check_question(condition, session, facts)
        case _:
            assert_never(condition)
    return facts


def _check_owner(condition: OwnedBy, session: str, facts: Row) -> None:
    if facts["status"] is None:
        raise NotFound(f"Session {session} has no run {condition.run}.")
    if facts["fence"] != condition.fence or facts["status"] != RunStatus.RUNNING:
        raise StaleFence(
            f"Run {condition.run} is no longer held by fence {condition.fence}: another worker has taken it, or it ended. Stop here."
        )
    if facts["head"] != condition.expected:
        raise SequenceConflict(f"Session {session} stands at {facts['head']}, not at {condition.expected}: read on and decide again.")


def _check_run(condition: WhileRun, session: str, facts: Row) -> None:
    if facts["status"] is None:
        raise NotFound(f"Session {session} has no run {condition.run}.")
    if facts["status"] not in condition.statuses:
        allowed = ", ".join(sorted(condition.statuses))
        raise ConditionFailed(f"Run {condition.run} is {facts['status']}; this can be done only while it is {allowed}.")


def _check_question(condition: WhileOpen, session: str, facts: Row) -> None:
    if facts["status"] is None:
        raise NotFound(f"Session {session} has no question {condition.question}.")
    if facts["status"] != QuestionStatus.OPEN:
        raise ConditionFailed(f"Question {condition.question} is {facts['status']} already: its first answer counts.")
