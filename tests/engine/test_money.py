"""Money: a run's own limit, and budgets over runs. The next request is counted before it is sent."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from artelier.domain.budgets import Budget, BudgetState, Per, Period
from artelier.domain.delegating import DelegateReturned, DelegateSent
from artelier.domain.events import (
    AgentChosen,
    ApprovalAnswered,
    BudgetReached,
    CallJudged,
    RunFailed,
    RunQueued,
    RunStarted,
    RunWaiting,
    ToolFinished,
)
from artelier.domain.questions import Answer, Decision, QuestionKind
from artelier.domain.runs import WaitReason
from artelier.domain.usage import Usage
from artelier.engine.commands import Ask, Await, CallModel, RunTools
from artelier.engine.delegation import share_of
from artelier.engine.questions import budget_question
from playbook import CODER, NOON, POLICY, RUN, call, facts_for, given, replied, result, state_of

CHOSEN = AgentChosen("coder", "default")
RICH = replace(POLICY, agents={**POLICY.agents, "coder": replace(CODER, limits=replace(CODER.limits, money=1.0))})
DAILY = Budget(5.0, Per.PERSON, period=Period.DAY)
MIDNIGHT = NOON.replace(hour=0)
TOMORROW = MIDNIGHT + timedelta(days=1)
YES = ApprovalAnswered("q1", QuestionKind.BUDGET, Answer(Decision.APPROVE, by="person:owner"))
NO = ApprovalAnswered("q1", QuestionKind.BUDGET, Answer(Decision.REJECT, by="person:owner"))


def turn(dollars, step=0):
    """Return the events of a turn that did cost so much."""
    asked = call(0, step=step, path="a")
    return replace(replied(asked, step=step), usage=Usage(10, 5, model_calls=1, cost=dollars)), ToolFinished(asked.id, "read", result())


def decided(*payloads, next_cost=0.1, **facts):
    return given(CHOSEN, *payloads, policy=RICH, next_cost=next_cost, **facts)


def asked(*payloads, next_cost=0.1, **facts):
    """Return the story up to the question that follows it."""
    ask = decided(*payloads, next_cost=next_cost, **facts)
    assert isinstance(ask, Ask)
    state = state_of(CHOSEN, *payloads)
    known = facts_for(state, policy=RICH, next_cost=next_cost, **facts)
    return *payloads, BudgetReached(budget_question("q1", ask.questions[0], state.runs[RUN], known, ask.expires_at))


def question(*payloads, **facts):
    return asked(*payloads, **facts)[-1].question


def standing(spent, reserved=0.0, budget=DAILY, since=MIDNIGHT, resets=TOMORROW):
    return BudgetState(budget, "person:owner", since, resets, spent, reserved)


# A run's own limit.


def test_the_next_request_is_counted_before_it_is_sent():
    assert isinstance(decided(*turn(0.9), next_cost=0.1), CallModel)
    ask = decided(*turn(0.9), next_cost=0.11)
    assert [(about.kind, about.limit, about.reason) for about in ask.questions] == [(QuestionKind.BUDGET, "money", "0.9 of 1 used.")]
    assert question(*turn(0.9), next_cost=0.2).text == "Limit of 1 US dollars reached. Go on to 2?"


def test_a_request_above_the_limit_is_named_in_the_question_and_one_yes_sends_it():
    story = asked(*turn(0.9), next_cost=20.0)
    assert story[-1].question.text == "Limit of 1 US dollars reached: the next request may cost up to $20.00. Go on to $20.90?"
    back = (*story, RunWaiting(WaitReason.BUDGET), YES, RunStarted("another", 2))
    assert isinstance(decided(*back, next_cost=20.0), CallModel)
    later = asked(*back, *turn(19.5, step=1), next_cost=0.6)
    assert later[-1].question.text == "Limit of 20.9 US dollars reached. Go on to 21.9?"


def test_a_model_that_costs_nothing_is_never_stopped_by_money():
    assert isinstance(decided(*turn(7.0), next_cost=0.0, budgets=(standing(99.0),)), CallModel)


def test_a_yes_grants_the_limit_once_more_and_holds_when_another_worker_goes_on():
    story = (*asked(*turn(0.95)), RunWaiting(WaitReason.BUDGET))
    (waiting,) = decided(*story[:-1]).payloads
    assert waiting.reason is WaitReason.BUDGET
    back = (*story, YES, RunStarted("another", 2))
    assert isinstance(decided(*back), CallModel)
    assert isinstance(decided(*back, *turn(0.9, step=1)), CallModel)
    assert decided(*back, *turn(1.0, step=1)).questions[0].limit == "money"
    (failed,) = decided(*story, NO, RunStarted("another", 2)).payloads
    assert failed.code == "LIMIT_REACHED"


def test_what_delegated_runs_cost_counts_and_counts_once():
    first = call(0, "delegate", agent="ask", task="look")
    story = (replied(first), CallJudged(first.id, "allow"), DelegateSent(first.id, "ask", "s2", "r2"))
    returned = DelegateReturned(first.id, "s2", "r2", "finished", "seen", usage=Usage(10, 5, model_calls=3, cost=0.95, saved=-0.1))
    run = state_of(CHOSEN, *story, returned, returned).runs[RUN]
    assert (run.usage.cost, run.usage.saved) == (0.95, -0.1)
    assert decided(*story, returned).questions[0].limit == "money"


def test_delegated_runs_share_what_is_left_and_nothing_left_is_no_freedom():
    limits = replace(CODER.limits, money=1.0)
    assert share_of(limits, 0, Usage(cost=0.4), 0, 3).money == pytest.approx(0.2)
    assert 0 < share_of(limits, 0, Usage(cost=4.0), 0, 3).money < 1e-6
    assert share_of(replace(limits, money=0.0), 0, Usage(cost=4.0), 0, 3).money == 0.0


# Budgets over runs.


def test_a_budget_with_room_is_not_noticed():
    assert decided(*turn(0.1), budgets=(standing(4.9),)) == decided(*turn(0.1))


def test_a_request_that_would_pass_a_budget_is_asked_about_first():
    put = question(*turn(0.1), budgets=(standing(0.0), standing(4.95)))
    assert (put.kind, put.limit, put.budget, put.ceiling) == (QuestionKind.BUDGET, "budget", "person:person:owner:day:2026-01-01", 10.05)
    assert put.text == (
        "The next request (up to $0.10) would pass the daily budget of person owner: $4.95 of $5.00 spent; "
        "it resets at 2026-01-02 00:00 UTC. Let this run go on to $10.05?"
    )
    assert "it does not reset" in question(budgets=(standing(9.0, budget=Budget(5.0, period=Period.TOTAL), resets=None),)).text


def test_tools_that_were_asked_for_run_before_anybody_is_asked_for_money():
    each = call(0, path="a")
    command = decided(replied(each), CallJudged(each.id, "allow"), budgets=(standing(99.0),))
    assert command == RunTools((each.id,))


def test_what_others_have_under_way_is_waited_for():
    assert decided(budgets=(standing(4.5, reserved=0.45),)) == Await()
    assert isinstance(decided(budgets=(standing(4.95, reserved=0.45),)), Ask)


def test_the_run_waits_until_somebody_answers_or_the_period_ends():
    story = asked(budgets=(standing(5.0),))
    (waiting,) = decided(*story, budgets=(standing(5.0),)).payloads
    assert (waiting.reason, waiting.wake_at) == (WaitReason.BUDGET, TOMORROW)
    soon = standing(5.0, resets=NOON + timedelta(days=30))
    (waiting,) = decided(*asked(budgets=(soon,)), budgets=(soon,)).payloads
    assert waiting.wake_at == NOON + timedelta(days=1, minutes=1)


def test_a_yes_lets_this_run_go_on_by_the_amount_and_for_the_period():
    story = (*asked(budgets=(standing(5.0),)), RunWaiting(WaitReason.BUDGET), YES, RunStarted("another", 2))
    assert isinstance(decided(*story, budgets=(standing(9.9),)), CallModel)
    assert question(*story, budgets=(standing(10.1),)).ceiling == pytest.approx(15.2)
    fresh = standing(5.0, since=TOMORROW, resets=TOMORROW + timedelta(days=1))
    assert isinstance(decided(*story, budgets=(fresh,)), Ask)
    other = standing(5.0, budget=replace(DAILY, period=Period.WEEK))
    assert isinstance(decided(*story, budgets=(other,)), Ask)


def test_a_no_ends_the_run_and_resuming_it_asks_again():
    story = (*asked(budgets=(standing(5.0),)), RunWaiting(WaitReason.BUDGET), NO, RunStarted("another", 2))
    (failed,) = decided(*story, budgets=(standing(5.0),)).payloads
    assert isinstance(failed, RunFailed)
    assert (failed.code, "daily budget of person owner" in failed.message) == ("LIMIT_REACHED", True)
    again = (*story, failed, RunQueued(resumed=True), RunStarted("another", 3))
    assert isinstance(decided(*again, budgets=(standing(5.0),)), Ask)
    assert isinstance(decided(*again, budgets=(standing(1.0),)), CallModel)


def test_a_new_period_answers_the_question_by_itself_and_grants_nothing():
    story = (*asked(budgets=(standing(5.0),)), RunWaiting(WaitReason.BUDGET), RunStarted("another", 2))
    fresh = standing(0.0, since=TOMORROW, resets=TOMORROW + timedelta(days=1))
    command = decided(*story, budgets=(fresh,))
    (answered,) = command.payloads
    assert (answered.question, answered.answer.decision, answered.answer.by) == ("q1", Decision.APPROVE, "budget")
    assert isinstance(decided(*story, answered, budgets=(fresh,)), CallModel)
    assert isinstance(decided(*story, answered, budgets=(standing(5.0),)), Ask)
