"""What a run's driver needs of the world, as ports."""

from collections.abc import Mapping

from msgspec import Struct, field

from artelier.engine.context import Contexts
from artelier.engine.experience import Experiences
from artelier.engine.facts import Policy
from artelier.engine.granted import NoGrants
from artelier.engine.prefix import PrefixCounts
from artelier.ports.budgets import Budgets
from artelier.ports.bus import Bus
from artelier.ports.clock import Clock, Identifiers
from artelier.ports.grants import GrantsInForce
from artelier.ports.journal import Journal
from artelier.ports.provider import Providers
from artelier.ports.router import Adviser, Router
from artelier.ports.runs import Runs
from artelier.ports.tool import Tool


class Outside(Struct, frozen=True):
    """Ports and the settings' snapshot that a run works with."""

    journal: Journal
    runs: Runs
    bus: Bus
    providers: Providers
    tools: Mapping[str, Tool]
    clock: Clock
    identifiers: Identifiers
    policy: Policy
    contexts: Contexts
    settings_digest: str = ""
    grants: GrantsInForce = field(default_factory=NoGrants)
    router: Router | None = None
    """Finds the agent for requests that name none; None where the default agent answers them all."""
    adviser: Adviser | None = None
    """Asks a model for the agent, where the router is not sure; None where no model is to be asked."""
    experiences: Experiences = field(default_factory=Experiences)
    """What each agent was seen to do after what."""
    budgets: Budgets | None = None
    """What budgets over runs have left; None where there are none."""
    prefixes: PrefixCounts = field(default_factory=PrefixCounts)
    """How often requests began as the one before."""

    def may_advise(self, model: str) -> bool:
        """Return whether a model is asked for the agent of a message that names this model, empty for none."""
        return self.adviser is not None and self.adviser.speaks(model)
