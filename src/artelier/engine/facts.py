"""All that a decision may know beside the journal: frozen values handed in."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from artelier.approvals.adaptive import Habit
from artelier.domain.agents import AgentSpec
from artelier.domain.budgets import Budget, BudgetState
from artelier.domain.calls import Access, ToolSpec
from artelier.domain.questions import Decision
from artelier.domain.verdicts import Rule
from artelier.engine.delegation import Bounds, acting
from artelier.engine.scheduler import Room
from artelier.engine.state import RunState
from artelier.ports.router import Route


class Policy(Struct, frozen=True):
    """The operator's settings that decisions depend on; one snapshot serves a run's step from beginning to end."""

    agents: Mapping[str, AgentSpec]
    default_agent: str
    tools: Mapping[str, ToolSpec]
    rules: tuple[Rule, ...] = ()
    sandboxed: bool = False
    sandbox: str = ""
    """The level of the sandbox, by its name."""
    question_seconds: float = 24 * 3600.0
    """How long a question stays open; zero or less: for ever."""
    on_timeout: Decision = Decision.REJECT
    max_tokens_cap: int = 16384
    """A reply cut by its length is asked again with twice as much, up to this."""
    model_failures: int = 6
    """Failures of the model in a row after which the run fails, unless the provider is away."""
    outage_seconds: float = 3600.0
    """How long a run waits for a provider that is away."""
    tools_at_once: int = 8
    family_limits: Mapping[str, int] = {}
    """How many calls of one family of tools run at once, where that is fewer."""
    history_window: int = 20
    """Messages of the conversation that a model sees."""
    adaptive: bool = False
    """Whether earlier answers of a person allow calls that are just like those they approved."""
    route_low: float = 0.0
    """How sure must be who is meant, from 0 to 1, for nobody to be asked."""
    budgets: tuple[Budget, ...] = ()
    """Those over runs, in the operator's order."""
    networked: bool = False
    """Whether any command may speak with other machines here: then no habit allows one."""

    def room(self) -> Room:
        """Return how many calls run at once."""
        families = {name: spec.family for name, spec in self.tools.items()} if self.family_limits else {}
        return Room(self.tools_at_once, self.family_limits, families)


class Facts(Struct, frozen=True):
    """The moment in which a decision is made."""

    now: datetime
    run: str
    policy: Policy
    access: Mapping[str, Access]
    """What each open call would touch, by its id."""
    stamps: Mapping[str, Mapping[str, str]] = {}
    """Stamps of the files that each open call would write, by its id and their paths."""
    granted: Mapping[str, str] = {}
    """The grants that cover open calls, by the calls' ids."""
    habits: Mapping[str, Habit] = {}
    """What a person's earlier answers say of open calls, by the calls' ids."""
    in_flight: frozenset[str] = frozenset()
    model_in_flight: bool = False
    route: Route | None = None
    """Which agent the request seems to be for, where nobody was named and the operator wants it found out."""
    last_agent: str = ""
    """Who answered last in the session."""
    may_be_advised: bool = False
    """Whether a model can be asked who should answer."""
    adviser_silent: bool = False
    """Whether a model would be asked for an agent, but the message names one that only plays."""
    context_tokens: int = 0
    """Tokens that the run's model takes, request and reply together; 0 where nobody knows and only a refusal tells."""
    fixed_tokens: int = 0
    """Estimated tokens of the system prompt and the tools."""
    next_cost: float = 0.0
    """US dollars that the next request to the model would cost at most."""
    budgets: tuple[BudgetState, ...] = ()
    """Where the budgets over runs stand that the next request spends from."""
    depth: int = 0
    """How many delegations lie above the session."""

    def agent_of(self, run: RunState) -> AgentSpec:
        """Return the run's agent as it may act there, or the default one where it is gone."""
        found = self.policy.agents.get(run.agent) or self.policy.agents[self.policy.default_agent]
        return acting(found, Bounds(run.rights, run.allowance, run.writes))
