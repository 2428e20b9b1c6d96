"""The console's page is the same at all its addresses, and what it is made of is kept by browsers."""

import re

import httpx2
import pytest

from artelier.api.console import CONSOLE

BUILT = (CONSOLE / "index.html").exists()


@pytest.mark.parametrize("path", ["/", "/inbox", "/usage", "/agents", "/sessions/01900000-0000-7000-8000-000000000000"])
async def test_every_address_of_the_console_is_its_page(http: httpx2.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["cache-control"] == "no-cache"
    assert "Artelier" in answer.text


async def test_other_addresses_are_not(http: httpx2.AsyncClient) -> None:
    assert (await http.get("/nowhere")).status_code == 404
    assert (await http.get("/api/v1/nowhere")).status_code == 404
    assert (await http.get("/built/../../app.py")).status_code == 404


@pytest.mark.skipif(not BUILT, reason="nothing here could build the console")
async def test_the_page_loads_from_this_server_alone(http: httpx2.AsyncClient) -> None:
    page = (await http.get("/")).text
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert any(address.startswith("/built/index-") for address in addresses)
    for address in addresses:
        answer = await http.get(address)
        assert answer.status_code == 200, address
        assert ("immutable" in answer.headers.get("cache-control", "")) == ("-" in address), address
    assert "<style" not in page
    assert "onload=" not in page
    assert not re.search(r"<script(?![^>]*src=)", page)


async def test_a_browser_is_shown_the_console_where_there_is_nothing(http: httpx2.AsyncClient) -> None:
    people = {"Accept": "text/html,application/xhtml+xml"}
    answer = await http.get("/nonsense", headers=people)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (404, "text/html")
    for path, headers in (("/nonsense", {}), ("/api/v1/nonsense", people), ("/v1/nonsense", people)):
        assert (await http.get(path, headers=headers)).headers["content-type"].startswith("application/")
