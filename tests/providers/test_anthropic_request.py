"""The bodies of requests in Anthropic's format."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from artelier.domain.calls import ResultStatus, ToolCall, ToolSpec
from artelier.domain.messages import AgentMessage, Message, NoteMessage, ToolMessage, UserMessage
from artelier.domain.models import ModelRequest, Purpose
from artelier.providers.anthropic_request import MessagesDialect, MessagesEncoder
from artelier.providers.anthropic_stream import MessageStream
from artelier.providers.cache_marks import Keeping

READ = ToolSpec("read_file", "Read a file.", {"properties": {"path": {"type": "string"}}}, repeatable=True)
CALLS = (ToolCall("r/1/0", "read_file", {"path": "a.txt"}), ToolCall("r/1/1", "read_file", None, "{oops"))
ANSWERED: tuple[Message, ...] = (
    ToolMessage("r/1/0", "read_file", "привет"),
    ToolMessage("r/1/1", "read_file", "", ResultStatus.FAILED),
)
THINKS = MessagesDialect(thinking_tokens=2000)


def body_of(*messages: Message, dialect: MessagesDialect | None = None, **fields: Any) -> dict[str, Any]:
    request = ModelRequest("claude-x", fields.pop("system", ""), messages, **fields)
    return json.loads(MessagesEncoder().encode(request, dialect or MessagesDialect(keeping=Keeping.OFF)))


def thought(*blocks: dict[str, Any], deltas: dict[int, list[dict[str, Any]]]) -> AgentMessage:
    """A reply as the engine keeps it, read from the events that made it."""
    events: list[dict[str, Any]] = []
    for index, block in enumerate(blocks):
        events.append({"type": "content_block_start", "index": index, "content_block": block})
        events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas.get(index, [])]
        events.append({"type": "content_block_stop", "index": index})
    events += [{"type": "message_delta", "delta": {"stop_reason": "tool_use"}}, {"type": "message_stop"}]
    stream = MessageStream("host")
    for event in events:
        stream.feed(f"data: {json.dumps(event)}\n\n".encode())
    reply: Any = stream.finish()[-1]
    calls = tuple(ToolCall(f"r/1/{at}", call.name, json.loads(call.arguments)) for at, call in enumerate(reply.calls))
    return AgentMessage(reply.text, calls, reply.reasoning, reply.signature)


def test_a_whole_request() -> None:
    messages = (UserMessage("Read a.txt"), AgentMessage("Well.", CALLS), *ANSWERED, NoteMessage("Go on"), UserMessage("Hm?"))
    assert body_of(*messages, system="Be brief.", tools=(READ,), max_tokens=100, temperature=0.5) == snapshot(
        {
            "model": "claude-x",
            "max_tokens": 100,
            "stream": True,
            "tools": [
                {
                    "name": "read_file",
                    "description": "Read a file.",
                    "input_schema": {"type": "object", "properties": {"path": {"type": "string"}}},
                }
            ],
            "system": [{"type": "text", "text": "Be brief."}],
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "Read a.txt"}]},
                {
                    "role": "assistant",
                    "content": [
                        {"type": "text", "text": "Well."},
                        {"type": "tool_use", "id": "grnqji7MA", "name": "read_file", "input": {"path": "a.txt"}},
                        {"type": "tool_use", "id": "L7ZpQzF2H", "name": "read_file", "input": {"unparsed": "{oops"}},
                    ],
                },
                {
                    "role": "user",
                    "content": [
                        {"type": "tool_result", "tool_use_id": "grnqji7MA", "content": "привет"},
                        {"type": "tool_result", "tool_use_id": "L7ZpQzF2H", "content": "failed", "is_error": True},
                        {"type": "text", "text": "[runtime] Go on"},
                        {"type": "text", "text": "Hm?"},
                    ],
                },
            ],
            "temperature": 0.5,
        }
    )


def test_marks_stand_on_tools_system_and_the_ends_of_the_conversation() -> None:
    messages = (UserMessage("Read a.txt"), AgentMessage("", CALLS[:1]), ANSWERED[0])
    body = body_of(*messages, system="S", tools=(READ,), dialect=MessagesDialect(keeping=Keeping.HOUR))
    hour, short = {"type": "ephemeral", "ttl": "1h"}, {"type": "ephemeral"}
    assert body["tools"][-1]["cache_control"] == hour
    assert body["system"][-1]["cache_control"] == hour
    assert [message["content"][-1].get("cache_control") for message in body["messages"]] == [short, None, short]


def test_thoughts_go_back_unchanged_and_where_they_stood() -> None:
    message = thought(
        {"type": "thinking", "thinking": "", "signature": ""},
        {"type": "text", "text": ""},
        {"type": "thinking", "thinking": "", "signature": ""},
        {"type": "redacted_thinking", "data": "hidden"},
        {"type": "tool_use", "id": "x", "name": "read_file", "input": {}},
        deltas={
            0: [{"type": "thinking_delta", "thinking": "First "}, {"type": "signature_delta", "signature": "AA"}],
            1: [{"type": "text_delta", "text": "Let me look."}],
            2: [{"type": "thinking_delta", "thinking": "вторая"}, {"type": "signature_delta", "signature": "BB"}],
            4: [{"type": "input_json_delta", "partial_json": '{"path": "a.txt"}'}],
        },
    )
    assert message.reasoning == "First вторая"
    body = body_of(UserMessage("Hi"), message, ANSWERED[0], dialect=THINKS)
    assert [(block["type"], block.get("thinking"), block.get("signature")) for block in body["messages"][1]["content"]] == [
        ("thinking", "First ", "AA"),
        ("text", None, None),
        ("thinking", "вторая", "BB"),
        ("redacted_thinking", None, None),
        ("tool_use", None, None),
    ]
    assert body["thinking"] == {"type": "enabled", "budget_tokens": 2000}
    assert body["max_tokens"] == 2048 + 2000


def test_thinking_leaves_temperature_out_and_is_left_out_where_the_last_step_had_none() -> None:
    assert "temperature" not in body_of(UserMessage("Hi"), temperature=0.0, dialect=THINKS)
    unsigned = body_of(UserMessage("Hi"), AgentMessage("", CALLS[:1]), ANSWERED[0], temperature=0.0, dialect=THINKS)
    assert "thinking" not in unsigned
    assert unsigned["max_tokens"] == 2048
    assert unsigned["temperature"] == 0.0
    assert "thinking" not in body_of(UserMessage("Sum up"), purpose=Purpose.SUMMARY, dialect=THINKS)
    asked_anew = body_of(UserMessage("Hi"), AgentMessage("", CALLS[:1]), ANSWERED[0], UserMessage("And?"), dialect=THINKS)
    assert asked_anew["thinking"]["type"] == "enabled"
    reminded = body_of(UserMessage("Hi"), AgentMessage("Well"), NoteMessage("Go on"), dialect=THINKS)
    assert reminded["thinking"]["type"] == "enabled"


def test_thoughts_that_no_longer_fit_are_left_out() -> None:
    for signature in ("anthropic:[]", "anthropic:{", 'anthropic:[["thinking",9,"AA"],["call",0,""]]', "calls:[null]"):
        message = AgentMessage("shortened", CALLS[:1], "Hm.", signature)
        body = body_of(UserMessage("Hi"), message, ANSWERED[0], dialect=THINKS)
        assert [block["type"] for block in body["messages"][1]["content"]] == ["text", "tool_use"]


def test_the_person_begins_and_ends() -> None:
    assert [message["role"] for message in body_of(AgentMessage("Hello"))["messages"]] == ["user", "assistant", "user"]
    assert len(body_of(UserMessage("  "))["messages"]) == 1


def test_what_no_encoder_takes_is_replaced() -> None:
    call = ToolCall("r/1/0", "read_file", {"path": "a\ud800", "n": 2**70})
    body = body_of(UserMessage("x\udcff"), AgentMessage("", (call,)), ToolMessage("r/1/0", "read_file", "y\ud800"))
    assert body["messages"][1]["content"][0]["input"] == {"path": "a\ufffd", "n": 2**70}


MESSAGES = st.lists(
    st.one_of(
        st.builds(UserMessage, st.text(max_size=5)),
        st.builds(NoteMessage, st.text(max_size=5)),
        st.builds(lambda text: AgentMessage(text, CALLS), st.text(max_size=5)),
        st.builds(AgentMessage, st.text(max_size=5)),
    ),
    max_size=8,
)


@given(MESSAGES)
def test_roles_take_turns_and_no_text_is_empty(messages: list[Message]) -> None:
    wire = body_of(*messages)["messages"]
    roles = [message["role"] for message in wire]
    assert roles == ["user", "assistant"] * (len(roles) // 2) + ["user"]
    for message in wire:
        assert message["content"]
        assert all(block["text"].strip() for block in message["content"] if block["type"] == "text")
