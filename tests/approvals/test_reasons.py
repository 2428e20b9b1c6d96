"""Every judgement says its reason as a code too, for consoles that speak another language."""

import pytest

from artelier.approvals.judge import JudgeFacts, judge
from artelier.domain.calls import Access, ToolCall, ToolSpec
from artelier.domain.reasons import Because, ReasonCode
from artelier.domain.verdicts import Rule, Ruling


def spec(effect, **more):
    return ToolSpec("tool", "A tool.", {"type": "object"}, repeatable=False, effect=effect, **more)


def because(effect, arguments=None, **facts):
    known = {"agent": "coder", "rules": (), "spec": spec(effect), "access": Access(), "sandboxed": True}
    return judge(ToolCall("c", "tool", arguments or {}), JudgeFacts(**{**known, **facts})).because


@pytest.mark.parametrize(
    ("effect", "arguments", "code"),
    [
        ("read", {}, ReasonCode.READS),
        ("write", {}, ReasonCode.WRITES),
        ("outbound", {}, ReasonCode.REACHES_OUT),
        ("execute", {"command": "make"}, ReasonCode.RUNS),
        ("execute", {"command": "rm -rf build"}, ReasonCode.DESTROYS),
    ],
)
def test_what_a_call_does_is_its_reason(effect, arguments, code):
    assert because(effect, arguments) == (Because(code),)


def test_a_rule_is_named_with_what_it_says():
    rules = (Rule(Ruling.FORBID, tool="tool"),)
    assert because("write", rules=rules) == (Because(ReasonCode.RULE, {"decision": "forbid"}),)


def test_paths_outside_are_named():
    found = because("write", access=Access(writes=frozenset({"b.txt"})), writes=("*.md",))
    assert found == (Because(ReasonCode.OUTSIDE, {"patterns": "*.md", "paths": "b.txt"}),)


@pytest.mark.parametrize("granted", ["", "g1"])
def test_no_verdict_is_without_a_reason(granted):
    for effect in ("read", "write", "execute", "outbound"):
        for sandboxed in (True, False):
            assert because(effect, {"command": "make"}, granted=granted, sandboxed=sandboxed)
