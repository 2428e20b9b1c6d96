"""A store that lasts as long as its object: for tests, and the reading of what the SQL stores must do."""

from collections.abc import Callable
from datetime import datetime

from artelier.domain.errors import StoreUnavailable
from artelier.domain.events import Draft, Event, SessionOpened
from artelier.domain.forking import SessionForked
from artelier.domain.grants import Grant, GrantRecord
from artelier.domain.runs import ENDED, QuestionRecord, RunRecord, RunStatus, SessionRecord, WorkspaceRecord
from artelier.ports.clock import Clock
from artelier.ports.journal import Condition, WhileOpen, WhileOwed
from artelier.ports.runs import Claim, Owed, Page, Submission, Submitted, Worker
from artelier.stores.conditions import check
from artelier.stores.drafts import NEW_SESSION, Prepared, number, prepare, prepare_appended, prepare_submitted
from artelier.stores.memory_forking import copy_session
from artelier.stores.memory_rows import Columns, Rows, found_in, page_of
from artelier.stores.records import event, grant_record, question_record, run_record, session_record, workspace_record
from artelier.stores.refusals import busy, replay, run_known, session_known, still_working, workspace_known, workspace_used
from artelier.stores.times import micros, optional_moment, seconds_after


class MemoryStore:
    """A ``Store`` in dicts. What it holds outlives ``close``, as a file would.

    ``clock`` is the store's clock, ``tell`` is called with events once they are stored.
    """

    def __init__(self, clock: Clock, *, tell: Callable[[tuple[Event, ...]], None] = lambda _: None) -> None:
        self._clock = clock
        self._tell = tell
        self._kept = Rows()
        self._is_open = False

    async def open(self) -> None:
        """Allow use."""
        self._is_open = True

    async def ping(self) -> None:
        """Raise ``StoreUnavailable`` unless the store is open."""
        _ = self._rows

    async def close(self) -> None:
        """Refuse use until it is opened again."""
        self._is_open = False

    async def append(self, session: str, drafts: tuple[Draft, ...], condition: Condition, trace: str = "") -> tuple[Event, ...]:
        """See ``Journal.append``."""
        prepared = prepare_appended(drafts)
        check(condition, session, self._facts(session, condition))
        return self._store(session, prepared, trace)

    async def read(self, session: str, after: int = 0, limit: int | None = None) -> tuple[Event, ...]:
        """See ``Journal.read``."""
        rows = self._rows
        self._session(session)
        found = [row for row in rows.events[session] if row["seq"] > after]
        return tuple([event(row) for row in found[:limit]])

    async def submit(self, submission: Submission, worker: Worker | None = None) -> Submitted:
        """See ``Runs.submit``."""
        prepared = prepare_submitted(submission)
        rows = self._rows
        replayed = self._replayed(submission)
        if replayed is not None:
            return replayed
        self._check_submission(submission)
        appended = self._store(submission.session, prepared.message, submission.trace)
        run = rows.runs[submission.run]
        if submission.idempotency_key:
            run |= {"idempotency_key": submission.idempotency_key, "idempotency_digest": submission.idempotency_digest}
        wanted = worker is not None and rows.serves(worker, run) and rows.may_start(run)
        claim = self._claimed(run, worker) if worker is not None and wanted else None
        if claim is not None and prepared.begin:
            appended += self._store(submission.session, prepared.begin, submission.trace)
        return Submitted(submission.run, run["position"], appended, claim)

    async def key_known(self, session: str, key: str) -> bool:
        """See ``Runs.key_known``."""
        return any(self._rows.runs[run]["idempotency_key"] == key for run in self._rows.runs_of[session])

    async def claim(self, worker: Worker) -> Claim | None:
        """See ``Runs.claim``."""
        rows, now = self._rows, self._now()
        able = [run for run in rows.runs.values() if (rows.may_start(run) or rows.may_go_on(run, now)) and rows.serves(worker, run)]
        return self._claimed(min(able, key=lambda run: (run["created_at"], run["id"])), worker) if able else None

    async def extend(self, worker: Worker, claims: tuple[tuple[str, int], ...]) -> frozenset[str]:
        """See ``Runs.extend``."""
        held = {run["id"]: run["fence"] for run in self._held_by(worker)}
        kept = [(run, fence) for run, fence in claims if run in held]
        for run, _ in kept:
            self._end_lease(run, self._lease_end(worker), worker.name)
        return frozenset(run for run, fence in claims if held.get(run) != fence)

    async def release(self, worker: Worker) -> None:
        """See ``Runs.release``."""
        for run in self._held_by(worker):
            self._end_lease(run["id"], self._now())

    async def take_over(self, place: str) -> int:
        """See ``Runs.take_over``."""
        rows = self._rows
        there = {key for key, row in rows.sessions.items() if rows.workspaces[row["workspace"]]["place"] == place}
        taken = [run["id"] for run in rows.runs.values() if run["status"] == RunStatus.RUNNING and run["session"] in there]
        for run in taken:
            self._end_lease(run, self._now())
        return len(taken)

    async def next_wake(self, worker: Worker) -> datetime | None:
        """See ``Runs.next_wake``."""
        rows = self._rows
        columns = {RunStatus.WAITING: "wake_at", RunStatus.RUNNING: "lease_until"}
        moments = [run[columns[run["status"]]] for run in rows.runs.values() if run["status"] in columns and rows.serves(worker, run)]
        return optional_moment(min((moment for moment in moments if moment is not None), default=None))

    async def list_owed(self, limit: int) -> tuple[Owed, ...]:
        """See ``Runs.list_owed``."""
        rows = self._rows
        owed = [row for row in rows.delegations.values() if row["owed_at"] is not None and row["parent_run"] in rows.runs]
        return tuple(
            Owed(row["call"], rows.runs[row["parent_run"]]["session"], row["parent_run"], self._run_record(rows.runs[row["delegated"]]))
            for row in sorted(owed, key=lambda row: (row["owed_at"], row["call"]))[:limit]
        )

    async def list_delegated(self, run: str) -> tuple[RunRecord, ...]:
        """See ``Runs.list_delegated``."""
        rows = self._rows
        return tuple(self._run_record(rows.runs[row["delegated"]]) for row in rows.delegations.values() if row["parent_run"] == run)

    async def get_run(self, run: str) -> RunRecord:
        """See ``Runs.get_run``."""
        return self._run_record(found_in(self._rows.runs, run, "run"))

    async def list_runs(self, page: Page, session: str = "", statuses: frozenset[RunStatus] = frozenset()) -> tuple[RunRecord, ...]:
        """See ``Runs.list_runs``."""
        wanted = [
            run
            for run in self._rows.runs.values()
            if (not session or run["session"] == session) and (not statuses or run["status"] in statuses)
        ]
        return tuple([self._run_record(run) for run in page_of(wanted, page)])

    async def open_session(self, session: str, owner: str, workspace: str, title: str = "", trace: str = "") -> SessionRecord:
        """See ``Sessions.open_session``."""
        opened = SessionOpened(owner, workspace, title)
        self._check_opening(session, opened)
        self._store(session, prepare((Draft(opened, owner),)), trace)
        return self._session(session)

    async def get_session(self, session: str) -> SessionRecord:
        """See ``Sessions.get_session``."""
        return self._session(session)

    async def list_sessions(self, owner: str, page: Page, search: str = "") -> tuple[SessionRecord, ...]:
        """See ``Sessions.list_sessions``."""
        return tuple([self._session(row["id"]) for row in page_of(self._rows.sessions_of(owner, search), page)])

    async def rename_session(self, session: str, title: str) -> SessionRecord:
        """See ``Sessions.rename_session``."""
        self._session(session)
        self._rows.sessions[session] = self._rows.sessions[session] | {"title": title}
        return self._session(session)

    async def fork_session(self, session: str, fork: str, actor: str, before: str = "", trace: str = "") -> SessionRecord:
        """See ``Sessions.fork_session``."""
        copy_session(self._rows, self._now(), session, fork, before)
        self._store(fork, prepare((Draft(SessionForked(session, before), actor),)), trace)
        return self._session(fork)

    async def delete_session(self, session: str) -> None:
        """See ``Sessions.delete_session``."""
        if self._session(session).status != "idle":
            raise still_working(session)
        self._rows.forget_session(session)

    async def get_question(self, question: str) -> QuestionRecord:
        """See ``Questions.get_question``."""
        return question_record(found_in(self._rows.questions, question, "question"))

    async def list_questions(self, owner: str, page: Page, status: str = "", session: str = "") -> tuple[QuestionRecord, ...]:
        """See ``Questions.list_questions``."""
        return tuple([question_record(row) for row in page_of(self._rows.questions_of(owner, status, session), page)])

    async def get_grant(self, grant: str) -> GrantRecord:
        """See ``Grants.get_grant``."""
        return grant_record(found_in(self._rows.grants, grant, "grant"))

    async def list_grants(self, owner: str, page: Page) -> tuple[GrantRecord, ...]:
        """See ``Grants.list_grants``."""
        wanted = [row for row in self._rows.grants.values() if row["owner"] == owner]
        return tuple([grant_record(row) for row in page_of(wanted, page)])

    async def grants_in_force(self, owner: str, workspace: str) -> tuple[Grant, ...]:
        """See ``GrantsInForce.grants_in_force``."""
        kept = [row for row in self._rows.grants.values() if (row["owner"], row["workspace"]) == (owner, workspace)]
        return tuple([grant_record(row).grant for row in sorted(kept, key=lambda row: str(row["id"])) if row["revoked_at"] is None])

    async def like_decisions(self, owner: str, key: str) -> tuple[QuestionRecord, ...]:
        """See ``GrantsInForce.like_decisions``."""
        return tuple([question_record(row) for row in self._rows.like_decisions(owner, key)])

    async def register_workspace(self, workspace: str, name: str, root: str, place: str) -> WorkspaceRecord:
        """See ``WorkspaceRegistry.register_workspace``."""
        kept = self._rows.workspaces
        known = [row for row in kept.values() if (row["root"], row["place"]) == (root, place)]
        if not known and workspace in kept:
            raise workspace_known(workspace)
        row: Columns = known[0] if known else {"id": workspace, "name": name, "root": root, "place": place, "created_at": self._now()}
        kept[row["id"]] = row
        return workspace_record(row)

    async def get_workspace(self, workspace: str) -> WorkspaceRecord:
        """See ``WorkspaceRegistry.get_workspace``."""
        return workspace_record(found_in(self._rows.workspaces, workspace, "workspace"))

    async def list_workspaces(self) -> tuple[WorkspaceRecord, ...]:
        """See ``WorkspaceRegistry.list_workspaces``."""
        rows = sorted(self._rows.workspaces.values(), key=lambda row: (row["created_at"], row["id"]))
        return tuple([workspace_record(row) for row in rows])

    async def remove_workspace(self, workspace: str) -> None:
        """See ``WorkspaceRegistry.remove_workspace``."""
        found_in(self._rows.workspaces, workspace, "workspace")
        if any(row["workspace"] == workspace for row in self._rows.sessions.values()):
            raise workspace_used(workspace)
        del self._rows.workspaces[workspace]

    @property
    def _rows(self) -> Rows:
        if not self._is_open:
            raise StoreUnavailable("The store is not open.")
        return self._kept

    def _now(self) -> int:
        return micros(self._clock.now())

    def _lease_end(self, worker: Worker) -> int:
        return seconds_after(self._now(), worker.lease_seconds)

    def _facts(self, session: str, condition: Condition) -> Columns | None:
        rows = self._rows
        if isinstance(condition, WhileOwed):
            owed = [row["owed_at"] for row in rows.delegations.values() if row["call"] == condition.call]
            return None if session not in rows.sessions else {**rows.sessions[session], "status": next(iter(owed), None)}
        table, key = (rows.questions, condition.question) if isinstance(condition, WhileOpen) else (rows.runs, condition.run)
        row = table.get(key, {})
        named = row if row.get("session") == session else {"status": None}
        return None if session not in rows.sessions else {**named, **rows.sessions[session], "status": named["status"]}

    def _store(self, session: str, drafts: tuple[Prepared, ...], trace: str) -> tuple[Event, ...]:
        if not drafts:
            return ()
        now = self._now()
        facts = self._rows.sessions.get(session, NEW_SESSION)
        numbered = number(session, facts["head"], facts["updated_at"], drafts, now, trace)
        self._rows.store(session, numbered, drafts, now)
        self._tell(numbered)
        return numbered

    def _replayed(self, submission: Submission) -> Submitted | None:
        runs = [self._rows.runs[run] for run in self._rows.runs_of[submission.session]]
        known = [run for run in runs if submission.idempotency_key and run["idempotency_key"] == submission.idempotency_key]
        return replay(submission, known[0]["id"], known[0]["position"], known[0]["idempotency_digest"]) if known else None

    def _check_submission(self, submission: Submission) -> None:
        if submission.opening is not None:
            self._check_opening(submission.session, submission.opening)
        else:
            self._session(submission.session)
        if submission.run in self._rows.runs:
            raise run_known(submission.run)
        if submission.reject_when_busy and any(
            self._rows.runs[run]["status"] not in ENDED for run in self._rows.runs_of[submission.session]
        ):
            raise busy(submission.session)

    def _check_opening(self, session: str, opened: SessionOpened) -> None:
        if session in self._rows.sessions:
            raise session_known(session)
        found_in(self._rows.workspaces, opened.workspace, "workspace")

    def _session(self, session: str) -> SessionRecord:
        row = found_in(self._rows.sessions, session, "session")
        copied = self._rows.forks.get(session, {"origin": "", "copied": 0})
        return session_record({**copied, **row, "status": self._rows.status_of(session)})

    def _run_record(self, run: Columns) -> RunRecord:
        return run_record({**run, "workspace": self._rows.sessions[run["session"]]["workspace"]})

    def _claimed(self, run: Columns, worker: Worker) -> Claim:
        self._rows.lease(run["id"], worker.name, self._lease_end(worker))
        record = self._run_record(self._rows.runs[run["id"]])
        return Claim(record, record.fence)

    def _held_by(self, worker: Worker) -> list[Columns]:
        return [run for run in self._rows.runs.values() if run["worker"] == worker.name and run["status"] == RunStatus.RUNNING]

    def _end_lease(self, run: str, until: int, worker: str = "") -> None:
        self._rows.runs[run] = self._rows.runs[run] | {"worker": worker, "lease_until": until}
