"""Sessions that begin as copies: what is copied, what stays with the original, and what counts once."""

from datetime import timedelta

import pytest
from store_stage import NOON, OWNER, Stage, stage_fixture  # noqa: F401  the fixture

from artelier.domain.delegating import Parent
from artelier.domain.errors import Conflict, InvalidRequest, NotFound
from artelier.domain.events import AgentChosen, ApprovalAsked, MessageReceived, ModelReplied, RunFinished, SessionOpened
from artelier.domain.forking import SessionForked
from artelier.domain.questions import Question, QuestionKind
from artelier.ports.runs import Page
from artelier.ports.usage import Place, Span, UsageBy
from artelier.ports.webhooks import Webhook

DAY = Span(OWNER, NOON - timedelta(days=1), NOON + timedelta(days=1))
LARGE = "x" * 40_000


async def talked(stage: Stage, agent: str, session: str = "", reply: str = "Done.") -> tuple[str, str]:
    """Return a session and the run that has just finished in it."""
    claim = await stage.running(session)
    await stage.own(claim, AgentChosen(agent, "rule"), ModelReplied(step=1, attempt=1, text=reply), RunFinished(reply))
    return claim.run.session, claim.run.id


async def fork(stage: Stage, session: str, before: str = "") -> str:
    return (await stage.store.fork_session(session, stage.new("session"), f"person:{OWNER}", before)).id


async def told(stage: Stage, session: str) -> list[tuple[str, str]]:
    """Return the runs and types of a session's events."""
    return [(event.run, event.type) for event in await stage.store.read(session)]


async def test_a_session_is_copied_whole(stage: Stage) -> None:
    session, _ = await talked(stage, "coder", reply=LARGE)
    stage.clock.step(60)
    before = await stage.store.read(session)
    stage.told.clear()
    copy = await stage.store.get_session(await fork(stage, session))
    assert (copy.origin, copy.copied, copy.head) == (session, len(before), len(before) + 1)
    assert (copy.owner, copy.workspace, copy.status, copy.agent) == (OWNER, "project", "idle", "coder")
    assert copy.created_at == copy.updated_at == NOON + timedelta(seconds=60)
    *copied, forked = await stage.store.read(copy.id)
    kept = ("seq", "run", "type", "v", "at", "actor", "trace", "payload")
    assert [[getattr(event, name) for name in kept] for event in copied] == [[getattr(event, name) for name in kept] for event in before]
    assert {event.session for event in copied} == {copy.id}
    assert forked.payload == SessionForked(session)
    assert (forked.actor, forked.run) == (f"person:{OWNER}", "")
    assert stage.told == [forked], "only what is new is told"
    assert await stage.store.read(session) == before
    assert (await stage.store.get_session(session)).origin == ""


async def test_what_lies_before_a_run_is_copied_and_the_rest_is_not(stage: Stage) -> None:
    session, first = await talked(stage, "coder")
    _, second = await talked(stage, "debug", session)
    copy = await fork(stage, session, second)
    assert await told(stage, copy) == [*(await told(stage, session))[:6], ("", "session_forked")]
    assert {run for run, _ in await told(stage, copy)} == {"", first}
    assert (await stage.store.get_session(copy)).agent == "coder"
    assert (await stage.store.read(copy))[-1].payload == SessionForked(session, second)
    empty = await stage.store.get_session(await fork(stage, session, first))
    assert (empty.head, empty.copied, empty.agent) == (2, 1, "")


async def test_a_run_whose_follower_was_queued_while_it_worked_is_copied_to_its_end(stage: Stage) -> None:
    claim = await stage.running()
    session, first = claim.run.session, claim.run.id
    queued = await stage.submit(session, "And then?")
    await stage.own(claim, AgentChosen("coder", "rule"), RunFinished("Done."))
    copy = await fork(stage, session, queued.run)
    types = ["message_received", "run_queued", "agent_chosen", "run_finished"]
    assert await told(stage, copy) == [("", "session_opened"), *((first, kind) for kind in types), ("", "session_forked")]
    assert [event.seq for event in await stage.store.read(copy)] == [1, 2, 3, 4, 5, 6]


async def test_a_copy_goes_on_by_itself(stage: Stage) -> None:
    session, run = await talked(stage, "coder")
    copy = await fork(stage, session)
    before = await told(stage, session)
    _, own = await talked(stage, "debug", copy)
    assert (await told(stage, copy))[-5:] == [
        *((own, kind) for kind in ("message_received", "run_queued", "agent_chosen", "model_replied", "run_finished")),
    ]
    assert await told(stage, session) == before
    assert [each.id for each in await stage.store.list_runs(Page(), copy)] == [own]
    assert [each.id for each in await stage.store.list_runs(Page(), session)] == [run]


async def test_a_copy_of_a_copy_holds_all_that_came_before(stage: Stage) -> None:
    session, first = await talked(stage, "coder")
    copy = await fork(stage, session)
    _, second = await talked(stage, "coder", copy)
    again = await stage.store.get_session(await fork(stage, copy))
    assert [run for run, kind in await told(stage, again.id) if kind == "message_received"] == [first, second]
    assert (again.origin, again.copied) == (copy, (await stage.store.get_session(copy)).head)
    earlier = await fork(stage, copy, first)
    assert await told(stage, earlier) == [("", "session_opened"), ("", "session_forked")]


async def test_a_copy_lives_on_when_its_original_is_removed(stage: Stage) -> None:
    session, _ = await talked(stage, "coder", reply=LARGE)
    copy = await fork(stage, session)
    before = await stage.store.read(copy)
    await stage.store.delete_session(session)
    assert await stage.store.read(copy) == before
    assert (await stage.store.get_session(copy)).origin == session
    await talked(stage, "coder", copy)
    await stage.store.delete_session(copy)
    with pytest.raises(NotFound):
        await stage.store.get_session(copy)


async def test_copies_are_listed_and_numbered(stage: Stage) -> None:
    session = await stage.open("Plans")
    copies = [await fork(stage, session) for _ in range(2)]
    third = await fork(stage, copies[0])
    assert [(each.id, each.title) for each in await stage.store.list_sessions(OWNER, Page())] == [
        (third, "Plans (3)"),
        (copies[1], "Plans (3)"),
        (copies[0], "Plans (2)"),
        (session, "Plans"),
    ]
    assert (await stage.store.get_session(await fork(stage, await stage.open()))).title == ""


async def test_work_under_way_is_not_copied_but_what_lies_before_it_is(stage: Stage) -> None:
    session, first = await talked(stage, "coder")
    claim = await stage.running(session)
    await stage.own(claim, ApprovalAsked(Question("question", QuestionKind.APPROVAL, "May it?")))
    with pytest.raises(Conflict):
        await fork(stage, session)
    copy = await fork(stage, session, claim.run.id)
    assert {run for run, _ in await told(stage, copy)} == {"", first}
    assert [each.session for each in await stage.store.list_questions(OWNER, Page())] == [session]
    queued = await stage.submit(session)
    with pytest.raises(Conflict):
        await fork(stage, session, queued.run)


async def test_a_point_that_is_none_is_refused_and_nothing_is_left_behind(stage: Stage) -> None:
    session, _ = await talked(stage, "coder")
    _, elsewhere = await talked(stage, "coder")
    before = await stage.store.list_sessions(OWNER, Page())
    with pytest.raises(NotFound):
        await fork(stage, "nowhere")
    for point in (elsewhere, "nobody"):
        with pytest.raises(InvalidRequest):
            await fork(stage, session, point)
    with pytest.raises(Conflict):
        await stage.store.fork_session(session, session, "person:mira")
    assert await stage.store.list_sessions(OWNER, Page()) == before


async def test_a_part_of_another_agents_work_is_not_copied_by_itself(stage: Stage) -> None:
    claim = await stage.running()
    parent = Parent(claim.run.session, claim.run.id, f"{claim.run.id}/1/0", "sub", claim.run.session)
    opening = SessionOpened(OWNER, "project", parent=parent)
    below = await stage.submit(run="sub", opening=opening, session=stage.new("session"))
    with pytest.raises(InvalidRequest):
        await fork(stage, below.events[0].session)


async def test_only_the_store_begins_a_copy(stage: Stage) -> None:
    claim = await stage.running()
    for payload in (SessionForked("elsewhere"), MessageReceived("x")):
        with pytest.raises(InvalidRequest):
            await stage.own(claim, payload)


async def sums(stage: Stage) -> list[object]:
    store = stage.store
    by = [await store.sum_usage(key, DAY, 10) for key in UsageBy]
    return [*by, await store.ended_runs(DAY), await store.questions_asked(DAY), await store.sum_layers(DAY)]


@pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
async def test_what_is_copied_counts_and_is_told_once(stage: Stage) -> None:
    session, _ = await talked(stage, "coder")
    await stage.store.add_webhook(Webhook("hook", OWNER, "https://hook.example", "whsec_x"))
    before = await sums(stage)
    assert before[0]
    copy = await fork(stage, session)
    assert await sums(stage) == before
    found = await stage.store.events_of(frozenset({"agent_chosen", "session_forked"}), DAY, Place(), 10)
    assert [(event.session, event.type) for event in found] == [(session, "agent_chosen"), (copy, "session_forked")]
    behind = await stage.store.look_behind("hook", copy)
    assert behind is not None
    assert [event.type for event in await stage.store.list_untold("hook", copy, behind.seq, 100)] == ["session_forked"]
