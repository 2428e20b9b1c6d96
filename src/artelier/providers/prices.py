"""What models cost: by genai-prices for public ones, by the operator's own prices for all others."""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from cachetools import LRUCache
from msgspec import Struct
from msgspec.structs import replace

from artelier.domain.usage import Usage

_MILLION = 1_000_000
_NO_TIER = 1 << 62


class Rates(Struct, frozen=True):
    """US dollars for a million tokens."""

    input: float
    output: float
    cached: float
    """Of the input, what the provider had stored."""
    write: float
    """Of the input, what it stores for five minutes."""
    write_hour: float
    """The same for an hour."""
    up_to: int = _NO_TIER
    """Input tokens of one request up to which these hold."""


class PriceList(Protocol):
    """The part of genai-prices that is used: https://github.com/pydantic/genai-prices."""

    def find_provider_model(self, model_ref: str, provider: Any, provider_id: str | None, provider_api_url: str | None) -> tuple[Any, Any]:
        """Return the provider and the model. Raises ``LookupError``."""
        ...


class Source(Struct, frozen=True):
    """Whose models are priced: where the provider is, and the operator's own prices by model, ``*`` for all others."""

    base_url: str = ""
    own: Mapping[str, Rates] = {}
    vendor: str = ""
    """Whose models these are, where the address does not tell: a name that contains that of the public list."""
    thinking_tokens: int = 0
    """What a reply may take beyond the length that was asked for."""
    keeps_an_hour: bool = False
    """Whether it is told to store prompts for an hour."""

    @property
    def is_public(self) -> bool:
        """Whether the public list may know what is there: it knows nothing of a server of one's own machine."""
        return bool(self.vendor) or _is_public(self.base_url)


class Prices:
    """Prices requests to the providers of ``sources`` by name. ``load`` returns the public list; it is called once, in a thread."""

    def __init__(self, sources: Mapping[str, Source], load: Callable[[], PriceList]) -> None:
        self._sources = sources
        self._load = load
        self._list: PriceList | None = None
        self._loading: threading.Thread | None = None
        self._rates: LRUCache[tuple[str, str], Callable[[int], Rates | None]] = LRUCache(1000)

    def take(self, sources: Mapping[str, Source]) -> None:
        """Price by these sources from now on."""
        self._sources = sources
        self._rates.clear()

    def warm(self, provider: str) -> None:
        """Begin to read the public list, where this provider's prices may come from it: a model takes longer to answer."""
        source = self._sources.get(provider)
        if source is not None and source.is_public and "*" not in source.own and self._list is None and self._loading is None:
            self._loading = threading.Thread(target=self._read, name="prices", daemon=True)
            self._loading.start()

    def priced(self, provider: str, model: str, usage: Usage, spared: Usage) -> Usage:
        """Return usage with its cost, and what caches saved of it; ``spared`` is what was not asked for at all.

        What the provider itself says of the cost is believed. Storing a prompt that nobody reads again saves less than nothing.
        """
        rates = self._of(provider, model, max(usage.input_tokens, spared.input_tokens))
        if rates is None:
            return replace(usage, saved=spared.cost, unpriced_calls=int(bool(usage.model_calls) and not usage.cost))
        saved = (spared.cost or _cost(spared, rates)) + _saved_by_prompt_cache(usage, rates)
        return replace(usage, cost=usage.cost or _cost(usage, rates), saved=saved)

    def estimate(self, provider: str, model: str, input_tokens: int, output_tokens: int) -> float:
        """Return the most that a request would cost, 0 where no price is known."""
        rates, source = self._of(provider, model, input_tokens), self._sources.get(provider)
        if rates is None or source is None:
            return 0.0
        dearest = max(rates.input, rates.write, rates.write_hour if source.keeps_an_hour else 0.0)
        return (input_tokens * dearest + (output_tokens + source.thinking_tokens) * rates.output) / _MILLION

    def _of(self, provider: str, model: str, input_tokens: int) -> Rates | None:
        key = (provider, model)
        found = self._rates.get(key)
        if found is None:
            found = self._rates[key] = self._find(provider, model)
        return found(input_tokens)

    def _find(self, provider: str, model: str) -> Callable[[int], Rates | None]:
        source = self._sources.get(provider)
        if source is None:
            return _none
        own = source.own.get(model) or source.own.get("*")
        if own is not None:
            return lambda _: own
        public = self._listed(model, source) if source.is_public else None
        return _none if public is None else lambda tokens: _public_rates(public, tokens)

    def _listed(self, model: str, source: Source) -> Any:
        """Return the model as the public list has it by the address, else by the vendor; None where it has not."""
        for vendor, address in ((None, source.base_url), (source.vendor, None)):
            if vendor or address:
                with suppress(LookupError, ValueError):
                    return self._public().find_provider_model(model, None, vendor, address)[1]
        return None

    def _public(self) -> PriceList:
        if self._loading is not None:
            self._loading.join()
        if self._list is None:
            self._read()
        assert self._list is not None  # noqa: S101  it was just read
        return self._list

    def _read(self) -> None:
        self._list = self._load()


def _is_public(base_url: str) -> bool:
    host = urlsplit(base_url).hostname or ""
    return bool(host) and host != "localhost" and not host.startswith("127.") and host != "::1"


def _none(_: int) -> None:
    return None


def _public_rates(model: Any, tokens: int) -> Rates | None:
    """Return the rates of this moment and for this length; some models cost less at night, some more beyond a length."""
    prices = model.get_prices(datetime.now(UTC))
    given = {name: _at(getattr(prices, name, None), tokens) for name in ("input_mtok", "output_mtok")}
    rate, out = given["input_mtok"], given["output_mtok"]
    if rate is None and out is None:
        return None
    rate, out = rate or 0.0, out or 0.0
    cached = _at(getattr(prices, "cache_read_mtok", None), tokens)
    write = _at(getattr(prices, "cache_write_mtok", None), tokens)
    hour = _at(getattr(prices, "cache_write_1h_mtok", None), tokens)
    write = rate if write is None else write
    return Rates(rate, out, rate if cached is None else cached, write, write if hour is None else hour)


def _at(price: Any, tokens: int) -> float | None:
    if price is None:
        return None
    found = getattr(price, "base", price)
    for tier in getattr(price, "tiers", ()):
        if tokens > tier.start:
            found = tier.price
    return float(found)


def _cost(usage: Usage, rates: Rates) -> float:
    written = usage.cache_write_tokens - usage.cache_write_hour_tokens
    plain = max(0, usage.input_tokens - usage.cached_tokens - usage.cache_write_tokens)
    of_input = (
        plain * rates.input + usage.cached_tokens * rates.cached + written * rates.write + usage.cache_write_hour_tokens * rates.write_hour
    )
    return (of_input + usage.output_tokens * rates.output) / _MILLION


def _saved_by_prompt_cache(usage: Usage, rates: Rates) -> float:
    written = usage.cache_write_tokens - usage.cache_write_hour_tokens
    more = written * (rates.write - rates.input) + usage.cache_write_hour_tokens * (rates.write_hour - rates.input)
    return (usage.cached_tokens * (rates.input - rates.cached) - more) / _MILLION
