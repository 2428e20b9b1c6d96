import logging
import sys
from itertools import pairwise

import pytest
from msgspec import structs

from artelier.domain.calls import ToolCall
from artelier.domain.events import AgentChosen, ToolFinished
from artelier.domain.messages import AgentMessage, NoteMessage, ToolMessage, UserMessage
from artelier.domain.models import ModelRequest
from artelier.engine.context import Contexts
from artelier.engine.history import LEFT_OUT, is_cut
from artelier.engine.prefix import PrefixCounts, PrefixWatch, first_break
from playbook import CODER, RUN, TOOLS, call, replied, result, state_of

MESSAGES = (UserMessage("do it"), AgentMessage("I look", (ToolCall("r/0/0", "read", {}),)), ToolMessage("r/0/0", "read", "text"))
REQUEST = ModelRequest("m", "You code.", MESSAGES, (TOOLS["execute"], TOOLS["read"]))


def changed(**fields):
    return structs.replace(REQUEST, **fields)


def steps(count, calls=1):
    yield AgentChosen("coder", "default")
    for step in range(count):
        asked = [call(index, step=step, path=f"{step}/{index}") for index in range(calls)]
        yield replied(*asked, text=f"step {step}", step=step)
        for each in asked:
            yield ToolFinished(each.id, each.name, result(f"result {each.id}"))


def request_after(contexts, count, calls=1):
    state = state_of(*steps(count, calls))
    return contexts.build(state, state.runs[RUN], CODER, "m", 100)


@pytest.mark.parametrize("after", [REQUEST, changed(messages=(*MESSAGES, AgentMessage("more"))), changed(max_tokens=7, temperature=1.0)])
def test_what_begins_alike_breaks_nothing(after):
    assert first_break(REQUEST, after) is None


@pytest.mark.parametrize(
    ("after", "part", "old", "new"),
    [
        (changed(model="n"), "model", "m", "n"),
        (changed(tools=(structs.replace(TOOLS["execute"], description="runs it"), TOOLS["read"])), "tool execute", "runs", "runs it"),
        (changed(tools=REQUEST.tools[::-1]), "tool execute", "execute", "read"),
        (changed(tools=REQUEST.tools[:1]), "tool read", "reads", "You code."),
        (changed(system="You code at noon."), "system", "You code.", "at noon"),
        (changed(messages=(UserMessage("do it now"), *MESSAGES[1:])), "message 0", "do it", "now"),
        (changed(messages=MESSAGES[:2]), "message 2", "tool", ""),
    ],
)
def test_the_first_part_that_differs_is_named(after, part, old, new):
    found = first_break(REQUEST, after)
    assert found.part == part
    assert old in found.before
    assert new in found.after
    assert not found.planned


def test_bytes_are_counted_over_the_whole_prefix():
    early = first_break(REQUEST, changed(system="You code!"))
    late = first_break(REQUEST, changed(messages=(*MESSAGES[:2], structs.replace(MESSAGES[2], text="texT"))))
    assert 0 < early.byte < late.byte
    assert (early.before[-2], early.after[-2]) == (".", "!")
    assert "texT" in late.after


def test_a_run_breaks_its_prefix_by_cutting_the_window_alone():
    contexts = Contexts(TOOLS, 20)
    shown = [request_after(contexts, count) for count in range(1, 41)]
    breaks = [found for before, after in pairwise(shown) if (found := first_break(before, after)) is not None]
    assert 0 < len(breaks) <= 8
    assert all(found.planned for found in breaks)
    assert is_cut(NoteMessage(LEFT_OUT.format(7)))
    assert not is_cut(NoteMessage("The person stopped this work here."))


def test_breaks_are_counted_and_warned_of(caplog):
    counts = PrefixCounts()
    watch = PrefixWatch(counts, "r1")
    cut = changed(messages=(MESSAGES[0], NoteMessage(LEFT_OUT.format(10))))
    with caplog.at_level(logging.WARNING):
        for each in (REQUEST, REQUEST, cut, changed(system="It is noon.")):
            watch.look(each)
    assert counts == PrefixCounts(requests=4, cuts=1, breaks=1)
    (told,) = caplog.messages
    assert "run r1" in told
    assert "system" in told


def work_of(build):
    """Return how many functions are called: work that no clock is needed for."""
    count = 0

    def note(frame, event, argument):
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        build()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("calls", [1, 4])
def test_a_long_past_costs_no_more_than_a_short_one(calls):
    contexts = Contexts(TOOLS, 20)
    costs = []
    for count in range(1, 101):
        state = state_of(*steps(count, calls))
        costs.append(work_of(lambda state=state: contexts.build(state, state.runs[RUN], CODER, "m", 100)))
    assert max(costs[20:]) == max(costs[20:40])
