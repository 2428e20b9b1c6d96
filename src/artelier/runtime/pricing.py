"""What models cost, as the operator's settings and the public list say."""

from collections.abc import Mapping

from artelier.providers.prices import Prices, Rates, Source
from artelier.runtime.load import load_price_list
from artelier.runtime.models import REHEARSAL
from artelier.runtime.wire_formats import PLAYED
from artelier.settings import ProviderSettings, Settings
from artelier.settings.money import PriceSettings

FREE = Rates(0.0, 0.0, 0.0, 0.0, 0.0)
"""What only plays is a program of this machine: its replies cost nothing, which is a price."""


def build_prices(settings: Settings) -> Prices:
    """Return the prices of all configured providers; nothing is read before a model is asked."""
    return Prices(price_sources(settings), load_price_list)


def price_sources(settings: Settings) -> dict[str, Source]:
    """Return where the prices of each provider come from."""
    sources = {REHEARSAL: Source(own={"*": FREE})}
    for name, source in settings.models.providers.items():
        own = {model: _rates(price, settings.money.per_dollar) for model, price in source.prices.items()}
        sources[name] = _source(source, own)
    return sources


def _source(source: ProviderSettings, own: Mapping[str, Rates]) -> Source:
    if source.kind in PLAYED:
        return Source(own={"*": FREE, **own})
    if source.kind != "anthropic":
        return Source(source.base_url, own, source.system)
    return Source(source.base_url, own, source.kind, source.thinking_tokens, keeps_an_hour=source.cache == "1h")


def _rates(price: PriceSettings, per_dollar: float) -> Rates:
    worth = 1.0 if price.currency == "USD" else 1.0 / per_dollar
    cached = price.input if price.cached is None else price.cached
    write = price.input if price.cache_write is None else price.cache_write
    hour = write if price.cache_write_hour is None else price.cache_write_hour
    return Rates(price.input * worth, price.output * worth, cached * worth, write * worth, hour * worth)
