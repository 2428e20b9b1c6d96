"""What a session's calls changed in files, and what undoing or doing it again would put where; pure, from the journal alone."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from msgspec import Struct

from artelier.domain.calls import FileChange
from artelier.domain.errors import Conflict
from artelier.domain.events import Event, ToolFinished
from artelier.domain.forking import SessionForked
from artelier.domain.restoring import FilesRestored

NOT_KEPT = "What it was before is not known."
MIXED = "Somebody else changed it in between."


class Change(Struct, frozen=True):
    """What one call did to one file."""

    run: str
    call: str
    file: FileChange


class Step(Struct, frozen=True):
    """One file to put back: from the content ``expected`` (a digest, empty for no file) to ``wanted``."""

    path: str
    expected: str
    wanted: str
    mode: int
    run: str
    calls: tuple[str, ...]
    refusal: str = ""
    """Why it must be left alone, as far as the journal tells."""


def own_events(events: Sequence[Event]) -> Sequence[Event]:
    """Return the events that happened in the session itself: what was copied into it is another session's to undo."""
    forked = [index for index, event in enumerate(events) if isinstance(event.payload, SessionForked)]
    return events[forked[-1] :] if forked else events


def changes_of(events: Iterable[Event]) -> tuple[tuple[Change, ...], frozenset[tuple[str, str]]]:
    """Return all changes in the order made, and which of them, by call and path, are undone now."""
    changes: list[Change] = []
    undone: set[tuple[str, str]] = set()
    for event in events:
        payload = event.payload
        if isinstance(payload, ToolFinished):
            changes += (Change(event.run, payload.call, file) for file in payload.result.files)
        elif isinstance(payload, FilesRestored):
            marks = {(call, file.path) for call in payload.calls for file in payload.restored}
            undone = undone | marks if payload.action == "undo" else undone - marks
    return tuple(changes), frozenset(undone)


def steps_back(events: Sequence[Event], to_run: str, paths: Sequence[str]) -> tuple[Step, ...]:
    """Return what undoes a run and all after it, of these files or of all; without ``to_run`` the last run that changed any.

    Raises ``Conflict`` where there is nothing to undo.
    """
    changes, undone = changes_of(events)
    live = [change for change in changes if (change.call, change.file.path) not in undone and (not paths or change.file.path in paths)]
    order = list(dict.fromkeys(event.run for event in events if event.run))
    if to_run and to_run not in order:
        raise Conflict("This session has no such run. `GET /changes` names the runs that changed files.")
    if not live:
        raise Conflict("There is nothing to undo: no file was changed, or all of it is undone already.")
    first = order.index(to_run or live[-1].run)
    scope = [change for change in live if order.index(change.run) >= first]
    if not scope:
        raise Conflict("There is nothing to undo: that run and those after it changed no file, or all of it is undone already.")
    by_path: dict[str, list[Change]] = {}
    for change in scope:
        by_path.setdefault(change.file.path, []).append(change)
    return tuple(_step_back(path, own, scope[-1].run) for path, own in sorted(by_path.items()))


def steps_forward(events: Sequence[Event]) -> tuple[Step, ...]:
    """Return what does the last undone changes again. Raises ``Conflict`` where there are none."""
    stack: list[tuple[str, FilesRestored]] = []
    for event in events:
        if isinstance(event.payload, FilesRestored) and event.payload.action == "undo":
            stack.append((event.run, event.payload))
        elif isinstance(event.payload, FilesRestored) and stack:
            stack.pop()
    if not stack:
        raise Conflict("There is nothing to do again: no undone change is left.")
    run, last = stack[-1]
    return tuple(Step(file.path, file.after, file.before, file.mode, run, last.calls) for file in last.restored)


def _step_back(path: str, changes: Sequence[Change], run: str) -> Step:
    first, last = changes[0].file, changes[-1].file
    refusal = ""
    if not first.undoable or not (last.after or last.kind == "deleted"):
        refusal = NOT_KEPT
    elif any(earlier.file.after != later.file.before for earlier, later in pairwise(changes)):
        refusal = MIXED
    calls = tuple(dict.fromkeys(change.call for change in changes))
    return Step(path, last.after, first.before, first.mode, run, calls, refusal)
