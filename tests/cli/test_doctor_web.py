import json

import pytest

from artelier.cli.doctor_web import browser_finding, search_finding
from artelier.cli.finding import Finding
from artelier.settings.tools import BrowserSettings, ToolSettings
from local_web import answer, local_server


@pytest.mark.parametrize(
    ("status", "state", "words"),
    [
        ("400 Bad Request", "ok", "SearXNG"),
        ("403 Forbidden", "missing", "formats"),
        ("429 No", "missing", "pass_ip"),
        ("200 OK", "missing", "200"),
    ],
)
async def test_the_search_is_asked_for_nothing(status, state, words):
    async with local_server(answer(b"{}", status)) as server:
        finding = await search_finding(ToolSettings.model_validate({"search": {"searxng_url": f"http://127.0.0.1:{server.port}"}}))
    assert finding.state == state
    assert words in finding.detail
    assert server.heads[0].startswith(b"GET /search?format=json HTTP/1.1\r\n")


async def test_a_search_that_is_absent_or_unreachable_is_missing():
    assert "tools.search.searxng_url" in (await search_finding(ToolSettings())).detail
    gone = await search_finding(ToolSettings.model_validate({"search": {"searxng_url": "http://127.0.0.1:1"}}))
    assert (gone.state, "no connection" in gone.detail) == ("missing", True)


def test_the_browser_is_found_or_missed(tmp_path):
    assert "tools.browser.executable" in browser_finding(BrowserSettings(executable=str(tmp_path / "absent"))).detail
    program = tmp_path / "chromium"
    program.write_text("")
    program.chmod(0o755)
    assert browser_finding(BrowserSettings(executable=str(program), sandbox="on")) == Finding("Browser", "ok", str(program))
    assert browser_finding(BrowserSettings(executable=str(program), sandbox="off")).detail.startswith(f"{program}, without")


def test_doctor_shows_both(house):
    names = {each["name"] for each in json.loads(house.ask("doctor", "--json").stdout)}
    assert {"Web search", "Browser"} <= names
