"""The embedded store: one SQLite file, one thread that writes, a few that read."""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Concatenate, ParamSpec

from artelier.domain.budgets import Per
from artelier.domain.errors import StoreUnavailable
from artelier.domain.events import Draft, Event, SessionOpened
from artelier.domain.grants import Grant, GrantRecord
from artelier.domain.runs import QuestionRecord, RunRecord, RunStatus, SessionRecord, WorkspaceRecord
from artelier.ports.clock import Clock
from artelier.ports.journal import Condition
from artelier.ports.runs import Claim, Owed, Page, Submission, Submitted, Worker
from artelier.ports.usage import Asked, EndedRun, LayerSum, Place, Span, UsageBy, UsageSum
from artelier.ports.webhooks import Behind, Delivery, Webhook, WebhookRecord
from artelier.stores import appending, claiming, forking, grants, listing, readings, submitting, webhooks
from artelier.stores.drafts import prepare_appended, prepare_submitted
from artelier.stores.operation import Result, Steps, Tell, nobody
from artelier.stores.schema import prepare
from artelier.stores.sqlite_connection import connect
from artelier.stores.sqlite_readers import Readers
from artelier.stores.sqlite_writer import Writer

Arguments = ParamSpec("Arguments")


class SqliteStore:
    """A ``Store`` in the file ``path``, which this process must own alone.

    ``clock`` is the store's clock; it is asked from the writer's thread. ``tell`` is called in the loop with events once
    they are durable, in their order, also when the caller who appended them was cancelled. ``readers`` is the number of
    reading threads, ``busy_seconds`` how long a lock of another program (a backup) is waited for.
    """

    def __init__(self, path: Path, clock: Clock, *, tell: Tell = nobody, readers: int = 2, busy_seconds: float = 5.0) -> None:
        self._path = path
        self._clock = clock
        self._tell = tell
        self._threads = readers
        self._busy_seconds = busy_seconds
        self._writer: Writer | None = None
        self._readers: Readers | None = None

    async def open(self) -> None:
        """Open the file, creating or migrating it. Raises ``StoreUnavailable``, ``StoreError``."""
        if self._writer is None:
            connection = await asyncio.to_thread(self._prepared)
            self._readers = Readers(self._connect, self._threads)
            self._writer = Writer(connection, self._clock, self._tell)

    async def ping(self) -> None:
        """Write and commit, changing nothing. Raises ``StoreUnavailable``."""
        await self._write(listing.touch)

    async def close(self) -> None:
        """Finish what was accepted and close the file."""
        readers, writer = self._readers, self._writer
        self._readers = self._writer = None
        if readers is not None:
            await readers.close()
        if writer is not None:
            await writer.close()

    async def append(self, session: str, drafts: tuple[Draft, ...], condition: Condition, trace: str = "") -> tuple[Event, ...]:
        """See ``Journal.append``."""
        return await self._write(appending.append, session, prepare_appended(drafts), condition, trace)

    async def read(self, session: str, after: int = 0, limit: int | None = None) -> tuple[Event, ...]:
        """See ``Journal.read``."""
        return await self._read(listing.read, session, after, limit)

    async def submit(self, submission: Submission, worker: Worker | None = None) -> Submitted:
        """See ``Runs.submit``."""
        return await self._write(submitting.submit, submission, prepare_submitted(submission), worker)

    async def key_known(self, session: str, key: str) -> bool:
        """See ``Runs.key_known``."""
        return await self._read(listing.key_known, session, key)

    async def claim(self, worker: Worker) -> Claim | None:
        """See ``Runs.claim``."""
        return await self._write(claiming.claim, worker)

    async def extend(self, worker: Worker, claims: tuple[tuple[str, int], ...]) -> frozenset[str]:
        """See ``Runs.extend``."""
        return await self._write(claiming.extend, worker, claims)

    async def release(self, worker: Worker) -> None:
        """See ``Runs.release``."""
        await self._write(claiming.release, worker)

    async def take_over(self, place: str) -> int:
        """See ``Runs.take_over``."""
        return await self._write(claiming.take_over, place)

    async def next_wake(self, worker: Worker) -> datetime | None:
        """See ``Runs.next_wake``."""
        return await self._read(claiming.next_wake, worker)

    async def list_owed(self, limit: int) -> tuple[Owed, ...]:
        """See ``Runs.list_owed``."""
        return await self._read(listing.list_owed, limit)

    async def list_delegated(self, run: str) -> tuple[RunRecord, ...]:
        """See ``Runs.list_delegated``."""
        return await self._read(listing.list_delegated, run)

    async def get_run(self, run: str) -> RunRecord:
        """See ``Runs.get_run``."""
        return await self._read(listing.get_run, run)

    async def list_runs(self, page: Page, session: str = "", statuses: frozenset[RunStatus] = frozenset()) -> tuple[RunRecord, ...]:
        """See ``Runs.list_runs``."""
        return await self._read(listing.list_runs, page, session, statuses)

    async def open_session(self, session: str, owner: str, workspace: str, title: str = "", trace: str = "") -> SessionRecord:
        """See ``Sessions.open_session``."""
        return await self._write(submitting.open_session, session, SessionOpened(owner, workspace, title), trace)

    async def get_session(self, session: str) -> SessionRecord:
        """See ``Sessions.get_session``."""
        return await self._read(listing.get_session, session)

    async def list_sessions(self, owner: str, page: Page, search: str = "") -> tuple[SessionRecord, ...]:
        """See ``Sessions.list_sessions``."""
        return await self._read(listing.list_sessions, owner, page, search.strip())

    async def rename_session(self, session: str, title: str) -> SessionRecord:
        """See ``Sessions.rename_session``."""
        return await self._write(listing.rename_session, session, title)

    async def fork_session(self, session: str, fork: str, actor: str, before: str = "", trace: str = "") -> SessionRecord:
        """See ``Sessions.fork_session``."""
        return await self._write(forking.fork_session, session, fork, actor, before, trace)

    async def delete_session(self, session: str) -> None:
        """See ``Sessions.delete_session``."""
        await self._write(listing.delete_session, session)

    async def get_question(self, question: str) -> QuestionRecord:
        """See ``Questions.get_question``."""
        return await self._read(listing.get_question, question)

    async def list_questions(self, owner: str, page: Page, status: str = "", session: str = "") -> tuple[QuestionRecord, ...]:
        """See ``Questions.list_questions``."""
        return await self._read(listing.list_questions, owner, page, status, session)

    async def get_grant(self, grant: str) -> GrantRecord:
        """See ``Grants.get_grant``."""
        return await self._read(grants.get_grant, grant)

    async def list_grants(self, owner: str, page: Page) -> tuple[GrantRecord, ...]:
        """See ``Grants.list_grants``."""
        return await self._read(grants.list_grants, owner, page)

    async def grants_in_force(self, owner: str, workspace: str) -> tuple[Grant, ...]:
        """See ``GrantsInForce.grants_in_force``."""
        return await self._read(grants.grants_in_force, owner, workspace)

    async def like_decisions(self, owner: str, key: str) -> tuple[QuestionRecord, ...]:
        """See ``GrantsInForce.like_decisions``."""
        return await self._read(grants.like_decisions, owner, key)

    async def register_workspace(self, workspace: str, name: str, root: str, place: str) -> WorkspaceRecord:
        """See ``WorkspaceRegistry.register_workspace``."""
        return await self._write(listing.register_workspace, workspace, name, root, place)

    async def get_workspace(self, workspace: str) -> WorkspaceRecord:
        """See ``WorkspaceRegistry.get_workspace``."""
        return await self._read(listing.get_workspace, workspace)

    async def list_workspaces(self) -> tuple[WorkspaceRecord, ...]:
        """See ``WorkspaceRegistry.list_workspaces``."""
        return await self._read(listing.list_workspaces)

    async def remove_workspace(self, workspace: str) -> None:
        """See ``WorkspaceRegistry.remove_workspace``."""
        await self._write(listing.remove_workspace, workspace)

    async def sum_usage(self, by: UsageBy, span: Span, limit: int) -> tuple[UsageSum, ...]:
        """See ``Readings.sum_usage``."""
        return await self._read(readings.sum_usage, by, span, limit)

    async def sum_layers(self, span: Span) -> tuple[LayerSum, ...]:
        """See ``Readings.sum_layers``."""
        return await self._read(readings.sum_layers, span)

    async def spent(self, per: Per, who: str, since: datetime, mark: datetime) -> tuple[float, float]:
        """See ``SpendingLedger.spent``."""
        return await self._read(readings.spent, per, who, since, mark)

    async def ended_runs(self, span: Span) -> tuple[EndedRun, ...]:
        """See ``Readings.ended_runs``."""
        return await self._read(readings.ended_runs, span)

    async def questions_asked(self, span: Span) -> tuple[Asked, ...]:
        """See ``Readings.questions_asked``."""
        return await self._read(readings.questions_asked, span)

    async def events_of(self, types: frozenset[str], span: Span, after: Place, limit: int) -> tuple[Event, ...]:
        """See ``Readings.events_of``."""
        return await self._read(readings.events_of, types, span, after, limit)

    async def add_webhook(self, webhook: Webhook) -> WebhookRecord:
        """See ``Webhooks.add_webhook``."""
        return await self._write(webhooks.add_webhook, webhook)

    async def get_webhook(self, webhook: str) -> WebhookRecord:
        """See ``Webhooks.get_webhook``."""
        return await self._read(webhooks.get_webhook, webhook)

    async def list_webhooks(self, owner: str = "") -> tuple[WebhookRecord, ...]:
        """See ``Webhooks.list_webhooks``."""
        return await self._read(webhooks.list_webhooks, owner)

    async def remove_webhook(self, webhook: str) -> None:
        """See ``Webhooks.remove_webhook``."""
        await self._write(webhooks.remove_webhook, webhook)

    async def disable_webhook(self, webhook: str, reason: str) -> None:
        """See ``Webhooks.disable_webhook``."""
        await self._write(webhooks.disable_webhook, webhook, reason)

    async def enable_webhook(self, webhook: str) -> None:
        """See ``Webhooks.enable_webhook``."""
        await self._write(webhooks.enable_webhook, webhook)

    async def list_behind(self, webhook: str, after: str = "", limit: int = 500) -> tuple[Behind, ...]:
        """See ``Webhooks.list_behind``."""
        return await self._read(webhooks.list_behind, webhook, after, limit)

    async def look_behind(self, webhook: str, session: str) -> Behind | None:
        """See ``Webhooks.look_behind``."""
        return await self._read(webhooks.look_behind, webhook, session)

    async def list_untold(self, webhook: str, session: str, after: int, limit: int) -> tuple[Event, ...]:
        """See ``Webhooks.list_untold``."""
        return await self._read(webhooks.list_untold, webhook, session, after, limit)

    async def skip(self, webhook: str, places: tuple[tuple[str, int], ...]) -> None:
        """See ``Webhooks.skip``."""
        await self._write(webhooks.skip, webhook, places)

    async def settle_delivered(self, webhook: str, session: str, seq: int) -> None:
        """See ``Webhooks.settle_delivered``."""
        await self._write(webhooks.settle_delivered, webhook, session, seq)

    async def settle_failed(self, delivery: Delivery) -> WebhookRecord | None:
        """See ``Webhooks.settle_failed``."""
        return await self._write(webhooks.settle_failed, delivery)

    async def list_deliveries(self, webhook: str, limit: int = 100) -> tuple[Delivery, ...]:
        """See ``Webhooks.list_deliveries``."""
        return await self._read(webhooks.list_deliveries, webhook, limit)

    async def _write(
        self, operation: Callable[Concatenate[int, Arguments], Steps[Result]], *given: Arguments.args, **named: Arguments.kwargs
    ) -> Result:
        if self._writer is None:
            raise StoreUnavailable("The store is not open.")
        return await self._writer.perform(operation, *given, **named)

    async def _read(self, operation: Callable[Arguments, Steps[Result]], *given: Arguments.args, **named: Arguments.kwargs) -> Result:
        if self._readers is None:
            raise StoreUnavailable("The store is not open.")
        return await self._readers.perform(operation, *given, **named)

    def _connect(self) -> sqlite3.Connection:
        return connect(self._path, self._busy_seconds)

    def _prepared(self) -> sqlite3.Connection:
        connection = self._connect()
        try:
            prepare(connection, self._path)
        except BaseException:
            connection.close()
            raise
        return connection
