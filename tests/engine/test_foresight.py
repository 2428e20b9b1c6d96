"""What an agent will read next is told from what it did before, also of files never seen; what does not pay is not run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.domain.calls import ResultStatus, ToolCall, ToolResult
from artelier.domain.events import ModelReplied
from artelier.engine.experience import Experience, Experiences, foreseen, steps_of
from artelier.engine.foresight import Foresight, Step
from artelier.engine.state import CallState, RunState, Turn


def call(name, **arguments):
    return ToolCall("", name, arguments)


def step(name, found=(), **arguments):
    return Step(call(name, **arguments), found)


@pytest.mark.parametrize(
    ("before", "after", "then", "expected"),
    [
        (step("edit_file", path="src/a.py"), call("read_file", path="src/a.py"), step("edit_file", path="lib/b.py"), "lib/b.py"),
        (step("edit_file", path="src/one.py"), call("read_file", path="test_one.py"), step("edit_file", path="lib/two.py"), "test_two.py"),
        (step("edit_file", path="src/a.py"), call("read_file", path="src/main.py"), step("edit_file", path="lib/b.py"), "lib/main.py"),
        (step("search", ("x/one.py", "x/two.py"), pattern="p"), call("read_file", path="x/two.py"), step("search", ("a", "b")), "b"),
    ],
    ids=["same path", "its test", "beside it", "second find"],
)  # fmt: skip
def test_what_followed_is_expected_of_other_files_too(before, after, then, expected):
    foresight = Foresight()
    for _ in range(3):
        foresight.learn(before, [after])
    assert call("read_file", path=expected) in foresight.expect(then, limit=3)


def test_the_same_call_is_expected_after_a_command():
    foresight = Foresight()
    for number in range(4):
        foresight.learn(step("execute_command", command=f"pytest {number}"), [call("git_diff")])
    assert foresight.expect(step("execute_command", command="make")) == (call("git_diff"),)


def test_contents_of_files_are_not_remembered():
    foresight = Foresight()
    for _ in range(4):
        foresight.learn(step("a"), [call("write_file", path="made.txt", content="x" * 100_000)])
    assert foresight.expect(step("a")) == ()


def test_seldom_is_not_enough():
    foresight = Foresight(least=3, share=0.5)
    for _ in range(2):
        foresight.learn(step("a"), [call("b")])
    assert foresight.expect(step("a")) == ()
    foresight.learn(step("a"), [call("b")])
    assert foresight.expect(step("a")) == (call("b"),)
    for _ in range(4):
        foresight.learn(step("a"), [])
    assert foresight.expect(step("a")) == ()


ARGUMENTS = st.dictionaries(st.sampled_from(["path", "pattern"]), st.text() | st.integers() | st.none() | st.lists(st.text()))


@given(st.lists(st.tuples(ARGUMENTS, st.lists(st.text(), max_size=3), ARGUMENTS), max_size=20), ARGUMENTS)
def test_whatever_models_send_it_expects_calls_and_breaks_on_none(history, last):
    foresight = Foresight(least=1, share=0.0)
    for before, found, after in history:
        foresight.learn(Step(ToolCall("", "a", before), tuple(found)), [ToolCall("", "b", after), ToolCall("", "c", None)])
    assert all(isinstance(each, ToolCall) for each in foresight.expect(Step(ToolCall("", "a", last))))


def test_it_pays_only_where_enough_comes_true():
    experience = Experience(worth=0.5, enough=4)
    for _ in range(3):
        experience.settle([call("a")], [call("a")])
    assert not experience.pays, "three are not enough"
    experience.settle([call("a")], [call("a"), call("b")])
    assert experience.pays
    for _ in range(5):
        experience.settle([call("a")], [call("b")])
    assert not experience.pays, "it has switched itself off"
    for _ in range(12):
        experience.settle([call("a")], [call("a")])
    assert experience.pays, "and on again, though nothing was run meanwhile"
    assert (experience.tally.foreseen, experience.tally.right) == (21, 16)


def turn(*calls, text="", status=ResultStatus.DONE):
    reply = ModelReplied(0, 0, "", tuple(calls))
    return Turn(reply, tuple(CallState(each, result=ToolResult(status, text)) for each in calls))


def test_paths_are_read_from_what_a_search_shows():
    found = steps_of(turn(call("search_in_code", pattern="p"), text="src/a.py\n3: import x.y\nb.py\n[no more]"))
    assert found[0].found == ("src/a.py", "b.py")
    assert steps_of(turn(call("search_in_code"), text="src/a.py", status=ResultStatus.FAILED))[0].found == ()


def test_what_was_just_done_is_not_expected_again():
    experience = Experience()
    for number in range(3):
        experience.foresight.learn(step("read_file", path=f"{number}.py"), [call("read_file", path=f"{number}.py")])
    assert foreseen(experience, turn(call("read_file", path="b.py"))) == ()


def test_a_run_of_the_journal_teaches():
    names = ("edit_file", "read_file") * 10
    turns = tuple(turn(call(name, path=f"m{number // 2}.py")) for number, name in enumerate(names))
    experiences = Experiences()
    experiences.remember(RunState("r", "do it", agent="coder", turns=turns))
    assert foreseen(experiences.of("coder"), turn(call("edit_file", path="new.py"))) == (call("read_file", path="new.py"),)
    assert foreseen(experiences.of("ask"), turn(call("edit_file", path="new.py"))) == ()
    assert experiences.tallies()["coder"].right > 0
