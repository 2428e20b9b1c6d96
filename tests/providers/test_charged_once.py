"""Equal requests at the same moment: one of each person pays, and nobody is given what is another's."""

import asyncio

import pytest
from msgspec.structs import replace
from test_wrappers import ASKED, REPLY, USED, Model, kept, said

from artelier.caches.memory import MemoryCache
from artelier.domain.usage import Usage
from artelier.providers.prices import Prices, Rates, Source
from artelier.providers.response_cache import CachingProvider
from artelier.runtime.clock import SystemClock
from artelier.runtime.load import load_price_list
from artelier.runtime.models import Models

PRICES = Prices({"own": Source("", {"*": Rates(2.0, 8.0, 2.0, 2.0, 2.0)})}, load_price_list)
COST = (100 * 2 + 20 * 8) / 1_000_000


@pytest.mark.parametrize("instances", [1, 3])
async def test_two_people_share_neither_a_call_nor_an_entry_and_each_pays_once(instances):
    model, cache = Model(REPLY), MemoryCache(1 << 20, SystemClock())
    providers = [CachingProvider("own", model, kept(cache)) for _ in range(instances)]
    models = Models({}, "own/big", prices=PRICES)
    people = ["person:ann", "person:bob"]
    asked = [(person, provider) for person in people for provider in providers for _ in range(4)]
    replies = await asyncio.gather(*(said(provider, replace(ASKED, tenant=person)) for person, provider in asked))
    assert sorted(request.tenant for request in model.asked) == people
    for person in people:
        mine = [models.priced("", reply) for (who, _), reply in zip(asked, replies, strict=True) if who == person]
        assert sum(usage.cost for usage in mine) == pytest.approx(COST)
        assert sum(usage.saved for usage in mine) == pytest.approx((len(mine) - 1) * COST)
        assert sum(usage.model_calls for usage in mine) == 1
    again = await said(providers[0], replace(ASKED, tenant=people[0]))
    assert (again.source, again.usage, again.saved) == ("cache", Usage(), USED)
    assert (await said(providers[0], replace(ASKED, tenant="person:eve"))).source == ""
