"""Rows in dicts: what the tables hold, with the changes of ``projection.py`` made all or none."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, assert_never

from artelier.domain.errors import StoreError
from artelier.domain.events import FORMAT, Event
from artelier.domain.questions import QuestionStatus
from artelier.domain.runs import ACTIVE, ENDED, RunStatus
from artelier.ports.grants import LIKE_DECISIONS
from artelier.ports.runs import Page, Worker
from artelier.stores.drafts import Prepared
from artelier.stores.projection import changes
from artelier.stores.refusals import unknown
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
from artelier.stores.searching import is_in
from artelier.stores.times import micros

Columns = dict[str, Any]
Table = dict[str, Columns]
Undo = list[tuple[Table, str, Columns | None]]


class Rows:
    """Every table by id. A row is replaced when it changes, never edited, so an older one can be put back."""

    def __init__(self) -> None:
        self.workspaces: Table = {}
        self.sessions: Table = {}
        self.runs: Table = {}
        self.questions: Table = {}
        self.grants: Table = {}
        self.delegations: Table = {}
        self.forks: Table = {}
        self.usage: Table = {}
        self.events: defaultdict[str, list[Columns]] = defaultdict(list)
        self.runs_of: defaultdict[str, list[str]] = defaultdict(list)

    def store(self, session: str, numbered: tuple[Event, ...], drafts: tuple[Prepared, ...], now: int) -> None:
        """Store events and make the changes they imply. Raises ``StoreError``, and then nothing has changed."""
        undo: Undo = []
        wanted = [change for event in numbered for change in changes(event, now)]
        try:
            for change in wanted:
                self._make(change, undo)
        except StoreError:
            for table, key, row in reversed(undo):
                _put_back(table, key, row)
            raise
        newest = numbered[-1]
        head = {"head": newest.seq, "updated_at": micros(newest.at), "format": max(FORMAT, self.sessions[session]["format"])}
        self.sessions[session] = self.sessions[session] | head
        self.events[session] += [_event_row(event, draft.raw) for event, draft in zip(numbered, drafts, strict=True)]
        self.runs_of[session] += [change.values["id"] for change in wanted if isinstance(change, RunAdded)]

    def forget_session(self, session: str) -> None:
        """Remove a session with everything of it."""
        for run in self.runs_of.pop(session, []):
            del self.runs[run]
        for question in [key for key, row in self.questions.items() if row["session"] == session]:
            del self.questions[question]
        for grant in [key for key, row in self.grants.items() if row["session"] == session]:
            del self.grants[grant]
        self.delegations.pop(session, None)
        self.forks.pop(session, None)
        self.events.pop(session, None)
        del self.sessions[session]

    def sessions_of(self, owner: str, search: str) -> list[Columns]:
        """Return a person's own sessions, with words to search those whose title or requests hold them."""
        mine = [row for row in self.sessions.values() if row["owner"] == owner and row["id"] not in self.delegations]
        return [row for row in mine if is_in(search, row["title"], *(self.runs[run]["request"] for run in self.runs_of[row["id"]]))]

    def questions_of(self, owner: str, status: str, session: str) -> list[Columns]:
        """Return the questions over a person's sessions, of one status and of one session and those below it where they are named."""
        return [
            row
            for row in self.questions.values()
            if self.sessions[row["session"]]["owner"] == owner
            and status in {"", row["status"]}
            and session in {"", row["session"], self.delegations.get(row["session"], {}).get("root", "")}
        ]

    def status_of(self, session: str) -> str:
        """Return ``idle``, or the status of the session's active or next run."""
        statuses = {self.runs[run]["status"] for run in self.runs_of[session]} - ENDED
        return next(iter(statuses & ACTIVE or statuses), "idle")

    def like_decisions(self, owner: str, key: str) -> list[Columns]:
        """Return the newest answered questions with a key since it was last revoked, from new to old."""
        revoked = [row["revoked_at"] or 0 for row in self.grants.values() if (row["owner"], row["key"]) == (owner, key)]
        found = [
            row
            for row in self.questions.values()
            if row["key"] == key
            and self.sessions[row["session"]]["owner"] == owner
            and row["status"] in {QuestionStatus.APPROVED, QuestionStatus.REJECTED}
            and row["answered_at"] > max(revoked, default=0)
        ]
        return sorted(found, key=lambda row: (row["answered_at"], row["id"]), reverse=True)[:LIKE_DECISIONS]

    def may_start(self, run: Columns) -> bool:
        """Whether a run is queued and no other of its session is active or queued before it."""
        others = [self.runs[other] for other in self.runs_of[run["session"]] if other != run["id"]]
        before = [
            other
            for other in others
            if other["status"] in ACTIVE or (other["status"] == RunStatus.QUEUED and other["position"] < run["position"])
        ]
        return run["status"] == RunStatus.QUEUED and not before

    def may_go_on(self, run: Columns, now: int) -> bool:
        """Whether a run's wait or its lease has ended."""
        column = {RunStatus.WAITING: "wake_at", RunStatus.RUNNING: "lease_until"}.get(run["status"])
        return column is not None and run[column] is not None and run[column] <= now

    def serves(self, worker: Worker, run: Columns) -> bool:
        """Whether a worker serves the place and can fold the events of a run."""
        session = self.sessions[run["session"]]
        return self.workspaces[session["workspace"]]["place"] in worker.places and session["format"] <= worker.format

    def lease(self, run: str, worker: str, until: int) -> None:
        """Give a run to a worker, under the next fence."""
        values = {"status": RunStatus.RUNNING.value, "worker": worker, "lease_until": until, "wake_at": None, "wait_reason": ""}
        self.runs[run] = self.runs[run] | values | {"fence": self.runs[run]["fence"] + 1}

    def _make(self, change: Change, undo: Undo) -> None:  # noqa: C901, PLR0912  a flat match over a sum type
        match change:
            case SessionAdded():
                self._add(self.sessions, change.values, undo)
            case RunAdded():
                self._add(self.runs, change.values, undo)
            case QuestionAdded():
                self._add(self.questions, change.values, undo)
            case SessionTitled():
                if not self.sessions[change.session]["title"]:
                    self._set(self.sessions, change.session, {"title": change.title}, undo)
            case SessionAnsweredBy():
                self._set(self.sessions, change.session, {"agent": change.agent}, undo)
            case SessionDelegated():
                self._add(self.delegations, {"id": change.values["session"], **change.values}, undo)
            case SessionCopied():
                self._add(self.forks, {"id": change.values["session"], **change.values}, undo)
            case EndOwed():
                if self.delegations.get(change.session, {}).get("delegated") == change.run:
                    self._set(self.delegations, change.session, {"owed_at": change.at}, undo)
            case EndTold():
                for session in [key for key, row in self.delegations.items() if row["call"] == change.call]:
                    self._set(self.delegations, session, {"owed_at": None}, undo)
            case RunChanged():
                self._change_run(change.run, change.values, undo)
            case RunBegun():
                if change.run in self.runs and self.runs[change.run]["started_at"] is None:
                    self._set(self.runs, change.run, {"started_at": change.at}, undo)
            case RunWoken():
                self._wake(change.run, change.now, undo)
            case AskerWoken():
                self._wake(self.questions.get(change.question, {}).get("run", ""), change.now, undo)
            case QuestionAnswered():
                self._settle(change.question, change.values, undo)
            case GrantAdded():
                self._add(self.grants, change.values, undo)
            case GrantEnded():
                if self.grants.get(change.grant, {}).get("revoked_at", change.at) is None:
                    self._set(self.grants, change.grant, {"revoked_at": change.at}, undo)
            case UsageAdded():
                row = {"id": f"{change.session}/{change.values['seq']}", "session": change.session, **change.values}
                whose = {name: self.sessions[change.session][name] for name in ("owner", "workspace")}
                self._add(self.usage, {**row, **whose}, undo)
            case QuestionsClosed():
                for question in [key for key, row in self.questions.items() if row["run"] == change.run]:
                    self._settle(question, {"status": QuestionStatus.CLOSED.value}, undo)
            case _:
                assert_never(change)

    def _add(self, table: Table, values: Values, undo: Undo) -> None:
        if values["id"] in table:
            raise StoreError(f"The change contradicts what is stored, and was not made: there is a row {values['id']} already.")
        undo.append((table, values["id"], None))
        table[values["id"]] = values

    def _set(self, table: Table, key: str, values: Values, undo: Undo) -> None:
        if key in table:
            undo.append((table, key, table[key]))
            table[key] = table[key] | values

    def _change_run(self, run: str, values: Values, undo: Undo) -> None:
        self._set(self.runs, run, values, undo)
        if values.get("status") in ACTIVE and run in self.runs:
            active = [other for other in self.runs_of[self.runs[run]["session"]] if self.runs[other]["status"] in ACTIVE]
            if active != [run]:
                raise StoreError("The change contradicts what is stored, and was not made: the session would have two active runs.")

    def _wake(self, run: str, now: int, undo: Undo) -> None:
        if run in self.runs and self.runs[run]["status"] == RunStatus.WAITING:
            self._set(self.runs, run, {"wake_at": now, "wait_reason": ""}, undo)

    def _settle(self, question: str, values: Values, undo: Undo) -> None:
        if question in self.questions and self.questions[question]["status"] == QuestionStatus.OPEN:
            self._set(self.questions, question, values, undo)


def _put_back(table: Table, key: str, row: Columns | None) -> None:
    if row is None:
        del table[key]
    else:
        table[key] = row


def _event_row(event: Event, raw: bytes) -> Columns:
    return {
        "session": event.session,
        "seq": event.seq,
        "run": event.run,
        "type": event.type,
        "v": event.v,
        "at": micros(event.at),
        "actor": event.actor,
        "trace": event.trace,
        "payload": raw,
    }


def found_in(table: Table, key: str, kind: str) -> Columns:
    """Return a row. Raises ``NotFound``."""
    if key not in table:
        raise unknown(kind, key)
    return table[key]


def page_of(rows: Iterable[Columns], page: Page) -> list[Columns]:
    """Return the rows of a page, from new to old."""
    older = [row for row in rows if not page.before or row["id"] < page.before]
    return sorted(older, key=lambda row: str(row["id"]), reverse=True)[: page.limit]
