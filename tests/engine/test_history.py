"""The window counts replies, not results; what it leaves out is told once, and stays told alike."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artelier.domain.calls import FileChange, ResultStatus, ToolResult
from artelier.domain.compacting import ContextCompacted, Place
from artelier.domain.events import AgentChosen, Event, MessageReceived, ModelReplied, RunQueued, ToolFinished
from artelier.domain.forking import SessionForked
from artelier.domain.messages import AgentMessage, NoteMessage, ToolMessage, UserMessage
from artelier.engine.context import Contexts
from artelier.engine.fold import fold
from artelier.engine.history import LEFT, SHORTENED, index_of, past_of, place_of
from artelier.engine.prefix import first_break
from artelier.engine.state import SessionState, Turn
from playbook import CODER, NOON, RUN, TOOLS, call, replied, result, state_of

CHOSEN = AgentChosen("coder", "default")


def steps(count, calls=1, text="result"):
    for step in range(count):
        asked = [call(index, "write", step=step, path=f"{step}/{index}") for index in range(calls)]
        yield replied(*asked, text=f"step {step}", step=step)
        for each in asked:
            yield ToolFinished(each.id, each.name, result(text))


def request(state, window=20, run=RUN):
    return Contexts(TOOLS, window).build(state, state.runs[run], CODER, "m", 100)


def session(*runs):
    """Return a session of runs, each with so many turns of one call."""
    payloads = [
        (f"r{number}", payload)
        for number, turns in enumerate(runs, 1)
        for payload in (
            MessageReceived(f"request {number}"),
            RunQueued(),
            *(ModelReplied(step, 0, f"{number}.{step}") for step in range(turns)),
        )
    ]
    events = (Event("s1", seq, run, payload.type, 1, NOON, "x", "", payload) for seq, (run, payload) in enumerate(payloads, 1))
    return fold(SessionState("s1"), events)


@pytest.mark.parametrize("calls", [1, 5])
def test_results_do_not_count(calls):
    messages = request(state_of(CHOSEN, *steps(19, calls))).messages
    assert sum(isinstance(each, ToolMessage) for each in messages) == 19 * calls
    assert not any(isinstance(each, NoteMessage) for each in messages)
    cut = request(state_of(CHOSEN, *steps(20, calls))).messages
    assert cut[0] == UserMessage("do it")
    assert cut[1].text.startswith("10 earlier messages are left out here.")
    assert sum(isinstance(each, AgentMessage) for each in cut) == 11


def test_replies_that_are_left_out_are_counted_for_models_that_are_programs():
    for count in range(60):
        shown = request(state_of(CHOSEN, *steps(count)))
        assert shown.left_out == shown.left_out_of_run
        assert shown.left_out + sum(isinstance(each, AgentMessage) for each in shown.messages) == count
    later = request(session(15, 15), window=10, run="r2")
    spoken = sum(isinstance(each, AgentMessage) for each in later.messages)
    assert later.left_out + spoken == 30
    assert later.left_out_of_run + spoken == 15


def test_the_note_tells_what_was_known_and_stays_until_the_window_moves():
    shown = [request(state_of(CHOSEN, *steps(count))) for count in range(1, 61)]
    notes = [each.messages[1].text for each in shown if isinstance(each.messages[1], NoteMessage)]
    assert len(set(notes)) == 5
    breaks = [found for before, after in pairwise(shown) if (found := first_break(before, after)) is not None]
    assert [found.planned for found in breaks] == [True] * 5


def test_findings_that_change_at_every_step_break_nothing():
    payloads, shown = [CHOSEN], []
    for step in range(60):
        each = call(0, "write", step=step, path=f"{step}.py")
        changes = (FileChange(f"{step}.py", "created"),)
        payloads += [replied(each, step=step), ToolFinished(each.id, "write", ToolResult(ResultStatus.DONE, "written", files=changes))]
        shown.append(request(state_of(*payloads)))
    breaks = [found for before, after in pairwise(shown) if (found := first_break(before, after)) is not None]
    assert len(breaks) == 5
    assert all(found.planned for found in breaks)
    note = shown[-1].messages[1].text
    assert "- 39.py (created)" in note or "- 40.py (created)" in note
    assert "- 59.py" not in note, "what is shown word for word is not told twice"


def test_a_request_that_falls_out_of_the_window_breaks_nothing_unplanned():
    shown = [request(session(15, count), run="r2") for count in range(40)]
    breaks = [found for before, after in pairwise(shown) if (found := first_break(before, after)) is not None]
    assert len(breaks) == 4
    assert all(found.planned for found in breaks)
    assert {each.messages[0] for each in shown[-5:]} == {UserMessage("request 2")}


def test_old_results_are_shortened_from_a_place_on():
    payloads = [CHOSEN, *steps(3, text="z" * 2000), ContextCompacted("results", 9, 5, whole_from=Place(RUN, 1))]
    results = [each.text for each in request(state_of(*payloads)).messages if isinstance(each, ToolMessage)]
    assert len(results[0]) < SHORTENED + 200
    assert "call again" in results[0]
    assert [len(each) for each in results[1:]] == [2000, 2000]


def test_thoughts_stay_beside_calls_until_the_step_is_shortened():
    signed = ModelReplied(0, 0, "Well.", (call(0, "write", path="a"),), "Hm.", signature="SIG")
    payloads = [CHOSEN, signed, ToolFinished(signed.calls[0].id, "write", result("done")), replied(text="Done.", step=1)]
    said = [each for each in request(state_of(*payloads)).messages if isinstance(each, AgentMessage)]
    assert [(each.reasoning, each.signature) for each in said] == [("Hm.", "SIG"), ("", "")]
    compacted = ContextCompacted("results", 9, 5, whole_from=Place(RUN, 1))
    shortened = request(state_of(*payloads, compacted)).messages
    assert [each.signature for each in shortened if isinstance(each, AgentMessage)] == ["", ""]


def test_a_summary_stands_for_what_it_says():
    compacted = ContextCompacted("model", 9, 5, "It went well.", Place(RUN, 3), Place(RUN, 3))
    shown = request(state_of(CHOSEN, *steps(5), compacted))
    assert shown.messages[0] == UserMessage("do it")
    assert shown.messages[1].text.startswith("4 earlier messages are left out here.\n\nA summary of them:\nIt went well.")
    assert [each.text for each in shown.messages if isinstance(each, AgentMessage)] == ["step 3", "step 4"]
    assert shown.left_out == 3
    later = request(state_of(CHOSEN, *steps(5), compacted, *list(steps(40))[10:]))
    assert "A summary of the first 4 of them" in later.messages[1].text


def test_a_summary_of_an_earlier_run_leaves_the_request_where_it_is():
    state = session(3, 2)
    state = fold(state, (Event("s1", state.seq + 1, "r2", "x", 1, NOON, "x", "", ContextCompacted("extract", 9, 5, "S", Place("r2"))),))
    messages = request(state, run="r2").messages
    assert isinstance(messages[0], NoteMessage)
    assert [each.text for each in messages[1:]] == ["request 2", "2.0", "2.1"]


def test_a_run_that_is_taken_up_again_after_later_ones_were_compacted_keeps_its_own():
    state = session(30, 2)
    state = fold(state, (Event("s1", state.seq + 1, "r2", "x", 1, NOON, "x", "", ContextCompacted("extract", 9, 5, "S", Place("r2"))),))
    shown = request(state, run="r1")
    assert shown.messages[-1].text == "1.29"
    assert not any("summary" in each.text for each in shown.messages)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=4), st.data())
def test_a_place_and_its_index_mean_the_same(runs, data):
    state = session(*runs)
    run = f"r{len(runs)}"
    for _ in range(2):
        past = past_of(state, state.runs[run])
        for index in range(len(past.pieces)):
            place = place_of(past, index)
            of_first_reply = place.step == 0 and isinstance(past.pieces[index], Turn)
            assert index_of(past, place) == (index - 1 if of_first_reply else index), "a first reply goes with its message"
        index = index_of(past, place_of(past, data.draw(st.integers(0, len(past.pieces) - 1))))
        compacted = ContextCompacted("extract", 2, 1, "S", place_of(past, index))
        state = fold(state, (Event("s1", state.seq + 1, run, "x", 1, NOON, "x", "", compacted),))
        less = past_of(state, state.runs[run])
        assert less.pieces == past.pieces[index:]
        assert less.before == past.before + index


def test_who_goes_on_in_a_copy_is_told_where_it_begins():
    seen = session(2, 1)
    forked = Event("s1", seen.seq + 1, "", SessionForked.type, 1, NOON, "x", "", SessionForked("s0"))
    message = Event("s1", seen.seq + 2, "r3", MessageReceived.type, 1, NOON, "x", "", MessageReceived("request 3"))
    copy = fold(seen, (forked, message))
    assert (copy.inherited, copy.seq) == (2, seen.seq + 2)
    assert request(copy, run="r3").messages[-2:] == (NoteMessage(LEFT), UserMessage("request 3"))
    assert NoteMessage(LEFT) not in request(fold(seen, (message,)), run="r3").messages
    empty = fold(SessionState("s1"), (forked,))
    assert (empty.inherited, empty.runs) == (0, {})
