"""What the rehearsal model can do: steps, each one call of a tool, and the waves in which they go out."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct


class StepKind(StrEnum):
    """The tools it knows, by their names."""

    READ = "read_file"
    LIST = "list_files"
    SEARCH = "search_in_code"
    FOLDER = "create_directory"
    WRITE = "write_file"
    EDIT = "edit_file"
    RUN = "execute_command"


READING = frozenset((StepKind.READ, StepKind.LIST, StepKind.SEARCH))
"""Kinds that change nothing, so that several go together."""
_WRITING = frozenset((StepKind.FOLDER, StepKind.WRITE, StepKind.EDIT))


class Setting(Struct, frozen=True):
    """A named value in a file, and what it is to be."""

    key: str
    value: str


class Step(Struct, frozen=True):
    """One call to make."""

    kind: StepKind
    arguments: dict[str, Any]
    setting: Setting | None = None
    """What an edit is to set: its texts are found in the file once that is read."""

    @property
    def path(self) -> str:
        """The file or folder it is about, ``.`` where it is about all of them."""
        return self.text("path") or "."

    def text(self, name: str) -> str:
        """Return an argument as text, empty where another model left it out."""
        return str(self.arguments.get(name) or "")


def with_readings(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the steps, and before each that sets a value a reading of its file, unless it is known as it is then."""
    found: list[Step] = []
    known: set[str] = set()
    for step in steps:
        reading = Step(StepKind.READ, {"path": step.path})
        if step.setting and step.path not in known:
            found.append(reading)
            known.add(step.path)
        found.append(step)
        if step == reading:
            known.add(step.path)
        elif step.kind not in READING:
            known.clear()
    return tuple(found)


def waves_of(steps: Sequence[Step]) -> tuple[tuple[Step, ...], ...]:
    """Return the steps in groups: a group goes out in one reply, the next one after its results."""
    waves: list[list[Step]] = []
    for step in steps:
        if waves and all(_go_together(earlier, step) for earlier in waves[-1]):
            waves[-1].append(step)
        else:
            waves.append([step])
    return tuple(tuple(wave) for wave in waves)


def _go_together(one: Step, other: Step) -> bool:
    if one.kind in READING:
        return other.kind in READING
    if one.kind not in _WRITING or other.kind not in _WRITING:
        return False
    longer, shorter = sorted((f"{one.path}/", f"{other.path}/"), key=len, reverse=True)
    return not longer.startswith(shorter)
