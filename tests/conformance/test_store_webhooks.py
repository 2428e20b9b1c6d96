"""How far webhooks were told: what every store that keeps webhooks must hold."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from store_stage import NOON, OWNER, Stage

from artelier.domain.delegating import Parent
from artelier.domain.errors import Conflict, NotFound
from artelier.domain.events import AgentChosen, RunFinished, RunStarted, SessionOpened
from artelier.ports.webhooks import Behind, Delivery, Webhook

HOOK = Webhook("h1", OWNER, "https://example.org/", "whsec_", frozenset({"run_started", "run_finished"}), description="Mine")
ALL = Webhook("h2", OWNER, "https://example.org/", "whsec_")


@pytest.fixture(name="stage", params=["sqlite"])
async def stage_of_stores_that_keep_webhooks(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    made = Stage(request.param, tmp_path)
    await made.open_store()
    yield made
    await made.store.close()


async def finished(stage: Stage, session: str = "") -> str:
    """Do a run; its events of the wanted types are one start and one end."""
    claim = await stage.running(session)
    await stage.own(claim, RunStarted("worker-1", 1), AgentChosen("coder", "default"), RunFinished("Done."))
    return claim.run.session


async def test_a_webhook_is_kept_listed_and_removed(stage: Stage) -> None:
    record = await stage.store.add_webhook(HOOK)
    assert (record.webhook, record.created_at, record.disabled_at) == (HOOK, NOON, None)
    with pytest.raises(Conflict):
        await stage.store.add_webhook(HOOK)
    await stage.store.add_webhook(Webhook("h3", "pavel", "https://example.org/", "whsec_"))
    assert [each.webhook.id for each in await stage.store.list_webhooks(OWNER)] == ["h1"]
    assert [each.webhook.id for each in await stage.store.list_webhooks()] == ["h1", "h3"]
    await stage.store.remove_webhook("h1")
    for refused in (stage.store.get_webhook("h1"), stage.store.remove_webhook("h1"), stage.store.list_behind("h1")):
        with pytest.raises(NotFound):
            await refused


async def test_what_happened_before_is_none_of_its_business(stage: Stage) -> None:
    old = await finished(stage)
    await stage.store.add_webhook(HOOK)
    assert await stage.store.list_behind("h1") == ()
    head = (await stage.store.get_session(old)).head
    await finished(stage, old)
    new = await finished(stage)
    assert [(each.session, each.seq, each.wanted) for each in await stage.store.list_behind("h1")] == [(old, head, True), (new, 0, True)]
    assert [event.type for event in await stage.store.list_untold("h1", old, head, 10)] == ["run_started", "run_finished"]


async def test_it_is_told_of_what_it_wants_in_order_and_goes_forward(stage: Stage) -> None:
    await stage.store.add_webhook(HOOK)
    session = await finished(stage)
    started, ended = await stage.store.list_untold("h1", session, 0, 10)
    assert (started.type, ended.type) == ("run_started", "run_finished")
    assert await stage.store.list_untold("h1", session, 0, 1) == (started,)
    await stage.store.settle_delivered("h1", session, started.seq)
    assert await stage.store.look_behind("h1", session) == Behind(session, started.seq, ended.seq, True)
    await stage.store.settle_delivered("h1", session, ended.seq)
    assert await stage.store.list_behind("h1") == ()
    await stage.store.settle_delivered("h1", session, started.seq)
    assert (await stage.store.look_behind("h1", session)).seq == ended.seq, "a late word does not turn it back"
    assert (await stage.store.get_webhook("h1")).succeeded_at == NOON


async def test_what_nobody_wants_is_skipped(stage: Stage) -> None:
    await stage.store.add_webhook(HOOK)
    session = await stage.open()
    assert await stage.store.list_behind("h1") == (Behind(session, 0, 1, False),)
    await stage.store.skip("h1", ((session, 1), ("gone", 7)))
    assert await stage.store.list_behind("h1") == ()


async def test_pages_go_on_after_a_session(stage: Stage) -> None:
    await stage.store.add_webhook(ALL)
    sessions = [await stage.open() for _ in range(5)]
    first = await stage.store.list_behind("h2", limit=3)
    second = await stage.store.list_behind("h2", first[-1].session, 3)
    assert [each.session for each in (*first, *second)] == sessions


async def test_a_failure_waits_then_is_given_up_or_forgotten(stage: Stage) -> None:
    await stage.store.add_webhook(HOOK)
    session = await finished(stage)
    started, ended = await stage.store.list_untold("h1", session, 0, 10)
    later = NOON + timedelta(seconds=5)
    failed = Delivery("h1", session, started.seq, started.type, 1, NOON, "It answered 500", later)
    record = await stage.store.settle_failed(failed)
    assert (record.failed_at, record.failing_since, record.error) == (NOON, NOON, "It answered 500")
    assert (await stage.store.look_behind("h1", session)) == Behind(session, 0, ended.seq, True, failed)
    stage.clock.step(5)
    again = Delivery("h1", session, started.seq, started.type, 2, NOON, "It answered 502", later + timedelta(seconds=15))
    record = await stage.store.settle_failed(again)
    assert (record.failed_at, record.failing_since) == (later, NOON)
    assert await stage.store.list_deliveries("h1") == (again,)
    given_up = Delivery("h1", session, started.seq, started.type, 3, NOON, "It answered 502")
    await stage.store.settle_failed(given_up)
    assert await stage.store.list_deliveries("h1") == (given_up,)
    assert await stage.store.look_behind("h1", session) == Behind(session, started.seq, ended.seq, True)
    await stage.store.settle_failed(Delivery("h1", session, ended.seq, ended.type, 1, NOON, "No", later))
    await stage.store.settle_delivered("h1", session, ended.seq)
    assert await stage.store.list_deliveries("h1") == (given_up,)
    assert (await stage.store.get_webhook("h1")).failing_since is None


async def test_disabling_keeps_its_place_and_enabling_makes_it_due(stage: Stage) -> None:
    await stage.store.add_webhook(HOOK)
    session = await finished(stage)
    (started,) = await stage.store.list_untold("h1", session, 0, 1)
    await stage.store.settle_failed(Delivery("h1", session, started.seq, started.type, 9, NOON, "No", NOON + timedelta(days=1)))
    await stage.store.disable_webhook("h1", "Gone")
    stage.clock.step(60)
    await stage.store.disable_webhook("h1", "Again")
    record = await stage.store.get_webhook("h1")
    assert (record.disabled_at, record.reason) == (NOON, "Gone")
    await stage.store.enable_webhook("h1")
    record = await stage.store.get_webhook("h1")
    assert (record.disabled_at, record.reason, record.failing_since) == (None, "", None)
    behind = await stage.store.look_behind("h1", session)
    assert (behind.delivery.attempts, behind.delivery.next_at) == (0, stage.clock.now())


async def test_single_sessions_bring_what_they_delegated(stage: Stage) -> None:
    mine, other = await stage.open(), await stage.open()
    only = Webhook("h1", OWNER, "https://example.org/", "whsec_", sessions=frozenset({mine}))
    await stage.store.add_webhook(only)
    await stage.submit(mine)
    await stage.submit(other)
    parent = Parent(mine, "run", "run/0/0", "below-run", mine)
    below = (await stage.submit(opening=SessionOpened(OWNER, "project", parent=parent))).events[0].session
    assert [each.session for each in await stage.store.list_behind("h1")] == sorted((mine, below))
    assert await stage.store.look_behind("h1", other) is None


async def test_a_stranger_is_told_nothing(stage: Stage) -> None:
    await stage.store.add_webhook(Webhook("h1", "pavel", "https://example.org/", "whsec_"))
    session = await finished(stage)
    assert await stage.store.list_behind("h1") == ()
    assert await stage.store.look_behind("h1", session) is None


async def test_what_comes_too_late_harms_nothing(stage: Stage) -> None:
    await stage.store.add_webhook(HOOK)
    session = await finished(stage)
    failed = Delivery("h1", session, 3, "run_started", 1, NOON, "No", NOON)
    await stage.store.settle_failed(failed)
    await stage.store.delete_session(session)
    assert await stage.store.list_deliveries("h1") == ()
    assert await stage.store.look_behind("h1", session) is None
    await stage.store.settle_delivered("h1", session, 3)
    assert (await stage.store.settle_failed(failed)) is not None
    await stage.store.remove_webhook("h1")
    assert await stage.store.settle_failed(failed) is None
    await stage.store.settle_delivered("h1", session, 3)
    await stage.store.skip("h1", ((session, 3),))
