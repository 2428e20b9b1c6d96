"""Expectations over a journal."""

import msgspec

from artelier.client import StreamEvent
from artelier.domain.calls import ToolCall
from artelier.domain.codec import encode_event
from artelier.domain.events import RunFinished, ToolFinished
from artelier.domain.models import FinishReason
from artelier.testing import Journal, call
from artelier.testing.playbook import OPENING, events, replied, result, tool_call

FIRST, SECOND = tool_call(0, "read_file", path="a"), tool_call(1, "find", text="b")
TOLD = events(
    *OPENING,
    replied(FIRST, text="cut of", finish=FinishReason.LENGTH),
    replied(FIRST, SECOND, ToolCall("r1/0/2", "find", None, "{no json"), attempt=1),
    ToolFinished(SECOND.id, "find", result("second")),
    ToolFinished(FIRST.id, "read_file", result("first")),
    RunFinished("Done."),
)


def test_the_reply_that_counts_is_told():
    journal = Journal(TOLD)
    assert journal.calls() == [call("read_file", path="a"), call("find", text="b"), call("find", "{no json")]
    assert journal.calls("find") == [call("find", text="b"), call("find", "{no json")]


def test_results_are_in_the_order_of_their_calls():
    assert [each.text for each in Journal(TOLD).results()] == ["first", "second"]
    assert [each.text for each in Journal(TOLD).results("find")] == ["second"]


def test_what_a_server_sends_is_the_same_journal():
    sent = [msgspec.json.decode(encode_event(event), type=StreamEvent) for event in TOLD]
    journal = Journal.from_stream(sent)
    assert journal.events == TOLD
    assert journal.of(RunFinished) == [RunFinished("Done.")]
    assert journal.of_run("another").types() == []
    assert repr(Journal(TOLD[:2])) == "Journal(session_opened, message_received)"
