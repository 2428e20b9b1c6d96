"""Whatever a server of messages sends: a reply, or an error of ours; what it signed can be sent back."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from test_openai_fuzz import JSON, SHARED, loosely, replies_of

from artelier.domain.calls import ToolCall
from artelier.domain.messages import AgentMessage, UserMessage
from artelier.domain.models import ModelReply, ModelRequest
from artelier.providers.anthropic_request import MessagesDialect, MessagesEncoder
from artelier.providers.anthropic_stream import MessageStream

KINDS = ("text", "thinking", "redacted_thinking", "tool_use", "server_tool_use")
BLOCK = st.fixed_dictionaries(
    {"type": loosely(st.sampled_from(KINDS))},
    optional={name: loosely(st.text(max_size=4)) for name in ("text", "thinking", "signature", "data", "id", "name")} | {"input": JSON},
)
DELTA = st.fixed_dictionaries(
    {"type": loosely(st.sampled_from(["text_delta", "thinking_delta", "signature_delta", "input_json_delta", "citations_delta"]))},
    optional={name: loosely(st.text(max_size=4)) for name in ("text", "thinking", "signature", "partial_json")}
    | {"stop_reason": loosely(st.sampled_from(["end_turn", "tool_use", "max_tokens", "new"]))},
)
EVENT = st.fixed_dictionaries(
    {
        "type": loosely(
            st.sampled_from(
                [
                    "message_start",
                    "content_block_start",
                    "content_block_delta",
                    "content_block_stop",
                    "message_delta",
                    "message_stop",
                    "ping",
                ]
            )
        )
    },
    optional={
        "index": loosely(st.integers(0, 2)),
        "content_block": loosely(BLOCK),
        "delta": loosely(DELTA),
        "message": loosely(st.fixed_dictionaries({}, optional={"model": JSON, "usage": JSON})),
        "usage": loosely(st.dictionaries(st.sampled_from(["input_tokens", "output_tokens", "cache_read_input_tokens"]), JSON)),
        "error": st.none(),
    },
)
END = {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 3}}
BODY = st.lists(
    st.one_of(
        EVENT.map(lambda event: f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode("utf-8", "replace")),
        EVENT.map(lambda event: f"data: {json.dumps(event)}\n\n".encode("utf-8", "replace")),
        st.just(f"data: {json.dumps(END)}\n\n".encode()),
        st.sampled_from([b"data: [DONE]\n\n", b": ping\n\n", b"event: error\n", b"\r\n", b"{", b"data: "]),
        st.binary(max_size=30),
    ),
    max_size=8,
).map(b"".join)
TYPED = st.lists(
    st.tuples(st.sampled_from(KINDS), st.lists(st.text(max_size=4), max_size=3), st.text(st.characters(codec="ascii"), max_size=4)),
    max_size=5,
)


@given(body=BODY, cuts=st.lists(st.integers(0, 600), max_size=5))
@settings(SHARED, max_examples=250)
def test_any_body_is_a_reply_or_our_error_however_it_is_cut(body: bytes, cuts: list[int]) -> None:
    assert replies_of(body, cuts, MessageStream) == replies_of(body, [], MessageStream)


@given(blocks=TYPED)
@SHARED
def test_a_reply_with_calls_goes_back_as_it_came(blocks: list[tuple[str, list[str], str]]) -> None:
    """Thoughts come back with their signatures in their places, unless a block is one that nobody sends back."""
    events, expected = [], []
    for index, (kind, parts, signature) in enumerate(blocks):
        begin: dict[str, Any] = {"type": kind, "name": "now", "id": str(index), "data": signature}
        events.append({"type": "content_block_start", "index": index, "content_block": begin})
        field = {"text": "text", "thinking": "thinking"}.get(kind, "")
        events += [
            {"type": "content_block_delta", "index": index, "delta": {"type": f"{field}_delta", field: part}} for part in parts if field
        ]
        if kind == "thinking":
            signed = {"type": "signature_delta", "signature": signature}
            events.append({"type": "content_block_delta", "index": index, "delta": signed})
        events.append({"type": "content_block_stop", "index": index})
        if kind == "thinking" or (kind == "text" and "".join(parts).strip()) or kind in {"tool_use", "redacted_thinking"}:
            expected.append((kind, "".join(parts) if field else "", signature if kind in {"thinking", "redacted_thinking"} else ""))
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in [*events, END, {"type": "message_stop"}]).encode()
    reply: ModelReply = replies_of(body, [], MessageStream)
    if not reply.signature:
        assert not reply.calls or not any(signature or kind == "redacted_thinking" for kind, _, signature in blocks if "thinking" in kind)
        return
    calls = tuple(ToolCall(f"r/1/{at}", call.name, {}) for at, call in enumerate(reply.calls))
    message = AgentMessage(reply.text, calls, reply.reasoning, reply.signature)
    encoded = MessagesEncoder().encode(ModelRequest("m", "", (UserMessage("Hi"), message)), MessagesDialect())
    content = json.loads(encoded)["messages"][1]["content"]
    sent = [
        (block["type"], block.get("text") or block.get("thinking") or "", block.get("signature") or block.get("data") or "")
        for block in content
    ]
    assert sent == expected
