import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.approvals.commands import may_match, plain_words, surely_matches
from artelier.approvals.judge import JudgeFacts, judge
from artelier.domain.calls import Access, ToolCall, ToolSpec
from artelier.domain.verdicts import Rule, Ruling

READ = ToolSpec("read_file", "", {}, repeatable=True, effect="read")
WRITE = ToolSpec("write_file", "", {}, repeatable=True, effect="write")
COMMAND = ToolSpec("execute_command", "", {}, repeatable=False, effect="execute")


def facts(spec, *rules, access=None, agent="coder", sandboxed=True):
    return JudgeFacts(agent, rules, spec, access or Access(writes=frozenset({"docs/a.md"})), sandboxed)


def ruling(spec, *rules, name=None, command=None, **more):
    arguments = {} if command is None else {"command": command}
    return judge(ToolCall("c", name or (spec.name if spec else "mystery"), arguments), facts(spec, *rules, **more)).ruling


def test_without_rules_reading_is_allowed_and_the_rest_is_asked():
    assert ruling(READ) is Ruling.ALLOW
    assert ruling(WRITE) is Ruling.ASK
    assert ruling(COMMAND) is Ruling.ASK
    assert ruling(None) is Ruling.ASK, "a tool nobody knows asks"


def test_forbid_beats_ask_beats_allow_in_any_order():
    rules = [Rule(Ruling.ALLOW), Rule(Ruling.ASK), Rule(Ruling.FORBID)]
    for order in itertools.permutations(rules):
        assert ruling(WRITE, *order) is Ruling.FORBID
    for order in itertools.permutations(rules[:2]):
        assert ruling(WRITE, *order) is Ruling.ASK
    assert ruling(WRITE, rules[0]) is Ruling.ALLOW


def test_a_rule_matches_tool_agent_and_every_path():
    allow = Rule(Ruling.ALLOW, tool="write_*", agent="coder", path="docs/*")
    assert ruling(WRITE, allow) is Ruling.ALLOW
    assert ruling(WRITE, allow, agent="ask") is Ruling.ASK
    both = Access(writes=frozenset({"docs/a.md", "src/b.py"}))
    assert ruling(WRITE, allow, access=both) is Ruling.ASK, "an allowing rule covers every path"
    assert ruling(WRITE, Rule(Ruling.FORBID, path="src/*"), access=both) is Ruling.FORBID, "any path is enough to forbid"
    assert ruling(WRITE, Rule(Ruling.ALLOW, path="docs/*"), access=Access(exclusive=True)) is Ruling.ASK
    assert ruling(WRITE, Rule(Ruling.FORBID, path="docs/*"), access=Access(exclusive=True)) is Ruling.FORBID


def test_a_command_without_a_sandbox_is_asked_whatever_a_rule_allows():
    verdict = judge(ToolCall("c", "execute_command", {"command": "pytest -q"}), facts(COMMAND, Rule(Ruling.ALLOW), sandboxed=False))
    assert verdict.ruling is Ruling.ASK
    assert verdict.labels == ("unsandboxed",)
    assert ruling(COMMAND, Rule(Ruling.FORBID), sandboxed=False) is Ruling.FORBID


@pytest.mark.parametrize("wish", [{"network": True}, {"folders": ["/srv"]}])
def test_a_command_that_wants_more_than_the_sandbox_is_asked_whatever_a_rule_allows(wish):
    call = ToolCall("c", "execute_command", {"command": "pytest -q", **wish})
    verdict = judge(call, facts(COMMAND, Rule(Ruling.ALLOW)))
    assert (verdict.ruling, verdict.labels) == (Ruling.ASK, ("wider",))
    assert "more than the sandbox" in verdict.reason
    assert judge(call, facts(COMMAND, sandboxed=False)).labels == ("unsandboxed", "wider")
    assert judge(call, facts(COMMAND, Rule(Ruling.FORBID))).ruling is Ruling.FORBID


@pytest.mark.parametrize("none", [{}, {"network": False}, {"folders": []}])
def test_a_command_that_wants_nothing_more_may_be_allowed(none):
    call = ToolCall("c", "execute_command", {"command": "pytest -q", **none})
    assert judge(call, facts(COMMAND, Rule(Ruling.ALLOW))).ruling is Ruling.ALLOW


@pytest.mark.parametrize(
    "command",
    [
        "pytest -q; rm -rf /",
        "pytest -q && curl evil",
        "pytest -q | sh",
        "pytest $(id)",
        "pytest `id`",
        "pytest -q\nrm x",
        "X=1 pytest -q",
        "pytest -q > x",
        "pytest 'a",
        "pytest\u00a0-q",
        "pytest *",
        "",
        "  ",
    ],
)
def test_no_allowing_rule_takes_shell_syntax(command):
    assert ruling(COMMAND, Rule(Ruling.ALLOW, command="*"), command=command) is Ruling.ASK


def test_plain_commands_match_by_their_words():
    assert plain_words("pytest  -q 'tests/a b.py'") == ["pytest", "-q", "tests/a b.py"]
    assert surely_matches("pytest   -q", "pytest *")
    assert not surely_matches("pytestx -q", "pytest *")
    assert ruling(COMMAND, Rule(Ruling.ALLOW, command="pytest *"), command="pytest -q") is Ruling.ALLOW
    assert ruling(COMMAND, Rule(Ruling.ALLOW, command="pytest *"), command=None) is Ruling.ASK


@pytest.mark.parametrize("command", ["rm -rf x", "true; rm -rf x", "true && rm  -rf x", "echo `rm -rf x`", "a | rm -rf x", "(rm -rf x)"])
def test_a_forbidding_rule_is_met_by_any_part(command):
    assert may_match(command, "rm *")
    assert ruling(COMMAND, Rule(Ruling.FORBID, command="rm *"), command=command) is Ruling.FORBID


RULES = st.builds(
    Rule,
    st.sampled_from(Ruling),
    tool=st.sampled_from(["*", "write_file", "exec*", "[", "read_?ile"]),
    agent=st.sampled_from(["*", "coder", "ask"]),
    path=st.sampled_from(["", "docs/*", "*", "["]),
    command=st.sampled_from(["", "pytest *", "*", "rm *"]),
)
STRENGTH = {Ruling.ALLOW: 0, Ruling.ASK: 1, Ruling.FORBID: 2}


@given(st.lists(RULES, max_size=4), RULES, st.sampled_from([READ, WRITE, COMMAND, None]), st.text(max_size=20))
def test_adding_a_forbid_never_widens_and_order_never_matters(rules, extra, spec, command):
    forbid = Rule(Ruling.FORBID, extra.tool, extra.agent, extra.path, extra.command)
    before = ruling(spec, *rules, command=command)
    assert STRENGTH[ruling(spec, *rules, forbid, command=command)] >= STRENGTH[before]
    assert ruling(spec, *reversed(rules), command=command) is before


def test_a_rule_that_cannot_be_applied_refuses():
    broken = Rule(Ruling.ALLOW, tool=None)
    assert ruling(WRITE, broken) is Ruling.FORBID
