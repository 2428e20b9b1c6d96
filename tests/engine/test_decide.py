from datetime import timedelta

import msgspec
import pytest

from artelier.domain.agents import AgentSpec
from artelier.domain.events import (
    AgentChosen,
    ApprovalAnswered,
    ApprovalAsked,
    BudgetReached,
    CallJudged,
    CancelRequested,
    ModelFailed,
    RunCancelled,
    RunFailed,
    RunFinished,
    RunStarted,
    RunWaiting,
    ToolFinished,
    ToolStarted,
)
from artelier.domain.models import FinishReason
from artelier.domain.questions import Answer, Decision, Question, QuestionKind
from artelier.domain.runs import WaitReason
from artelier.domain.verdicts import Rule, Ruling
from artelier.engine.commands import Abort, Ask, Await, CallModel, Record, Rest, RunTools
from playbook import CODER, NOON, POLICY, call, given, replied, result

CHOSEN = AgentChosen("coder", "default")
YES = Answer(Decision.APPROVE, by="person:owner")
NO = Answer(Decision.REJECT, "use the other one", by="person:owner")


def allowed(*calls) -> tuple[CallJudged, ...]:
    return tuple(CallJudged(each.id, "allow") for each in calls)


def asked(each, kind=QuestionKind.APPROVAL, identifier="q1", minutes: float | None = 60) -> ApprovalAsked:
    expires = None if minutes is None else NOON + timedelta(minutes=minutes)
    return ApprovalAsked(Question(identifier, kind, "may it?", call=each, expires_at=expires))


def test_a_fresh_run_gets_the_default_agent_then_the_model():
    assert given() == Record((AgentChosen("coder", "default"),))
    assert given(CHOSEN) == CallModel(step=0, attempt=0, max_tokens=2048)


def test_text_alone_is_the_reply():
    (finished,) = given(CHOSEN, replied(text="done")).payloads
    assert isinstance(finished, RunFinished)
    assert finished.reply == "done"


def test_calls_are_judged_before_anything_runs():
    record = given(CHOSEN, replied(call(0), call(1, "write"), call(2, "execute")))
    assert [(each.call[-1], each.decision) for each in record.payloads] == [("0", "allow"), ("1", "ask"), ("2", "ask")]


def test_independent_reads_run_together_and_a_write_waits_for_what_it_touches():
    calls = (call(0, path="a"), call(1, path="b"), call(2, "write", path="a"), call(3, path="a"))
    history = (CHOSEN, replied(*calls), *allowed(*calls))
    assert given(*history) == RunTools((calls[0].id, calls[1].id))
    assert given(*history, ToolStarted(calls[0].id, "read"), in_flight=frozenset({calls[0].id})) == RunTools((calls[1].id,))
    done = (*history, ToolStarted(calls[0].id, "read"), ToolFinished(calls[0].id, "read", result()))
    assert given(*done) == RunTools((calls[1].id, calls[2].id))


def test_what_can_run_runs_then_the_rest_is_asked_then_it_waits():
    read, write = call(0, path="a"), call(1, "write", path="b")
    history = (CHOSEN, replied(read, write), CallJudged(read.id, "allow"), CallJudged(write.id, "ask", "It changes files."))
    assert given(*history) == RunTools((read.id,))
    running = (*history, ToolStarted(read.id, "read"))
    ask = given(*running, in_flight=frozenset({read.id}))
    assert isinstance(ask, Ask)
    assert [about.call for about in ask.questions] == [write.id]
    waiting = (*running, asked(write))
    assert given(*waiting, in_flight=frozenset({read.id})) == Await()
    (rest,) = given(*waiting, ToolFinished(read.id, "read", result())).payloads
    assert rest == RunWaiting(WaitReason.PERSON, NOON + timedelta(minutes=60), rest.usage)


def test_an_approved_call_runs_and_a_refused_one_is_closed_with_the_persons_words():
    write = call(0, "write", path="b")
    history = (CHOSEN, replied(write), CallJudged(write.id, "ask"), asked(write))
    assert given(*history, ApprovalAnswered("q1", QuestionKind.APPROVAL, YES)) == RunTools((write.id,))
    (closed,) = given(*history, ApprovalAnswered("q1", QuestionKind.APPROVAL, NO)).payloads
    assert closed.result.code == "REJECTED"
    assert "use the other one" in closed.result.text


def test_edited_arguments_are_judged_again_and_a_rule_still_forbids():
    write = call(0, "write", path="b")
    answer = Answer(Decision.APPROVE, arguments={"path": "c"}, by="person:owner")
    history = (CHOSEN, replied(write), CallJudged(write.id, "ask"), asked(write), ApprovalAnswered("q1", QuestionKind.APPROVAL, answer))
    (judged,) = given(*history).payloads
    assert judged.decision == "ask"
    assert given(*history, judged) == RunTools((write.id,))
    forbidding = msgspec.structs.replace(POLICY, rules=(Rule(Ruling.FORBID, tool="write"),))
    (judged,) = given(*history, policy=forbidding).payloads
    assert judged.decision == "forbid"
    (closed,) = given(*history, judged, policy=forbidding).payloads
    assert closed.result.code == "FORBIDDEN"


def test_silence_answers_when_its_time_is_over():
    write = call(0, "write")
    history = (CHOSEN, replied(write), CallJudged(write.id, "ask"), asked(write, minutes=0.5))
    (answered,) = given(*history, RunWaiting(WaitReason.PERSON), RunStarted("w", 2)).payloads
    assert answered.answer.by == "timeout"
    (closed,) = given(*history, answered).payloads
    assert closed.result.code == "APPROVAL_TIMED_OUT"


@pytest.mark.parametrize("name", ["read", "execute"])
def test_a_call_that_was_cut_off_by_a_crash(name):
    each = call(0, name)
    history = (CHOSEN, replied(each), CallJudged(each.id, "allow"), ToolStarted(each.id, name), RunStarted("w", 2))
    if name == "read":
        assert given(*history) == RunTools((each.id,))
        return
    ask = given(*history)
    assert ask.questions[0].kind is QuestionKind.IN_DOUBT
    doubt = (*history, asked(each, QuestionKind.IN_DOUBT, "q2"))
    approved = (*doubt, ApprovalAnswered("q2", QuestionKind.IN_DOUBT, YES))
    assert given(*approved) == RunTools((each.id,))
    again = given(*approved, ToolStarted(each.id, name), RunStarted("w", 3))
    assert again.questions[0].kind is QuestionKind.IN_DOUBT, "one yes is one start"
    (closed,) = given(*doubt, ApprovalAnswered("q2", QuestionKind.IN_DOUBT, NO)).payloads
    assert closed.result.status == "in_doubt"


def test_an_approved_call_in_flight_is_not_started_twice_nor_asked():
    each = call(0, "execute")
    history = (
        CHOSEN,
        replied(each),
        CallJudged(each.id, "ask"),
        asked(each),
        ApprovalAnswered("q1", QuestionKind.APPROVAL, YES),
        ToolStarted(each.id, "execute"),
    )
    assert given(*history, in_flight=frozenset({each.id})) == Await()


def test_a_cancel_ends_what_is_in_flight_then_the_run():
    each = call(0)
    history = (CHOSEN, replied(each), *allowed(each), ToolStarted(each.id, "read"), CancelRequested("enough"))
    assert given(*history, in_flight=frozenset({each.id})) == Abort()
    assert given(CHOSEN, CancelRequested(), model_in_flight=True) == Abort()
    (cancelled,) = given(*history).payloads
    assert cancelled == RunCancelled("enough", cancelled.usage)
    assert given(*history, cancelled) == Rest()


@pytest.mark.parametrize(
    ("name", "history"),
    [
        ("tokens", (replied(call(0), tokens=1000), *allowed(call(0)), ToolFinished(call(0).id, "read", result()))),
        ("calls", (replied(*(call(index) for index in range(11))),)),
        (
            "steps",
            tuple(
                payload
                for step in range(5)
                for payload in (replied(call(0, step=step, line=step), step=step), ToolFinished(call(0, step=step).id, "read", result()))
            ),
        ),
    ],
)
def test_reaching_a_limit_asks_and_a_yes_goes_on(name, history):
    ask = given(CHOSEN, *history)
    assert [(about.kind, about.limit) for about in ask.questions] == [(QuestionKind.BUDGET, name)]
    question = BudgetReached(Question("q9", QuestionKind.BUDGET, "more?", limit=name))
    (waiting,) = given(CHOSEN, *history, question).payloads
    assert waiting.reason is WaitReason.BUDGET
    more = given(CHOSEN, *history, question, ApprovalAnswered("q9", QuestionKind.BUDGET, YES))
    assert not isinstance(more, Ask)
    (failed,) = given(CHOSEN, *history, question, ApprovalAnswered("q9", QuestionKind.BUDGET, NO)).payloads
    assert failed.code == "LIMIT_REACHED"


def test_time_spent_waiting_for_a_person_is_no_time_at_work():
    each = call(0, "write")
    history = (CHOSEN, replied(each), CallJudged(each.id, "ask"), asked(each, minutes=None), RunWaiting(WaitReason.PERSON))
    back = (ApprovalAnswered("q1", QuestionKind.APPROVAL, YES), RunStarted("w", 2))
    assert given(*history, *back, every=timedelta(seconds=70)) == RunTools((each.id,))
    over = given(CHOSEN, *(AgentChosen("coder", "default"),) * 10, every=timedelta(seconds=70))
    assert over.questions[0].limit == "wall_seconds"


def test_a_reply_cut_by_length_is_asked_again_with_more_and_never_runs_its_last_call():
    cut = replied(call(0), call(1), finish=FinishReason.LENGTH)
    assert given(CHOSEN, cut) == CallModel(step=0, attempt=1, max_tokens=4096)
    capped = replied(call(0), call(1), finish=FinishReason.LENGTH, max_tokens=16384)
    (closed,) = given(CHOSEN, capped).payloads
    assert (closed.call, closed.result.code) == (call(1).id, "REPLY_CUT")
    text = replied(text="long", finish=FinishReason.LENGTH, max_tokens=16384)
    assert given(CHOSEN, text).payloads[0].reply == "long"


def test_a_longer_reply_takes_the_place_of_the_one_that_was_cut():
    cut = replied(text="lon", finish=FinishReason.LENGTH)
    assert given(CHOSEN, cut, replied(text="longer", attempt=1)).payloads[0].reply == "longer"


def test_the_model_is_tried_again_then_waited_for_then_given_up():
    failure = ModelFailed(0, 0, "LLM_UNAVAILABLE", "down", retryable=True)
    assert given(CHOSEN, failure) == CallModel(step=0, attempt=1, max_tokens=2048)
    (waiting,) = given(CHOSEN, failure, failure).payloads
    assert waiting.reason is WaitReason.MODEL
    assert waiting.wake_at == NOON + timedelta(minutes=1, seconds=4)
    assert given(CHOSEN, failure, failure, waiting, RunStarted("w", 2)) == CallModel(step=0, attempt=3, max_tokens=2048)
    broken = ModelFailed(0, 0, "STREAM_BROKEN", "torn", retryable=True)
    (failed,) = given(CHOSEN, *(broken,) * 6).payloads
    assert isinstance(failed, RunFailed)
    told = ModelFailed(0, 0, "RATE_LIMITED", "later", retryable=True, retry_after=30)
    assert given(CHOSEN, told).payloads[0].wake_at == NOON + timedelta(minutes=1, seconds=30)
    refused = ModelFailed(0, 0, "REQUEST_REFUSED", "no")
    assert given(CHOSEN, refused).payloads[0].code == "REQUEST_REFUSED"


def test_a_provider_that_is_away_is_waited_for_as_long_as_the_operator_says():
    failure = ModelFailed(0, 0, "LLM_UNAVAILABLE", "down", retryable=True)
    (waiting,) = given(CHOSEN, *(failure,) * 50).payloads
    assert waiting.wake_at == NOON + timedelta(minutes=2)
    (waiting,) = given(CHOSEN, *(failure,) * 50, now=NOON + timedelta(minutes=60)).payloads
    assert isinstance(waiting, RunWaiting)
    (failed,) = given(CHOSEN, *(failure,) * 50, now=NOON + timedelta(minutes=61)).payloads
    assert (failed.code, failed.message) == ("LLM_UNAVAILABLE", "down")


@pytest.mark.parametrize("hint", [0.0, 1.0])
def test_a_hint_that_is_always_short_does_not_keep_the_pause_from_growing(hint):
    told = ModelFailed(0, 0, "RATE_LIMITED", "later", retryable=True, retry_after=hint)
    paused = [given(CHOSEN, *(told,) * times).payloads[0].wake_at - NOON - timedelta(minutes=1) for times in (1, 2, 3, 50)]
    assert [pause.seconds for pause in paused] == [2, 4, 8, 60]


@pytest.mark.parametrize("age", [1e12, 1e308])
def test_a_hint_to_wait_for_an_age_is_believed_for_an_hour(age):
    (waiting,) = given(CHOSEN, ModelFailed(0, 0, "RATE_LIMITED", "later", retryable=True, retry_after=age)).payloads
    assert waiting.wake_at == NOON + timedelta(minutes=61)


def test_empty_replies_end_a_run_in_the_end():
    empty = tuple(replied(step=step) for step in range(3))
    assert isinstance(given(CHOSEN, *empty[:2]), CallModel)
    assert given(CHOSEN, *empty).payloads[0].code == "EMPTY_REPLY"


def test_unusable_calls_are_answered_and_never_run():
    broken = msgspec.structs.replace(call(0), arguments=None, raw="{")
    (closed,) = given(CHOSEN, replied(broken)).payloads
    assert closed.result.code == "ARGUMENTS_INVALID"
    (closed,) = given(CHOSEN, replied(call(0, "launch"))).payloads
    assert closed.result.code == "TOOL_UNKNOWN"
    (closed,) = given(AgentChosen("ask", "explicit"), replied(call(0, "write"))).payloads
    assert closed.result.code == "TOOL_UNKNOWN", "an agent has its own tools only"


def test_ask_user_waits_for_words_which_become_its_result():
    each = call(0, "ask_user", question="Which?")
    history = (CHOSEN, replied(each), CallJudged(each.id, "allow"))
    assert given(*history).questions[0].kind is QuestionKind.WORDS
    words = ApprovalAnswered("q1", QuestionKind.WORDS, Answer(Decision.APPROVE, "the second", by="person:owner"))
    (closed,) = given(*history, asked(each, QuestionKind.WORDS), words).payloads
    assert closed.result.text == "the second"


def test_finish_ends_the_run_after_the_calls_before_it():
    read, finish = call(0), call(1, "finish", result="all done")
    history = (CHOSEN, replied(read, finish), *allowed(read, finish))
    assert given(*history) == RunTools((read.id,))
    (closed,) = given(*history, ToolFinished(read.id, "read", result())).payloads
    assert closed.call == finish.id
    (finished,) = given(*history, ToolFinished(read.id, "read", result()), closed).payloads
    assert finished.reply == "all done"


def test_an_agent_that_is_gone_is_replaced_by_the_default_one():
    gone = given(AgentChosen("retired", "explicit"))
    assert gone == CallModel(0, 0, CODER.max_tokens)
    other = AgentSpec("other", "x", "x", ())
    policy = msgspec.structs.replace(POLICY, agents={**POLICY.agents, "other": other})
    assert given(policy=policy).payloads[0].agent == "coder"


def test_a_call_outside_what_the_agent_may_write_is_refused_before_anybody_is_asked():
    writer = msgspec.structs.replace(CODER, writes=("docs/**",))
    policy = msgspec.structs.replace(POLICY, agents={"coder": writer}, rules=(Rule(Ruling.ALLOW),))
    inside, outside = call(0, "write", path="docs/a.md"), call(1, "write", path="src/b.py")
    history = (CHOSEN, replied(inside, outside))
    judged = given(*history, policy=policy).payloads
    assert [each.decision for each in judged] == ["allow", "forbid"]
    (closed,) = given(*history, *judged, policy=policy).payloads
    assert (closed.call, closed.result.status, closed.result.code) == (outside.id, "denied", "FORBIDDEN")
    assert "src/b.py lies outside" in closed.result.text


def switching(agent: str = "coder") -> tuple:
    return call(0, "switch_agent", agent=agent, reason="it must be changed")


READER = msgspec.structs.replace(POLICY, agents={**POLICY.agents, "ask": AgentSpec("ask", "", "", ("read", "switch_agent"))})


@pytest.mark.parametrize("source", ["explicit", "mention", "person"])
def test_who_was_named_by_a_person_asks_before_an_agent_that_may_do_more_goes_on(source):
    chosen = AgentChosen("ask", source)
    (judged,) = given(chosen, replied(switching()), policy=READER).payloads
    assert (judged.decision, judged.labels) == ("ask", ("rights",))
    question = given(chosen, replied(switching()), judged, policy=READER)
    assert isinstance(question, Ask)
    asked_for = asked(switching())
    waiting = given(chosen, replied(switching()), judged, asked_for, policy=READER)
    assert isinstance(waiting.payloads[0], RunWaiting)
    yes = given(chosen, replied(switching()), judged, asked_for, ApprovalAnswered("q1", QuestionKind.APPROVAL, YES), policy=READER)
    assert yes.payloads[1] == AgentChosen("coder", "switch", reason="it must be changed")
    no = given(chosen, replied(switching()), judged, asked_for, ApprovalAnswered("q1", QuestionKind.APPROVAL, NO), policy=READER)
    assert no.payloads[0].result.code == "REJECTED"


def test_where_a_router_chose_or_nobody_gets_more_rights_the_work_is_handed_over_at_once():
    routed = given(AgentChosen("ask", "classifier"), replied(switching()), policy=READER)
    assert routed.payloads[1] == AgentChosen("coder", "switch", reason="it must be changed")
    down = given(AgentChosen("coder", "explicit"), replied(switching("ask")), policy=READER)
    assert down.payloads[1].agent == "ask"
