"""Figures for Prometheus: readable by its own parser, and true."""

import httpx2
from prometheus_client.parser import text_string_to_metric_families

from artelier.client import Client


def figures(text: str) -> dict[str, float]:
    return {sample.name: sample.value for family in text_string_to_metric_families(text) for sample in family.samples}


async def test_what_the_house_counts_is_shown(http: httpx2.AsyncClient, client: Client) -> None:
    before = figures((await http.get("/metrics")).text)
    assert (await client.chat("read-a-file please")).status == "finished"
    answer = await http.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    after = figures(answer.text)
    assert after["artelier_tool_cache_misses_total"] >= before["artelier_tool_cache_misses_total"]
    assert {"artelier_runs_at_work", "artelier_tool_cache_hits_total", "artelier_tool_cache_stale_total"} <= after.keys()


async def test_strangers_see_no_figures(server: object, http: httpx2.AsyncClient) -> None:
    assert (await http.get("/metrics", headers={"Authorization": "Bearer wrong"})).status_code == 401
