"""Who finds the agent for a request that names none, as the operator's settings want it."""

from collections.abc import Callable

from msgspec import Struct

from artelier.ports.cache import Cache
from artelier.ports.router import Adviser, Router
from artelier.routing.adviser import ModelAdviser
from artelier.routing.router import LearnedRouter, MentionRouter
from artelier.runtime.models import REHEARSAL, Models
from artelier.settings import Settings

CACHE_BYTES = 1 << 20
"""Room for some thousands of advices."""


class Deciders(Struct, frozen=True):
    """What finds the agent: at once, and by asking a model; None where no model is to be asked."""

    router: Router
    adviser: Adviser | None = None
    low: float = 0.0
    """How sure must be who is meant, from 0 to 1, for nobody to be asked."""


def no_deciders(_: Settings) -> Deciders:
    """Return what knows names in the text alone."""
    return Deciders(MentionRouter())


def deciders_by(models: Models, cache: Cache) -> Callable[[Settings], Deciders]:
    """Return what makes the deciders of each reading of the settings; what a model said outlives a reading in ``cache``."""

    def make(settings: Settings) -> Deciders:
        routing = settings.routing
        learned = LearnedRouter(high=routing.high) if routing.learned else None
        adviser = ModelAdviser(models, routing.model, cache) if _speaks(models, settings) else None
        measured = learned.low if learned is not None and adviser is not None else 0.0
        return Deciders(learned or MentionRouter(), adviser, measured if routing.low is None else routing.low)

    return make


def _speaks(models: Models, settings: Settings) -> bool:
    """Return whether there is a language model to ask: one that is named for it, or a default that does not only play."""
    if not settings.routing.use_model:
        return False
    if settings.routing.model:
        return True
    provider = models.default.partition("/")[0]
    source = settings.models.providers.get(provider)
    return provider not in {"", REHEARSAL} and (source is None or source.kind != "scripted")
