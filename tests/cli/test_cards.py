"""What the terminal shows of calls."""

from typing import Any

import pytest

from artelier.cli.cards import Cards
from artelier.cli.words import choose_language
from artelier.client import StreamEvent

AT = "2026-01-01T12:00:00+00:00"
PATH = "/api/v1/sessions/s/pictures/0123456789"


@pytest.fixture(params=["en", "ru"])
def language(request):
    choose_language([f"--lang={request.param}"])
    yield request.param
    choose_language(["--lang=en"])


def told(result: dict[str, Any], *, name: str = "browser_screenshot", width: int = 0, server: str = "", early: float = 0.0) -> list[str]:
    """Return the lines of one call with this result."""
    cards = Cards(width, 3, server)
    call = {"call": "r/0/0", "name": name}
    payloads = [
        ("model_replied", {"calls": [{"id": "r/0/0", "name": name, "arguments": {"command": "make"}}]}),
        ("tool_started", {**call, "target": "the page", "early_seconds": early}),
        ("tool_finished", {**call, "result": {"status": "done", "text": "ok", **result}, "seconds": 0.5}),
    ]
    return [line.plain for kind, payload in payloads for line in cards.lines(StreamEvent("s", 1, "r", kind, AT, "system", payload))]


def test_a_picture_is_told_with_its_whole_link(language):
    pictures = [{"address": PATH, "digest": "0123456789"}, {"digest": "no address: it cannot be shown"}]
    _, link = told({"pictures": pictures}, width=40, server="http://127.0.0.1:8700")
    assert link.strip() == {"en": "picture: ", "ru": "картинка: "}[language] + "http://127.0.0.1:8700" + PATH


def test_a_server_that_ends_with_the_command_is_not_named():
    assert told({"pictures": [{"address": PATH}]})[1].strip() == f"picture: {PATH}"


def test_a_link_cannot_play_with_the_terminal():
    assert "\x1b" not in told({"pictures": [{"address": "\x1b[2J"}]})[1]
