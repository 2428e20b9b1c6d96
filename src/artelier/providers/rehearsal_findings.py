"""What a tool's result tells, read from its words: the rehearsal model reports nothing it has not seen.

The words are those of our own tools: numbered lines of a file, a tree of names, matches beneath their files, an output
with ``[exit 1]`` after it, and notes in square brackets. Of other words less is told, never more than is there.
"""

import re
from enum import StrEnum

from msgspec import Struct

from artelier.domain.calls import ResultStatus
from artelier.domain.messages import ToolMessage
from artelier.providers.rehearsal_steps import StepKind

SHOWN = 5
"""Lines of a result that a report shows."""
_FIRST_LINES = 3
_LONGEST = 160
_WORDS = 300
_ONE_LINE = 500
_CHANGED = "(The person changed the arguments of this call before it ran.)\n"
_NOTE = re.compile(r"^\[(?P<words>.*)\]$")
_END = re.compile(r"^\[(?P<words>exit -?\d+|ended after .*|killed by .*|no output)\]$")
_NUMBERED = re.compile(r"^\s*\d+\t(?P<text>.*)$")
_OF_TOTAL = re.compile(r"^lines \d+-\d+ of (?P<total>\d+)")
_SIZED = re.compile(r" (?:\d+(?:\.\d+)?[kMGT]?|\(no plain file\))$")
_MATCH = re.compile(r"^\s*(?P<line>\d+)[:|]\s?(?P<text>.*)$")
_PLACED = re.compile(r"^(?P<path>[^:\n]+):(?P<line>\d+)[:-]\s?(?P<text>.*)$")
_EXIT = re.compile(r"^exit (?P<code>-?\d{1,5})$")
_ENDED = re.compile(r"^(?:ended after|killed by) ")
_ALREADY = re.compile(r" had this content already\.$| was there already\.$")
_REFUSED = re.compile(r"^(?:Not allowed:|The person refused|Nobody answered in time|No result:)")
_FAILED = re.compile(
    r"^(?:There is no '|'[^'\n]+' (?:is|leads|may|has|lies|could|would|cannot|does|occurs)\b"
    r"|The (?:call|tool|file|glob|pattern|search|arguments) |This call was|A path is|error:|failed:)",
    re.IGNORECASE,
)


class Outcome(StrEnum):
    """How a call ended, as far as a report tells it apart."""

    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"


class Finding(Struct, frozen=True):
    """What came of one call."""

    outcome: Outcome = Outcome.DONE
    words: str = ""
    """Why it did not work, or why there is nothing, in the tool's words."""
    lines: tuple[str, ...] = ()
    """First lines of a file, names in a folder, matches, last lines of an output: a handful."""
    count: int = 0
    """How many lines, names or matches there are."""
    files: int = 0
    exit_code: int | None = None
    already: bool = False
    """Everything was as it was asked for, so nothing changed."""


def find(kind: StepKind | None, message: ToolMessage) -> Finding:
    """Return what the result of a call tells; ``kind`` is None for a tool that is not known."""
    text = message.text.removeprefix(_CHANGED).removesuffix("\n")
    if kind is StepKind.RUN and (ended := _of_command(text, message.status)):
        return ended
    outcome = _outcome(message.status, text)
    if outcome is not Outcome.DONE:
        return Finding(outcome, words=_shortened(text.partition("\n")[0], _WORDS).rstrip("."))
    match kind:
        case StepKind.READ:
            return _of_file(text)
        case StepKind.LIST:
            return _of_folder(text)
        case StepKind.SEARCH:
            return _of_search(text)
        case _:
            return Finding(already=_ALREADY.search(text) is not None)


def _outcome(status: ResultStatus, text: str) -> Outcome:
    if status is ResultStatus.DENIED:
        return Outcome.REFUSED
    if status is not ResultStatus.DONE:
        return Outcome.FAILED
    if "\n" in text or len(text) > _ONE_LINE:
        return Outcome.DONE
    if _REFUSED.match(text):  # the status is not always told
        return Outcome.REFUSED
    return Outcome.FAILED if _FAILED.match(text) else Outcome.DONE


def _of_file(text: str) -> Finding:
    lines, notes = _without_notes(text)
    numbered = [_NUMBERED.match(line) for line in lines]
    if lines and all(numbered):
        lines = [found["text"] for found in numbered if found]
    total = next((int(found["total"]) for note in notes if (found := _OF_TOTAL.match(note))), len(lines))
    shown = [line for line in lines if line.strip()][:_FIRST_LINES]
    words = "" if lines else next((note for note in notes if note.startswith("no line ")), "")
    return Finding(words=words, lines=_all_shortened(shown), count=total if lines else 0)


def _of_folder(text: str) -> Finding:
    """Return the names of a tree, two spaces a level, as paths beneath the folder."""
    names: list[str] = []
    above: list[str] = []
    for line in _without_notes(text)[0]:
        name = _SIZED.sub("", line.strip())
        level = (len(line) - len(line.lstrip(" "))) // 2
        names.append("".join((*above[:level], name)))
        above[level:] = [name]
    return Finding(lines=_all_shortened(names), count=len(names))


def _of_search(text: str) -> Finding:
    found: list[str] = []
    files: set[str] = set()
    path = ""
    for line in _without_notes(text)[0]:
        if match := _MATCH.match(line) if path else None:
            found.append(f"{path}:{match['line']}: {match['text'].strip()}")
        elif match := _PLACED.match(line):
            found.append(f"{match['path']}:{match['line']}: {match['text'].strip()}")
            files.add(match["path"])
            continue
        else:
            path = line.strip()
            continue
        files.add(path)
    return Finding(lines=_all_shortened(found[:SHOWN]), count=len(found), files=len(files))


def _of_command(text: str, status: ResultStatus) -> Finding | None:
    """Return what a command printed and its exit code; None where it did not come to its own end."""
    lines, notes = _without_notes(text, _END)
    code = next((int(found["code"]) for note in notes if (found := _EXIT.match(note))), None)
    if ended := next((note for note in notes if _ENDED.match(note)), ""):
        return Finding(Outcome.FAILED, words=f"It was {ended}")
    if code is None and _outcome(status, text) is not Outcome.DONE:
        return None
    output = [line.rstrip() for line in lines if line.strip()]
    return Finding(lines=_all_shortened(output[-SHOWN:]), count=len(output), exit_code=0 if code is None else code)


def _without_notes(text: str, form: re.Pattern[str] = _NOTE) -> tuple[list[str], list[str]]:
    """Return the lines of a result, and apart from them the notes in brackets that stand at its end."""
    lines = text.split("\n") if text else []
    notes: list[str] = []
    while lines and (found := form.match(lines[-1])):
        notes.append(found["words"])
        lines.pop()
    return lines, notes


def _all_shortened(lines: list[str]) -> tuple[str, ...]:
    return tuple(_shortened(line, _LONGEST) for line in lines)


def _shortened(line: str, limit: int) -> str:
    return line if len(line) <= limit else line[: limit - 1] + "…"
