"""A rule that came into force after a call was allowed: it forbids what has not begun, a person's yes notwithstanding."""

import msgspec
import pytest

from artelier.domain.calls import ResultStatus
from artelier.domain.events import AgentChosen, ApprovalAnswered, ApprovalAsked, CallJudged, ToolFinished, ToolStarted
from artelier.domain.questions import Answer, Decision, Question, QuestionKind
from artelier.domain.verdicts import Rule, Ruling
from artelier.engine.commands import Record, RunTools
from playbook import POLICY, call, given, replied

CHOSEN = AgentChosen("coder", "default")
WRITE = call(0, "write", path="a")
QUESTION = Question("q", QuestionKind.APPROVAL, "May it?", call=WRITE)
ASKED = (CHOSEN, replied(WRITE), CallJudged(WRITE.id, "ask"), ApprovalAsked(QUESTION))
YES = ApprovalAnswered("q", QuestionKind.APPROVAL, Answer(Decision.APPROVE, by="person:owner"))
STRICT = msgspec.structs.replace(POLICY, rules=(Rule(Ruling.FORBID, tool="write"),))


@pytest.mark.parametrize("history", [(*ASKED, YES), (CHOSEN, replied(WRITE), CallJudged(WRITE.id, "allow"))])
def test_what_was_allowed_before_is_forbidden_now(history):
    assert isinstance(given(*history), RunTools)
    command = given(*history, policy=STRICT)
    assert isinstance(command, Record)
    (verdict,) = command.payloads
    assert (verdict.call, verdict.decision) == (WRITE.id, "forbid")
    command = given(*history, verdict, policy=STRICT)
    (end,) = (each for each in command.payloads if isinstance(each, ToolFinished))
    assert (end.result.status, end.result.code) == (ResultStatus.DENIED, "FORBIDDEN")


def test_a_call_that_began_is_not_begun_again_and_is_said_to_be_in_doubt():
    history = (*ASKED, YES, ToolStarted(WRITE.id, "write"))
    (verdict,) = given(*history, policy=STRICT).payloads
    (end,) = given(*history, verdict, policy=STRICT).payloads
    assert end.result.status is ResultStatus.IN_DOUBT
    assert "may have taken effect" in end.result.text


def test_a_call_at_work_goes_on():
    history = (*ASKED, YES, ToolStarted(WRITE.id, "write"))
    assert not isinstance(given(*history, policy=STRICT, in_flight=frozenset({WRITE.id})), Record)
