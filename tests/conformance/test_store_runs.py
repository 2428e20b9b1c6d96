"""Submissions, claims and leases: what every store must hold."""

import asyncio
from datetime import timedelta

import pytest
from store_stage import HERE, NOON, Stage, stage_fixture  # noqa: F401  pytest finds it here

from artelier.domain.errors import Conflict, IdempotencyMismatch, InvalidRequest, NotFound, StaleFence
from artelier.domain.events import (
    ApprovalAnswered,
    ApprovalAsked,
    CancelRequested,
    MessageReceived,
    RunCancelled,
    RunFailed,
    RunFinished,
    RunQueued,
    RunWaiting,
    SessionOpened,
)
from artelier.domain.questions import Answer, Decision, Question, QuestionKind
from artelier.domain.runs import RunStatus, WaitReason
from artelier.ports.journal import OwnedBy, WhileRun
from artelier.ports.runs import Worker

QUEUED = frozenset({RunStatus.QUEUED})


def in_seconds(seconds: float) -> RunWaiting:
    return RunWaiting(WaitReason.MODEL, wake_at=NOON + timedelta(seconds=seconds))


# Submitting


async def test_a_message_opens_its_session_and_queues_its_run_in_one(stage: Stage) -> None:
    submission = stage.submission(text="Fix the build", trace="trace-1")
    submitted = await stage.store.submit(submission)
    assert [(event.seq, event.type) for event in submitted.events] == [(1, "session_opened"), (2, "message_received"), (3, "run_queued")]
    assert [event.run for event in submitted.events] == ["", submission.run, submission.run]
    assert {(event.actor, event.trace) for event in submitted.events} == {("person:mira", "trace-1")}
    assert (submitted.run, submitted.seq, submitted.claim, submitted.replayed) == (submission.run, 2, None, False)
    assert submitted.events == await stage.store.read(submission.session)


async def test_messages_need_their_session_and_their_workspace(stage: Stage) -> None:
    with pytest.raises(NotFound, match="session nobody"):
        await stage.submit("nobody")
    with pytest.raises(NotFound, match="workspace elsewhere"):
        await stage.submit(opening=SessionOpened("mira", "elsewhere"))


async def test_a_session_is_opened_once_and_a_run_submitted_once(stage: Stage) -> None:
    first = stage.submission()
    await stage.store.submit(first)
    with pytest.raises(Conflict, match=r"session .* already"):
        await stage.submit(session=first.session, opening=SessionOpened("mira", "project"))
    with pytest.raises(Conflict, match=r"run .* already"):
        await stage.submit(first.session, run=first.run)
    assert (await stage.store.get_session(first.session)).head == 3


async def test_a_message_that_cannot_be_stored_leaves_no_session(stage: Stage) -> None:
    submission = stage.submission(text="half \ud800")
    with pytest.raises(InvalidRequest):
        await stage.store.submit(submission)
    with pytest.raises(NotFound):
        await stage.store.get_session(submission.session)


async def test_the_same_key_with_the_same_body_is_answered_with_the_first_run(stage: Stage) -> None:
    session = await stage.open()
    first = await stage.submit(session, idempotency_key="key", idempotency_digest="body")
    again = await stage.store.submit(stage.submission(session, idempotency_key="key", idempotency_digest="body"), stage.worker)
    assert (again.run, again.seq, again.events, again.claim, again.replayed) == (first.run, first.seq, (), None, True)
    assert (await stage.store.get_session(session)).head == 3


async def test_the_same_key_with_another_body_is_refused(stage: Stage) -> None:
    session = await stage.open()
    await stage.submit(session, idempotency_key="key", idempotency_digest="body")
    with pytest.raises(IdempotencyMismatch):
        await stage.submit(session, idempotency_key="key", idempotency_digest="another")


async def test_keys_hold_within_their_session_alone(stage: Stage) -> None:
    runs = {(await stage.submit(idempotency_key="key", idempotency_digest=body)).run for body in ("one", "two")}
    assert len(runs) == 2


async def test_an_opening_message_is_replayed_too(stage: Stage) -> None:
    first = stage.submission(idempotency_key="key", idempotency_digest="body")
    accepted = await stage.store.submit(first)
    again = stage.submission(session=first.session, opening=first.opening, idempotency_key="key", idempotency_digest="body")
    assert await stage.store.submit(again) == type(accepted)(first.run, 2, (), replayed=True)
    with pytest.raises(IdempotencyMismatch):
        await stage.submit(session=first.session, opening=first.opening, idempotency_key="key", idempotency_digest="another")


async def test_of_many_submissions_with_one_key_one_counts(stage: Stage) -> None:
    session = await stage.open()
    many = [stage.submit(session, idempotency_key="key", idempotency_digest="body") for _ in range(10)]
    outcomes = await asyncio.gather(*many)
    assert [outcome.replayed for outcome in outcomes].count(False) == 1
    assert len({outcome.run for outcome in outcomes}) == 1
    assert len(await stage.store.read(session)) == 3


async def test_a_message_may_refuse_to_queue(stage: Stage) -> None:
    session = await stage.open()
    first = await stage.submit(session, reject_when_busy=True)
    with pytest.raises(Conflict, match="busy"):
        await stage.submit(session, reject_when_busy=True)
    await stage.append(session, first.run, RunCancelled(), condition=WhileRun(first.run, QUEUED))
    await stage.submit(session, reject_when_busy=True)


# Claiming in the submission's own transaction


async def test_a_free_worker_takes_the_run_as_it_comes(stage: Stage) -> None:
    submission = stage.submission()
    submitted = await stage.store.submit(submission, stage.worker)
    assert submitted.claim is not None
    assert submitted.claim.fence == 1
    assert submitted.claim.run == await stage.store.get_run(submission.run)
    assert submitted.claim.run.status is RunStatus.RUNNING


@pytest.mark.parametrize("worker", [Worker("far", frozenset({"there"})), Worker("nowhere", frozenset()), Worker("old", HERE, format=0)])
async def test_a_worker_that_cannot_serve_the_run_does_not_take_it(stage: Stage, worker: Worker) -> None:
    assert (await stage.store.submit(stage.submission(), worker)).claim is None
    assert await stage.store.claim(worker) is None
    assert await stage.store.next_wake(worker) is None
    assert await stage.store.claim(stage.worker) is not None


async def test_a_run_behind_another_is_not_taken(stage: Stage) -> None:
    claim = await stage.running()
    behind = await stage.store.submit(stage.submission(claim.run.session), stage.worker)
    assert behind.claim is None
    assert await stage.store.claim(stage.worker) is None
    await stage.own(claim, RunFinished("Done."))
    following = await stage.store.claim(stage.worker)
    assert following is not None
    assert following.run.id == behind.run


# Claiming


async def test_runs_are_claimed_in_the_order_of_their_coming(stage: Stage) -> None:
    runs = []
    for _ in range(4):
        runs.append((await stage.submit()).run)
        stage.clock.step(1)
    assert [(await stage.store.claim(stage.worker)).run.id for _ in runs] == runs
    assert await stage.store.claim(stage.worker) is None


async def test_a_waiting_run_holds_its_session(stage: Stage) -> None:
    claim = await stage.running()
    await stage.submit(claim.run.session)
    await stage.own(claim, RunWaiting(WaitReason.PERSON))
    assert await stage.store.claim(stage.worker) is None


async def test_of_many_claims_each_run_goes_to_one(stage: Stage) -> None:
    session = (await stage.running()).run.session
    await stage.submit(session)
    runs = {(await stage.submit()).run for _ in range(12)}
    claims = await asyncio.gather(*(stage.store.claim(Worker(f"worker-{number}", HERE)) for number in range(30)))
    won = [claim.run.id for claim in claims if claim is not None]
    assert len(won) == 12
    assert set(won) == runs


async def test_a_wait_ends_at_its_time_and_the_fence_grows(stage: Stage) -> None:
    claim = await stage.running()
    await stage.own(claim, in_seconds(30))
    assert await stage.store.next_wake(stage.worker) == NOON + timedelta(seconds=30)
    stage.clock.step(29.999999)
    assert await stage.store.claim(stage.worker) is None
    stage.clock.step(0.000001)
    again = await stage.store.claim(stage.worker)
    assert again is not None
    assert (again.run.id, again.fence, again.run.wake_at, again.run.wait_reason) == (claim.run.id, 2, None, "")
    assert again.run.status is RunStatus.RUNNING


async def test_a_lease_that_ends_passes_the_run_on_and_stops_the_former_owner(stage: Stage) -> None:
    claim = await stage.running()
    stage.clock.step(9.999999)
    assert await stage.store.claim(Worker("worker-2", HERE)) is None
    stage.clock.step(0.000001)
    taken = await stage.store.claim(Worker("worker-2", HERE))
    assert taken is not None
    assert (taken.run.id, taken.fence) == (claim.run.id, 2)
    with pytest.raises(StaleFence):
        await stage.own(claim, RunFinished("Done."))
    await stage.own(taken, RunFinished("Done."))


async def test_an_owner_whose_lease_ended_unnoticed_may_go_on(stage: Stage) -> None:
    claim = await stage.running()
    stage.clock.step(60)
    await stage.own(claim, RunFinished("Done."))
    assert await stage.store.claim(stage.worker) is None


async def test_a_failed_run_is_taken_up_again_before_those_that_came_after_it(stage: Stage) -> None:
    claim = await stage.running()
    later = await stage.submit(claim.run.session)
    await stage.own(claim, RunFailed("MODEL", "It broke."))
    condition = WhileRun(claim.run.id, frozenset({RunStatus.FAILED}))
    await stage.append(claim.run.session, claim.run.id, RunQueued(resumed=True), condition=condition)
    again = await stage.store.claim(stage.worker)
    assert again is not None
    assert (again.run.id, again.fence) == (claim.run.id, 2)
    await stage.own(again, RunFinished("Done."))
    assert (await stage.store.claim(stage.worker)).run.id == later.run


# Leases


async def test_leases_are_renewed_together(stage: Stage) -> None:
    claims = [await stage.running() for _ in range(5)]
    stage.clock.step(8)
    assert await stage.store.extend(stage.worker, tuple((claim.run.id, claim.fence) for claim in claims)) == frozenset()
    assert await stage.store.next_wake(stage.worker) == NOON + timedelta(seconds=18)
    stage.clock.step(8)
    assert await stage.store.claim(Worker("worker-2", HERE)) is None


async def test_nothing_to_renew_loses_nothing(stage: Stage) -> None:
    assert await stage.store.extend(stage.worker, ()) == frozenset()


async def test_what_is_lost_is_named(stage: Stage) -> None:
    kept, ended, waiting, taken = [await stage.running() for _ in range(4)]
    await stage.own(ended, RunFinished("Done."))
    await stage.own(waiting, RunWaiting(WaitReason.PERSON))
    stage.clock.step(10)
    assert await stage.store.extend(stage.worker, ((kept.run.id, 1),)) == frozenset()
    assert (await stage.store.claim(Worker("worker-2", HERE))).run.id == taken.run.id
    claims = tuple((claim.run.id, 1) for claim in (kept, ended, waiting, taken))
    lost = await stage.store.extend(stage.worker, (*claims, ("nothing", 1)))
    assert lost == {ended.run.id, waiting.run.id, taken.run.id, "nothing"}


async def test_a_lease_is_lost_by_another_fence_of_the_same_worker(stage: Stage) -> None:
    claim = await stage.running()
    stage.clock.step(10)
    again = await stage.store.claim(stage.worker)
    assert again is not None
    assert await stage.store.extend(stage.worker, ((claim.run.id, 1),)) == {claim.run.id}
    assert await stage.store.extend(stage.worker, ((claim.run.id, 2),)) == frozenset()


async def test_a_released_run_goes_on_elsewhere_at_once(stage: Stage) -> None:
    claim, other = await stage.running(), await stage.store.submit(stage.submission(), Worker("worker-2", HERE))
    await stage.store.release(stage.worker)
    assert await stage.store.extend(stage.worker, ((claim.run.id, 1),)) == {claim.run.id}
    taken = await stage.store.claim(Worker("worker-3", HERE))
    assert taken is not None
    assert (taken.run.id, taken.fence) == (claim.run.id, 2)
    assert await stage.store.extend(Worker("worker-2", HERE), ((other.run, 1),)) == frozenset()


async def test_the_sole_owner_of_a_place_takes_over_every_lease(stage: Stage) -> None:
    await stage.store.register_workspace("far", "Far", "/srv/far", "there")
    away = Worker("away", frozenset({"there"}))
    await stage.store.submit(stage.submission(opening=SessionOpened("mira", "far")), away)
    claims = [await stage.running() for _ in range(3)]
    await stage.own(claims[2], RunWaiting(WaitReason.PERSON))
    assert await stage.store.take_over("here") == 2
    retaken = {(await stage.store.claim(Worker("worker-2", HERE))).run.id for _ in range(2)}
    assert retaken == {claims[0].run.id, claims[1].run.id}
    assert await stage.store.claim(away) is None
    assert await stage.store.take_over("nowhere") == 0


async def test_nothing_waits_in_an_idle_store(stage: Stage) -> None:
    assert await stage.store.next_wake(stage.worker) is None
    claim = await stage.running()
    await stage.submit()
    assert await stage.store.next_wake(stage.worker) == NOON + timedelta(seconds=10)
    await stage.own(claim, RunWaiting(WaitReason.PERSON))
    assert await stage.store.next_wake(stage.worker) is None


async def test_somebody_who_wants_a_waiting_run_to_stop_wakes_it(stage: Stage) -> None:
    claim = await stage.running()
    await stage.own(claim, in_seconds(600))
    stage.clock.step(5)
    await stage.append(claim.run.session, claim.run.id, CancelRequested(), condition=WhileRun(claim.run.id, frozenset({RunStatus.WAITING})))
    assert await stage.store.next_wake(stage.worker) == NOON + timedelta(seconds=5)
    assert await stage.store.claim(stage.worker) is not None


@pytest.mark.parametrize(
    "payload",
    [CancelRequested(), ApprovalAnswered("question", QuestionKind.WORDS, Answer(Decision.APPROVE))],
    ids=lambda payload: payload.type,
)
async def test_waking_does_not_wait_for_a_clock_that_stepped_back(stage: Stage, payload: CancelRequested | ApprovalAnswered) -> None:
    claim = await stage.running()
    await stage.own(claim, ApprovalAsked(Question("question", QuestionKind.WORDS, "Which?")), in_seconds(600))
    stage.clock.step(-3600)
    await stage.append(claim.run.session, claim.run.id, payload, condition=WhileRun(claim.run.id, frozenset({RunStatus.WAITING})))
    assert await stage.store.claim(stage.worker) is not None


async def test_the_owner_of_a_run_may_not_write_to_its_session_for_another_run(stage: Stage) -> None:
    claim = await stage.running()
    behind = await stage.submit(claim.run.session, message=MessageReceived("Then this"))
    with pytest.raises(StaleFence):
        await stage.append(claim.run.session, behind.run, RunFinished("Done."), condition=OwnedBy(behind.run, 0, 5))
