"""The operator's models, built anew where their settings change; those of before are closed once no run has them."""

from collections.abc import Callable, Mapping

from artelier.ports.provider import Provider
from artelier.providers.prices import Prices
from artelier.runtime.models import Models, close_all
from artelier.runtime.outlived import Outlived
from artelier.runtime.pricing import price_sources
from artelier.settings import Settings


class ModelSupply:
    """Keeps the models in force. ``build`` makes them of settings, priced by ``prices``. Raises what ``build`` raises."""

    def __init__(self, settings: Settings, build: Callable[[Settings], Models], prices: Prices) -> None:
        self._build = build
        self._prices = prices
        self._now = build(settings)
        self._wanted = settings.models
        self._earlier: Outlived[Mapping[str, Provider]] = Outlived()

    def of(self, settings: Settings) -> Models:
        """Return the models of these settings, those in force where nothing changed: ``keep`` or ``drop`` them.

        Raises ``SettingsError``.
        """
        return self._now if settings.models == self._wanted else self._build(settings)

    def keep(self, models: Models, settings: Settings) -> None:
        """Note that these are in force now."""
        self._prices.take(price_sources(settings))
        if models is not self._now:
            self._earlier.add(self._now, self._now.providers)
            self._now, self._wanted = models, settings.models

    async def drop(self, models: Models) -> None:
        """Close models that are not put in force."""
        if models is not self._now:
            await models.close()

    async def check(self, settings: Settings) -> None:
        """Build the models of these settings, look for the default one, and let them go. Raises ``SettingsError``."""
        models = self.of(settings)
        try:
            models.find("")
        finally:
            await self.drop(models)

    async def tidy(self) -> None:
        """Close the models of earlier settings that no run has any more."""
        for providers in self._earlier.pop_gone():
            await close_all(providers)

    async def stop(self) -> None:
        """Close all of them."""
        for providers in self._earlier.pop_all():
            await close_all(providers)
        await self._now.close()
