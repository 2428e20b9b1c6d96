"""What requests cost, and what caches save of it: public prices, own ones, and what nobody knows."""

import threading
from decimal import Decimal
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from artelier.domain.models import ModelReply
from artelier.domain.usage import Usage
from artelier.providers.prices import Prices, Rates, Source
from artelier.runtime.load import load_price_list
from artelier.runtime.models import Models
from artelier.runtime.pricing import build_prices
from artelier.settings import Settings

OPENAI = "https://api.openai.com/v1"
NOTHING = Usage()
MILLION = 1_000_000
USED = Usage(1000, 200, model_calls=1)


def tiers(base, *steps):
    return SimpleNamespace(base=Decimal(base), tiers=[SimpleNamespace(start=start, price=Decimal(price)) for start, price in steps])


MODELS = {
    "plain": {"input_mtok": Decimal(2), "output_mtok": Decimal(8)},
    "cached": {
        "input_mtok": Decimal(3),
        "output_mtok": Decimal(15),
        "cache_read_mtok": Decimal("0.3"),
        "cache_write_mtok": Decimal("3.75"),
        "cache_write_1h_mtok": Decimal(6),
    },
    "long": {"input_mtok": tiers("1.25", (200_000, "2.5")), "output_mtok": tiers(10, (200_000, 15))},
    "embeds": {"input_mtok": Decimal(1), "output_mtok": None},
    "free of charge": {"input_mtok": None, "output_mtok": None},
}


class PublicList:
    """Stands for the public list: prices of ``MODELS``, all of one provider."""

    read = 0

    def __init__(self):
        type(self).read += 1

    def find_provider_model(self, model_ref, provider, provider_id, provider_api_url):
        if provider_api_url != OPENAI or model_ref not in MODELS:
            raise LookupError(model_ref)
        return None, SimpleNamespace(get_prices=lambda _: SimpleNamespace(**MODELS[model_ref]))


def prices(**own):
    sources = {
        "openai": Source(OPENAI),
        "mine": Source("http://gpu:8000/v1", own),
        "elsewhere": Source("http://other/v1"),
        "script": Source(),
    }
    return Prices(sources, PublicList)


def cost(model, usage, provider="openai", **own):
    return prices(**own).priced(provider, model, usage, NOTHING).cost


def test_a_public_model_costs_by_the_million():
    assert cost("plain", USED) == pytest.approx(1000 * 2e-6 + 200 * 8e-6)
    assert cost("embeds", USED) == pytest.approx(1000 * 1e-6)
    assert prices().priced("openai", "plain", USED, NOTHING).unpriced_calls == 0


def test_what_the_provider_had_and_what_it_stored_have_prices_of_their_own():
    used = Usage(10_000, 100, cached_tokens=6000, model_calls=1, cache_write_tokens=3000, cache_write_hour_tokens=1000)
    expected = 1000 * 3 + 6000 * 0.3 + 2000 * 3.75 + 1000 * 6 + 100 * 15
    assert cost("cached", used) == pytest.approx(expected / MILLION)


def test_savings_are_below_zero_while_nobody_reads_what_was_stored():
    def saved(**used):
        return prices().priced("openai", "cached", Usage(10_000, 0, model_calls=1, **used), NOTHING).saved

    assert saved() == 0
    assert saved(cache_write_tokens=8000) == pytest.approx(-8000 * 0.75 / MILLION)
    assert saved(cache_write_tokens=8000, cache_write_hour_tokens=8000) == pytest.approx(-8000 * 3 / MILLION)
    assert saved(cached_tokens=8000) == pytest.approx(8000 * 2.7 / MILLION)
    assert saved(cached_tokens=8000) + saved(cache_write_tokens=8000) > 0


@pytest.mark.parametrize(
    ("tokens", "dollars"), [(200_000, (200_000 * 1.25 + 1000 * 10) / MILLION), (200_001, (200_001 * 2.5 + 1000 * 15) / MILLION)]
)
def test_a_long_request_costs_more_from_its_first_token_on(tokens, dollars):
    assert cost("long", Usage(tokens, 1000, model_calls=1)) == pytest.approx(dollars)


def test_own_prices_come_before_public_ones_and_a_star_stands_for_all_others():
    own = {"small": Rates(1, 2, 1, 1, 1), "*": Rates(10, 20, 10, 10, 10)}
    assert cost("small", USED, "mine", **own) == pytest.approx(1400 / MILLION)
    assert cost("plain", USED, "mine", **own) == pytest.approx(14_000 / MILLION)
    both = Prices({"openai": Source(OPENAI, {"plain": Rates(0, 0, 0, 0, 0)})}, PublicList)
    assert both.priced("openai", "plain", USED, NOTHING) == USED
    assert both.priced("openai", "cached", USED, NOTHING).cost > 0


@pytest.mark.parametrize(
    ("provider", "model"), [("openai", "unknown"), ("elsewhere", "plain"), ("script", "x"), ("nobody", "x"), ("openai", "free of charge")]
)
def test_what_nobody_knows_the_price_of_is_said_to_be_unpriced(provider, model):
    found = prices().priced(provider, model, USED, NOTHING)
    assert (found.cost, found.saved, found.unpriced_calls) == (0.0, 0.0, 1)
    assert prices().estimate(provider, model, 1000, 1000) == 0.0


def test_what_the_provider_says_of_the_cost_is_believed():
    told = replace(USED, cost=0.5)
    assert cost("plain", told) == 0.5
    found = prices().priced("elsewhere", "unknown", told, NOTHING)
    assert (found.cost, found.unpriced_calls) == (0.5, 0)


def test_a_reply_from_a_cache_costs_nothing_and_saves_what_it_would_have_cost():
    found = prices().priced("openai", "plain", NOTHING, USED)
    assert (found.cost, found.unpriced_calls) == (0.0, 0)
    assert found.saved == pytest.approx(1000 * 2e-6 + 200 * 8e-6)
    assert prices().priced("elsewhere", "unknown", NOTHING, replace(USED, cost=0.5)).saved == 0.5


def test_an_estimate_is_no_less_than_any_reply_of_that_length_costs():
    estimate = prices().estimate("openai", "cached", 1000, 500)
    for used in (Usage(1000, 500), Usage(1000, 500, cached_tokens=1000), Usage(1000, 1, cache_write_tokens=1000)):
        assert cost("cached", used) <= estimate


@pytest.mark.parametrize(("keeps", "input_price"), [("auto", 6.0), ("1h", 9.0)])
def test_an_estimate_counts_thoughts_and_what_is_stored_for_an_hour(keeps, input_price):
    rates = {"input": 3, "output": 15, "cache_write": 6, "cache_write_hour": 9}
    source = {"kind": "anthropic", "thinking_tokens": 4000, "cache": keeps, "prices": {"*": rates}}
    known = build_prices(Settings.model_validate({"models": {"providers": {"claude": source}}}))
    assert known.estimate("claude", "any", 1000, 500) == pytest.approx((1000 * input_price + 4500 * 15) / MILLION)
    stored = Usage(1000, 0, model_calls=1, cache_write_tokens=1000, cache_write_hour_tokens=1000)
    assert known.priced("claude", "any", stored, NOTHING).cost == pytest.approx(9000 / MILLION)


def test_the_public_list_is_read_once_and_not_where_own_prices_are_for_all():
    PublicList.read = 0
    known = prices(**{"*": Rates(1, 1, 1, 1, 1)})
    known.warm("mine")
    known.priced("mine", "x", USED, NOTHING)
    known.priced("script", "x", USED, NOTHING)
    assert PublicList.read == 0
    known.warm("openai")
    known.warm("openai")
    for model in ("plain", "cached", "unknown"):
        known.priced("openai", model, USED, NOTHING)
    assert PublicList.read == 1
    assert not [each for each in threading.enumerate() if each.name == "prices"]


def settings(**changes):
    local = {"base_url": "http://gpu:8000/v1", "prices": {"*": {"input": 80, "output": 160, "cached": 8, "currency": "RUB"}}}
    return Settings.model_validate({"models": {"providers": {"mine": local}}, "money": {"currency": "RUB", "per_dollar": 80}, **changes})


def test_own_prices_in_a_second_currency_are_counted_in_dollars():
    found = build_prices(settings()).priced("mine", "any", Usage(MILLION, MILLION, cached_tokens=MILLION // 2, model_calls=1), NOTHING)
    assert found.cost == pytest.approx(0.5 * 1 + 0.5 * 0.1 + 2)
    assert found.saved == pytest.approx(0.45)


def test_prices_in_a_currency_that_is_not_known_are_refused():
    with pytest.raises(ValueError, match=r"prices\.\* is in RUB: set money\.currency"):
        settings(money={})
    with pytest.raises(ValueError, match="needs both"):
        settings(money={"currency": "RUB"})


def test_a_fallback_is_paid_by_its_own_price():
    own = {"first": Source("", {"*": Rates(100, 100, 100, 100, 100)}), "second": Source("", {"small": Rates(1, 1, 1, 1, 1)})}
    models = Models({}, "first/big", prices=Prices(own, PublicList))
    answered = ModelReply("Yes.", usage=USED, model="small", provider="second")
    assert models.priced("first/big", answered).cost == pytest.approx(1200 / MILLION)
    assert models.priced("", replace(answered, model="big", provider="")).cost == pytest.approx(0.12)
    again = replace(answered, usage=NOTHING, saved=USED, source="cache")
    found = models.priced("first/big", again)
    assert (found.cost, found.model_calls) == (0.0, 0)
    assert found.saved == pytest.approx(1200 / MILLION)


@pytest.mark.parametrize("wanted", ["cheap/x", "unknown/x", "dear/big", ""])
def test_an_estimate_is_that_of_the_dearest_that_may_answer(wanted):
    rates = {"cheap": Rates(1, 1, 1, 1, 1), "dear": Rates(100, 200, 100, 100, 100)}
    sources = {name: Source("", {"*": each}) for name, each in rates.items()}
    models = Models({}, "cheap/x", prices=Prices(sources, PublicList), fallback=("unknown/y", "dear/big", "cheap/y"))
    assert models.estimate(wanted, 1000, 500) == pytest.approx(0.2)


VENDORS = {
    "claude": {"kind": "anthropic"},
    "behind": {"kind": "anthropic", "base_url": "https://models.example/anthropic"},
    "here": {"kind": "anthropic", "base_url": "http://localhost:4000"},
    "aws": {"kind": "pydantic-ai", "system": "bedrock"},
    "google": {"kind": "pydantic-ai", "system": "google"},
}


@pytest.mark.parametrize(
    ("provider", "model", "dollars"),
    [
        *((name, "claude-sonnet-4-5", 3.0) for name in ("claude", "behind", "here")),
        ("aws", "us.anthropic.claude-haiku-4-5-20251001-v1:0", 1.1),
        ("google", "gemini-2.5-flash", 0.3),
    ],
)
def test_a_vendors_models_have_its_prices_wherever_they_are_asked(provider, model, dollars):
    known = build_prices(Settings.model_validate({"models": {"providers": VENDORS}}))
    known.warm(provider)
    assert known.priced(provider, model, Usage(100_000, 0, model_calls=1), NOTHING).cost == pytest.approx(dollars / 10)
    assert known.priced(provider, "no-such-model", USED, NOTHING).unpriced_calls == 1


def test_the_list_that_is_taken_along_knows_well_known_models():
    known = Prices({"openai": Source(OPENAI), "claude": Source("https://api.anthropic.com")}, load_price_list)
    assert known.priced("openai", "gpt-4o", Usage(MILLION, 0, model_calls=1), NOTHING).cost == pytest.approx(2.5)
    stored = Usage(MILLION, 0, model_calls=1, cache_write_tokens=MILLION)
    found = known.priced("claude", "claude-sonnet-4-5", stored, NOTHING)
    assert found.cost > 3
    assert found.saved < 0
    assert known.priced("openai", "no-such-model", USED, NOTHING).unpriced_calls == 1
