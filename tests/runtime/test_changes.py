"""What an undo would put where, from the journal alone."""

from datetime import UTC, datetime

import pytest

from artelier.domain.calls import FileChange, ResultStatus, ToolResult
from artelier.domain.errors import Conflict
from artelier.domain.events import Event, MessageReceived, ToolFinished
from artelier.domain.forking import SessionForked
from artelier.domain.restoring import FilesRestored
from artelier.runtime.changes import MIXED, NOT_KEPT, own_events, steps_back, steps_forward

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def journal(*entries):
    """Events of (run, call, file change) or (run, an event's payload)."""
    events = []
    for seq, entry in enumerate(entries, 1):
        run = entry[0]
        payload = entry[1] if len(entry) == 2 else ToolFinished(entry[1], "t", ToolResult(ResultStatus.DONE, "", files=(entry[2],)))
        events.append(Event("s", seq, run, payload.type, 1, NOON, "system", "", payload))
    return tuple(events)


CREATED = FileChange("a", "created", after="1")
CHANGED = FileChange("a", "changed", before="1", after="2")
DELETED = FileChange("a", "deleted", before="2", mode=0o755)
OTHER = FileChange("b", "created", after="9")


def told(steps):
    return [(step.path, step.expected, step.wanted, step.refusal) for step in steps]


def test_the_last_run_that_changed_files_is_undone_as_a_whole():
    events = journal(("r1", "c1", CREATED), ("r2", "c2", CHANGED), ("r2", "c3", DELETED), ("r2", "c4", OTHER), ("r3", MessageReceived("x")))
    steps = steps_back(events, "", ())
    assert told(steps) == [("a", "", "1", ""), ("b", "9", "", "")]
    assert steps[0].calls == ("c2", "c3")
    assert {step.run for step in steps} == {"r2"}
    assert told(steps_back(events, "r1", ())) == [("a", "", "", ""), ("b", "9", "", "")]
    assert told(steps_back(events, "", ["b"])) == [("b", "9", "", "")]


def test_what_is_undone_is_not_undone_again_and_the_run_before_is_next():
    undone = FilesRestored("undo", (FileChange("a", "changed", before="2", after="1"),), ("c2",))
    events = journal(("r1", "c1", CREATED), ("r2", "c2", CHANGED), ("r2", undone))
    assert told(steps_back(events, "", ())) == [("a", "1", "", "")]
    assert told(steps_forward(events)) == [("a", "1", "2", "")]
    again = journal(("r1", "c1", CREATED), ("r2", "c2", CHANGED), ("r2", undone), ("r2", FilesRestored("redo", undone.restored, ("c2",))))
    assert told(steps_back(again, "", ())) == [("a", "2", "1", "")]
    with pytest.raises(Conflict):
        steps_forward(again)


def test_a_file_that_somebody_changed_in_between_or_that_was_not_kept_is_refused():
    mixed = journal(("r1", "c1", CREATED), ("r1", "c2", FileChange("a", "changed", before="x", after="y")))
    assert told(steps_back(mixed, "", ())) == [("a", "y", "", MIXED)]
    unkept = journal(("r1", "c1", FileChange("a", "changed", after="2")), ("r1", "c2", FileChange("b", "deleted")))
    assert [step.refusal for step in steps_back(unkept, "", ())] == [NOT_KEPT, NOT_KEPT]


@pytest.mark.parametrize(("to_run", "paths"), [("", ()), ("nobody", ()), ("r1", ("x",)), ("r2", ())])
def test_nothing_to_undo_is_said(to_run, paths):
    events = journal(("r1", MessageReceived("x"))) if not to_run else journal(("r1", "c", CREATED), ("r2", MessageReceived("y")))
    with pytest.raises(Conflict):
        steps_back(events, to_run, paths)
    with pytest.raises(Conflict):
        steps_forward(events)


def test_what_was_copied_into_a_session_is_not_its_own_to_undo():
    undone = FilesRestored("undo", (FileChange("a", "created", before="", after="1"),), ("c1",))
    events = journal(("r1", "c1", CREATED), ("r1", undone), ("", SessionForked("s0")), ("r2", "c2", OTHER), ("", SessionForked("s1")))
    assert own_events(events) == events[-1:]
    assert own_events(events[:2]) == events[:2]
    assert told(steps_back(own_events(events[:4]), "", ())) == [("b", "9", "", "")]
    with pytest.raises(Conflict):
        steps_forward(own_events(events))
    with pytest.raises(Conflict):
        steps_back(own_events(events[:4]), "r1", ())
