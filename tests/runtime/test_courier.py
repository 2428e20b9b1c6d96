"""Couriers against a receiver that fails in every way, a clock moved by hand, and a store that is closed and opened again."""

import asyncio
import json
import tempfile
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artelier.domain.errors import FetchFailed
from artelier.domain.events import AgentChosen, Draft, MessageReceived, RunFinished, RunStarted, SessionOpened
from artelier.domain.runs import RunStatus
from artelier.ports.journal import WhileRun
from artelier.ports.runs import Submission
from artelier.ports.webhooks import Receipt, Webhook
from artelier.runtime.bus import LONGEST_QUEUE, LocalBus
from artelier.runtime.courier import LONGEST_TRYING, pause_after
from artelier.runtime.webhook_messages import new_secret
from artelier.runtime.webhooks import WebhookDesk
from artelier.stores.sqlite import SqliteStore
from hand_clock import HandClock

OWNER = "person:owner"
PATIENCE = 20
LONG = 15 * 3600
"""Longer than any pause."""
ACTIVE = frozenset({RunStatus.QUEUED, RunStatus.RUNNING})


class Receiver:
    """A ``Sender`` that answers by a script, 200 when it is played out; ``lost`` takes the message and breaks before it answers."""

    def __init__(self, *script):
        self.script = list(script)
        self.arrived = []
        self.tries = 0
        self.under_way = self.most_under_way = 0
        self.gate = None

    async def check(self, url):
        pass

    async def send(self, message):
        self.tries += 1
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if self.gate is not None:
                await self.gate.wait()
            return self._answer(message)
        finally:
            self.under_way -= 1

    def _answer(self, message):
        status = self.script.pop(0) if self.script else 200
        body = json.loads(message.body)
        if status in {200, "lost"}:
            self.arrived.append((body["session"], body["seq"], dict(message.headers)["webhook-id"]))
        if isinstance(status, str):
            raise FetchFailed("It broke.")
        return Receipt(status, 60.0 if status == 429 else None, "No.")

    def sequences(self, session):
        """What arrived of a session, in order, each once."""
        return list(dict.fromkeys(seq for where, seq, _ in self.arrived if where == session))


class Watched:
    """A store that says when an outcome is kept."""

    def __init__(self, store):
        self._store = store
        self.outcomes = asyncio.Queue()

    def __getattr__(self, name):
        return getattr(self._store, name)

    async def settle_failed(self, delivery):
        record = await self._store.settle_failed(delivery)
        self.outcomes.put_nowait(delivery)
        return record

    async def settle_delivered(self, *place):
        await self._store.settle_delivered(*place)
        self.outcomes.put_nowait(place)

    async def disable_webhook(self, webhook, reason):
        await self._store.disable_webhook(webhook, reason)
        self.outcomes.put_nowait(reason)

    async def outcome(self):
        return await asyncio.wait_for(self.outcomes.get(), PATIENCE)


class Stage:
    def __init__(self, folder, clock, receiver):
        self.clock = clock
        self.receiver = receiver
        self.bus = LocalBus()
        self._folder = folder
        self._made = 0

    @asynccontextmanager
    async def open(self):
        self.store = SqliteStore(self._folder / "journal.sqlite3", self.clock, tell=self.bus.tell)
        await self.store.open()
        await self.store.register_workspace("w", "w", "/w", "here")
        self.watched = Watched(self.store)
        self.desk = WebhookDesk(self.watched, self.bus, self.receiver, self.clock, self, chance=lambda: 0.5)
        await self.desk.start()
        try:
            yield self
        finally:
            await self.desk.stop()
            await self.store.close()

    def new(self):
        self._made += 1
        return f"{self._made:06}"

    async def hook(self, *types, **more):
        webhook = Webhook(self.new(), OWNER, "http://h/", new_secret(), frozenset(types), **more)
        await self.store.add_webhook(webhook)
        self.desk._employ(webhook)
        return webhook.id

    async def message(self, session="", count=0):
        """Send a message and append so many events to its run; returns the session."""
        opening = None if session else SessionOpened(OWNER, "w")
        session, run = session or self.new(), self.new()
        await self.store.submit(Submission(session, run, MessageReceived("Go"), OWNER, opening=opening))
        for number in range(count):
            await self.append(session, run, RunStarted("w", number) if number % 2 == 0 else AgentChosen("coder", "default"))
        await self.append(session, run, RunFinished("Done."))
        return session

    async def append(self, session, run, payload):
        await self.store.append(session, (Draft(payload, "system", run),), WhileRun(run, ACTIVE))

    async def head(self, session):
        return (await self.store.get_session(session)).head


@pytest.fixture
async def stage(tmp_path, clock):
    made = Stage(tmp_path, clock, Receiver())
    async with made.open():
        yield made


async def test_events_come_in_order_and_only_those_that_are_wanted(stage):
    webhook = await stage.hook("run_started", "run_finished")
    session = await stage.message(count=4)
    places = [await stage.watched.outcome() for _ in range(3)]
    assert [place[0] for place in places] == [webhook] * 3
    events = await stage.store.read(session)
    assert stage.receiver.sequences(session) == [event.seq for event in events if event.type in {"run_started", "run_finished"}]


async def test_a_failure_holds_up_its_session_and_no_other(stage):
    stage.receiver.script = [500, 500]
    await stage.hook("run_finished")
    first = await stage.message()
    failed = await stage.watched.outcome()
    assert (failed.session, failed.attempts, failed.error) == (first, 1, "It answered 500: No.")
    await stage.message(first)
    stage.receiver.script = []
    other = await stage.message()
    assert (await stage.watched.outcome())[1] == other
    assert stage.receiver.sequences(first) == []
    stage.clock.move(LONG)
    assert [(await stage.watched.outcome())[1] for _ in range(2)] == [first, first]
    assert stage.receiver.sequences(first) == sorted(stage.receiver.sequences(first))
    assert len(stage.receiver.sequences(first)) == 2


async def test_it_is_not_tried_again_before_its_time(stage):
    stage.receiver.script = [429]
    await stage.hook("run_finished")
    await stage.message()
    failed = await stage.watched.outcome()
    assert failed.next_at - stage.clock.now() == timedelta(seconds=60), "as Retry-After asked"
    stage.clock.move(59)
    await stage.message()
    await stage.watched.outcome()
    assert stage.receiver.tries == 2, "the other session's"
    stage.clock.move(2)
    await stage.watched.outcome()
    assert len(stage.receiver.arrived) == 2


async def test_410_disables_at_once_and_a_test_that_arrives_goes_on(stage):
    stage.receiver.script = [410]
    webhook = await stage.hook("run_finished")
    session = await stage.message()
    assert (await stage.watched.outcome()).error == "It answered 410: No."
    assert "410" in await stage.watched.outcome()
    record = await stage.desk.get(webhook)
    assert record.disabled_at is not None
    await stage.message(session)
    stage.receiver.script = [500]
    stage.receiver._answer, answer = (lambda message: Receipt(500, None, "No.")), stage.receiver._answer
    assert not (await stage.desk.test(webhook)).arrived
    assert (await stage.desk.get(webhook)).disabled_at is not None
    stage.receiver.script = []
    stage.receiver._answer = lambda message: Receipt(204)
    assert (await stage.desk.test(webhook)).arrived
    stage.receiver._answer = answer
    assert [(await stage.watched.outcome())[1] for _ in range(2)] == [session, session]
    assert (await stage.desk.get(webhook)).disabled_at is None


async def test_after_three_days_without_success_it_is_disabled_and_nothing_is_lost(stage):
    stage.receiver.script = ["broken"] * 100
    webhook = await stage.hook("run_finished")
    session = await stage.message()
    while isinstance(outcome := await stage.watched.outcome(), object) and not isinstance(outcome, str):
        stage.clock.move(LONG)
    assert outcome == "Nothing has come through for 3 days: It broke."
    (waiting,) = await stage.desk.deliveries(webhook)
    assert waiting.next_at is not None
    assert (await stage.store.look_behind(webhook, session)).wanted


async def test_one_event_that_is_never_taken_is_given_up_and_listed(stage):
    webhook = await stage.hook("run_finished")
    session = await stage.message()
    await stage.watched.outcome()
    bad = await stage.head(session) + 3

    def answer(message):
        body = json.loads(message.body)
        if body["seq"] == bad:
            return Receipt(400, None, "I cannot read this.")
        stage.receiver.arrived.append((body["session"], body["seq"], ""))
        return Receipt(200)

    stage.receiver._answer = answer
    await stage.message(session)
    await stage.message(session)
    since = stage.clock.now()
    while (failed := await stage.watched.outcome()).next_at and stage.clock.now() - since < LONGEST_TRYING:
        await stage.message()
        assert isinstance(await stage.watched.outcome(), tuple)
        stage.clock.move(LONG)
    outcome = await stage.watched.outcome()
    assert (failed.attempts, outcome.next_at) == (outcome.attempts, None)
    assert isinstance(await stage.watched.outcome(), tuple), "the next one follows"
    assert await stage.desk.deliveries(webhook) == (outcome,)
    assert (outcome.seq, outcome.error) == (bad, "It answered 400: I cannot read this.")
    assert stage.receiver.sequences(session)[-1] == await stage.head(session)
    assert (await stage.desk.get(webhook)).disabled_at is None


async def test_what_the_bus_dropped_is_found(stage):
    await stage.hook("run_finished")
    session = await stage.message()
    await stage.watched.outcome()
    events = await stage.store.read(session)
    stage.bus.tell(events * LONGEST_QUEUE)
    other = await stage.message()
    assert (await stage.watched.outcome())[1] == other


async def test_no_more_sessions_at_once_than_are_allowed(stage):
    stage.receiver.gate = asyncio.Event()
    await stage.hook("run_finished")
    for _ in range(12):
        await stage.message()
    stage.receiver.gate.set()
    for _ in range(12):
        await stage.watched.outcome()
    assert stage.receiver.most_under_way <= 4


async def test_a_removed_webhook_gets_nothing_more(stage):
    webhook = await stage.hook("run_finished")
    await stage.desk.remove(webhook)
    await stage.message()
    other = await stage.hook("run_finished")
    session = await stage.message()
    assert await stage.watched.outcome() == (other, session, await stage.head(session))
    assert stage.receiver.tries == 1


def test_pauses_grow_to_half_a_day_and_last_three_days():
    pauses = [pause_after(attempts, 0.5) for attempts in range(1, 16)]
    assert pauses[:4] == [5.0, 15.0, 45.0, 135.0]
    assert pauses == sorted(pauses)
    assert max(pauses) == 12 * 3600
    assert sum(pauses[:13]) < LONGEST_TRYING.total_seconds() < sum(pauses)
    assert pause_after(1, 0.5, 30.0) == 30.0
    assert pause_after(1, 0.5, 1e9) == 6 * 3600.0
    assert pause_after(10_000, 1.0) == pytest.approx(12 * 3600 * 1.2)


FAILURES = st.lists(st.sampled_from([500, 429, 302, "broken", "lost"]), max_size=4)
"""So few that nothing is given up: each moves the clock by hours."""
OUTCOMES = st.tuples(FAILURES, st.lists(st.just(200), max_size=8)).flatmap(lambda both: st.permutations(both[0] + both[1]))


@settings(max_examples=20)
@given(script=OUTCOMES, before=st.integers(0, 3), after=st.integers(0, 3), restart=st.booleans())
def test_whatever_fails_everything_arrives_in_order(script, before, after, restart):
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(everything_arrives(Path(folder), script, before, after, restart))


async def everything_arrives(folder, script, before, after, restart):
    stage = Stage(folder, HandClock(), Receiver(*script))
    sessions = []
    async with stage.open():
        await stage.hook()
        sessions += [await stage.message(count=count) for count in range(before)]
        if not restart:
            await more_and_all(stage, sessions, after)
            return
    async with stage.open():
        stage.clock.move(LONG)
        await more_and_all(stage, sessions, after)


async def more_and_all(stage, sessions, after):
    for count in range(after):
        sessions.append(await stage.message(sessions[0] if sessions and count == 1 else "", count=count))
    heads = {session: await stage.head(session) for session in sessions}
    while any((stage.receiver.sequences(session) or [0])[-1] != head for session, head in heads.items()):
        if not isinstance(await stage.watched.outcome(), tuple):
            stage.clock.move(LONG)
    for session, head in heads.items():
        assert stage.receiver.sequences(session) == list(range(1, head + 1))
        identifiers = {(seq, identifier) for where, seq, identifier in stage.receiver.arrived if where == session}
        assert len(identifiers) == head, "an event that comes twice has the id it had"
