"""What the API tells of webhooks, of what was used, and of how it went."""

from datetime import datetime
from typing import Any

from msgspec import Struct


class Delivery(Struct, frozen=True):
    """An event that could not be delivered at once; ``next_at`` is None for one that was given up."""

    session_id: str
    seq: int
    type: str
    attempts: int
    first_at: datetime
    next_at: datetime | None
    error: str


class Webhook(Struct, frozen=True):
    """An address that is told of events: ready failing disabled."""

    id: str
    url: str
    types: tuple[str, ...]
    sessions: tuple[str, ...]
    description: str
    state: str
    reason: str
    created_at: datetime
    disabled_at: datetime | None
    succeeded_at: datetime | None
    failed_at: datetime | None
    failing_since: datetime | None
    error: str
    next_at: datetime | None
    waiting: int
    given_up: int
    deliveries: tuple[Delivery, ...]
    secret: str | None = None
    """Only in the answer to adding it, where it was made there."""


class WebhookTest(Struct, frozen=True):
    """How a test message arrived."""

    arrived: bool
    status: int | None
    error: str


class UsageSum(Struct, frozen=True):
    """What was used under one key."""

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


class LayerSaving(Struct, frozen=True):
    """What one layer of caches saved in US dollars: reply_cache joined semantic prompt_cache."""

    layer: str
    replies: int
    saved: float


class BudgetStanding(Struct, frozen=True):
    """Where a budget over runs stands, in US dollars; ``per``: person agent session all; ``period``: day week month total."""

    per: str
    who: str
    period: str
    dollars: float
    spent: float
    reserved: float
    warns: bool
    resets_at: datetime | None


class UsageReport(Struct, frozen=True):
    """What was used between two moments; ``cost_in`` is the cost in the second currency, at ``per_dollar``."""

    by: str
    since: datetime
    until: datetime
    items: tuple[UsageSum, ...]
    total: UsageSum
    layers: tuple[LayerSaving, ...] = ()
    budgets: tuple[BudgetStanding, ...] = ()
    currency: str = ""
    per_dollar: float = 0.0
    cost_in: float | None = None


class AgentInsight(Struct, frozen=True):
    """How the runs of one agent went."""

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


class ToolInsight(Struct, frozen=True):
    """How the calls of one tool went."""

    tool: str
    calls: int
    failed: int
    refused: int
    median_seconds: float | None
    p95_seconds: float | None


class QuestionInsight(Struct, frozen=True):
    """What became of questions of one kind."""

    kind: str
    asked: int
    approved: int
    rejected: int
    timed_out: int
    open: int
    median_seconds: float | None


class SemanticInsight(Struct, frozen=True):
    """How the cache of like questions does since the server started; in mode ``shadow``, what it would have done."""

    mode: str
    embedder: str
    looked: int
    near: int
    vetoed: int
    hits: int
    right: int
    wrong: int
    reported: int
    kept: int
    hit_rate: float
    error_rate: float
    error_bound: float
    saved: float
    spent: float


class Insight(Struct, frozen=True):
    """How agents, tools and questions went between two moments."""

    since: datetime
    until: datetime
    agents: tuple[AgentInsight, ...]
    tools: tuple[ToolInsight, ...]
    questions: tuple[QuestionInsight, ...]
    semantic: SemanticInsight | None = None


class CacheTier(Struct, frozen=True):
    """One tier since the server began; ``bytes`` is None where it does not know what it keeps, ``failures`` were misses too."""

    tier: str
    hits: int
    misses: int
    puts: int
    put_bytes: int
    bytes: float | None
    failures: int = 0
    failing: bool = False
    """Whether it failed when it was last asked."""


class KeptReplies(Struct, frozen=True):
    """Replies of models: given again, given to equal requests of one moment, asked for, and kept."""

    hits: int
    joined: int
    misses: int
    stored: int


class KeptResults(Struct, frozen=True):
    """Results of tools about files; ``stale`` were dropped because a file had changed."""

    hits: int
    misses: int
    stale: int
    saved_seconds: float


class CacheReport(Struct, frozen=True):
    """What the caches did; ``replies`` is None where none is kept, ``semantic`` where like questions are not."""

    tiers: tuple[CacheTier, ...]
    replies: KeptReplies | None
    tools: KeptResults
    semantic: SemanticInsight | None = None


class AgentFile(Struct, frozen=True):
    """Where an agent comes from; ``origin``: built_in file plugin workspace."""

    name: str
    origin: str
    path: str
    text: str
    changed: tuple[str, ...] = ()
    folder: str = ""
    problems: tuple[str, ...] = ()


class AgentCheck(Struct, frozen=True):
    """Whether a text describes an agent; ``line`` is 0 where the problem has none."""

    valid: bool
    line: int
    message: str
    tools: tuple[str, ...] = ()


class Setting(Struct, frozen=True):
    """One setting by its dotted name; ``origin``: default file environment command_line."""

    name: str
    kind: str
    value: Any
    default: Any
    origin: str
    at_start: bool
    """A change takes effect at the next start."""
    changeable: bool
    choices: tuple[str, ...] = ()
    optional: bool = False


class AllSettings(Struct, frozen=True):
    """All settings as the file has them; ``waiting`` names changes that take effect at the next start."""

    file: str
    items: tuple[Setting, ...]
    problems: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


class Part(Struct, frozen=True):
    """The state of one part of the server: ok degraded down."""

    state: str
    detail: str = ""


class Health(Struct, frozen=True):
    """Whether the server can work, part by part."""

    status: str
    version: str
    parts: dict[str, Part]
