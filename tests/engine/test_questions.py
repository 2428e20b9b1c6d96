from datetime import UTC, datetime, timedelta

import pytest

from artelier.domain.calls import ToolCall
from artelier.domain.events import CallJudged
from artelier.domain.questions import Decision, QuestionKind
from artelier.engine.commands import AskAbout
from artelier.engine.facts import Facts, Policy
from artelier.engine.questions import call_question
from artelier.engine.state import CallState

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)


def asked(kind=QuestionKind.APPROVAL, **judged):
    call = CallState(ToolCall("c", "write_file", {}), judged=CallJudged("c", "ask", "It changes files.", **judged))
    facts = Facts(NOW, "run", Policy({}, "coder", {}), {})
    return call_question("q", AskAbout(kind, "c"), call, "coder", "effect", TOMORROW, facts)


def test_a_rules_own_time_counts_for_what_it_asks():
    assert asked().expires_at == TOMORROW
    assert asked(timeout=60.0).expires_at == NOW + timedelta(minutes=1)
    assert asked(timeout=0.0).expires_at is None
    assert asked(QuestionKind.IN_DOUBT, timeout=60.0).expires_at == TOMORROW


def test_silence_is_a_yes_only_where_a_rule_says_so():
    assert asked().on_timeout is Decision.REJECT
    assert asked(on_timeout=Decision.APPROVE).on_timeout is Decision.APPROVE
    assert asked(QuestionKind.IN_DOUBT, on_timeout=Decision.APPROVE).on_timeout is Decision.REJECT


@pytest.mark.parametrize("label", ["destructive", "outbound", "tainted", "unsandboxed", "wider", "unread"])
def test_silence_is_never_a_yes_to_what_is_grave(label):
    assert asked(on_timeout=Decision.APPROVE, labels=(label,)).on_timeout is Decision.REJECT
