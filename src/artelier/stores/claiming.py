"""Leases: runs are claimed, kept, given back, taken over."""

from datetime import datetime

from artelier.ports.runs import Claim, Worker
from artelier.stores import queries, statements
from artelier.stores.operation import Parameters, Step, Steps, first
from artelier.stores.records import run_record
from artelier.stores.times import optional_moment, seconds_after


def claim(now: int, worker: Worker) -> Steps[Claim | None]:
    """Take the next run that may go on. See ``Runs.claim``."""
    if not worker.places:
        return None
    parameters = {"now": now, "the_format": worker.format, **lease(worker, now)}
    return (yield from claimed(Step(statements.claim(worker.places), parameters)))


def lease(worker: Worker, now: int) -> Parameters:
    """Return the parameters of a lease that begins now."""
    return {"new_worker": worker.name, "new_lease_until": seconds_after(now, worker.lease_seconds)}


def claimed(leasing: Step) -> Steps[Claim | None]:
    """Run a statement that leases a run, and return the claim, None when there was nothing to lease."""
    leased = first((yield leasing))
    if leased is None:
        return None
    record = run_record((yield Step(queries.RUN, {"the_run": leased["id"]}))[0])
    return Claim(record, record.fence)


def extend(now: int, worker: Worker, claims: tuple[tuple[str, int], ...]) -> Steps[frozenset[str]]:
    """Renew leases, and return the runs that are lost. See ``Runs.extend``."""
    if not claims:
        return frozenset()
    rows = yield Step(
        statements.extend(_room(claims)),
        {**_runs(claims), "the_worker": worker.name, "new_lease_until": seconds_after(now, worker.lease_seconds)},
    )
    kept = {(row["id"], row["fence"]) for row in rows}
    return frozenset(run for run, fence in claims if (run, fence) not in kept)


def release(now: int, worker: Worker) -> Steps[None]:
    """End all leases of a worker. See ``Runs.release``."""
    yield Step(statements.RELEASE, {"the_worker": worker.name, "now": now})


def take_over(now: int, place: str) -> Steps[int]:
    """End every lease on a place. See ``Runs.take_over``."""
    return len((yield Step(statements.TAKE_OVER, {"the_place": place, "now": now})))


def next_wake(worker: Worker) -> Steps[datetime | None]:
    """Find when the next wait or lease ends. See ``Runs.next_wake``."""
    if not worker.places:
        return None
    rows = yield Step(statements.next_wake(worker.places), {"the_format": worker.format})
    return optional_moment(rows[0]["moment"])


def _room(claims: tuple[tuple[str, int], ...]) -> int:
    # Statements are kept for sizes of powers of two: the last run fills what is left.
    return 1 << (len(claims) - 1).bit_length()


def _runs(claims: tuple[tuple[str, int], ...]) -> Parameters:
    named = {f"run_{index}": run for index, (run, _) in enumerate(claims)}
    return {f"run_{index}": claims[-1][0] for index in range(len(claims), _room(claims))} | named
