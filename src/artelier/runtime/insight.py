"""How agents, tools and questions went: computed from the journal when somebody looks, within bounds and page by page."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from statistics import median

from msgspec import Struct

from artelier.domain.calls import ResultStatus
from artelier.domain.events import AgentChosen, Event, ToolFinished
from artelier.domain.questions import QuestionKind, QuestionStatus
from artelier.domain.runs import RunStatus
from artelier.ports.usage import Asked, EndedRun, Place, Readings, Span
from artelier.stores.examples import Examples

_PAGE = 500
_TYPES = frozenset({AgentChosen.type, ToolFinished.type})
_BY_PERSON = frozenset({"explicit", "mention"})
"""Sources of a choice that a person made; one that differs from who answered before corrects the route."""
_SWITCH = "switch"
_FAILED = frozenset({ResultStatus.FAILED, ResultStatus.TIMED_OUT, ResultStatus.IN_DOUBT})
_REJECTED = "REJECTED"


class AgentInsight(Struct, frozen=True):
    """How the runs of one agent went."""

    agent: str
    runs: int
    """Runs that ended."""
    finished: int
    failed: int
    cancelled: int
    median_seconds: float | None
    p95_seconds: float | None
    failures: Mapping[str, int]
    """How often, by error code."""
    corrected: int
    """How often a person named another agent right after it had answered without being named."""
    handed_over: int
    """How often it gave the conversation to another agent itself."""
    named_right: int
    """How often a person said in feedback that this agent was the right one."""


class ToolInsight(Struct, frozen=True):
    """How the calls of one tool went."""

    tool: str
    calls: int
    failed: int
    """Time-outs and calls in doubt included."""
    refused: int
    """By a person."""
    median_seconds: float | None
    """Of calls that ran."""
    p95_seconds: float | None


class QuestionInsight(Struct, frozen=True):
    """What became of questions of one kind."""

    kind: QuestionKind
    asked: int
    approved: int
    rejected: int
    timed_out: int
    open: int
    median_seconds: float | None
    """Until a person answered."""


class Insight(Struct, frozen=True):
    """Everything within a span of time."""

    since: datetime
    until: datetime
    agents: tuple[AgentInsight, ...]
    tools: tuple[ToolInsight, ...]
    questions: tuple[QuestionInsight, ...]


async def look_into(readings: Readings, examples: Examples, span: Span) -> Insight:
    """Return how everything went. Raises ``StoreError``."""
    routes, tools = _Routes(), _Tools()
    place = Place()
    while page := await readings.events_of(_TYPES, span, place, _PAGE):
        for event in page:
            routes.take(event)
            tools.take(event)
        place = Place(page[-1].session, page[-1].seq)
    named = await examples.count(span.owner, span.since, span.until)
    agents = _agents(await readings.ended_runs(span), routes, named)
    return Insight(span.since, span.until, agents, tools.insights(), _questions(await readings.questions_asked(span)))


def percentile(values: Iterable[float], share: float) -> float | None:
    """Return the smallest value that at least this share of them does not exceed (nearest rank); None of nothing."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


class _Routes:
    """Who answered in each session, and how that was put right; events come by session and in order."""

    def __init__(self) -> None:
        self.corrected: Counter[str] = Counter()
        self.handed_over: Counter[str] = Counter()
        self._session = ""
        self._last: AgentChosen | None = None

    def take(self, event: Event) -> None:
        """Take notice of an event."""
        if event.session != self._session:
            self._session, self._last = event.session, None
        if not isinstance(event.payload, AgentChosen):
            return
        chosen, last = event.payload, self._last
        self._last = chosen
        if last is None or chosen.agent == last.agent:
            return
        if chosen.source == _SWITCH:
            self.handed_over[last.agent] += 1
        elif chosen.source in _BY_PERSON and last.source not in _BY_PERSON:
            self.corrected[last.agent] += 1


class _Tools:
    """How calls ended, by tool."""

    def __init__(self) -> None:
        self._calls: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._seconds: defaultdict[str, list[float]] = defaultdict(list)

    def take(self, event: Event) -> None:
        """Take notice of an event."""
        if not isinstance(event.payload, ToolFinished):
            return
        name, result = event.payload.name, event.payload.result
        self._calls[name] += 1
        self._failed[name] += result.status in _FAILED
        self._refused[name] += result.status is ResultStatus.DENIED and result.code == _REJECTED
        if result.status is not ResultStatus.DENIED:
            self._seconds[name].append(event.payload.seconds)

    def insights(self) -> tuple[ToolInsight, ...]:
        """Return all tools, those called most first."""
        return tuple(
            ToolInsight(name, calls, self._failed[name], self._refused[name], *_times(self._seconds[name]))
            for name, calls in self._calls.most_common()
        )


def _agents(ended: Iterable[EndedRun], routes: _Routes, named: Mapping[str, int]) -> tuple[AgentInsight, ...]:
    runs: defaultdict[str, list[EndedRun]] = defaultdict(list)
    for run in ended:
        runs[run.agent].append(run)
    names = {*runs, *routes.corrected, *routes.handed_over, *named}
    found = [_agent(name, runs[name], routes, named.get(name, 0)) for name in names]
    return tuple(sorted(found, key=lambda each: (-each.runs, each.agent)))


def _agent(name: str, runs: list[EndedRun], routes: _Routes, named_right: int) -> AgentInsight:
    statuses = Counter(run.status for run in runs)
    middle, p95 = _times([run.seconds for run in runs if run.seconds is not None])
    return AgentInsight(
        agent=name,
        runs=len(runs),
        finished=statuses[RunStatus.FINISHED],
        failed=statuses[RunStatus.FAILED],
        cancelled=statuses[RunStatus.CANCELLED],
        median_seconds=middle,
        p95_seconds=p95,
        failures=dict(Counter(run.code for run in runs if run.status is RunStatus.FAILED).most_common()),
        corrected=routes.corrected[name],
        handed_over=routes.handed_over[name],
        named_right=named_right,
    )


def _questions(asked: Iterable[Asked]) -> tuple[QuestionInsight, ...]:
    kinds: defaultdict[QuestionKind, list[Asked]] = defaultdict(list)
    for each in asked:
        kinds[each.kind].append(each)
    return tuple(_question(kind, kinds[kind]) for kind in QuestionKind if kind in kinds)


def _question(kind: QuestionKind, asked: list[Asked]) -> QuestionInsight:
    statuses = Counter(each.status for each in asked)
    seconds = [each.seconds for each in asked if each.seconds is not None]
    return QuestionInsight(
        kind=kind,
        asked=len(asked),
        approved=statuses[QuestionStatus.APPROVED],
        rejected=statuses[QuestionStatus.REJECTED],
        timed_out=statuses[QuestionStatus.TIMED_OUT],
        open=statuses[QuestionStatus.OPEN],
        median_seconds=_times(seconds)[0],
    )


def _times(seconds: list[float]) -> tuple[float | None, float | None]:
    return (median(seconds), percentile(seconds, 0.95)) if seconds else (None, None)
