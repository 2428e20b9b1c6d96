"""Where prompts are kept: never more than four marks, the longest first, on what stays as it is."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.domain.calls import ToolCall, ToolSpec
from artelier.domain.messages import AgentMessage, Message, NoteMessage, ToolMessage, UserMessage
from artelier.domain.models import ModelRequest, Purpose
from artelier.providers.anthropic_request import MessagesDialect, MessagesEncoder
from artelier.providers.cache_marks import MOST_MARKS, NO_MARKS, REACH, CacheMarks, Keeping, blocks_of, cache_marks
from artelier.providers.openai_request import Dialect, RequestEncoder

TOOLS = (ToolSpec("read_file", "Read.", {"type": "object"}, repeatable=True), ToolSpec("now", "", {}, repeatable=True))
WORDS = st.sampled_from(["", " ", "a", "Read a.txt", "привет", "x" * 50])


@st.composite
def turns(draw: Any) -> list[list[Message]]:
    """A conversation in the steps by which it grows: each ends where a model is asked."""
    steps: list[list[Message]] = []
    for number in range(draw(st.integers(1, 6))):
        step: list[Message] = []
        if number == 0 or draw(st.booleans()):
            step.append(UserMessage(draw(WORDS)))
        if number:
            calls = tuple(ToolCall(f"r/{number}/{at}", "now", {}) for at in range(draw(st.integers(0, 30))))
            step.insert(0, AgentMessage(draw(WORDS), calls))
            step[1:1] = [ToolMessage(call.id, "now", draw(WORDS)) for call in calls]
        if draw(st.booleans()):
            step.append(NoteMessage(draw(WORDS)))
        steps.append(step)
    return steps


def requests(steps: list[list[Message]], system: str = "S", tools: tuple[ToolSpec, ...] = TOOLS) -> list[ModelRequest]:
    found, messages = [], []
    for step in steps:
        messages += step
        found.append(ModelRequest("claude-x", system, tuple(messages), tools))
    return found


def prefix_of(body: dict[str, Any]) -> list[str]:
    """Everything a provider reads, block by block in its order; marks are not part of it."""
    blocks = [*body.get("tools", ()), *(body.get("system") or ())]
    for message in body["messages"]:
        content = message["content"]
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        blocks += [{"role": message["role"], **part} for part in parts]
        blocks += [{"role": "call", **call} for call in message.get("tool_calls", ())]
    return [json.dumps({name: value for name, value in block.items() if name != "cache_control"}) for block in blocks]


def marks_of(body: dict[str, Any]) -> list[tuple[int, str]]:
    """Where the marks stand among those blocks, with their times."""
    place, found = 0, []
    for block in [*body.get("tools", ()), *(body.get("system") or ())]:
        found += [(place, block["cache_control"].get("ttl", "5m"))] if "cache_control" in block else []
        place += 1
    for message in body["messages"]:
        parts = message["content"] if isinstance(message["content"], list) else [{}]
        for part in parts:
            found += [(place, part["cache_control"].get("ttl", "5m"))] if "cache_control" in part else []
            place += 1
        place += len(message.get("tool_calls", ()))
    return found


def bodies(request: ModelRequest, keeping: Keeping) -> list[dict[str, Any]]:
    anthropic = MessagesEncoder().encode(request, MessagesDialect(keeping=keeping))
    through_gateway = RequestEncoder().encode(request, Dialect(keeping=keeping))
    return [json.loads(anthropic), {**json.loads(through_gateway), "tools": []}]


@given(turns(), st.sampled_from([Keeping.AUTO, Keeping.HOUR]), st.sampled_from(["", "S"]), st.sampled_from([(), TOOLS]))
def test_at_most_four_marks_and_the_long_ones_first(
    steps: list[list[Message]], keeping: Keeping, system: str, tools: tuple[ToolSpec, ...]
) -> None:
    for request in requests(steps, system, tools):
        for body in bodies(request, keeping):
            times = [time for _, time in marks_of(body)]
            assert len(times) <= MOST_MARKS
            assert times == sorted(times), "1h stands before 5m"
            assert keeping is Keeping.HOUR or set(times) <= {"5m"}


@given(turns())
def test_what_was_marked_is_found_again_by_the_next_request(steps: list[list[Message]]) -> None:
    asked = requests(steps)
    for form in (0, 1):
        earlier: dict[str, Any] | None = None
        for request in asked:
            body = bodies(request, Keeping.AUTO)[form]
            if earlier is not None:
                kept = prefix_of(earlier)
                for place, _ in marks_of(earlier):
                    assert prefix_of(body)[: place + 1] == kept[: place + 1]
            earlier = body


@given(turns())
def test_the_end_of_the_last_request_is_marked_in_the_next(steps: list[list[Message]]) -> None:
    asked = requests(steps)
    for earlier, later in pairwise(asked):
        newest = cache_marks(earlier, Keeping.AUTO).messages[-1:]
        assert set(newest) <= set(cache_marks(later, Keeping.AUTO).messages)


@given(turns())
def test_marks_stand_on_words_to_the_model_that_are_not_empty(steps: list[list[Message]]) -> None:
    for request in requests(steps):
        for place in cache_marks(request, Keeping.AUTO).messages:
            assert not isinstance(request.messages[place], AgentMessage)
            assert request.messages[place].text.strip()


def test_a_long_tail_is_marked_within_reach() -> None:
    calls = tuple(ToolCall(f"r/1/{at}", "now", {}) for at in range(10))
    results = [ToolMessage(call.id, "now", "12:00") for call in calls]
    messages = (UserMessage("Hi"), AgentMessage("Well.", calls), *results)
    marks = cache_marks(ModelRequest("m", "S", messages, TOOLS), Keeping.AUTO)
    assert marks == CacheMarks("", "5m", (0, 2, 11)), "the mark on the tools is given up: the one on the system prompt holds them too"
    assert sum(map(blocks_of, messages[3:])) <= REACH


def test_nothing_is_marked_where_it_is_off_or_asked_once() -> None:
    request = ModelRequest("m", "S", (UserMessage("Hi"),), TOOLS)
    assert cache_marks(request, Keeping.OFF) is NO_MARKS
    once = ModelRequest("m", "S", (UserMessage("Hi"),), purpose=Purpose.SUMMARY)
    assert cache_marks(once, Keeping.HOUR) is NO_MARKS


@pytest.mark.parametrize(
    ("model", "told", "marked"),
    [
        ("anthropic/claude-sonnet-4.5", None, True),
        ("claude-sonnet-4-5", None, True),
        ("openai/gpt-5", None, False),
        ("openai/gpt-5", True, True),
        ("anthropic/claude-sonnet-4.5", False, False),
    ],
)
def test_gateways_are_told_for_models_that_take_it(model: str, told: bool | None, marked: bool) -> None:
    request = ModelRequest(model, "S", (UserMessage("Hi"), NoteMessage("Note")))
    body = json.loads(RequestEncoder().encode(request, Dialect(cache_marks=told)))
    assert [place for place, _ in marks_of({**body, "tools": []})] == ([0, 2] if marked else [])
    if not marked:
        assert body["messages"] == [{"role": "system", "content": "S"}, {"role": "user", "content": "Hi\n\n[runtime] Note"}]


def test_a_conversation_has_one_name_for_the_cache() -> None:
    def key(request: ModelRequest, **dialect: Any) -> str | None:
        return json.loads(RequestEncoder().encode(request, Dialect(**dialect))).get("prompt_cache_key")

    first, second = requests([[UserMessage("Hi")], [AgentMessage("Yes?"), UserMessage("Go")]])
    assert key(first, cache_key=True) == key(second, cache_key=True)
    assert len(key(first, cache_key=True) or "") == 32
    assert key(first) is None
    assert key(first, cache_key=True, keeping=Keeping.OFF) is None
    (other,) = requests([[UserMessage("Hi")]], tools=TOOLS[:1])
    assert key(other, cache_key=True) != key(first, cache_key=True)
