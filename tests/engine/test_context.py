from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from artelier.domain.calls import ToolCall
from artelier.domain.events import (
    AgentChosen,
    ApprovalAnswered,
    ApprovalAsked,
    Event,
    MessageReceived,
    ModelReplied,
    RunCancelled,
    RunQueued,
    ToolFinished,
)
from artelier.domain.messages import AgentMessage, NoteMessage, ToolMessage, UserMessage
from artelier.domain.models import FinishReason
from artelier.domain.questions import Answer, Decision, Question, QuestionKind
from artelier.engine.context import Contexts, repair
from artelier.engine.fold import fold
from artelier.engine.history import LONGEST_RESULT, NO_RESULT
from artelier.engine.state import SessionState
from playbook import CODER, NOON, RUN, TOOLS, call, replied, result, state_of

CHOSEN = AgentChosen("coder", "default")


def request(state, window=20, run=RUN):
    return Contexts(TOOLS, window).build(state, state.runs[run], CODER, "m", 100)


def steps(count):
    for step in range(count):
        each = call(0, step=step)
        yield replied(each, text=f"step {step}", step=step)
        yield ToolFinished(each.id, each.name, result(f"result {step}"))


def test_a_short_conversation_is_shown_whole_and_in_order():
    messages = request(state_of(CHOSEN, *steps(2))).messages
    assert [type(each).__name__ for each in messages] == ["UserMessage", "AgentMessage", "ToolMessage", "AgentMessage", "ToolMessage"]


def test_tools_are_sorted_and_stay_the_same_object():
    contexts = Contexts(TOOLS, 20)
    state = state_of(CHOSEN)
    first = contexts.build(state, state.runs[RUN], CODER, "m", 100)
    second = contexts.build(state, state.runs[RUN], CODER, "m", 200)
    assert first.tools is second.tools
    assert [each.name for each in first.tools] == ["ask_user", "delegate", "execute", "finish", "note", "read", "switch_agent", "write"]


def test_a_deferred_tool_is_not_shown():
    tools = {**TOOLS, "read": structs.replace(TOOLS["read"], deferred=True)}
    state = state_of(CHOSEN)
    offered = Contexts(tools, 20).build(state, state.runs[RUN], CODER, "m", 100).tools
    assert [each.name for each in offered] == ["ask_user", "delegate", "execute", "finish", "note", "switch_agent", "write"]


def test_the_runs_own_request_never_falls_out_and_exchanges_stay_whole():
    for count in range(1, 30):
        messages = request(state_of(CHOSEN, *steps(count))).messages
        assert messages[0] == UserMessage("do it")
        assert repair(messages) == messages
        assert messages[-1] == ToolMessage(f"{RUN}/{count - 1}/0", "read", f"result {count - 1}")
        assert sum(not isinstance(each, ToolMessage) for each in messages) <= 22


def test_the_prefix_changes_once_in_many_steps():
    shown = [request(state_of(CHOSEN, *steps(count))).messages for count in range(1, 41)]
    broken = sum(after[: len(before)] != before for before, after in pairwise(shown))
    assert broken <= 8


def test_two_runs_keep_their_order_although_the_second_message_came_first():
    def event(seq, run, payload):
        return Event("s1", seq, run, payload.type, 1, NOON, "x", "", payload)

    state = fold(
        SessionState("s1"),
        (
            event(1, "r1", MessageReceived("first")),
            event(2, "r2", MessageReceived("second")),
            event(3, "r1", ModelReplied(0, 0, "answer one")),
            event(4, "r2", RunQueued()),
        ),
    )
    assert [each.text for each in request(state, run="r2").messages] == ["first", "answer one", "second"]
    assert [each.text for each in request(state, run="r1").messages] == ["first", "answer one"]


def test_what_a_person_changed_is_told():
    each = call(0, "write", path="a")
    answer = Answer(Decision.APPROVE, arguments={"path": "b"}, by="p")
    state = state_of(
        CHOSEN,
        replied(each),
        ApprovalAsked(Question("q1", QuestionKind.APPROVAL, "?", call=each)),
        ApprovalAnswered("q1", QuestionKind.APPROVAL, answer),
        ToolFinished(each.id, "write", result("written")),
    )
    said, told = request(state).messages[-2:]
    assert said.calls[0].arguments == {"path": "b"}
    assert "changed the arguments" in told.text


def test_a_cancelled_run_leaves_no_open_call_behind():
    state = state_of(CHOSEN, replied(call(0)), RunCancelled())
    said, told, note = request(state).messages[-3:]
    assert isinstance(said, AgentMessage)
    assert told.text == NO_RESULT
    assert isinstance(note, NoteMessage)


def test_an_empty_reply_is_told_and_a_cut_one_is_left_out():
    assert isinstance(request(state_of(CHOSEN, replied())).messages[-1], NoteMessage)
    cut = replied(call(0), text="half", finish=FinishReason.LENGTH)
    assert request(state_of(CHOSEN, cut)).messages == (UserMessage("do it"),)


def test_a_huge_result_is_shortened_in_its_middle():
    state = state_of(CHOSEN, replied(call(0)), ToolFinished(call(0).id, "read", result("a" * 100_000 + "end")))
    text = request(state).messages[-1].text
    assert len(text) < LONGEST_RESULT + 100
    assert text.endswith("end")


CALLS = st.builds(lambda number: ToolCall(f"c{number}", "read", {}), st.integers(0, 4))
ANY = st.one_of(
    st.builds(UserMessage, st.just("hi")),
    st.builds(NoteMessage, st.just("note")),
    st.builds(lambda calls: AgentMessage("x", tuple({each.id: each for each in calls}.values())), st.lists(CALLS, max_size=3)),
    st.builds(lambda number: ToolMessage(f"c{number}", "read", "r"), st.integers(0, 4)),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(ANY, max_size=12))
def test_repair_leaves_no_orphan_either_way(messages):
    repaired = repair(tuple(messages))
    assert repair(repaired) == repaired
    open_calls: list[str] = []
    for each in repaired:
        if isinstance(each, ToolMessage):
            assert open_calls
            assert open_calls.pop(0) == each.call_id
        else:
            assert not open_calls
            open_calls = [found.id for found in each.calls] if isinstance(each, AgentMessage) else []
    assert not open_calls
    kept = [each for each in messages if not isinstance(each, ToolMessage)]
    assert [each for each in repaired if not isinstance(each, ToolMessage)] == kept


def test_instructions_of_the_workspace_follow_the_prompt():
    state = state_of()
    assert Contexts({}, 20, "Use tabs.").build(state, state.runs[RUN], CODER, "m", 100).system == "You code.\n\nUse tabs."
    assert Contexts({}, 20).build(state, state.runs[RUN], CODER, "m", 100).system == "You code."
