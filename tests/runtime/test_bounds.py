"""What is remembered of sessions is bounded by size: long ones and long messages leave room for others."""

import json
from datetime import UTC, datetime

from artelier.domain.events import AgentChosen, Event, MessageReceived, ToolFinished
from artelier.runtime.corrections import LONGEST_EXAMPLE, Corrections
from artelier.runtime.workers import CHARACTERS_KEPT, SESSIONS_KEPT, _size_of
from artelier.stores.examples import Examples
from hand_clock import HandClock
from playbook import call, replied, result, state_of


def event(seq, payload):
    return Event("s1", seq, "r1", payload.type, 1, datetime(2026, 1, 1, tzinfo=UTC), "person:owner", "", payload)


async def test_a_long_message_teaches_by_its_beginning(tmp_path):
    corrections = Corrections(Examples(tmp_path / "routing.jsonl", HandClock()))
    text = "Fix it. " * 10_000
    told = (MessageReceived("go"), AgentChosen("ask", "classifier"), MessageReceived(text), AgentChosen("coder", "person"))
    await corrections.receive(tuple(event(seq, payload) for seq, payload in enumerate(told, 1)))
    (line,) = (tmp_path / "routing.jsonl").read_text().splitlines()
    assert json.loads(line)["text"] == text[:LONGEST_EXAMPLE]


def test_a_session_weighs_what_was_said_and_found_and_no_less_than_its_share():
    chosen, read = AgentChosen("coder", "default"), call(0)
    assert _size_of(state_of(chosen)) == CHARACTERS_KEPT // SESSIONS_KEPT
    found = ToolFinished(read.id, "read", result("x" * CHARACTERS_KEPT))
    assert _size_of(state_of(chosen, replied(read, text="Reading."), found)) == CHARACTERS_KEPT + len("Reading.")
