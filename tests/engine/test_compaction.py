"""Near the limit less is shown, the cheapest first; a refusal by the model is answered, and never for ever."""

import pytest
from msgspec.structs import replace

from artelier.domain.agents import Limits
from artelier.domain.compacting import ContextCompacted, Place
from artelier.domain.errors import ContextTooLong
from artelier.domain.events import (
    AgentChosen,
    Event,
    MessageReceived,
    ModelFailed,
    RunFailed,
    RunFinished,
    RunQueued,
    RunStarted,
    ToolFinished,
)
from artelier.domain.messages import AgentMessage, NoteMessage, ToolMessage, UserMessage
from artelier.domain.models import FinishReason
from artelier.domain.usage import Usage
from artelier.engine.commands import CallModel, Compact, Record
from artelier.engine.context import Contexts, repair
from artelier.engine.decide import decide
from artelier.engine.facts import Facts
from artelier.engine.fold import fold
from artelier.engine.sizes import tokens_of
from playbook import CODER, NOON, POLICY, RUN, TOOLS, call, facts_for, given, replied, result, state_of

CHOSEN = AgentChosen("coder", "default")
FREE = replace(POLICY, agents={"coder": replace(CODER, max_tokens=1000, limits=Limits(0, 0, 0, 0))})
REFUSED = ModelFailed(0, 0, ContextTooLong.code, "Too long for m1.")


def steps(count, size=300, *, reported=0, said="step", first=0):
    for step in range(first, first + count):
        each = call(0, "write", step=step, path=f"{step}.py")
        reply = replied(each, text=f"{said} {step}", step=step, tokens=reported)
        yield reply
        yield ToolFinished(each.id, each.name, result(f"{step}:" + "x" * size))


def decided(*payloads, tokens=10_000, **facts):
    return given(CHOSEN, *payloads, policy=FREE, context_tokens=tokens, fixed_tokens=500, **facts)


def shown(*payloads, window=20):
    state = state_of(CHOSEN, *payloads)
    return Contexts(TOOLS, window).build(state, state.runs[RUN], CODER, "m", 100).messages


def compacted_by(command):
    match command:
        case Record(payloads=(ContextCompacted() as compacted,)):
            return compacted
        case Compact():
            return replace(command.compacted, summary="All went well.")
    raise AssertionError(command)


def test_what_fits_is_left_alone():
    assert isinstance(decided(*steps(10)), CallModel)
    assert isinstance(decided(*steps(10, 5000), tokens=0), CallModel), "nobody knows what it takes"


def test_old_results_are_shortened_first():
    payloads = tuple(steps(9, 3100))
    compacted = compacted_by(decided(*payloads))
    assert (compacted.by, compacted.summary, compacted.shown_from) == ("results", "", None)
    assert compacted.whole_from == Place(RUN, 5)
    assert compacted.tokens_after < 0.7 * 9000 < 0.9 * 9000 < compacted.tokens_before
    texts = [each.text for each in shown(*payloads, compacted) if isinstance(each, ToolMessage)]
    assert [len(each) > 3100 for each in texts] == [False] * 5 + [True] * 4
    assert isinstance(decided(*payloads, compacted), CallModel)


def test_then_older_turns_are_summarised_by_the_model():
    payloads = tuple(steps(14, 5000))
    command = decided(*payloads)
    assert isinstance(command, Compact)
    assert command.compacted.by == "model"
    assert "THE REQUEST\ndo it" in command.words
    assert "step 0" in command.words
    assert "- write 0.py -> 0:xxx" in command.instead
    assert tokens_of((UserMessage(command.words),)) < 9000
    compacted = compacted_by(command)
    messages = shown(*payloads, compacted)
    assert messages[0] == UserMessage("do it")
    assert "A summary of them:\nAll went well." in messages[1].text
    assert isinstance(messages[-1], ToolMessage)
    assert messages[-1].text.startswith("13:")
    assert isinstance(decided(*payloads, compacted), CallModel)


def test_a_summary_takes_the_place_of_the_one_before():
    first = compacted_by(decided(*steps(14, 5000)))
    more = (*steps(14, 5000), first, *steps(14, 5000, first=14))
    command = decided(*more)
    assert isinstance(command, Compact)
    assert "All went well." in command.words
    assert "All went well." in command.instead
    assert shown(*more, replace(command.compacted, summary="Second."))[1].text.count("A summary") == 1


def test_it_is_done_once_before_a_reply():
    first = compacted_by(decided(*steps(14, 5000)))
    still = replace(first, shown_from=None, whole_from=None)
    assert isinstance(decided(*steps(14, 5000), still), CallModel), "it helped nothing, and the model is asked all the same"
    after = (*steps(14, 5000), still, *steps(1, 5000, first=14))
    assert not isinstance(decided(*after), CallModel)


def test_what_cannot_be_made_smaller_is_sent():
    assert isinstance(decided(*steps(1, 100), tokens=800), CallModel)


def test_what_the_provider_reported_is_believed():
    little = tuple(steps(8, 4000, reported=2000))
    assert isinstance(decided(*little), CallModel), "the estimate says 11000, the last report 2000 before 1300 more"
    much = tuple(steps(8, 2500, reported=8800))
    assert isinstance(compacted_by(decided(*much)), ContextCompacted), "the estimate says 7000, the report 8800"


def test_an_earlier_run_counts():
    long = (*steps(8, 4000), replied(text="done", step=8, tokens=0))
    assert isinstance(compacted_by(decided(*long[:-1])), ContextCompacted)


def test_a_long_request_is_cut_in_its_middle_and_that_is_said():
    state = state_of(CHOSEN)
    request = "first words " + "x" * 100_000 + " last words"
    long = replace(state, runs={RUN: replace(state.runs[RUN], request=request)})
    compacted = compacted_by(decide(long, facts_for(long, policy=FREE, context_tokens=10_000, fixed_tokens=500)))
    assert compacted.longest
    (asked,) = Contexts(TOOLS, 20).build(replace(long, compacted=compacted), long.runs[RUN], CODER, "m", 100).messages
    assert asked.text.startswith("first words")
    assert asked.text.endswith("last words")
    assert "characters left out" in asked.text


def test_a_refusal_is_answered_by_showing_less_until_nothing_is_left():
    payloads, sizes = [*steps(12, 3000)], []
    for _ in range(12):
        payloads.append(REFUSED)
        command = decided(*payloads, tokens=0)
        if isinstance(command, Record) and isinstance(command.payloads[0], RunFailed):
            (end,) = command.payloads
            break
        compacted = compacted_by(command)
        payloads.append(compacted)
        assert isinstance(decided(*payloads, tokens=0), CallModel)
        sizes.append(tokens_of(shown(*payloads)))
    else:
        raise AssertionError("it never gives up")
    assert len(sizes) >= 2
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == len(sizes)
    assert compacted.longest == 500
    assert end.code == "CONTEXT_TOO_LONG"
    assert "larger context" in end.message
    assert "Too long for m1." in end.message


def test_what_was_refused_once_is_remembered():
    payloads = [*steps(12, 3000), REFUSED]
    compacted = compacted_by(decided(*payloads, tokens=0))
    later = [*payloads, compacted, *steps(1, 100, first=12)]
    assert isinstance(decided(*later, tokens=0), CallModel)
    long = [*later, *steps(12, 3000, first=13)]
    assert isinstance(compacted_by(decided(*long, tokens=0)), ContextCompacted), "no second refusal is needed"


def test_the_next_run_of_the_session_remembers_it():
    payloads = [*steps(12, 3000), REFUSED]
    compacted = compacted_by(decided(*payloads, tokens=0))
    state = state_of(CHOSEN, *payloads, compacted, *steps(12, 3000, first=12), RunFinished("done"))
    opening = (MessageReceived("and now"), RunStarted("w", 1), CHOSEN)
    later = fold(state, [Event("s1", state.seq + at, "r2", each.type, 1, NOON, "x", "", each) for at, each in enumerate(opening, 1)])
    command = decide(later, Facts(NOON, "r2", FREE, {}, fixed_tokens=500))
    assert not isinstance(command, CallModel)
    assert isinstance(
        decide(replace(later, runs={**later.runs, "r2": replace(later.runs["r2"], wanted_model="larger")}), Facts(NOON, "r2", FREE, {})),
        CallModel,
    )


def test_a_model_is_not_asked_for_a_summary_at_every_step():
    payloads = [*steps(14, 5000)]
    asked = 0
    for step in range(14, 40):
        command = decided(*payloads)
        asked += isinstance(command, Compact)
        if not isinstance(command, CallModel):
            payloads.append(compacted_by(command))
        payloads += steps(1, 8000, first=step)
    assert 1 <= asked <= 26 / 3 + 1


def test_a_run_that_failed_so_goes_on_when_it_is_resumed_with_another_model():
    payloads = [*steps(1, 10), REFUSED]
    (end,) = decided(*payloads, tokens=0).payloads
    assert isinstance(end, RunFailed)
    assert isinstance(decided(*payloads, end, RunQueued(resumed=True), RunStarted("w", 2)), CallModel)


def test_a_cut_reply_that_is_asked_again_may_need_less_as_well():
    cut = replied(call(0, step=8), step=8, text="y" * 30_000, finish=FinishReason.LENGTH, tokens=0)
    payloads = (*steps(8, 3000), cut)
    compacted = compacted_by(decided(*payloads))
    messages = shown(*payloads, compacted)
    assert repair(messages) == messages
    again = decided(*payloads, compacted)
    assert isinstance(again, CallModel)
    assert again.step == 8
    other = shown(*payloads, compacted, replied(call(0, step=8), step=8, text="better"))
    assert any(isinstance(each, AgentMessage) and each.text == "better" for each in other)


def test_what_a_summary_cost_counts():
    state = state_of(CHOSEN, ContextCompacted("model", 9, 5, usage=Usage(700, 30, model_calls=1)))
    assert state.runs[RUN].usage == Usage(700, 30, model_calls=1)


@pytest.mark.parametrize(("kind", "told"), [("decision", "Noted."), ("riddle", "one of decision")])
def test_a_note_is_answered_by_the_runtime(kind, told):
    each = call(0, "note", kind=kind, text="Keep the parser.")
    (closed,) = given(CHOSEN, replied(each)).payloads
    assert told in closed.result.text


def test_notes_and_plan_stand_beside_a_summary():
    noted = call(0, "note", kind="decision", text="Keep the parser.")
    (closed,) = given(CHOSEN, replied(noted)).payloads
    payloads = (replied(noted), closed, *steps(14, 5000, first=1))
    note = shown(*payloads, compacted_by(decided(*payloads)))[1]
    assert isinstance(note, NoteMessage)
    assert "Decisions:\n- Keep the parser." in note.text
