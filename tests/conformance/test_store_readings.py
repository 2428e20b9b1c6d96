"""Usage and the facts of insight: what a store that is looked into must say."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from store_stage import NOON, OWNER, Stage

from artelier.domain.budgets import Per
from artelier.domain.calls import ResultStatus, ToolCall, ToolResult
from artelier.domain.delegating import Parent
from artelier.domain.events import (
    AgentChosen,
    ApprovalAnswered,
    ApprovalAsked,
    Draft,
    ModelReplied,
    RunFailed,
    RunFinished,
    RunStarted,
    SessionOpened,
    ToolFinished,
)
from artelier.domain.questions import Answer, Decision, Question, QuestionKind, QuestionStatus
from artelier.domain.runs import RunStatus
from artelier.domain.usage import Usage
from artelier.ports.journal import OwnedBy
from artelier.ports.runs import Claim
from artelier.ports.usage import Asked, EndedRun, Layer, LayerSum, Place, Span, UsageBy, UsageSum

EVER = Span(OWNER, NOON - timedelta(days=1), NOON + timedelta(days=9))


@pytest.fixture(name="stage", params=["sqlite"])
async def stage_of_stores_that_are_looked_into(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    made = Stage(request.param, tmp_path)
    await made.open_store()
    yield made
    await made.store.close()


async def replied(stage: Stage, claim: Claim, agent: str, step: int, usage: Usage, model: str = "small", calls: int = 0) -> None:
    head = (await stage.store.get_session(claim.run.session)).head
    asked = tuple(ToolCall(f"{claim.run.id}/{step}/{index}", "read_file", {}) for index in range(calls))
    draft = Draft(ModelReplied(step, 1, "Yes.", asked, usage=usage, model=model), f"agent:{agent}", claim.run.id)
    await stage.store.append(claim.run.session, (draft,), OwnedBy(claim.run.id, claim.fence, head))


async def two_days(stage: Stage) -> tuple[Claim, Claim]:
    first = await stage.running()
    await stage.own(first, RunStarted("worker-1", 1), AgentChosen("coder", "default"))
    await replied(stage, first, "coder", 0, Usage(100, 10, 50, 5, 1), calls=3)
    await replied(stage, first, "coder", 0, Usage(1, 1, 0, 0, 1))
    stage.clock.step(2)
    await stage.own(first, RunFinished("Done."))
    stage.clock.step(86_400)
    second = await stage.running()
    await stage.own(second, RunStarted("worker-1", 1), AgentChosen("ask", "default"))
    await replied(stage, second, "ask", 0, Usage(7, 3, 0, 0, 1), "large")
    stage.clock.step(5)
    await stage.own(second, RunFailed("LLM_UNAVAILABLE", "No model."))
    return first, second


async def test_usage_is_summed_up_by_every_key(stage: Stage) -> None:
    first, second = await two_days(stage)
    coder, ask = Usage(101, 11, 50, 5, 2), Usage(7, 3, 0, 0, 1)
    keys = {
        UsageBy.AGENT: ("coder", "ask"),
        UsageBy.SESSION: (first.run.session, second.run.session),
    }
    for by, (one, other) in keys.items():
        expected = UsageSum(one, coder, 2, 1, 1, 3, 2.0), UsageSum(other, ask, 1, 1, 1, 0, 5.0)
        assert await stage.store.sum_usage(by, EVER, 10) == expected, by
    days = UsageSum("2026-11-21", ask, 1, 1, 1, 0, 5.0), UsageSum("2026-11-20", coder, 2, 1, 1, 3, 2.0)
    assert await stage.store.sum_usage(UsageBy.DAY, EVER, 10) == days
    models = UsageSum("small", coder, 2, 1, 1, 3), UsageSum("large", ask, 1, 1, 1, 0)
    assert await stage.store.sum_usage(UsageBy.MODEL, EVER, 10) == models
    for by, key in ((UsageBy.USER, OWNER), (UsageBy.WORKSPACE, "project")):
        assert await stage.store.sum_usage(by, EVER, 10) == (UsageSum(key, coder + ask, 2 + 1, 2, 2, 3, 7.0),), by
    assert len(await stage.store.sum_usage(UsageBy.DAY, EVER, 1)) == 1


async def test_usage_has_bounds_in_time_and_belongs_to_its_person(stage: Stage) -> None:
    await two_days(stage)
    for since, until, agents in ((0, 1, ["coder"]), (1, 9, ["ask"]), (2, 9, []), (-1, 0, [])):
        span = Span(OWNER, NOON + timedelta(days=since), NOON + timedelta(days=until))
        assert [each.key for each in await stage.store.sum_usage(UsageBy.AGENT, span, 10)] == agents
    stranger = Span("pavel", EVER.since, EVER.until)
    assert await stage.store.sum_usage(UsageBy.AGENT, stranger, 10) == ()
    assert await stage.store.ended_runs(stranger) == ()
    assert await stage.store.events_of(frozenset({"run_finished"}), stranger, Place(), 10) == ()


async def test_what_was_used_outlives_its_session(stage: Stage) -> None:
    first, _ = await two_days(stage)
    await stage.store.delete_session(first.run.session)
    assert [each.usage.input_tokens for each in await stage.store.sum_usage(UsageBy.AGENT, EVER, 10)] == [101, 7]
    assert [each.status for each in await stage.store.ended_runs(EVER)] == [RunStatus.FAILED]


async def test_costs_are_summed_up_for_whoever_spent_them_before_and_after_a_mark(stage: Stage) -> None:
    first = await stage.running()
    await replied(stage, first, "coder", 0, Usage(10, 1, cost=0.5))
    await replied(stage, first, "ask", 1, Usage(10, 1, cost=0.25))
    stage.clock.step(60)
    parent = Parent(first.run.session, first.run.id, "call-1", "r2", first.run.session, 1)
    opening = SessionOpened("pavel", "project", parent=parent)
    child = (await stage.store.submit(stage.submission(run="r2", opening=opening), stage.worker)).claim
    assert child is not None
    await replied(stage, child, "coder", 0, Usage(10, 1, cost=4.0))
    mark, ever = NOON + timedelta(seconds=60), NOON - timedelta(days=1)
    expected = {
        (Per.ALL, ""): (0.75, 4.0),
        (Per.PERSON, OWNER): (0.75, 0.0),
        (Per.PERSON, "pavel"): (0.0, 4.0),
        (Per.PERSON, "nobody"): (0.0, 0.0),
        (Per.AGENT, "coder"): (0.5, 4.0),
        (Per.SESSION, first.run.session): (0.75, 4.0),
        (Per.SESSION, child.run.session): (0.0, 4.0),
    }
    for (per, who), sums in expected.items():
        assert await stage.store.spent(per, who, ever, mark) == sums, (per, who)
    assert await stage.store.spent(Per.ALL, "", mark, mark) == (0.0, 4.0)
    assert await stage.store.spent(Per.ALL, "", mark + timedelta(seconds=1), mark) == (0.0, 0.0)


async def test_savings_are_told_by_the_layer_they_come_from(stage: Stage) -> None:
    claim = await stage.running()
    assert await stage.store.sum_layers(EVER) == ()
    used = [
        ("", Usage(100, 1, 80, cost=0.1, saved=0.25)),
        ("", Usage(100, 1, cache_write_tokens=90, cost=0.1, saved=-0.75)),
        ("", Usage(100, 1, cost=0.1)),
        ("cache", Usage(saved=0.5)),
        ("cache", Usage(saved=0.25)),
        ("joined", Usage(saved=1.0)),
    ]
    for step, (source, usage) in enumerate(used):
        await stage.own(claim, ModelReplied(step, 0, "Yes.", usage=usage, model="small", source=source))
    assert await stage.store.sum_layers(EVER) == (
        LayerSum(Layer.REPLY_CACHE, 2, 0.75),
        LayerSum(Layer.JOINED, 1, 1.0),
        LayerSum(Layer.PROMPT_CACHE, 2, -0.5),
    )
    (whole,) = await stage.store.sum_usage(UsageBy.USER, EVER, 10)
    assert whole.usage.saved == 1.25
    assert await stage.store.sum_layers(Span("pavel", EVER.since, EVER.until)) == ()


async def test_what_looking_for_like_questions_cost_is_their_layers_alone(stage: Stage) -> None:
    claim = await stage.running()
    await stage.own(claim, ModelReplied(1, 0, "Yes.", usage=Usage(9, 1, cost=1.25, saved=-0.25), model="small", lookup_cost=0.25))
    assert await stage.store.sum_layers(EVER) == (LayerSum(Layer.SEMANTIC, 0, -0.25),)
    used = [("", Usage(9, 1, 5, cost=1.25, saved=0.5)), ("semantic", Usage(cost=0.25, saved=2.0))]
    for step, (source, usage) in enumerate(used):
        await stage.own(claim, ModelReplied(step + 2, 0, "Yes.", usage=usage, model="small", source=source, lookup_cost=0.25))
    layers = await stage.store.sum_layers(EVER)
    assert layers == (LayerSum(Layer.SEMANTIC, 1, 1.5), LayerSum(Layer.PROMPT_CACHE, 1, 0.75))
    (whole,) = await stage.store.sum_usage(UsageBy.USER, EVER, 10)
    assert sum(layer.saved for layer in layers) == whole.usage.saved


async def test_ends_of_runs_say_how_and_how_long(stage: Stage) -> None:
    await two_days(stage)
    expected = {EndedRun("coder", RunStatus.FINISHED, "", 2.0), EndedRun("ask", RunStatus.FAILED, "LLM_UNAVAILABLE", 5.0)}
    assert set(await stage.store.ended_runs(EVER)) == expected


async def test_questions_say_what_became_of_them(stage: Stage) -> None:
    claim = await stage.running()
    for name, kind in (("q1", QuestionKind.APPROVAL), ("q2", QuestionKind.WORDS), ("q3", QuestionKind.APPROVAL)):
        await stage.own(claim, ApprovalAsked(Question(name, kind, "Well?")))
    stage.clock.step(3)
    await stage.own(claim, ApprovalAnswered("q1", QuestionKind.APPROVAL, Answer(Decision.APPROVE, by=OWNER)))
    await stage.own(claim, ApprovalAnswered("q2", QuestionKind.WORDS, Answer(Decision.REJECT, by="timeout")))
    expected = {
        Asked(QuestionKind.APPROVAL, QuestionStatus.APPROVED, 3.0),
        Asked(QuestionKind.WORDS, QuestionStatus.TIMED_OUT, None),
        Asked(QuestionKind.APPROVAL, QuestionStatus.OPEN, None),
    }
    assert set(await stage.store.questions_asked(EVER)) == expected


async def test_events_of_some_types_come_in_pages(stage: Stage) -> None:
    claims = [await stage.running() for _ in range(3)]
    large = ToolResult(ResultStatus.DONE, "x" * 40_000)
    for claim in claims:
        await stage.own(
            claim, ToolFinished("a", "read_file", large), AgentChosen("coder", "default"), ToolFinished("b", "read_file", large)
        )
    found, place = [], Place()
    while page := await stage.store.events_of(frozenset({"tool_finished"}), EVER, place, 2):
        found += page
        place = Place(page[-1].session, page[-1].seq)
    assert [(event.session, event.payload.call) for event in found] == [(claim.run.session, call) for claim in claims for call in "ab"]
    assert found[0].payload.result == large
