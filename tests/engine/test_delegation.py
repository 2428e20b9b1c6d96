"""Work given to other agents: never more rights or limits than the giver has, sent once, answered once."""

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st
from msgspec import structs

from artelier.domain.agents import AgentSpec, Limits
from artelier.domain.delegating import DelegateReturned, DelegateSent
from artelier.domain.events import AgentChosen, CallJudged, RunWaiting, ToolFinished
from artelier.domain.runs import WaitReason
from artelier.domain.usage import Usage
from artelier.engine.commands import CallModel, Record, Rest, SendDelegates
from artelier.engine.delegation import Bounds, acting, delegated_ids, may_do_more, paths_to_pass, rights_to_pass, share_of
from playbook import CODER, POLICY, RUN, TOOLS, call, given, replied, state_of

CHOSEN = AgentChosen("coder", "default")
FIRST = call(0, "delegate", agent="ask", task="look")
SECOND = call(1, "delegate", agent="coder", task="change")
LEAD = structs.replace(CODER, name="lead", tools=("read", "delegate", "finish"), passes=("*",))
SENT = (DelegateSent(FIRST.id, "ask", "s2", "r2"), DelegateSent(SECOND.id, "coder", "s3", "r3"))


def judged(*calls):
    return tuple(CallJudged(each.id, "allow") for each in calls)


def test_several_calls_are_sent_together():
    assert given(CHOSEN, replied(FIRST, SECOND), *judged(FIRST, SECOND)) == SendDelegates((FIRST.id, SECOND.id))


def test_a_run_waits_for_others_without_holding_a_worker():
    command = given(CHOSEN, replied(FIRST, SECOND), *judged(FIRST, SECOND), *SENT)
    assert command == Record((RunWaiting(WaitReason.DELEGATE, None, Usage(10, 0, model_calls=1)),))


def test_it_goes_on_when_all_have_returned_and_their_use_counts():
    used = Usage(100, 20, model_calls=3)
    returned = (
        DelegateReturned(FIRST.id, "s2", "r2", "finished", "seen", usage=used),
        DelegateReturned(SECOND.id, "s3", "r3", "failed", "no"),
    )
    story = (CHOSEN, replied(FIRST, SECOND), *judged(FIRST, SECOND), *SENT, *returned)
    assert isinstance(given(*story), CallModel)
    run = state_of(*story).runs[RUN]
    assert [each.result.status for each in run.turns[0].calls] == ["done", "failed"]
    assert (run.usage.total_tokens, run.delegated_steps) == (130, 3)


def test_only_the_first_end_of_a_delegated_run_counts():
    returned = DelegateReturned(FIRST.id, "s2", "r2", "failed", "no", usage=Usage(5, 0, model_calls=1))
    again = DelegateReturned(FIRST.id, "s2", "r2", "finished", "yes", usage=Usage(9, 0, model_calls=1))
    run = state_of(CHOSEN, replied(FIRST), *judged(FIRST), SENT[0], returned, again).runs[RUN]
    assert run.turns[0].calls[0].result.status == "failed"
    assert run.usage.input_tokens == 15


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"agent": "nobody", "task": "x"}, "AGENT_UNKNOWN"),
        ({"agent": 7, "task": "x"}, "AGENT_UNKNOWN"),
        ({"agent": "ask", "task": "  "}, "ARGUMENTS_INVALID"),
        ({"agent": "ask"}, "ARGUMENTS_INVALID"),
        ({}, "ARGUMENTS_INVALID"),
    ],
)
def test_what_cannot_be_delegated_fails_at_once(arguments, code):
    command = given(CHOSEN, replied(call(0, "delegate", **arguments)))
    assert isinstance(command, Record)
    assert isinstance(command.payloads[0], ToolFinished)
    assert command.payloads[0].result.code == code


def test_work_is_not_handed_on_for_ever():
    command = given(CHOSEN, replied(FIRST), depth=3)
    assert command.payloads[0].result.code == "TOO_DEEP"


def test_another_agent_takes_over():
    switch = call(0, "switch_agent", agent="ask", reason="only a question")
    command = given(CHOSEN, replied(switch))
    assert command.payloads[1] == AgentChosen("ask", "switch", reason="only a question")
    assert state_of(CHOSEN, replied(switch), *command.payloads).runs[RUN].agent == "ask"
    assert isinstance(given(CHOSEN, replied(switch), *command.payloads), CallModel)
    assert given(CHOSEN, replied(call(0, "switch_agent", agent="x"))).payloads[0].result.code == "AGENT_UNKNOWN"


def test_ids_are_the_same_each_time_and_differ_by_call():
    assert delegated_ids("r", "c") == delegated_ids("r", "c")
    assert len({*delegated_ids("r", "c"), *delegated_ids("r", "d"), *delegated_ids("q", "c")}) == 6


NAMES = st.lists(st.sampled_from([*TOOLS, "finish", "delegate"]), unique=True).map(tuple)
AGENTS = st.builds(lambda tools, passes: AgentSpec("a", "", "", tools, passes=passes), NAMES, NAMES | st.just(("*",)))
KNOWN = (*TOOLS, "finish", "delegate", "ask_user", "switch_agent")


@hypothesis_given(AGENTS, AGENTS, NAMES | st.none())
def test_nobody_gives_what_he_has_not(giver, wanted, rights):
    passed = rights_to_pass(giver, rights, wanted, KNOWN)
    assert set(passed) <= set(KNOWN if "*" in giver.passes else (*giver.tools, *giver.passes))
    assert rights is None or set(passed) <= set(rights)
    words = {"finish", "delegate", "ask_user", "switch_agent"}
    assert set(acting(wanted, Bounds(passed)).tools) <= set(passed) | words


@hypothesis_given(st.integers(0, 100), st.integers(0, 100), st.integers(1, 5))
def test_parts_never_add_up_to_more_than_is_left(limit, used, count):
    part = share_of(Limits(steps=limit), used, Usage(), 0.0, count).steps
    assert part == 0 if limit == 0 else part >= 1
    assert limit == 0 or part == 1 or part * count <= max(0, limit - used)


def test_bounds_only_lower():
    bounded = acting(LEAD, Bounds(("read",), Limits(steps=2, calls=0, tokens=5000, wall_seconds=0), ("docs/**",)))
    assert bounded.tools == ("read", "delegate", "finish")
    assert (bounded.limits.steps, bounded.limits.calls, bounded.limits.tokens, bounded.limits.wall_seconds) == (2, 10, 1000, 600)
    assert bounded.writes == ("docs/**",)
    assert acting(LEAD, Bounds()) is LEAD


def test_paths_that_only_one_side_may_write_are_not_written():
    assert paths_to_pass((), ("a/**",)) == ("a/**",)
    assert paths_to_pass(("a/**",), ()) == ("a/**",)
    assert paths_to_pass(("a/**", "b"), ("b", "c")) == ("b",)
    assert paths_to_pass(("a/**",), ("a/b",)) == ("\0",)


def test_a_run_that_was_never_started_rests():
    assert POLICY.agents["coder"] is CODER
    state = state_of(CHOSEN, RunWaiting(WaitReason.DELEGATE))
    assert state.runs[RUN].status == "waiting"
    assert given(CHOSEN, RunWaiting(WaitReason.DELEGATE)) == Rest()


def test_only_more_rights_are_more():
    ask = AgentSpec("ask", "", "", ("read", "switch_agent"))
    coder = AgentSpec("coder", "", "", ("read", "write"))
    lead = AgentSpec("lead", "", "", ("read", "delegate"), passes=("write",))
    docs = AgentSpec("docs", "", "", ("read", "write"), writes=("docs/**",))
    assert may_do_more(coder, ask)
    assert not may_do_more(ask, coder)
    assert not may_do_more(coder, lead)
    assert may_do_more(coder, docs)
    assert not may_do_more(docs, coder)
