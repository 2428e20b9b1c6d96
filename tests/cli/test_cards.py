"""What the terminal shows of calls."""

from typing import Any

import pytest

from artelier.cli.cards import Cards, thousands
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


def test_the_sandbox_of_a_command_is_told(language):
    command = {"exit_code": 0, "summary": "exit 0 · 0.1 s"}
    assert told({**command, "sandbox": "landlock"}, name="execute_command")[0].endswith("landlock · exit 0 · 0.1 s")
    without = {"en": "no sandbox", "ru": "без песочницы"}[language]
    assert told({**command, "sandbox": "off"}, name="execute_command")[0].endswith(f"{without} · exit 0 · 0.1 s")
    assert "sandbox" not in told({**command}, name="execute_command")[0]
    assert "landlock" not in told({**command, "sandbox": "landlock"}, name="execute_command", width=50)[0]


@pytest.mark.parametrize(
    ("source", "line"), [("cached", "= page_read the page  cached"), ("read_ahead", "◇ page_read the page  read ahead")]
)
def test_a_result_that_was_there_before_is_marked(source, line):
    assert told({"source": source}, name="page_read")[0].startswith(line)


def test_where_a_result_came_from_goes_before_when_it_began():
    assert "early" not in told({"source": "cached"}, early=0.2)[0]
    assert told({}, early=0.2)[0].startswith("↯ browser_screenshot the page  early")


def test_a_mark_of_a_newer_server_is_passed_over():
    assert told({"source": "from_the_future"})[0].startswith("✓")


def test_a_failure_is_told_as_one_wherever_it_came_from():
    assert told({"source": "cached", "status": "failed"})[0].startswith("✗")


@pytest.mark.parametrize(
    ("by", "english", "russian"),
    [
        ("model", "History was summarised: 92k → 9.4k tokens", "История сжата в сводку: 92\u00a0тыс. → 9,4\u00a0тыс. токенов"),
        ("extract", "History was summarised: 92k → 9.4k tokens", "История сжата в сводку: 92\u00a0тыс. → 9,4\u00a0тыс. токенов"),
        (
            "results",
            "Old results are shown shortened: 92k → 9.4k tokens",
            "Старые результаты сокращены: 92\u00a0тыс. → 9,4\u00a0тыс. токенов",
        ),
    ],
)
def test_showing_a_model_less_is_told_in_one_quiet_line(language, by, english, russian):
    payload = {"by": by, "tokens_before": 92_345, "tokens_after": 9_444, "summary": "Long."}
    (line,) = Cards().lines(StreamEvent("s", 1, "r", "context_compacted", AT, "system", payload))
    assert line.plain[2:] == {"en": english, "ru": russian}[language]
    assert line.style == "dim"
    assert thousands(950) == "950"


def test_a_failure_is_told_by_its_code(language):
    payload = {"code": "EMPTY_REPLY", "message": "The model said nothing."}
    (line,) = Cards().lines(StreamEvent("s", 1, "r", "run_failed", AT, "system", payload))
    assert {"en": "The model said nothing.", "ru": "ответила пустотой"}[language] in line.plain
    payload = {"code": "OF_A_PLUGIN", "message": "It broke."}
    (line,) = Cards().lines(StreamEvent("s", 1, "r", "run_failed", AT, "system", payload))
    assert "It broke." in line.plain
