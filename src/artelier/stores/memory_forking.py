"""Copying a session's events in dicts: what ``forking.py`` does in SQL."""

from artelier.domain.events import AgentChosen, MessageReceived
from artelier.domain.runs import ENDED
from artelier.stores.forking import EVERYTHING, agent_of, title_of_fork
from artelier.stores.memory_rows import Rows, found_in
from artelier.stores.refusals import anothers_part, no_such_point, not_at_rest, session_known


def copy_session(rows: Rows, now: int, session: str, fork: str, before: str) -> None:
    """Add a session with a copy of another one's events. Raises as ``Sessions.fork_session``; then nothing has changed."""
    origin = found_in(rows.sessions, session, "session")
    if session in rows.delegations:
        raise anothers_part(session)
    if fork in rows.sessions:
        raise session_known(fork)
    cut = _cut(rows, session, before)
    begun = {row["run"] for row in rows.events[session] if row["type"] == MessageReceived.type and row["seq"] < cut}
    wanted = [row for row in rows.events[session] if row["run"] in begun or (not row["run"] and row["seq"] < cut)]
    copied = [{**row, "session": fork, "seq": seq} for seq, row in enumerate(wanted, 1)]
    agent = next((agent_of(row) for row in reversed(copied) if row["type"] == AgentChosen.type), "")
    title = title_of_fork(origin["title"], len([row for row in rows.forks.values() if row["origin"] == session]))
    # The time of the newest event is what the next one must not lie before.
    place = {"head": copied[-1]["seq"], "created_at": now, "updated_at": copied[-1]["at"]}
    rows.sessions[fork] = {**origin, "id": fork, "title": title, "agent": agent, **place}
    rows.events[fork] = copied


def _cut(rows: Rows, session: str, before: str) -> int:
    cut = EVERYTHING
    if before:
        messages = [row["seq"] for row in rows.events[session] if row["run"] == before and row["type"] == MessageReceived.type]
        if not messages:
            raise no_such_point(session, before)
        cut = messages[0]
    unended = [run for run in rows.runs_of[session] if rows.runs[run]["status"] not in ENDED and rows.runs[run]["position"] < cut]
    if unended:
        raise not_at_rest(session)
    return cut
