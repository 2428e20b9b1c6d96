"""Routes of what was used, and of how it went."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel

from artelier.api.caches import SemanticInsightView, semantic_view
from artelier.api.guard import Person
from artelier.api.views import house_of
from artelier.domain.budgets import BudgetState
from artelier.domain.errors import InvalidRequest
from artelier.ports.usage import Span, UsageBy, UsageSum
from artelier.runtime.insight import look_into
from artelier.runtime.spending import budgets_of

router = APIRouter(prefix="/api/v1", tags=["usage"])
USAGE_DAYS = timedelta(days=30)
INSIGHT_DAYS = timedelta(days=7)
LONGEST_INSIGHT = timedelta(days=31)
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 1, 1, tzinfo=UTC)
Since = Annotated[AwareDatetime | None, Query(description="From this moment on, with its time zone.")]
Until = Annotated[AwareDatetime | None, Query(description="Before this moment; now when left out.")]


class UsageSumView(BaseModel):
    """What was used under one key; ``cost`` and what caches ``saved`` are US dollars, ``replies`` counts those of caches too.

    Seconds are those of runs that ended in this time, waits included; null by model.
    """

    key: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    cache_write_tokens: int
    cost: float
    saved: float
    unpriced_calls: int
    model_calls: int
    replies: int
    steps: int
    calls: int
    runs: int
    seconds: float | None


class LayerView(BaseModel):
    """What one layer of caches saved in US dollars, below zero where storing cost more; ``replies`` that it had a part in."""

    layer: Literal["reply_cache", "joined", "semantic", "prompt_cache"]
    replies: int
    saved: float


class BudgetView(BaseModel):
    """Where a budget over runs stands now, in US dollars; ``reserved`` is what requests under way may cost at most."""

    per: Literal["person", "agent", "session", "all"]
    who: str
    period: Literal["day", "week", "month", "total"]
    dollars: float
    spent: float
    reserved: float
    warns: bool
    resets_at: datetime | None


class UsageReportView(BaseModel):
    """What was used, most tokens first, days from new to old; ``total`` counts also what ``limit`` leaves out.

    ``currency`` is the second one of the settings, empty without one; ``cost_in`` is the total's cost in it, at ``per_dollar``.
    """

    by: Literal["agent", "model", "day", "session", "user", "workspace"]
    since: datetime
    until: datetime
    items: list[UsageSumView]
    total: UsageSumView
    layers: list[LayerView]
    budgets: list[BudgetView]
    currency: str
    per_dollar: float
    cost_in: float | None


class AgentInsightView(BaseModel):
    """How the runs of one agent went; ``corrected`` is how often a person named another one right after it had answered."""

    agent: str
    runs: int
    finished: int
    failed: int
    cancelled: int
    median_seconds: float | None
    p95_seconds: float | None
    failures: dict[str, int]
    corrected: int
    handed_over: int
    named_right: int


class ToolInsightView(BaseModel):
    """How the calls of one tool went; times are of calls that ran."""

    tool: str
    calls: int
    failed: int
    refused: int
    median_seconds: float | None
    p95_seconds: float | None


class QuestionInsightView(BaseModel):
    """What became of questions of one kind; the time is until a person answered."""

    kind: Literal["approval", "words", "clarification", "budget", "in_doubt"]
    asked: int
    approved: int
    rejected: int
    timed_out: int
    open: int
    median_seconds: float | None


class InsightView(BaseModel):
    """How agents, tools and questions went; ``semantic`` is null where the cache of like questions is off."""

    since: datetime
    until: datetime
    agents: list[AgentInsightView]
    tools: list[ToolInsightView]
    questions: list[QuestionInsightView]
    semantic: SemanticInsightView | None


@router.get("/usage")
async def show_usage(
    request: Request,
    person: Person,
    by: Literal["agent", "model", "day", "session", "user", "workspace"] = "agent",
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> UsageReportView:
    """Sum up tokens, money, steps, tool calls, runs and seconds; the last 30 days when nothing is said. Days are of UTC."""
    house = house_of(request)
    span = _span(person, since, until, house.clock.now(), USAGE_DAYS)
    sums = await house.readings.sum_usage(UsageBy(by), span, limit)
    total = await house.readings.sum_usage(UsageBy.USER, span, 1)
    nothing = UsageSumView(key="", **dict.fromkeys(_COUNTS, 0), seconds=0.0)
    whole = _view(total[0]).model_copy(update={"key": ""}) if total else nothing
    money, policy = house.settings.money, house.standing.now.outside.policy
    budgets = await budgets_of(house.budgets, policy.budgets, person, policy.agents, house.clock.now())
    return UsageReportView(
        by=by,
        since=span.since,
        until=span.until,
        items=[_view(each) for each in sums],
        total=whole,
        layers=[LayerView.model_validate(msgspec.to_builtins(each)) for each in await house.readings.sum_layers(span)],
        budgets=[_budget_view(each) for each in budgets],
        currency=money.currency,
        per_dollar=money.per_dollar,
        cost_in=whole.cost * money.per_dollar if money.currency else None,
    )


@router.get("/insight")
async def show_insight(request: Request, person: Person, since: Since = None, until: Until = None) -> InsightView:
    """Tell how agents, tools and questions went; the last 7 days when nothing is said, 31 days at most."""
    house = house_of(request)
    span = _span(person, since, until, house.clock.now(), INSIGHT_DAYS)
    if span.until - span.since > LONGEST_INSIGHT:
        raise InvalidRequest(f"Insight looks at {LONGEST_INSIGHT.days} days at most. Say a later `since` or an earlier `until`.")
    found = await look_into(house.readings, house.examples, span)
    return InsightView.model_validate({**msgspec.to_builtins(found), "semantic": semantic_view(house, person)})


_OF_USAGE = ("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens", "cache_write_tokens", "cost", "saved", "unpriced_calls")
_COUNTS = (*_OF_USAGE, "model_calls", "replies", "steps", "calls", "runs")


def _span(person: str, since: datetime | None, until: datetime | None, now: datetime, days: timedelta) -> Span:
    end = min(max(until or now, _FIRST), _LAST)
    begin = min(max(since, _FIRST), _LAST) if since else max(end - days, _FIRST) if end > _FIRST + days else _FIRST
    if begin > end:
        raise InvalidRequest("`since` lies after `until`. Turn them round.")
    return Span(person, begin, end)


def _budget_view(state: BudgetState) -> BudgetView:
    budget = state.budget
    return BudgetView(
        per=budget.per.value,
        who=state.who,
        period=budget.period.value,
        dollars=budget.dollars,
        spent=state.spent,
        reserved=state.reserved,
        warns=state.spent >= budget.warn_at * budget.dollars,
        resets_at=state.resets_at,
    )


def _view(each: UsageSum) -> UsageSumView:
    return UsageSumView(
        key=each.key,
        **{name: getattr(each.usage, name) for name in (*_OF_USAGE, "model_calls")},
        replies=each.replies,
        steps=each.steps,
        calls=each.calls,
        runs=each.runs,
        seconds=each.seconds,
    )
