"""One call that has ended, as lines: what it was about, what came of it, and a little of what it showed."""

from typing import Any

from msgspec import Struct
from rich.text import Text

from artelier.cli.bars import Span
from artelier.cli.durations import seconds
from artelier.cli.look import glyph, visible
from artelier.cli.rows import NARROW, beginning, ending, row
from artelier.cli.russian_gists import gist_in_russian
from artelier.cli.russian_problems import failure_in_russian
from artelier.cli.words import language, tr

_STATES = {
    "done": ("done", "ok", ""),
    "failed": ("failed", "bad", "failed"),
    "timed_out": ("failed", "bad", "timed out"),
    "denied": ("denied", "warn", "denied"),
    "cancelled": ("denied", "warn", "cancelled"),
    "in_doubt": ("waiting", "warn", "in doubt"),
}
_MARKS = {"early": "early", "cached": "cached", "read_ahead": "read ahead"}
_DIFFERENCES = frozenset({"edit_file", "write_file"})
_LONGEST = 300
_TIME = 6


class Result(Struct, frozen=True):
    """What a call came to; ``took`` in seconds, ``at`` the moment it ended, in seconds since 1970."""

    about: str
    name: str
    result: dict[str, Any]
    took: float
    at: float
    early: bool = False
    """Whether it began while the model was still speaking."""
    pictures: tuple[str, ...] = ()
    """Where the pictures that it made can be seen."""

    begun: float = 0.0
    """The moment it began."""
    refused: str = ""
    """Why a rule did not let it run."""


def result_lines(ended: Result, width: int, details: int) -> list[Text]:
    """Return the line of a call, and below it why it failed or at most ``details`` lines of what it showed."""
    kind, style, words = _state(ended)
    facts = [*words, *(fact for fact in (_sandbox(ended.result, width), summary_words(ended.result), _took(ended)) if fact)]
    left = Text.assemble((glyph(kind), style), " ", (ended.about.partition(" ")[0], "name"), " ", ended.about.partition(" ")[2])
    return [row(left, " · ".join(facts), width), *below_lines(ended, width, details)]


def span_of(ended: Result) -> Span:
    """Return the call as it stands among others of its reply: what it showed is said only where it changed or ran something."""
    kind, style, words = _state(ended)
    name, _, target = ended.about.partition(" ")
    worth = summary_words(ended.result) if ended.result.get("exit_code") is not None or ended.result.get("files") else ""
    took = _took(ended)
    facts = " ".join([*words, worth, took.rjust(_TIME) if words else took]).strip()
    return Span(kind, style, name, target, facts, ended.begun, ended.at, free=ended.result.get("source") in _MARKS)


def below_lines(ended: Result, width: int, details: int) -> list[Text]:
    """Return what stands below the line of a call."""
    # A link is shown whole: shortened it leads nowhere.
    seen = [Text(f"    {tr('picture: {link}', link=visible(link))}", "dim", no_wrap=True) for link in ended.pictures]
    return [*_below(ended, width, details), *seen]


def _state(ended: Result) -> tuple[str, str, list[str]]:
    """Return a call's glyph, its colour, and the words for how it ended where that needs saying."""
    result = ended.result
    kind, style, word = _STATES.get(result["status"], ("note", "dim", result["status"]))
    mark = result.get("source") or ("early" if ended.early else "")
    if kind == "done" and mark in _MARKS:
        return mark, "ok", [tr(_MARKS[mark])]
    return kind, style, [tr(word)] if word else []


def summary_words(result: dict[str, Any]) -> str:
    """Return what came of a call in a few words: by its code where there is one for the person's language."""
    own = gist_in_russian(result.get("gist")) if language() == "ru" else ""
    return own or visible(result.get("summary", ""))


def _sandbox(result: dict[str, Any], width: int) -> str:
    # Where there is little room, the command itself needs it.
    level = result.get("sandbox", "") if not width or width >= NARROW else ""
    return tr("no sandbox") if level == "off" else visible(level)


def _took(ended: Result) -> str:
    # A command's own words tell its time already; what never ran took none.
    return "" if ended.result.get("exit_code") is not None or ended.result["status"] == "denied" else seconds(ended.took)


def _below(ended: Result, width: int, details: int) -> list[Text]:
    done = ended.result["status"] == "done"
    text = visible(ended.result.get("text", "")).strip()
    if not text:
        return []
    if details and ended.name in _DIFFERENCES and done:
        return [_difference_line(line, width) for line in beginning(text.partition("\n")[2], details)]
    if details and ended.result.get("exit_code") is not None:
        return [row(Text(line, "dim"), "", width) for line in ending(text, details)]
    if done:
        return []
    return [Text(f"    {(ended.refused or _why(ended.result.get('code', ''), text))[:_LONGEST]}", "dim")]


def _why(code: str, text: str) -> str:
    """Return the line that says why a call came to nothing."""
    last = text.splitlines()[-1]
    return failure_in_russian(code, last) if language() == "ru" else last


def _difference_line(line: str, width: int) -> Text:
    mark = line.strip()[:1]
    return row(Text(line, {"+": "ok", "-": "bad"}.get(mark, "dim")), "", width)
