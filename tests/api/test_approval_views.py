"""What a question shows of the files that its call writes."""

from datetime import UTC, datetime

import pytest

from artelier.api.views import approval_view
from artelier.domain.calls import ToolCall
from artelier.domain.questions import Question, QuestionKind, QuestionStatus
from artelier.domain.runs import QuestionRecord

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("call", "targets", "writes"),
    [
        (ToolCall("c", "write_file", {"path": "a", "content": ""}), {"a": "stamp"}, ["a"]),
        (ToolCall("c", "move_path", {"source": "b", "target": "a"}), {"b": "", "a": ""}, ["a", "b"]),
        (ToolCall("c", "execute_command", {"command": "cp a b > log"}), {}, ["log", "b"]),
        (ToolCall("c", "web_fetch", {"url": "https://a.example"}), {}, []),
    ],
)
def test_a_question_names_the_files_that_would_be_written(call, targets, writes):
    question = Question("q", QuestionKind.APPROVAL, "May it?", call=call, targets=targets)
    record = QuestionRecord(question, "s", "r", QuestionStatus.OPEN, NOON)
    assert sorted(approval_view(record).writes) == sorted(writes)
