"""The programs of the page about webhooks do what it says."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from artelier.domain.events import Event, RunFinished
from artelier.ports.webhooks import Webhook
from artelier.runtime.webhook_messages import event_message, new_secret

PAGE = Path(__file__).parents[2] / "docs/how-to/webhooks.md"
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def program():
    found = {"__name__": "page"}
    for text in PROGRAMS:
        exec(compile(text, PAGE, "exec"), found)
    return found


@pytest.fixture
def sent():
    now = datetime.now(UTC)
    hook = Webhook("h1", "person:owner", "https://example.org/", new_secret())
    event = Event("s1", 7, "r1", "run_finished", 1, now, "system", "", RunFinished("Done."))
    return hook, event_message(hook, event, now), event_message(hook, event, now - timedelta(hours=1))


def test_what_was_sent_is_verified_and_nothing_else(program, sent):
    hook, message, old = sent
    headers = {name.lower(): value for name, value in message.headers}
    assert program["verified"](hook.secret, headers, message.body)
    assert not program["verified"](hook.secret, headers, message.body + b" ")
    assert not program["verified"](new_secret(), headers, message.body)
    assert not program["verified"](hook.secret, {name.lower(): value for name, value in old.headers}, old.body)


def test_the_relay_makes_a_line_of_an_event(program, sent):
    assert program["line_of"](json.loads(sent[1].body)) == "run_finished: Done."
    assert program["line_of"]({"type": "approval_asked", "payload": {"question": {"effect": "rm a"}}}) == "approval_asked: rm a"
