"""Refusals in the same words from every store."""

from artelier.domain.errors import Conflict, IdempotencyMismatch, InvalidRequest, NotFound
from artelier.domain.refusals import Refusal, RefusalCode
from artelier.ports.runs import Submission, Submitted


def replay(submission: Submission, run: str, position: int, digest: str | None) -> Submitted:
    """Return what came of the first submission with this key. Raises ``IdempotencyMismatch`` when it had another body."""
    if digest != submission.idempotency_digest:
        raise IdempotencyMismatch("This Idempotency-Key was used for another message in this session: use a new key for a new message.")
    return Submitted(run, position, (), replayed=True)


def unknown(kind: str, name: str) -> NotFound:
    """Say that there is no such session, run, question or workspace."""
    return NotFound(f"There is no {kind} {name}.", because=Refusal(RefusalCode.UNKNOWN, {"kind": kind, "name": name}))


def session_known(session: str) -> Conflict:
    """Say that a session cannot be opened twice."""
    return Conflict(f"There is a session {session} already: send the message into it, or open one with a new id.")


def run_known(run: str) -> Conflict:
    """Say that a run cannot be submitted twice."""
    return Conflict(f"There is a run {run} already: submit each message with a new run id.")


def busy(session: str) -> Conflict:
    """Say that the session has work before it and the message did not want to queue."""
    told = f"Session {session} is busy: wait for its run to end, cancel it, or let the message queue."
    return Conflict(told, because=Refusal(RefusalCode.AT_WORK))


def still_working(session: str) -> Conflict:
    """Say that a session with work before it cannot be deleted."""
    told = f"Session {session} still has a run to do: cancel it before deleting the session."
    return Conflict(told, because=Refusal(RefusalCode.AT_WORK))


def no_such_point(session: str, run: str) -> InvalidRequest:
    """Say that a session cannot be copied up to a run that it does not have."""
    told = f"Session {session} has no run {run}: name one of its runs, or none to copy all of it."
    return InvalidRequest(told, because=Refusal(RefusalCode.UNKNOWN, {"kind": "run", "name": run}))


def not_at_rest(session: str) -> Conflict:
    """Say that a run that would be copied has not ended."""
    return Conflict(
        f"Session {session} has a run that has not ended, and work under way is not copied: copy what lies before that run,"
        " wait for its end, or cancel it.",
        because=Refusal(RefusalCode.AT_WORK),
    )


def anothers_part(session: str) -> InvalidRequest:
    """Say that a delegated session is not copied by itself."""
    told = f"Session {session} is one agent's work for another: copy the session in which it was asked for."
    return InvalidRequest(told, because=Refusal(RefusalCode.DELEGATED))


def workspace_known(workspace: str) -> Conflict:
    """Say that an id names another folder."""
    told = f"Workspace {workspace} is another folder already: register this one under a new id."
    return Conflict(told, because=Refusal(RefusalCode.WORKSPACE_KNOWN))


def workspace_used(workspace: str) -> Conflict:
    """Say that a workspace with sessions cannot be removed."""
    told = f"Sessions still use workspace {workspace}: delete them before removing it."
    return Conflict(told, because=Refusal(RefusalCode.WORKSPACE_USED))
