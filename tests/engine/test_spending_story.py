"""Runs that cost something, driven without network or disk: budgets, crashes, and replies that come too late."""

import asyncio

import pytest
from msgspec.structs import replace
from test_story import TURNS, YES, Crash, CrashingStore, Stage

from artelier.access.budgets import SpendingBudgets
from artelier.domain.budgets import Budget, Period
from artelier.domain.errors import ProviderUnavailable, StaleFence
from artelier.domain.events import CancelRequested, Draft
from artelier.domain.models import FinishReason, ModelReply
from artelier.domain.questions import Answer, Decision
from artelier.domain.runs import RunStatus
from artelier.domain.usage import Usage
from artelier.ports.budgets import Spender
from artelier.ports.journal import WhileRun
from artelier.ports.runs import Worker
from playbook import POLICY

NO = Answer(Decision.REJECT, by="person:owner")
TOTAL = Budget(1.0, period=Period.TOTAL)
LEASE = 11.0
"""Seconds after which whoever worked on a run is taken to be gone."""
DONE = ModelReply("Done.", usage=Usage(10, 5))


class Gated:
    """A model whose replies wait until they are let through, one by one."""

    def __init__(self, *failures):
        self._failures = list(failures)
        self._gate = asyncio.Semaphore(0)
        self.begun = asyncio.Semaphore(0)
        self.under_way = self.most = 0

    def let(self, count=1):
        for _ in range(count):
            self._gate.release()

    async def stream(self, request):
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        self.begun.release()
        try:
            await self._gate.acquire()
        finally:
            self.under_way -= 1
        if self._failures:
            raise self._failures.pop(0)
        yield DONE


class Database(CrashingStore):
    """A store that lets others work while it appends."""

    async def append(self, session, drafts, condition, trace=""):
        await asyncio.sleep(0)
        return await super().append(session, drafts, condition, trace)


class Paid(Stage):
    """A stage whose replies cost ``price`` each, and ``estimated`` before they are there; its ledger is the journal."""

    def __init__(self, clock, identifiers, turns=(), *, price=0.3, estimated=0.4, crash_at=10**9, budgets=(TOTAL,)):
        super().__init__(clock, identifiers, turns)
        self.store = Database(clock, tell=self.bus.tell)
        self.store.crash_at = crash_at
        self.outside = replace(self.outside, journal=self.store, runs=self.store)
        self.price = price
        self.estimated = estimated
        self.sessions = []
        self.lapse = LEASE
        self.reborn(budgets)

    def reborn(self, budgets=(TOTAL,)):
        """Forget what this process knew."""
        self.known = SpendingBudgets(self)
        self.outside = replace(self.outside, budgets=self.known, policy=replace(POLICY, budgets=budgets))

    def priced(self, name, reply):
        return replace(reply.usage, model_calls=1, cost=self.price)

    def estimate(self, name, input_tokens, output_tokens):
        return self.estimated

    async def begun(self):
        """Open a session, and return the driver of its run and the run."""
        await self.send()
        self.sessions.append(self.session)
        self.lapse = 0.0
        driver = await self.driver()
        self.lapse = LEASE
        return driver, self.run

    async def claim(self):
        self.lives += 1
        self.clock.move(self.lapse)
        return await self.store.claim(Worker(f"worker-{self.lives}", frozenset({"local"})))

    async def live(self):
        lived = await super().live()
        if not lived:
            self.reborn()
        return lived

    async def replies(self):
        events = [event for session in self.sessions or [self.session] for event in await self.store.read(session)]
        return [event.payload for event in events if event.type == "model_replied"]

    async def spent(self, per, who, since, mark):
        events = [event for session in self.sessions or [self.session] for event in await self.store.read(session, 0)]
        return 0.0, sum(event.payload.usage.cost for event in events if event.type == "model_replied" and event.at >= since)

    async def state(self, *, later=0.0):
        self.clock.move(later)
        anybody = Spender("person:owner", "coder", "")
        await self.known.refresh((TOTAL,), anybody, self.clock.now())
        (state,) = self.known.stand((TOTAL,), anybody, self.clock.now())
        return round(state.spent, 6), round(state.reserved, 6)

    async def status(self, run):
        return (await self.store.get_run(run)).status


async def test_parallel_runs_cannot_overspend_together(clock, identifiers):
    stage = Paid(clock, identifiers)
    stage.provider = model = Gated()
    drivers = [await stage.begun() for _ in range(5)]
    working = [asyncio.create_task(driver.drive()) for driver, _ in drivers]
    async with asyncio.timeout(20):
        for _ in range(2):
            await model.begun.acquire()
        assert await stage.state() == (0.0, 0.8)
        model.let(5)
        await asyncio.gather(*working)
    statuses = [await stage.status(run) for _, run in drivers]
    assert (model.most, statuses.count(RunStatus.FINISHED), statuses.count(RunStatus.WAITING)) == (2, 3, 2)
    assert await stage.state() == await stage.state(later=31) == (0.9, 0.0)


async def test_one_that_waits_for_others_goes_on_by_itself_when_they_fail(clock, identifiers):
    stage = Paid(clock, identifiers, estimated=0.6)
    stage.provider = model = Gated(ProviderUnavailable("Not now.", retry_after=3600))
    (first, run), (second, other) = [await stage.begun() for _ in range(2)]
    async with asyncio.timeout(20):
        working = [asyncio.create_task(first.drive()), asyncio.create_task(second.drive())]
        await model.begun.acquire()
        assert model.under_way == 1
        model.let(2)
        await asyncio.gather(*working)
    assert (await stage.status(run), await stage.status(other)) == (RunStatus.WAITING, RunStatus.FINISHED)
    assert model.most == 1
    assert await stage.state() == (0.3, 0.0)


async def test_one_that_waits_for_others_can_be_cancelled(clock, identifiers):
    stage = Paid(clock, identifiers, estimated=0.6)
    stage.provider = model = Gated()
    (first, _), (second, other) = [await stage.begun() for _ in range(2)]
    async with asyncio.timeout(20):
        working = asyncio.create_task(first.drive())
        await model.begun.acquire()
        waiting = asyncio.create_task(second.drive())
        asked = Draft(CancelRequested("enough"), "person:owner", other)
        await stage.store.append(stage.session, (asked,), WhileRun(other, frozenset({RunStatus.RUNNING, RunStatus.QUEUED})))
        second.look_again()
        await waiting
        assert await stage.status(other) is RunStatus.CANCELLED
        model.let()
        await working


async def test_a_run_that_is_stopped_gives_back_what_was_kept(clock, identifiers):
    stage = Paid(clock, identifiers)
    stage.provider = model = Gated()
    driver, _ = await stage.begun()
    async with asyncio.timeout(20):
        working = asyncio.create_task(driver.drive())
        await model.begun.acquire()
        assert await stage.state() == (0.0, 0.4)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    assert await stage.state() == (0.0, 0.0)


async def test_a_reply_that_comes_after_another_worker_took_the_run_is_counted_nowhere(clock, identifiers):
    stage = Paid(clock, identifiers)
    stage.provider = model = Gated()
    late, run = await stage.begun()
    async with asyncio.timeout(20):
        working = asyncio.create_task(late.drive())
        await model.begun.acquire()
        current = await stage.driver()
        assert current is not None
        answering = asyncio.create_task(current.drive())
        await model.begun.acquire()
        model.let(2)
        with pytest.raises(StaleFence):
            await working
        await answering
    assert [each.usage.cost for each in await stage.replies()] == [0.3]
    assert (await stage.store.get_run(run)).usage.cost == 0.3
    assert await stage.state() == await stage.state(later=31) == (0.3, 0.0)


async def test_a_request_that_failed_and_was_asked_again_is_counted_once(clock, identifiers):
    stage = Paid(clock, identifiers)
    stage.provider = model = Gated(ProviderUnavailable("Not now."))
    driver, run = await stage.begun()
    model.let(2)
    await driver.drive()
    assert await stage.status(run) is RunStatus.FINISHED
    assert (await stage.store.get_run(run)).usage.cost == 0.3
    assert await stage.state() == (0.3, 0.0)


@pytest.mark.parametrize(("answer", "end"), [(YES, "run_finished"), (NO, "run_failed")])
async def test_a_run_pauses_at_a_budget_and_does_as_it_is_told(clock, identifiers, answer, end):
    stage = Paid(clock, identifiers, TURNS, price=0.4)
    await stage.send()
    events = await stage.to_the_end(answer)
    asked = [event.payload.question for event in events if event.type == "budget_reached"]
    assert [(each.limit, each.budget) for each in asked] == [("budget", "all::total:1970-01-01")]
    assert "$0.80 of $1.00 spent" in asked[0].text
    assert events[-1].type == end


async def test_a_run_that_waits_at_a_daily_budget_goes_on_the_next_day(clock, identifiers):
    stage = Paid(clock, identifiers, TURNS, price=0.4, budgets=(replace(TOTAL, period=Period.DAY),))
    await stage.send()
    while (record := await stage.store.get_run(stage.run)).wait_reason != "budget":
        await stage.live()
        await stage.answer_all(YES) if record.wait_reason == "person" else None
    assert f"{record.wake_at:%Y-%m-%d %H:%M}" == "2026-01-02 00:00"
    clock.move(12 * 3600)
    await stage.live()
    assert await stage.status(stage.run) is RunStatus.FINISHED
    (question,) = [event.payload for event in await stage.store.read(stage.session) if event.type == "budget_reached"]
    record = await stage.store.get_question(question.question.id)
    assert (record.status, record.answer.by) == ("approved", "budget")


async def test_an_estimate_grows_with_results_and_with_a_reply_that_is_asked_again_for_more(clock, identifiers):
    cut = replace(TURNS[2], finish=FinishReason.LENGTH)
    stage = Paid(clock, identifiers, (TURNS[0], cut))
    asked = []

    def estimate(name, input_tokens, output_tokens):
        asked.append((input_tokens, output_tokens))
        return 0.1

    stage.estimate = estimate
    await stage.send()
    await stage.to_the_end()
    assert list(dict.fromkeys(most for _, most in asked)) == [2048, 4096, 8192, 16384]
    sizes = [size for size, most in asked if most == 2048][1:]
    assert sizes == sorted(sizes)
    assert sizes[-1] > sizes[0], "results are read too"


async def test_nothing_is_counted_twice_whenever_the_process_dies(clock, identifiers):
    calm = Paid(clock, identifiers, TURNS, price=0.4)
    await calm.send()
    await calm.to_the_end()
    for point in range(1, calm.store.appended + 1):
        stage = Paid(clock, identifiers, TURNS, price=0.4, crash_at=point)
        await stage.send()
        try:
            events = await stage.to_the_end()
        except Crash:  # while an answer was stored
            events = await stage.to_the_end()
        costs = [each.usage.cost for each in await stage.replies()]
        assert costs == [0.4] * 3, point
        assert events[-1].payload.usage.cost == pytest.approx(1.2)
        assert await stage.state(later=31) == (1.2, 0.0), point


async def test_without_budgets_nothing_is_read(clock, identifiers):
    stage = Paid(clock, identifiers, TURNS, price=40.0, budgets=())
    stage.spent = None  # reading it would break
    await stage.send()
    assert (await stage.to_the_end())[-1].type == "run_finished"
