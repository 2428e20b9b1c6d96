"""What can be set, with its defaults; every section forbids names it does not know."""

import re
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from artelier.settings.caches import CacheSettings
from artelier.settings.durations import Duration
from artelier.settings.money import MoneySettings, PriceSettings
from artelier.settings.plugins import PluginsSettings
from artelier.settings.section import Section
from artelier.settings.tools import ToolSettings

LEAST_THINKING = 1024
"""Tokens that Anthropic asks for at least."""


class ServerSettings(Section):
    """Where the server listens."""

    host: str = "127.0.0.1"
    port: int = Field(default=8700, ge=0, le=65535)
    open_browser: bool = True


class DatabaseSettings(Section):
    """Where the truth is kept: ``sqlite:///PATH``; empty is a file in the state folder."""

    url: str = ""


class ProviderSettings(Section):
    """One source of models."""

    kind: Literal["openai", "anthropic", "pydantic-ai", "scripted", "replay"] = "openai"
    """The wire format; ``scripted`` and ``replay`` play a file."""
    system: str = ""
    """pydantic-ai's name of the vendor, for that kind."""
    base_url: str = ""
    api_key_env: str = ""
    api_key: SecretStr = SecretStr("")
    api_key_file: str = ""
    """A file that holds the key alone, as secrets of containers come and as the console keeps a key."""
    headers: dict[str, str] = {}
    proxy: str = ""
    ca_file: str = ""
    http: Literal["auto", "1.1", "2"] = "auto"
    """The version of HTTP; ``auto`` is HTTP/2 where an https address offers it, ``2`` on an http address needs no offer."""
    file: str = ""
    """The turns of a scripted provider, or the recording of a replay."""
    record: str = ""
    """A file to which all that is asked and answered is appended, secrets masked, for a replay."""
    cache: Literal["auto", "off", "1h"] = "auto"
    """For how long the provider is told to keep prompts, where it has to be told: ``auto`` is five minutes."""
    cache_marks: bool | None = None
    """Whether kind ``openai`` tells it by ``cache_control``; left out: for models whose names begin with ``anthropic/`` or ``claude``."""
    prompt_cache_key: bool | None = None
    """Whether kind ``openai`` names each conversation to its cache; left out: for api.openai.com."""
    thinking_tokens: int = Field(default=0, ge=0)
    """Tokens that a model of kind ``anthropic`` may think before each reply, 1024 at least; 0 asks for no thinking."""
    max_in_flight: int = Field(default=100, ge=1)
    begin_seconds: Duration = 600.0
    """How long a reply may take to begin, and to go on with a word where only signs of life come."""
    silence_seconds: Duration = 120.0
    prices: dict[str, PriceSettings] = {}
    """Own prices by model, ``*`` for all others; they come before the public ones."""
    context_tokens: int = Field(default=128_000, ge=0)
    """Tokens that its models take, request and reply together; 0 waits for a refusal."""

    @field_validator("thinking_tokens")
    @classmethod
    def _enough(cls, tokens: int) -> int:
        if 0 < tokens < LEAST_THINKING:
            raise ValueError(f"a model that thinks needs {LEAST_THINKING} tokens at least: write 0 for none")
        return tokens


class ModelSettings(Section):
    """Which model answers by default, and where models come from."""

    default: str = ""
    fallback: list[str] = []
    """Models to ask, in this order, where one does not begin to answer: ``provider/model``."""
    providers: dict[str, ProviderSettings] = {}
    find_local: bool = True
    """Look for Ollama, LM Studio and llama.cpp on their usual ports when nothing is configured."""
    attempts: int = Field(default=3, ge=1, le=10)
    outage_seconds: Duration = 3600.0
    """How long a run waits for a provider that is away before it fails."""


class LimitSettings(Section):
    """How far one run goes before a person is asked; 0 switches a limit off."""

    steps: int = Field(default=50, ge=0)
    calls: int = Field(default=200, ge=0)
    tokens: int = Field(default=1_000_000, ge=0)
    wall_seconds: Duration = 3600.0
    money: float = Field(default=5.0, ge=0)
    """US dollars; the next request is counted before it is sent."""


class BudgetSettings(Section):
    """US dollars that all runs together may cost in a period, before a person is asked."""

    per: Literal["person", "agent", "session", "all"] = "all"
    name: str = Field(default="*", min_length=1)
    """One person, agent or session; ``*`` gives each of them as much."""
    period: Literal["day", "week", "month", "total"] = "month"
    """Periods begin in UTC."""
    dollars: float = Field(gt=0)
    warn_at: float = Field(default=0.8, gt=0, le=1)
    """Part of it from which the log warns."""


class AllLimitSettings(LimitSettings):
    """The limits of one run, and budgets over many."""

    budgets: list[BudgetSettings] = []


class AgentSettings(Section):
    """What the operator changes of one agent."""

    model: str | None = None
    max_tokens: int | None = Field(default=None, ge=16)
    temperature: float | None = Field(default=None, ge=0, le=2)
    tools: list[str] | None = None
    writes: list[str] | None = None
    limits: LimitSettings | None = None


class AgentsSettings(BaseModel):
    """Where further agents are, which one answers by default, and changes to single agents by name."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, AgentSettings] = Field(init=False)

    paths: list[str] = []
    default: str = "coder"


class RoutingSettings(Section):
    """How the agent is found where none is named: by a classifier where it is as sure as ``high``, left out for what it measured."""

    learned: bool = True
    high: float | None = Field(default=None, ge=0.0, le=1.0)
    low: float | None = Field(default=None, ge=0.0, le=1.0)
    """A person is asked where nothing is as sure as this; left out: what the classifier measured, once a model was asked too."""
    use_model: bool = True
    """Ask a model where the classifier is not sure; never one that only plays: the rehearsal or a script."""
    model: str = ""
    """The model to ask, ``provider/model``: a small one will do; empty for the default one."""


class RuleSettings(Section):
    """One approval rule; a field left out matches everything."""

    decision: Literal["allow", "ask", "forbid"]
    tool: str = "*"
    agent: str = "*"
    path: str = ""
    command: str = ""
    timeout: Duration | None = None
    on_timeout: Literal["reject", "approve"] | None = None

    @field_validator("tool", "agent", "path", "command")
    @classmethod
    def _closed(cls, glob: str) -> str:
        if "[" in re.sub(r"\[!?\][^\]]*\]|\[(?!!\])[^\]]+\]", "", glob):
            raise ValueError("a [ of this pattern is never closed: write [[] for the character itself")
        return glob

    @model_validator(mode="after")
    def _time_for_asking(self) -> Self:
        if self.decision != "ask" and (self.timeout is not None or self.on_timeout is not None):
            raise ValueError('timeout and on_timeout belong to rules of decision = "ask": nobody waits at any other')
        if not self.tool or not self.agent:
            raise ValueError('tool and agent match nothing when they are empty: leave them out, or write "*"')
        return self


class ApprovalSettings(Section):
    """When a person is asked, and what silence means."""

    timeout: Duration = 86400.0
    on_timeout: Literal["reject"] = "reject"
    adaptive: bool = True
    """Allow a call that you approved again and again, exactly as it is; see docs/concepts/approvals.md."""
    rules: list[RuleSettings] = []


class SandboxSettings(Section):
    """Where commands run, and how much one may use: bytes, seconds and counts."""

    mode: Literal["auto", "bubblewrap", "landlock", "seatbelt", "container", "off"] = "auto"
    """``auto`` takes the strongest that works, and refuses commands where none does; with ``off`` every command asks."""
    network: Literal["none", "proxy"] = "none"
    allowed_domains: list[str] = []
    """What the proxy lets through."""
    tool_paths: list[str] = []
    """Folders of programs that commands may read: pyenv, nvm, cargo."""
    memory_bytes: int = Field(default=4 << 30, ge=64 << 20)
    processes: int = Field(default=512, ge=8)
    cpu_seconds: int = Field(default=900, ge=1)
    file_bytes: int = Field(default=512 << 20, ge=1 << 20)
    open_files: int = Field(default=4096, ge=64)
    temporary_bytes: int = Field(default=512 << 20, ge=1 << 20)


class WorkspaceSettings(Section):
    """Folders under which the API may register workspaces; none by default."""

    roots: list[str] = []


class UndoSettings(Section):
    """How much of a workspace is kept ahead of commands, so that what they change can be undone; beyond it they cannot be."""

    files: int = Field(default=10_000, ge=0)
    bytes: int = Field(default=64 * 1024 * 1024, ge=0)


class WorkerSettings(Section):
    """How many runs are worked on at once."""

    runs_at_once: int = Field(default=200, ge=1)
    drain_seconds: Duration = 10.0


class WebhookSettings(Section):
    """Addresses that are no public ones and may be told of events all the same, each as ``host:port``."""

    allowed: list[str] = []


class TelemetrySettings(Section):
    """What is written to the log."""

    log_format: Literal["auto", "console", "json"] = "auto"
    level: Literal["debug", "info", "warning", "error"] = "info"
    levels: dict[str, Literal["debug", "info", "warning", "error"]] = {}


class Settings(Section):
    """Everything that can be set."""

    server: ServerSettings = ServerSettings()
    database: DatabaseSettings = DatabaseSettings()
    cache: CacheSettings = CacheSettings()
    models: ModelSettings = ModelSettings()
    agents: AgentsSettings = AgentsSettings()
    routing: RoutingSettings = RoutingSettings()
    tools: ToolSettings = ToolSettings()
    approvals: ApprovalSettings = ApprovalSettings()
    limits: AllLimitSettings = AllLimitSettings()
    money: MoneySettings = MoneySettings()
    sandbox: SandboxSettings = SandboxSettings()
    workspaces: WorkspaceSettings = WorkspaceSettings()
    plugins: PluginsSettings = PluginsSettings()
    undo: UndoSettings = UndoSettings()
    workers: WorkerSettings = WorkerSettings()
    webhooks: WebhookSettings = WebhookSettings()
    telemetry: TelemetrySettings = TelemetrySettings()

    @model_validator(mode="after")
    def _known_currencies(self) -> Self:
        known = {"USD", self.money.currency} - {""}
        for name, source in self.models.providers.items():
            for model, price in source.prices.items():
                if price.currency not in known:
                    raise ValueError(
                        f"models.providers.{name}.prices.{model} is in {price.currency}: set money.currency and money.per_dollar"
                    )
        return self
