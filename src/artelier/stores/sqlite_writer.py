"""One thread that writes, with group commit.

An operation that finds the thread idle is committed at once; what arrives while a commit is under way shares the next
one. Inside a shared transaction each operation stands alone:

- one that refuses before it wrote leaves its neighbours as they are;
- one that fails, or refuses after it wrote, spoils the transaction: all is rolled back, and each operation of the batch
  gets a transaction of its own. (A savepoint for each would make every good batch pay for the rare bad one.)

Nobody is told anything before COMMIT; when that fails, everybody in the batch is told ``StoreUnavailable``, refusals
included, because they were judged by what was never stored.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, Concatenate, NamedTuple, ParamSpec

from artelier.domain.errors import ArtelierError, StoreUnavailable
from artelier.domain.events import Event
from artelier.ports.clock import Clock
from artelier.stores.operation import Result, Steps, Tell
from artelier.stores.sqlite_connection import perform, translate
from artelier.stores.times import micros

Arguments = ParamSpec("Arguments")

_BATCH_LIMIT = 1000
"""Operations in one transaction; more would keep the first of them waiting."""


class _Job(NamedTuple):
    operation: Callable[..., Steps[Any]]
    given: tuple[Any, ...]
    named: dict[str, Any]
    waiter: "asyncio.Future[Any]"


class _Outcome(NamedTuple):
    waiter: "asyncio.Future[Any]"
    result: Any = None
    failure: Exception | None = None
    appended: Sequence[Event] = ()


class _SpoiledError(Exception):
    """The transaction must be rolled back; the cause is the answer to the operation that spoiled it."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


class Writer:
    """Owns the one connection that writes, and the thread on which it does so. Made inside the loop it answers to."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock, tell: Tell) -> None:
        self._connection = connection
        self._clock = clock
        self._tell_others = tell
        self._loop = asyncio.get_running_loop()
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._closing = False
        self._ended = self._loop.create_future()
        threading.Thread(target=self._run, name="artelier-sqlite-writer", daemon=True).start()

    async def perform(
        self, operation: Callable[Concatenate[int, Arguments], Steps[Result]], *given: Arguments.args, **named: Arguments.kwargs
    ) -> Result:
        """Return the operation's result once it is durable; it goes on when the caller is cancelled.

        Raises what the operation raises, and ``StoreError``, ``StoreUnavailable``.
        """
        if self._closing:
            raise StoreUnavailable("The store is closed.")
        waiter: asyncio.Future[Result] = self._loop.create_future()
        self._jobs.put(_Job(operation, given, named, waiter))
        return await waiter

    async def close(self) -> None:
        """Finish what was accepted, then end the thread and the connection."""
        if not self._closing:
            self._closing = True
            self._jobs.put(None)
        await asyncio.shield(self._ended)

    def _run(self) -> None:
        while jobs := self._gather():
            self._answer(self._commit(jobs))
        self._connection.close()
        self._call(self._ended.set_result, None)

    def _gather(self) -> list[_Job]:
        """Wait for a job and take what else is there; nothing when the writer is to end."""
        job = self._jobs.get()
        jobs = []
        while job is not None:
            jobs.append(job)
            if len(jobs) == _BATCH_LIMIT:
                break
            try:
                job = self._jobs.get_nowait()
            except Empty:
                break
        if job is None and jobs:
            self._jobs.put(None)  # nothing comes after the mark of the end: it is found again when these are done
        return jobs

    def _commit(self, jobs: list[_Job]) -> list[_Outcome]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            outcomes = [self._attempt(job) for job in jobs]
            self._connection.execute("COMMIT")
        except sqlite3.Error as failure:
            self._roll_back()
            return [_Outcome(job.waiter, failure=_unavailable(failure)) for job in jobs]
        except _SpoiledError as spoiled:
            self._roll_back()
            if len(jobs) == 1:
                return [_Outcome(jobs[0].waiter, failure=spoiled.cause)]
            return [outcome for job in jobs for outcome in self._commit([job])]
        return outcomes

    def _attempt(self, job: _Job) -> _Outcome:
        before = self._connection.total_changes
        try:
            steps = job.operation(micros(self._clock.now()), *job.given, **job.named)
            appended: list[Event] = []
            return _Outcome(job.waiter, perform(self._connection, steps, appended), appended=appended)
        except ArtelierError as refusal:
            if self._connection.total_changes != before:
                raise _SpoiledError(refusal) from refusal
            return _Outcome(job.waiter, failure=refusal)
        except sqlite3.Error as failure:
            reason = translate(failure)
            reason.__cause__ = failure
            raise _SpoiledError(reason) from failure
        except Exception as failure:
            raise _SpoiledError(failure) from failure

    def _roll_back(self) -> None:
        # SQLite has already rolled back by itself after some failures, such as a full disk.
        if self._connection.in_transaction:
            with suppress(sqlite3.Error):  # the next BEGIN tells what is still wrong
                self._connection.execute("ROLLBACK")

    def _answer(self, outcomes: list[_Outcome]) -> None:
        self._call(self._deliver, outcomes)

    def _call(self, function: Callable[[Any], object], argument: Any) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(function, argument)

    def _deliver(self, outcomes: list[_Outcome]) -> None:
        for outcome in outcomes:
            _settle(outcome)
        for outcome in outcomes:
            if outcome.appended:
                self._tell_others(tuple(outcome.appended))


def _settle(outcome: _Outcome) -> None:
    if outcome.waiter.done():  # its caller was cancelled
        return
    if outcome.failure is None:
        outcome.waiter.set_result(outcome.result)
    else:
        outcome.waiter.set_exception(outcome.failure)


def _unavailable(failure: sqlite3.Error) -> StoreUnavailable:
    reason = StoreUnavailable(
        f"The database did not accept the write: {failure}. Nothing was changed; see to disk space and locks, then try again."
    )
    reason.__cause__ = failure
    return reason
