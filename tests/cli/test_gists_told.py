"""What came of calls, in Russian; and no tool sums up without a code."""

import ast
from pathlib import Path

import pytest

import artelier
from artelier.cli.results import Result, result_lines
from artelier.cli.russian_gists import _KINDS, _WORDS, gist_in_russian
from artelier.cli.words import choose_language
from artelier.domain.control import NOTE_KINDS
from artelier.domain.gists import GistCode

_SOURCES = Path(artelier.__file__).parent
_NO_WORDS = {"change.summary", "page.title", "agent", "returned.status"}
"""Summaries that are names, numbers and signs, or that nobody is shown."""


@pytest.fixture
def russian():
    choose_language(["--lang=ru"])
    yield
    choose_language(["--lang=en"])


def told(code, **values):
    return gist_in_russian({"code": code, "values": values}).replace("\u00a0", " ")


def summing_up():
    """Return every place in tools and engine that makes a result with a summary."""
    for folder in ("tools", "engine"):
        for file in (_SOURCES / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                given = {word.arg: word.value for word in node.keywords} if isinstance(node, ast.Call) else {}
                if getattr(getattr(node, "func", None), "id", "") == "ToolResult" and "summary" in given:
                    yield file.name, ast.unparse(given["summary"]), "gist" in given


def test_no_tool_sums_up_without_a_code():
    found = list(summing_up())
    assert len(found) > 15
    assert [each for each in found if not each[2] and each[1] not in _NO_WORDS] == []


def test_every_code_has_words():
    assert set(_WORDS) == {code.value for code in GistCode}
    assert set(_KINDS) == set(NOTE_KINDS)


@pytest.mark.parametrize(
    ("code", "values", "said"),
    [
        ("lines", {"count": 1}, "1 строка"),
        ("lines", {"count": 2}, "2 строки"),
        ("lines", {"count": 11}, "11 строк"),
        ("lines", {"count": 1225}, "1 225 строк"),
        ("matches", {"count": 3, "files": 1}, "3 совпадения в 1 файле"),
        ("matches", {"count": 0, "files": 0}, "0 совпадений в 0 файлах"),
        ("characters", {"count": 800, "of": 800}, "800 знаков"),
        ("characters", {"count": 800, "of": 12_001}, "800 из 12 001 знака"),
        ("created", {"count": 2}, "создано: 2 строки"),
        ("created", {}, "создано"),
        ("plan", {"done": 1, "count": 4}, "сделано 1 из 4"),
        ("noted", {"kind": "root_cause"}, "первопричина"),
    ],
)
def test_counts_take_the_right_form(code, values, said):
    assert told(code, **values) == said


def test_what_is_unknown_is_left_to_the_server(russian):
    assert told("of_a_newer_server") == ""
    assert told("lines") == ""
    assert gist_in_russian(None) == ""
    ended = Result("read_file a", "read_file", {"status": "done", "summary": "5 lines"}, 0.01, 1.0)
    assert "5 lines" in result_lines(ended, 80, 0)[0].plain


def test_a_line_of_a_call_says_it_in_the_language_of_the_person(russian):
    ended = Result("$ ls", "execute_command", {"status": "done", "summary": "exit 0 · 0.2 s", "exit_code": 0}, 0.2, 1.0)
    ended.result["gist"] = {"code": "ended", "values": {"exit": 0, "seconds": 1.24}}
    assert result_lines(ended, 80, 0)[0].plain.endswith("код 0 · 1,2 с")
    choose_language(["--lang=en"])
    assert result_lines(ended, 80, 0)[0].plain.endswith("exit 0 · 0.2 s")


def test_a_page_that_calls_itself_a_summary_is_not_taken_for_one(russian):
    ended = Result("browser_click a", "browser_click", {"status": "done", "summary": "5 lines\u202e"}, 0.01, 1.0)
    assert "5 lines\\u202e" in result_lines(ended, 80, 0)[0].plain
