"""Who answers, step by step: each dearer one only where the cheaper is not sure."""

from datetime import timedelta

import msgspec
import pytest

from artelier.domain.events import AgentChosen, ApprovalAnswered, RunCancelled, RunFailed, RunWaiting
from artelier.domain.questions import Answer, Decision, Question, QuestionKind
from artelier.domain.routes import ClarificationAsked, RouteAdvised
from artelier.domain.runs import WaitReason
from artelier.domain.usage import Usage
from artelier.engine.choosing import named_in
from artelier.engine.commands import Ask, AskAdviser, Await, CallModel, Record
from artelier.ports.router import Route
from playbook import NOON, POLICY, RUN, given, state_of

UNSURE = Route("coder", 0.6, "classifier", sure=False, alternatives=(("ask", 0.3),))
LOST = Route("coder", 0.2, "classifier", sure=False, alternatives=(("ask", 0.19),))
STRICT = msgspec.structs.replace(POLICY, route_low=0.5)
LATER = NOON + timedelta(hours=1)
ASKED = ClarificationAsked(Question("q1", QuestionKind.CLARIFICATION, "who?", options=("coder", "ask"), expires_at=LATER))


def chosen(agent: str, source: str, confidence: float = 1.0) -> Record:
    return Record((AgentChosen(agent, source, confidence),))


def answered(text: str = "", decision: Decision = Decision.APPROVE, by: str = "person:owner") -> ApprovalAnswered:
    return ApprovalAnswered("q1", QuestionKind.CLARIFICATION, Answer(decision, text, by=by))


def test_a_sure_classifier_is_believed_without_asking_a_model():
    sure = Route("ask", 0.97, "classifier")
    assert given(route=sure, may_be_advised=True) == chosen("ask", "classifier", 0.97)


def test_an_unsure_one_asks_a_model_once():
    assert given(route=UNSURE, may_be_advised=True) == AskAdviser()
    assert given(route=UNSURE, may_be_advised=True, model_in_flight=True) == Await()
    assert given(RouteAdvised("ask", 0.9), route=UNSURE, may_be_advised=True) == chosen("ask", "model", 0.9)


def test_advice_that_agrees_is_enough_however_unsure():
    assert given(RouteAdvised("coder", 0.3, "cache"), route=UNSURE, may_be_advised=True) == chosen("coder", "cache", 0.3)


def test_where_the_two_differ_and_neither_is_sure_the_one_that_may_do_less_answers():
    assert given(RouteAdvised("ask", 0.5), route=UNSURE, may_be_advised=True) == chosen("ask", "model", 0.5)
    turned = Route("ask", 0.5, "classifier", sure=False)
    assert given(RouteAdvised("coder", 0.6), route=turned, may_be_advised=True) == chosen("ask", "classifier", 0.5)


def test_whoever_answered_last_goes_on_before_anybody_guesses():
    assert given(RouteAdvised("coder", 0.5), route=LOST, last_agent="ask") == chosen("coder", "model", 0.5)
    assert given(RouteAdvised("coder", 0.5), route=None, last_agent="ask") == chosen("ask", "session", 0.0)


def test_nobody_is_asked_where_the_message_names_a_model_that_only_plays():
    assert given(route=LOST, policy=STRICT, adviser_silent=True) == chosen("coder", "default", 0.2)
    assert isinstance(given(route=LOST, policy=STRICT), Ask)


@pytest.mark.parametrize("advice", [RouteAdvised("coder", 0.2), RouteAdvised("nobody", 0.9), RouteAdvised()])
def test_a_person_is_asked_where_nothing_is_sure(advice: RouteAdvised):
    other = Route("ask", 0.2, "classifier", sure=False, alternatives=(("coder", 0.19),))
    command = given(advice, route=other, policy=STRICT, may_be_advised=True)
    assert isinstance(command, Ask)
    (about,) = command.questions
    assert about.kind is QuestionKind.CLARIFICATION
    assert set(about.options) == {"coder", "ask"}
    assert about.options[0] == (advice.agent if advice.agent == "coder" else "ask")


def test_without_a_reachable_model_the_best_guess_answers_and_nobody_is_asked():
    likely = Route("ask", 0.75, "classifier", sure=False)
    assert given(RouteAdvised(code="LLM_UNAVAILABLE"), route=likely, policy=STRICT) == chosen("ask", "classifier", 0.75)
    assert given(route=likely) == chosen("ask", "classifier", 0.75)


def test_a_guess_that_is_none_leaves_it_to_the_default_agent():
    assert given(RouteAdvised(code="LLM_UNAVAILABLE"), route=LOST, policy=STRICT) == chosen("coder", "default", 0.2)


def test_the_run_waits_for_the_person_and_goes_on_with_whom_they_name():
    (waiting,) = given(ASKED, route=LOST).payloads
    assert isinstance(waiting, RunWaiting)
    assert (waiting.reason, waiting.wake_at) == (WaitReason.PERSON, LATER)
    assert given(ASKED, answered("@Ask"), route=LOST) == chosen("ask", "person")
    assert given(ASKED, answered("ask"), AgentChosen("ask", "person")) == CallModel(0, 0, 2048)


def test_other_words_are_more_of_the_request_and_nobody_is_asked_twice():
    more = answered("the totals are wrong")
    assert state_of(ASKED, more).runs[RUN].request == "do it\n\nthe totals are wrong"
    assert given(ASKED, more, route=LOST, policy=STRICT, may_be_advised=True) == chosen("coder", "classifier", 0.2)


def test_a_refusal_ends_the_run_and_silence_fails_it():
    (cancelled,) = given(ASKED, answered("never mind", Decision.REJECT)).payloads
    assert cancelled == RunCancelled("never mind", Usage())
    (failed,) = given(ASKED, answered("Nobody answered in time.", Decision.REJECT, "timeout")).payloads
    assert isinstance(failed, RunFailed)
    assert failed.code == "NOT_CLARIFIED"


def test_time_itself_answers_in_the_end():
    (answer,) = given(ASKED, now=NOON + timedelta(hours=2)).payloads
    assert (answer.question, answer.answer.by) == ("q1", "timeout")


def test_what_the_advice_cost_is_the_runs():
    assert state_of(RouteAdvised("ask", 0.9, usage=Usage(300, 20, model_calls=1))).runs[RUN].usage == Usage(300, 20, model_calls=1)


@pytest.mark.parametrize(("words", "agent"), [("coder", "coder"), (" @Coder: ", "coder"), ("coder please", None), ("", None)])
def test_a_name_is_a_name_only_alone(words: str, agent: str | None):
    assert named_in(words, ("coder", "ask")) == agent
