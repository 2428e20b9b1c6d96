"""Who finds the agent for a request that names none, as the operator's settings want it."""

from collections.abc import Callable

from msgspec import Struct

from artelier.ports.cache import Cache
from artelier.ports.router import Adviser, Router
from artelier.routing.adviser import ModelAdviser
from artelier.routing.router import LearnedRouter, MentionRouter
from artelier.runtime.models import REHEARSAL, Models
from artelier.runtime.plugin_guards import RoutersOfPlugins
from artelier.runtime.wire_formats import PLAYED
from artelier.settings import Settings


class Deciders(Struct, frozen=True):
    """What finds the agent: at once, and by asking a model; None where no model is to be asked."""

    router: Router
    adviser: Adviser | None = None
    low: float = 0.0
    """How sure must be who is meant, from 0 to 1, for nobody to be asked."""


Decides = Callable[[Settings, Models, tuple[Router, ...]], Deciders]
"""Makes the deciders of one reading of the settings, with the models and the plugins' routers of the moment."""


def no_deciders(_: Settings, __: Models, routers: tuple[Router, ...]) -> Deciders:
    """Return what knows names in the text, and what plugins bring."""
    return Deciders(_after(routers, MentionRouter()))


def deciders_by(cache: Cache) -> Decides:
    """Return what makes the deciders of each reading of the settings; what a model said outlives a reading in ``cache``."""

    def make(settings: Settings, models: Models, routers: tuple[Router, ...]) -> Deciders:
        routing = settings.routing
        learned = LearnedRouter(high=routing.high) if routing.learned else None
        adviser = ModelAdviser(models, routing.model, cache, _players(settings)) if _speaks(models, settings) else None
        measured = learned.low if learned is not None and adviser is not None else 0.0
        return Deciders(_after(routers, learned or MentionRouter()), adviser, measured if routing.low is None else routing.low)

    return make


def _after(routers: tuple[Router, ...], last: Router) -> Router:
    return RoutersOfPlugins(routers, last) if routers else last


def _speaks(models: Models, settings: Settings) -> bool:
    """Return whether there is a language model to ask: one that is named for it, or a default that does not only play."""
    if not settings.routing.use_model:
        return False
    if settings.routing.model:
        return True
    return models.default.partition("/")[0] not in {"", *_players(settings)}


def _players(settings: Settings) -> frozenset[str]:
    """Return the providers that only play."""
    return frozenset((REHEARSAL, *(name for name, source in settings.models.providers.items() if source.kind in PLAYED)))
