"""What is read and listed, and the small changes that are no events: titles, removals, workspaces."""

from artelier.domain.events import Event
from artelier.domain.runs import QuestionRecord, RunRecord, RunStatus, SessionRecord, WorkspaceRecord
from artelier.ports.runs import Owed, Page
from artelier.stores import queries, statements
from artelier.stores.operation import Parameters, Step, Steps, first
from artelier.stores.records import event, question_record, run_record, session_record, workspace_record
from artelier.stores.refusals import still_working, unknown, workspace_known, workspace_used
from artelier.stores.searching import patterns


def read(session: str, after: int, limit: int | None) -> Steps[tuple[Event, ...]]:
    """Read events in order. See ``Journal.read``."""
    parameters = {"the_session": session, "after": after, "the_limit": queries.NO_LIMIT if limit is None else limit}
    rows = yield Step(queries.EVENTS, parameters)
    if not rows:
        yield from _session(session)
    return tuple([event(row) for row in rows])


def get_session(session: str) -> Steps[SessionRecord]:
    """Read one session. Raises ``NotFound``."""
    return (yield from _session(session))


def list_sessions(owner: str, page: Page, search: str) -> Steps[tuple[SessionRecord, ...]]:
    """Read a person's sessions from new to old, those that hold the words to search if there are any."""
    sought = {f"pattern_{number}": pattern for number, pattern in enumerate(patterns(search))} if search else {}
    statement = queries.list_sessions(before=bool(page.before), search=bool(search))
    rows = yield Step(statement, {"the_owner": owner, **_cut(page), **sought})
    return tuple([session_record(row) for row in rows])


def rename_session(_: int, session: str, title: str) -> Steps[SessionRecord]:
    """Give a session another title. Raises ``NotFound``."""
    yield from _session(session)
    yield Step(statements.RENAME_SESSION, {"the_session": session, "new_title": title})
    return (yield from _session(session))


def delete_session(_: int, session: str) -> Steps[None]:
    """Remove a session with everything of it. Raises ``NotFound``, ``Conflict``."""
    yield from _session(session)
    named = {"the_session": session}
    if (yield Step(statements.UNENDED_RUN, named)):
        raise still_working(session)
    large = yield Step(statements.BLOBS_OF_SESSION, named)
    for statement in statements.DELETE_OF_SESSION:
        yield Step(statement, named)
    yield Step(statements.DELETE_UNUSED_BLOB, [{"the_digest": row["blob"]} for row in large])


def get_run(run: str) -> Steps[RunRecord]:
    """Read one run. Raises ``NotFound``."""
    found = first((yield Step(queries.RUN, {"the_run": run})))
    if found is None:
        raise unknown("run", run)
    return run_record(found)


def list_runs(page: Page, session: str, statuses: frozenset[RunStatus]) -> Steps[tuple[RunRecord, ...]]:
    """Read runs from new to old."""
    statement = queries.list_runs(session=bool(session), statuses=statuses, before=bool(page.before))
    rows = yield Step(statement, {"the_session": session, **_cut(page)})
    return tuple([run_record(row) for row in rows])


def list_owed(limit: int) -> Steps[tuple[Owed, ...]]:
    """Read ends of delegated runs that their callers do not know."""
    rows = yield Step(queries.OWED, {"the_limit": limit})
    return tuple([Owed(row["call"], row["parent_session"], row["parent_run"], run_record(row)) for row in rows])


def list_delegated(run: str) -> Steps[tuple[RunRecord, ...]]:
    """Read the runs that a run delegated to."""
    rows = yield Step(queries.DELEGATED, {"the_run": run})
    return tuple([run_record(row) for row in rows])


def get_question(question: str) -> Steps[QuestionRecord]:
    """Read one question. Raises ``NotFound``."""
    found = first((yield Step(queries.QUESTION, {"the_question": question})))
    if found is None:
        raise unknown("question", question)
    return question_record(found)


def list_questions(owner: str, page: Page, status: str, session: str) -> Steps[tuple[QuestionRecord, ...]]:
    """Read a person's questions from new to old."""
    statement = queries.list_questions(status=bool(status), session=bool(session), before=bool(page.before))
    rows = yield Step(statement, {"the_owner": owner, "the_status": status, "the_session": session, **_cut(page)})
    return tuple([question_record(row) for row in rows])


def register_workspace(now: int, workspace: str, name: str, root: str, place: str) -> Steps[WorkspaceRecord]:
    """Add a folder, or return the one that is there. Raises ``Conflict`` when the id names another folder."""
    found = first((yield Step(queries.WORKSPACE_AT, {"the_root": root, "the_place": place})))
    if found is not None:
        return workspace_record(found)
    if (yield Step(queries.WORKSPACE, {"the_workspace": workspace})):
        raise workspace_known(workspace)
    row = {"id": workspace, "name": name, "root": root, "place": place, "created_at": now}
    yield Step(statements.ADD_WORKSPACE, row)
    return workspace_record(row)


def get_workspace(workspace: str) -> Steps[WorkspaceRecord]:
    """Read one workspace. Raises ``NotFound``."""
    return (yield from _workspace(workspace))


def list_workspaces() -> Steps[tuple[WorkspaceRecord, ...]]:
    """Read all workspaces from old to new."""
    rows = yield Step(queries.WORKSPACES, {})
    return tuple([workspace_record(row) for row in rows])


def remove_workspace(_: int, workspace: str) -> Steps[None]:
    """Forget a folder. Raises ``NotFound``, ``Conflict``."""
    yield from _workspace(workspace)
    if (yield Step(statements.SESSION_IN_WORKSPACE, {"the_workspace": workspace})):
        raise workspace_used(workspace)
    yield Step(statements.DELETE_WORKSPACE, {"the_workspace": workspace})


def touch(_: int) -> Steps[None]:
    """Write without changing anything."""
    yield Step(statements.TOUCH, {})


def _session(session: str) -> Steps[SessionRecord]:
    found = first((yield Step(queries.SESSION, {"the_session": session})))
    if found is None:
        raise unknown("session", session)
    return session_record(found)


def _workspace(workspace: str) -> Steps[WorkspaceRecord]:
    found = first((yield Step(queries.WORKSPACE, {"the_workspace": workspace})))
    if found is None:
        raise unknown("workspace", workspace)
    return workspace_record(found)


def _cut(page: Page) -> Parameters:
    return {"before": page.before, "the_limit": page.limit}


def key_known(session: str, key: str) -> Steps[bool]:
    """Return whether a run of the session was started with this key."""
    return bool((yield Step(statements.RUN_OF_KEY, {"the_session": session, "the_key": key})))
