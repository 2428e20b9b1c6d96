"""A run that does the same again and again is told so, then a person is asked."""

from itertools import pairwise

import hypothesis
import pytest
from hypothesis import strategies as st
from msgspec import structs

from artelier.domain.agents import Limits
from artelier.domain.calls import ToolCall, ToolResult
from artelier.domain.events import AgentChosen, ApprovalAnswered, BudgetReached, ModelFailed, RunFailed, RunQueued, RunStarted, ToolFinished
from artelier.domain.messages import NoteMessage
from artelier.domain.questions import Answer, Decision, Question, QuestionKind
from artelier.domain.runs import WaitReason
from artelier.engine.commands import Ask, CallModel
from artelier.engine.context import Contexts
from artelier.engine.loops import goes_on, note_after, repeated
from artelier.engine.prefix import first_break
from artelier.engine.questions import budget_question
from playbook import CODER, POLICY, RUN, TOOLS, facts_for, given, replied, state_of

CHOSEN = AgentChosen("coder", "default")
FREE = structs.replace(POLICY, agents={"coder": structs.replace(CODER, limits=Limits(steps=100, calls=1000))})
A = (("read", {"path": "a"}, "text of a"),)
B = (("read", {"path": "b"}, "text of b"),)
QUESTION = BudgetReached(Question("q1", QuestionKind.BUDGET, "on?", limit="repeats"))
YES = ApprovalAnswered("q1", QuestionKind.BUDGET, Answer(Decision.APPROVE, by="person:owner"))
NO = ApprovalAnswered("q1", QuestionKind.BUDGET, Answer(Decision.REJECT, by="person:owner"))


def turns(*wanted, first=0):
    """Return the events of turns: each of calls with their arguments, and the text or the result they end with."""
    for step, each in enumerate(wanted, first):
        calls = [ToolCall(f"{RUN}/{step}/{index}", name, arguments) for index, (name, arguments, _) in enumerate(each)]
        yield replied(*calls, step=step)
        for asked, (name, _, ended) in zip(calls, each, strict=True):
            yield ToolFinished(asked.id, name, ended if isinstance(ended, ToolResult) else ToolResult("done", ended))


def run_of(*payloads):
    return state_of(CHOSEN, *payloads).runs[RUN]


def decided(*payloads):
    return given(CHOSEN, *payloads, policy=FREE)


def notes(*payloads):
    """Return after which turns, from 1, the model is told something."""
    every = run_of(*payloads).turns
    return [count for count in range(1, len(every) + 1) if note_after(every[:count])]


def request(*payloads, window=100):
    state = state_of(CHOSEN, *payloads)
    return Contexts(TOOLS, window).build(state, state.runs[RUN], CODER, "m", 100)


def failed(text, code):
    return (("read", {"path": "a"}, ToolResult("failed", text, code=code)),)


@pytest.mark.parametrize(
    ("period", "told", "asked"),
    [
        ((A,), 3, 5),
        ((A, B), 6, 8),
        (((*A, *B), (*B, *A)), 3, 5),
        ((failed("no file at noon", "NOT_FOUND"), failed("no file at one", "NOT_FOUND")), 3, 5),
        ((A, ()), 6, 8),
    ],
    ids=["the same", "in turn", "in another order", "the same failure", "with empty replies between"],
)
def test_repetition_is_told_once_then_asked(period, told, asked):
    history = [period[index % len(period)] for index in range(10)]
    assert notes(*turns(*history)) == [told]
    for count in range(1, asked):
        assert isinstance(decided(*turns(*history[:count])), CallModel), count
        assert bool(repeated(run_of(*turns(*history[:count])))) == (count >= told)
    ask = decided(*turns(*history[:asked]))
    assert isinstance(ask, Ask)
    assert [(about.kind, about.limit) for about in ask.questions] == [(QuestionKind.BUDGET, "repeats")]


@pytest.mark.parametrize(
    "history",
    [
        [(("read", {"path": "a"}, f"{done} of 9"),) for done in range(9)],
        [(("read", {"path": str(page)}, "nothing"),) for page in range(9)],
        [(("read", {"path": "a"}, ToolResult("failed", f"{left} tests fail")),) for left in range(9)],
        [failed("no", "NOT_FOUND" if odd % 2 else "OTHER") if odd < 5 else A for odd in range(7)],
        [A, A, B] * 3,
        [A, (*A, *A), A, (*A, *B)] * 2,
    ],
    ids=["a poll", "pages", "fewer failures", "other failures", "twice", "more calls"],
)
def test_what_differs_is_no_repetition(history):
    assert notes(*turns(*history)) == []
    assert isinstance(decided(*turns(*history)), CallModel)


def test_a_turn_at_work_is_no_repetition_yet():
    assert not repeated(run_of(*list(turns(A, A, A))[:-1]))
    assert repeated(run_of(*turns(A, A, A)))


def test_repetition_that_ends_and_begins_anew_is_told_anew_and_not_asked():
    history = [A, A, A, A, B, A, A, A, A]
    assert notes(*turns(*history)) == [3, 8]
    assert isinstance(decided(*turns(*history)), CallModel)


def test_the_model_is_told_in_plain_words_after_the_results():
    *_, before, note = request(*turns(A, A, A)).messages
    assert before.text == "text of a"
    assert isinstance(note, NoteMessage)
    assert 'read {"path":"a"}' in note.text
    assert not any(isinstance(each, NoteMessage) for each in request(*turns(A, A)).messages)


def test_long_arguments_are_told_shortened():
    long = (("write", {"path": "a", "content": "x" * 1000}, "written"),)
    assert len(repeated(run_of(*turns(long, long, long)))) < 250


@pytest.mark.parametrize("period", [(A,), (A, B)])
def test_a_note_once_shown_stays_where_it_is(period):
    history = [period[index % len(period)] for index in range(8 if len(period) > 1 else 5)]
    asked = [*turns(*history), QUESTION]
    after = [*turns(*(period * 6), first=len(history))]
    replies = [place for place, payload in enumerate(after) if payload.type == "model_replied"]
    steps = [list(turns(*history[:count])) for count in range(1, len(history) + 1)]
    for went_on in ([*asked, YES], [*asked, NO, RunFailed("LOOP", "stopped"), RunQueued(resumed=True), RunStarted("w", 2)]):
        shown = [request(*each) for each in (*steps, went_on, *([*went_on, *after[:place]] for place in replies[1:]))]
        assert [found for one, two in pairwise(shown) if (found := first_break(one, two)) is not None] == []
        assert sum(isinstance(each, NoteMessage) for each in shown[-1].messages) == 2


def test_a_cut_window_keeps_the_note_of_a_turn_that_it_shows():
    messages = request(*turns(A, A, A), window=4).messages
    assert sum(isinstance(each, NoteMessage) and "3 times" in each.text for each in messages) == 1


def test_the_question_names_what_is_repeated():
    state = state_of(CHOSEN, *turns(*[A] * 5))
    facts = facts_for(state, policy=FREE)
    (about,) = decided(*turns(*[A] * 5)).questions
    question = budget_question("q1", about, state.runs[RUN], facts, None)
    assert question.text == 'It keeps doing the same: read {"path":"a"}. Let it go on?'
    assert question.limit == "repeats"


def test_the_run_waits_for_the_answer_also_after_a_restart():
    asked = (*turns(*[A] * 5), QUESTION)
    for waits in (asked, (*asked, RunStarted("w", 2))):
        (waiting,) = decided(*waits).payloads
        assert waiting.reason is WaitReason.BUDGET


def test_a_yes_counts_anew():
    on = [*turns(*[A] * 5), QUESTION, YES]
    for more in range(5):
        assert isinstance(decided(*on, RunStarted("w", 2), *turns(*[A] * more, first=5)), CallModel), more
    again = (*on, *turns(*[A] * 5, first=5))
    assert isinstance(decided(*again), Ask)
    assert notes(*again) == [3, 8]
    assert isinstance(decided(*on, *turns(*[B] * 5, first=5)), Ask)


def test_a_no_ends_the_run_and_says_what_to_do():
    history = (*turns(*[A] * 5), QUESTION, NO)
    for stored in (history, (*history, RunStarted("w", 2))):
        (end,) = decided(*stored).payloads
        assert isinstance(end, RunFailed)
        assert end.code == "LOOP"
        assert 'read {"path":"a"}' in end.message
        assert "resume" in end.message


def test_a_run_that_ended_so_goes_on_when_it_is_resumed_and_is_asked_anew():
    resumed = (*turns(*[A] * 5), QUESTION, NO, RunFailed("LOOP", "stopped"), RunQueued(resumed=True), RunStarted("w", 2))
    assert isinstance(decided(*resumed), CallModel)
    assert isinstance(decided(*resumed, *turns(*[A] * 4, first=5)), CallModel)
    assert isinstance(decided(*resumed, *turns(*[A] * 5, first=5)), Ask)


def test_a_run_resumed_after_another_failure_still_counts():
    failure = ModelFailed(4, 0, "REQUEST_REFUSED", "no")
    resumed = (failure, RunFailed("REQUEST_REFUSED", "no"), RunQueued(resumed=True), RunStarted("w", 2))
    assert isinstance(decided(*turns(*[A] * 4), *resumed, *turns(A, first=4)), Ask)


CALLS = st.tuples(st.sampled_from(["read", "write", "execute"]), st.dictionaries(st.sampled_from("ab"), st.integers(0, 1), max_size=2))
ENDS = st.sampled_from(["done", "failed", "timed_out"])


@hypothesis.settings(deadline=None, max_examples=60)
@hypothesis.given(st.lists(st.lists(st.tuples(CALLS, ENDS), min_size=1, max_size=3), max_size=14))
def test_results_that_always_change_are_never_a_loop(drawn):
    history = [
        tuple((name, arguments, ToolResult(ended, f"{step}.{index}")) for index, ((name, arguments), ended) in enumerate(each))
        for step, each in enumerate(drawn)
    ]
    every = run_of(*turns(*history))
    assert not repeated(every)
    assert not goes_on(every)
    assert notes(*turns(*history)) == []


@hypothesis.settings(deadline=None, max_examples=60)
@hypothesis.given(st.lists(st.sampled_from([A, B, (*A, *B), ()]), max_size=16))
def test_a_note_never_depends_on_what_lies_far_back(history):
    every = run_of(*turns(*history)).turns
    for count in range(1, len(every) + 1):
        assert note_after(every[:count]) == note_after(every[max(0, count - 8) : count])
