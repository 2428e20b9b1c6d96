"""Appending and reading: what every store must hold."""

import asyncio
from datetime import timedelta

import pytest
from store_stage import NOON, Stage, stage_fixture  # noqa: F401  pytest finds it here

from artelier.domain.calls import ResultStatus, ToolCall, ToolResult
from artelier.domain.errors import ConditionFailed, InvalidRequest, NotFound, SequenceConflict, StaleFence, StoreUnavailable
from artelier.domain.events import (
    ApprovalAnswered,
    ApprovalAsked,
    CancelRequested,
    Draft,
    MessageReceived,
    ModelReplied,
    RunFinished,
    RunQueued,
    RunStarted,
    RunWaiting,
    SessionOpened,
    ToolFinished,
)
from artelier.domain.questions import Answer, Decision, Question, QuestionKind
from artelier.domain.runs import RunStatus, WaitReason
from artelier.ports.journal import OwnedBy, WhileOpen, WhileRun

RUNNING = frozenset({RunStatus.RUNNING})


def reply(text: str = "Looking.", step: int = 1) -> ModelReplied:
    return ModelReplied(step=step, attempt=1, text=text)


async def ask(stage: Stage) -> tuple[str, str, str]:
    """Return session, run and question of a run that waits for an answer."""
    claim = await stage.running()
    question = Question(stage.new("question"), QuestionKind.APPROVAL, "May it?")
    await stage.own(claim, ApprovalAsked(question), RunWaiting(WaitReason.PERSON))
    return claim.run.session, claim.run.id, question.id


def answer(question: str, decision: Decision = Decision.APPROVE) -> ApprovalAnswered:
    return ApprovalAnswered(question, QuestionKind.APPROVAL, Answer(decision, by="mira"))


async def test_sequences_run_from_one_without_gaps_and_each_session_has_its_own(stage: Stage) -> None:
    first, second = await stage.running(), await stage.running()
    await stage.own(first, reply(), reply(step=2), reply(step=3))
    await stage.own(second, reply())
    await stage.own(first, reply(step=4))
    assert [event.seq for event in await stage.store.read(first.run.session)] == [1, 2, 3, 4, 5, 6, 7]
    assert [event.seq for event in await stage.store.read(second.run.session)] == [1, 2, 3, 4]


async def test_what_is_appended_is_returned_and_read_back_whole(stage: Stage) -> None:
    claim = await stage.running()
    call = ToolCall("run/1/0", "write_file", {"path": "привет.txt", "lines": [1, 2.5, None]})
    payload = ModelReplied(step=1, attempt=2, text="Пишу.", calls=(call,))
    stored = await stage.store.append(
        claim.run.session, (Draft(payload, "agent:coder", claim.run.id),), OwnedBy(claim.run.id, 1, 3), trace="trace-7"
    )
    assert stored == (await stage.store.read(claim.run.session))[3:]
    (event,) = stored
    assert (event.session, event.seq, event.run, event.type, event.v) == (claim.run.session, 4, claim.run.id, "model_replied", 1)
    assert (event.actor, event.trace, event.at, event.payload) == ("agent:coder", "trace-7", NOON, payload)


async def test_reading_goes_on_after_a_sequence_and_stops_at_a_limit(stage: Stage) -> None:
    claim = await stage.running()
    await stage.own(claim, *(reply(step=step) for step in range(1, 40)))
    assert [event.seq for event in await stage.store.read(claim.run.session, after=2, limit=3)] == [3, 4, 5]
    assert [event.seq for event in await stage.store.read(claim.run.session, after=41)] == [42]
    assert await stage.store.read(claim.run.session, after=42) == ()


async def test_an_unknown_session_cannot_be_read(stage: Stage) -> None:
    with pytest.raises(NotFound, match="session nobody"):
        await stage.store.read("nobody")


async def test_time_within_a_session_never_steps_back(stage: Stage) -> None:
    claim = await stage.running()
    stage.clock.step(5)
    await stage.own(claim, reply())
    stage.clock.step(-60)
    (late,) = await stage.own(claim, reply(step=2))
    assert late.at == NOON + timedelta(seconds=5)
    assert [event.at for event in await stage.store.read(claim.run.session)] == [NOON] * 3 + [late.at] * 2
    assert (await stage.store.get_session(claim.run.session)).updated_at == late.at


async def test_microseconds_are_kept(stage: Stage) -> None:
    stage.clock.step(0.000001)
    claim = await stage.running()
    assert (await stage.store.read(claim.run.session))[0].at == NOON + timedelta(microseconds=1)


async def test_nothing_to_append_is_judged_and_changes_nothing(stage: Stage) -> None:
    claim = await stage.running()
    assert await stage.store.append(claim.run.session, (), OwnedBy(claim.run.id, 1, 3)) == ()
    with pytest.raises(StaleFence):
        await stage.store.append(claim.run.session, (), OwnedBy(claim.run.id, 2, 3))
    assert (await stage.store.get_session(claim.run.session)).head == 3


@pytest.mark.parametrize("fence", [0, 2])
async def test_another_fence_stops_the_owner(stage: Stage, fence: int) -> None:
    claim = await stage.running()
    with pytest.raises(StaleFence, match="another worker"):
        await stage.append(claim.run.session, claim.run.id, reply(), condition=OwnedBy(claim.run.id, fence, 3))
    assert len(await stage.store.read(claim.run.session)) == 3


async def test_an_owner_whose_run_rests_is_stopped_before_the_sequence_is_looked_at(stage: Stage) -> None:
    claim = await stage.running()
    await stage.own(claim, RunFinished("Done."))
    with pytest.raises(StaleFence):
        await stage.append(claim.run.session, claim.run.id, reply(), condition=OwnedBy(claim.run.id, 1, 3))


@pytest.mark.parametrize("expected", [2, 4])
async def test_an_unexpected_sequence_makes_the_owner_decide_again(stage: Stage, expected: int) -> None:
    claim = await stage.running()
    with pytest.raises(SequenceConflict, match="stands at 3"):
        await stage.append(claim.run.session, claim.run.id, reply(), condition=OwnedBy(claim.run.id, 1, expected))


async def test_somebody_elses_append_moves_the_sequence(stage: Stage) -> None:
    claim = await stage.running()
    await stage.append(claim.run.session, claim.run.id, CancelRequested(), condition=WhileRun(claim.run.id, RUNNING))
    with pytest.raises(SequenceConflict):
        await stage.append(claim.run.session, claim.run.id, reply(), condition=OwnedBy(claim.run.id, 1, 3))


async def test_others_append_only_while_the_run_has_a_status(stage: Stage) -> None:
    claim = await stage.running()
    condition = WhileRun(claim.run.id, frozenset({RunStatus.QUEUED, RunStatus.WAITING}))
    with pytest.raises(ConditionFailed, match=r"is running; .* only while it is queued, waiting"):
        await stage.append(claim.run.session, claim.run.id, CancelRequested(), condition=condition)
    await stage.own(claim, RunWaiting(WaitReason.MODEL))
    (event,) = await stage.append(claim.run.session, claim.run.id, CancelRequested(), condition=condition)
    assert event.seq == 5


async def test_the_first_answer_counts(stage: Stage) -> None:
    session, run, question = await ask(stage)
    await stage.append(session, run, answer(question), condition=WhileOpen(question))
    with pytest.raises(ConditionFailed, match="is approved already"):
        await stage.append(session, run, answer(question, Decision.REJECT), condition=WhileOpen(question))


async def test_conditions_on_what_is_not_in_the_session_are_told_apart(stage: Stage) -> None:
    session, run, question = await ask(stage)
    other = (await stage.running()).run.session
    for condition in (OwnedBy(run, 1, 3), WhileRun(run, RUNNING), WhileOpen(question)):
        with pytest.raises(NotFound):
            await stage.append(other, run, CancelRequested(), condition=condition)
        with pytest.raises(NotFound):
            await stage.append("nobody", run, CancelRequested(), condition=condition)
    for condition in (OwnedBy("nothing", 1, 5), WhileRun("nothing", RUNNING), WhileOpen("nothing")):
        with pytest.raises(NotFound):
            await stage.append(session, run, CancelRequested(), condition=condition)


@pytest.mark.parametrize("payload", [MessageReceived("Hi"), SessionOpened("mira", "project")], ids=lambda payload: payload.type)
async def test_what_begins_a_session_or_a_run_is_not_appended(stage: Stage, payload: MessageReceived | SessionOpened) -> None:
    claim = await stage.running()
    with pytest.raises(InvalidRequest, match="submit the message"):
        await stage.own(claim, payload)


@pytest.mark.parametrize("arguments", [{"a": object()}, {"a": "\ud800"}], ids=["object", "half a character"])
async def test_what_json_cannot_hold_is_refused_and_leaves_the_session_as_it_was(stage: Stage, arguments: dict[str, object]) -> None:
    claim = await stage.running()
    with pytest.raises(InvalidRequest, match="cannot be written as JSON"):
        await stage.own(claim, reply(), ModelReplied(step=2, attempt=1, text="", calls=(ToolCall("c", "x", arguments),)))
    assert (await stage.store.get_session(claim.run.session)).head == 3


@pytest.mark.parametrize("size", [32 * 1024 - 400, 32 * 1024, 32 * 1024 + 400, 1_000_000])
async def test_large_payloads_come_back_as_they_were(stage: Stage, size: int) -> None:
    claim = await stage.running()
    large = ToolFinished("call", "read_file", ToolResult(ResultStatus.DONE, "x" * size))
    stored = await stage.own(claim, reply(), large, large, reply(step=2))
    assert await stage.store.read(claim.run.session, after=3) == stored
    assert stored[1].payload == large


async def test_appends_of_many_sessions_at_once_all_count(stage: Stage) -> None:
    claims = [await stage.running() for _ in range(20)]
    await asyncio.gather(*(stage.own(claim, reply(), RunStarted("worker-1", 1)) for claim in claims))
    for claim in claims:
        assert [event.seq for event in await stage.store.read(claim.run.session)] == [1, 2, 3, 4, 5]


async def test_of_many_owners_at_one_sequence_one_succeeds_and_the_refused_leave_the_others(stage: Stage) -> None:
    claim, neighbour = await stage.running(), await stage.running()
    same = [stage.append(claim.run.session, claim.run.id, reply(), condition=OwnedBy(claim.run.id, 1, 3)) for _ in range(10)]
    other = stage.append(neighbour.run.session, neighbour.run.id, reply(), condition=OwnedBy(neighbour.run.id, 1, 3))
    *outcomes, beside = await asyncio.gather(*same, other, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["SequenceConflict"] * 9 + ["tuple"]
    assert isinstance(beside, tuple)
    assert len(await stage.store.read(claim.run.session)) == 4


async def test_a_session_opened_by_itself_begins_with_its_event(stage: Stage) -> None:
    session = await stage.open("A title")
    (event,) = await stage.store.read(session)
    assert (event.seq, event.payload, event.actor, event.run) == (1, SessionOpened("mira", "project", "A title"), "mira", "")
    submitted = await stage.submit(session)
    assert [event.type for event in submitted.events] == ["message_received", "run_queued"]
    assert [event.seq for event in submitted.events] == [2, 3]
    assert submitted.events[1].payload == RunQueued()


async def test_others_are_told_what_was_stored_and_only_that(stage: Stage) -> None:
    claim = await stage.running()
    await stage.open()
    await stage.own(claim, reply(), reply(step=2))
    with pytest.raises(StaleFence):
        await stage.append(claim.run.session, claim.run.id, reply(), condition=OwnedBy(claim.run.id, 9, 5))
    assert [(event.session, event.seq) for event in stage.told] == [
        *((claim.run.session, seq) for seq in (1, 2, 3)),
        (stage.told[3].session, 1),
        *((claim.run.session, seq) for seq in (4, 5)),
    ]


async def test_a_caller_who_left_does_not_keep_others_from_being_told(stage: Stage) -> None:
    claim = await stage.running()
    appending = asyncio.ensure_future(stage.append(claim.run.session, claim.run.id, reply(), condition=OwnedBy(claim.run.id, 1, 3)))
    await asyncio.sleep(0)
    appending.cancel()
    await asyncio.wait((appending,))
    await stage.store.ping()
    assert [event.seq for event in stage.told] == [1, 2, 3, 4]
    assert len(await stage.store.read(claim.run.session)) == 4


async def test_a_closed_store_says_that_it_is_unavailable_and_opens_again(stage: Stage) -> None:
    session = await stage.open()
    await stage.store.ping()
    await stage.store.close()
    for refused in (stage.store.ping(), stage.store.read(session), stage.open(), stage.submit(session)):
        with pytest.raises(StoreUnavailable):
            await refused
    await stage.store.open()
    assert len(await stage.store.read(session)) == 1
