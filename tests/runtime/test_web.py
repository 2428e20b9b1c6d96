"""The tools of the web as the house makes them, on servers of loopback."""

from pathlib import Path

import pytest

from artelier.domain.errors import AddressRefused, SettingsError
from artelier.runtime.web import Web
from artelier.settings.tools import ToolSettings
from local_web import answer, local_server
from web_stage import call

RESULTS = (Path(__file__).parents[1] / "fixtures/searxng/results.json").read_bytes()
PAGE = (
    b"<html><head><title>A page</title></head><body><p>"
    + b"The words of this page are worth reading, every one of them. " * 5
    + b"</p></body></html>"
)


def web(port=0, **settings):
    return Web(ToolSettings.model_validate(settings), port)


def tools(house):
    return {tool.spec.name: tool for tool in house.tools}


async def test_a_page_is_fetched_and_read_from_a_listed_address():
    async with local_server(answer(PAGE)) as server:
        house = web(web={"allowed": [f"127.0.0.1:{server.port}"]})
        result = await call(tools(house)["web_fetch"], url=f"http://127.0.0.1:{server.port}/a")
        await house.close()
    assert result.text.startswith(f"A page\nhttp://127.0.0.1:{server.port}/a\n\nThe words of this page")


async def test_the_search_is_reached_by_searching_alone():
    async with local_server(answer(RESULTS, content_type="application/json")) as server:
        house = web(search={"searxng_url": f"http://127.0.0.1:{server.port}/"})
        found = await call(tools(house)["web_search"], query="searxng")
        assert found.summary == "2 results"
        with pytest.raises(AddressRefused):
            await call(tools(house)["web_fetch"], url=f"http://127.0.0.1:{server.port}/search?q=x&format=json")
        assert server.connections == 1
    (head,) = server.heads
    assert head.startswith(b"GET /search?q=searxng&format=json&pageno=1 HTTP/1.1\r\n")
    assert b"Connection: close" not in head  # SearXNG has taken it for the mark of a bot


async def test_our_own_port_is_closed_whatever_is_listed():
    async with local_server(answer(PAGE)) as server:
        place = f"127.0.0.1:{server.port}"
        house = web(server.port, web={"allowed": [place]}, search={"searxng_url": f"http://{place}"})
        for name, arguments in (("web_fetch", {"url": f"http://{place}/"}), ("web_search", {"query": "x"})):
            with pytest.raises(AddressRefused, match="this server itself"):
                await call(tools(house)[name], **arguments)
        assert server.connections == 0


@pytest.mark.parametrize("address", ["searxng", "http://", "http://h:port", "ftp://h", "http://u:p@h/", "http://h/?q="])
def test_an_address_of_the_search_that_is_none_is_told(address):
    with pytest.raises(SettingsError, match="searxng_url"):
        web(search={"searxng_url": address})
