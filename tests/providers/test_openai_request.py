"""The bodies of requests, sign by sign."""

import json
import re
from typing import Any

import pytest
from inline_snapshot import snapshot

from artelier.domain.calls import ToolCall, ToolSpec
from artelier.domain.messages import AgentMessage, Message, NoteMessage, ToolMessage, UserMessage
from artelier.domain.models import ModelRequest
from artelier.providers.openai_request import Dialect, RequestEncoder
from artelier.providers.wire_values import wire_id

READ = ToolSpec("read_file", "Read a file.", {"type": "object", "properties": {"path": {"type": "string"}}}, repeatable=True)
RUN = "0198c0de-7000-7000-8000-000000000001"
EXCHANGE: tuple[Message, ...] = (
    UserMessage("Read a.txt"),
    AgentMessage("", (ToolCall(f"{RUN}/12/0", "read_file", {"path": "a.txt"}),), "I should look."),
    ToolMessage(f"{RUN}/12/0", "read_file", "привет"),
)


def body_of(*messages: Message, dialect: Dialect | None = None, **fields: Any) -> dict[str, Any]:
    request = ModelRequest(model="m", system=fields.pop("system", ""), messages=messages, **fields)
    return json.loads(RequestEncoder().encode(request, dialect or Dialect()))


def test_a_whole_request() -> None:
    request = ModelRequest("m", "Be brief.", EXCHANGE, (READ,), max_tokens=100, temperature=0.0)
    sent = RequestEncoder({"seed": 1}).encode(request, Dialect()).decode()
    assert sent.split(',"') == snapshot(
        [
            '{"model":"m"',
            'messages":[{"role":"system"',
            'content":"Be brief."},{"role":"user"',
            'content":"Read a.txt"},{"role":"assistant"',
            'content":""',
            'tool_calls":[{"id":"6iKymrtbP"',
            'type":"function"',
            'function":{"name":"read_file"',
            'arguments":"{\\"path\\":\\"a.txt\\"}"}}]},{"role":"tool"',
            'tool_call_id":"6iKymrtbP"',
            'content":"привет"}]',
            'tools":[{"type":"function"',
            'function":{"name":"read_file"',
            'description":"Read a file."',
            'parameters":{"type":"object"',
            'properties":{"path":{"type":"string"}}}}}]',
            'parallel_tool_calls":true',
            'stream":true',
            'stream_options":{"include_usage":true}',
            'max_tokens":100',
            'temperature":0.0',
            'seed":1}',
        ]
    )


def test_a_small_request_says_nothing_it_need_not() -> None:
    assert body_of(UserMessage("Hi")) == snapshot(
        {
            "model": "m",
            "messages": [{"role": "user", "content": "Hi"}],
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": 2048,
        }
    )


def test_dialects() -> None:
    dialect = Dialect("max_completion_tokens", include_usage=False, parallel_calls=False, answer_after_tools=True, echo_reasoning=True)
    assert body_of(*EXCHANGE, NoteMessage("Go on."), dialect=dialect, tools=(READ,)) == snapshot(
        {
            "model": "m",
            "messages": [
                {"role": "user", "content": "Read a.txt"},
                {
                    "role": "assistant",
                    "content": "",
                    "tool_calls": [
                        {"id": "6iKymrtbP", "type": "function", "function": {"name": "read_file", "arguments": '{"path":"a.txt"}'}}
                    ],
                    "reasoning_content": "I should look.",
                },
                {"role": "tool", "tool_call_id": "6iKymrtbP", "content": "привет"},
                {"role": "assistant", "content": "Understood."},
                {"role": "user", "content": "[runtime] Go on."},
            ],
            "tools": [
                {
                    "type": "function",
                    "function": {
                        "name": "read_file",
                        "description": "Read a file.",
                        "parameters": {"type": "object", "properties": {"path": {"type": "string"}}},
                    },
                }
            ],
            "stream": True,
            "max_completion_tokens": 2048,
        }
    )


@pytest.mark.parametrize(
    ("messages", "wire"),
    [
        ([UserMessage("a"), UserMessage("b")], [("user", "a\n\nb")]),
        ([UserMessage("a"), NoteMessage("b")], [("user", "a\n\n[runtime] b")]),
        ([NoteMessage("b")], [("user", "[runtime] b")]),
        ([UserMessage("a"), AgentMessage(""), UserMessage("b")], [("user", "a\n\nb")]),
        ([UserMessage("a"), AgentMessage("x"), UserMessage("b")], [("user", "a"), ("assistant", "x"), ("user", "b")]),
        ([UserMessage("half \ud83d")], [("user", "half \ufffd")]),
    ],
)
def test_messages_alternate(messages: list[Message], wire: list[tuple[str, str]]) -> None:
    assert [(message["role"], message["content"]) for message in body_of(*messages)["messages"]] == wire


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        (ToolCall("1", "a", {}), "{}"),
        (ToolCall("1", "a", {"x": "é", "n": 1}), '{"x":"é","n":1}'),
        (ToolCall("1", "a", None, '{"x'), '{"unparsed":"{\\"x"}'),
        (ToolCall("1", "a", {"n": 2**70}), '{"n": 1180591620717411303424}'),
    ],
)
def test_arguments_in_the_history_are_json_in_any_case(call: ToolCall, arguments: str) -> None:
    assert body_of(AgentMessage("", (call,)))["messages"][0]["tool_calls"][0]["function"]["arguments"] == arguments


def test_half_a_character_in_arguments_does_not_stop_a_request() -> None:
    body = body_of(AgentMessage("", (ToolCall("1", "a", {"x": "\ud83d"}),)))
    assert body["messages"][0]["tool_calls"][0]["function"]["arguments"] == '{"x": "\ufffd"}'


def test_call_ids_fit_every_server_and_stay_apart() -> None:
    ids = [wire_id(f"{RUN}/{step}/{index}") for step in range(100) for index in range(10)]
    assert len(set(ids)) == 1000
    assert all(re.fullmatch(r"[a-zA-Z0-9]{9}", each) for each in ids)
    assert wire_id("run/1/0") == snapshot("71Ub2Xbze")


def test_tools_are_encoded_once_for_the_same_tuple() -> None:
    encoder = RequestEncoder()
    tools = (READ,)
    request = ModelRequest("m", "", (UserMessage("a"),), tools)
    first = encoder.encode(request, Dialect())
    READ.parameters["later"] = True
    try:
        assert encoder.encode(request, Dialect()) == first
        assert encoder.encode(ModelRequest("m", "", (UserMessage("a"),), (*tools, READ)), Dialect()) != first
    finally:
        del READ.parameters["later"]


def test_only_so_many_tuples_of_tools_are_kept() -> None:
    encoder = RequestEncoder()
    for number in range(200):
        spec = ToolSpec(f"tool_{number}", "", {}, repeatable=True)
        body = json.loads(encoder.encode(ModelRequest("m", "", (UserMessage("a"),), (spec,)), Dialect()))
        assert body["tools"][0]["function"]["name"] == f"tool_{number}"
    assert len(encoder._tools) <= 64


def test_what_came_with_calls_goes_back_with_them() -> None:
    calls = tuple(ToolCall(f"r/1/{at}", "read_file", {}) for at in range(2))
    signature = 'chat:{"calls":[{"google":{"thought_signature":"AA"}},null],"details":[{"type":"reasoning.encrypted","data":"BB"}]}'
    (wire,) = body_of(AgentMessage("", calls, "Hm.", signature))["messages"]
    assert [call.get("extra_content") for call in wire["tool_calls"]] == [{"google": {"thought_signature": "AA"}}, None]
    assert wire["reasoning_details"] == [{"type": "reasoning.encrypted", "data": "BB"}]
    for other in ("anthropic:[]", "chat:{", 'chat:{"calls":[1]}', ""):
        (wire,) = body_of(AgentMessage("", calls, "Hm.", other))["messages"]
        assert not any("extra_content" in call for call in wire["tool_calls"])
        assert "reasoning_details" not in wire
