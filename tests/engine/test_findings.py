"""What a session found out is gathered from its journal, bounded, and written down for each kind of agent."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from artelier.domain.calls import FileChange, ResultStatus, ToolCall, ToolResult
from artelier.domain.delegating import DelegateReturned
from artelier.domain.events import AgentChosen, ToolFinished
from artelier.domain.restoring import FilesRestored
from artelier.engine import noticing
from artelier.engine.findings import Findings, Remark
from artelier.engine.findings_text import findings_text, kind_of
from playbook import ASK, CODER, RUN, replied, state_of

CHOSEN = AgentChosen("coder", "default")


def story(*calls):
    """Return the events of one turn for each call, its arguments and its result."""
    yield CHOSEN
    for step, (name, arguments, result) in enumerate(calls):
        call = ToolCall(f"{RUN}/{step}/0", name, arguments)
        yield replied(call, step=step)
        yield ToolFinished(call.id, name, result)


def known(*calls):
    return state_of(*story(*calls)).findings


def done(text="fine", **fields):
    return ToolResult(ResultStatus.DONE, text, **fields)


def command(text, code=0, output="fine"):
    return (
        "execute_command",
        {"command": text},
        ToolResult(ResultStatus("failed" if code else "done"), output, summary=f"exit {code}", exit_code=code),
    )


def note(kind, text):
    return "note", {"kind": kind, "text": text}, done("Noted.")


def changed(path, kind, name="write_file"):
    return name, {"path": path}, done(files=(FileChange(path, kind),))


def test_files_are_known_by_their_newest_change():
    found = known(changed("a.py", "created"), changed("b.py", "changed"), changed("a.py", "changed"), changed("b.py", "deleted"))
    assert found.files == (Remark("a.py", "created"), Remark("b.py", "deleted"))


def test_what_a_person_restored_is_known():
    state = state_of(*story(changed("a.py", "created")), FilesRestored("undo", (FileChange("a.py", "deleted"),), ("r1/0/0",)))
    assert state.findings.files == (Remark("a.py", "deleted"),)


def test_commands_and_checks_are_known_by_how_they_ended():
    found = known(
        command("ls"), command("pytest -q", 1, "E assert 1 == 2\n[exit 1]"), command("cd web && npm run build"), command("pytest -q")
    )
    assert [each.about for each in found.commands] == ["ls", "pytest -q", "cd web && npm run build", "pytest -q"]
    assert found.checks == (Remark("cd web && npm run build", "exit 0"), Remark("pytest -q", "exit 0"))
    assert found.failing == frozenset()
    assert known(command("pytest -q", 1)).failing == {"pytest -q"}


@pytest.mark.parametrize(
    ("bad", "good", "mended"),
    [
        (command("cd x && python -m pytest tests/a.py", 1, "tests ran\nE   assert 1 == 2\n1 failed"), command("uv run pytest"), True),
        (command("pytest", 1), command("ls"), False),
        (("read_file", {"path": "a"}, ToolResult(ResultStatus.FAILED, "There is no file a.")), ("read_file", {"path": "b"}, done()), True),
        (("read_file", {"path": "a"}, ToolResult(ResultStatus.FAILED, "There is no file a.")), command("ls"), False),
        (command("pytest", 1), ("execute_command", {"command": "pytest"}, ToolResult(ResultStatus.DENIED, "no")), False),
    ],
)
def test_the_last_error_stays_until_the_like_succeeds(bad, good, mended):
    first = known(bad)
    assert first.last_error is not None
    assert len(first.errors) == 1
    after = known(bad, good)
    assert (after.last_error is None) is mended
    assert after.errors == first.errors


def test_an_error_is_told_by_the_line_that_names_it():
    found = known(command("make", 2, "compiling\nmain.c:3: error: expected ';'\nmake: *** leaving\n[exit 2]"))
    assert found.last_error == Remark("make", "make: make: main.c:3: error: expected ';'")


def test_what_was_refused_is_no_error():
    assert known(("write_file", {"path": "a"}, ToolResult(ResultStatus.DENIED, "no"))) == Findings()


def test_searches_readings_branch_plan_notes_and_answers():
    found = known(
        ("search_in_code", {"pattern": "def main"}, done(summary="3 matches")),
        ("read_file", {"path": "a.py"}, done()),
        ("read_file", {"path": "b.py"}, done()),
        ("read_file", {"path": "a.py"}, done()),
        ("git_status", {}, done("## main...origin/main\n M a.py")),
        ("update_plan", {"steps": [{"title": "Read", "status": "done"}, {"title": "Mend", "status": "pending"}]}, done()),
        note("decision", "Keep the parser."),
        note("decision", "Keep the parser."),
        note("riddle", "No such kind."),
        ("ask_user", {"question": "Which?"}, done("The second.")),
    )
    assert found.searches == (Remark("def main", "3 matches"),)
    assert found.read == ("b.py", "a.py")
    assert found.branch == "main"
    assert found.plan == (Remark("Read", "done"), Remark("Mend", "pending"))
    assert found.notes == (Remark("decision", "Keep the parser."),)
    assert found.answers == (Remark("Which?", "The second."),)


def test_a_checkout_changes_the_branch():
    assert known(("git_checkout", {"target": "topic"}, done())).branch == "topic"


def test_the_work_of_other_agents_is_known():
    call = ToolCall(f"{RUN}/0/0", "delegate", {"agent": "debug", "task": "Find it.\nSoon."})
    state = state_of(CHOSEN, replied(call), DelegateReturned(call.id, "s2", "r2", "finished", "The parser."))
    assert state.findings.delegates == (Remark("debug: Find it.", "finished: The parser."),)


def test_a_turn_knows_what_was_found_before_it():
    turns = state_of(*story(changed("a.py", "created"), changed("b.py", "created"))).runs[RUN].turns
    assert [len(turn.known.files) for turn in turns] == [0, 1]


NAMES = st.sampled_from([*noticing.BY_TOOL, "write_file", "unknown"])
ARGUMENTS = st.none() | st.dictionaries(
    st.sampled_from(["path", "command", "pattern", "query", "kind", "text", "steps", "target", "question"]),
    st.none() | st.text(max_size=30) | st.integers() | st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=5)), max_size=3),
)
RESULTS = st.builds(
    ToolResult,
    st.sampled_from(ResultStatus),
    st.text(max_size=80) | st.just("x\n" * 5000),
    exit_code=st.none() | st.integers(0, 2),
    files=st.lists(st.builds(FileChange, st.text(max_size=8), st.sampled_from(["created", "changed", "deleted"])), max_size=50).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(NAMES, ARGUMENTS, RESULTS), max_size=60), st.sampled_from(["code", "documents", "causes", "reading", "delegation"])
)
def test_whatever_happens_findings_stay_small(calls, kind):
    found = known(*calls)
    for name in structs.fields(Findings):
        value = getattr(found, name.name)
        if isinstance(value, tuple):
            assert len(value) <= 40
            assert all(len(each.about) <= 300 and len(each.text) <= 300 for each in value if isinstance(each, Remark))
    text = findings_text(found, kind, 1000)
    assert len(text) <= 1000


FULL = Findings(
    files=(Remark("src/a.py", "changed"), Remark("docs/b.md", "created"), Remark("docs/c.mmd", "created")),
    commands=(Remark("pytest", "exit 1"),),
    checks=(Remark("pytest", "exit 1"),),
    failing=frozenset({"pytest"}),
    last_error=Remark("pytest", "pytest: E assert"),
    errors=(Remark("pytest: pytest", "E assert"),),
    searches=(Remark("main", "3 matches"),),
    read=("src/a.py", "var/app.log"),
    branch="topic",
    plan=(Remark("Mend", "pending"),),
    notes=(Remark("decision", "Keep it."), Remark("open_question", "Why twice?"), Remark("root_cause", "A stale key.")),
    answers=(Remark("Which?", "The second."),),
    delegates=(Remark("debug: find it", "finished: the parser"),),
)


@pytest.mark.parametrize(
    ("kind", "told", "untold"),
    [
        (
            "code",
            ["src/a.py (changed)", "pytest -> exit 1 (to be mended)", "Branch: topic", "[pending] Mend", "Last error"],
            ["3 matches", "debug"],
        ),
        (
            "documents",
            ["Documents:\n- docs/b.md (created)", "Diagrams:\n- docs/c.mmd", "Decisions:\n- Keep it.", "3 matches"],
            ["pytest ->"],
        ),
        ("causes", ["Root causes:\n- A stale key.", "Errors seen:", "Logs read: var/app.log", "Open questions:\n- Why twice?"], ["debug"]),
        ("reading", ["main -> 3 matches", "Read: src/a.py"], ["pytest ->", "Branch"]),
        ("delegation", ["debug: find it -> finished: the parser", "[pending] Mend"], ["3 matches"]),
    ],
)
def test_each_kind_of_agent_is_told_what_is_of_use_to_it(kind, told, untold):
    text = findings_text(FULL, kind, 6000)
    assert [each for each in told if each not in text] == []
    assert [each for each in untold if each in text] == []
    assert findings_text(Findings(), kind, 6000) == ""


def test_what_an_agent_is_shown_follows_from_what_it_may_do():
    writer = structs.replace(CODER, tools=("read_file", "write_file"))
    assert kind_of(CODER) == "delegation", "it has every word to the runtime"
    assert kind_of(writer) == "code"
    assert kind_of(structs.replace(writer, writes=("docs/**", "**/*.md"))) == "documents"
    assert kind_of(structs.replace(writer, writes=("docs/**", "src/**"))) == "code"
    assert kind_of(ASK) == "reading"
    assert kind_of(structs.replace(ASK, context="causes")) == "causes"
