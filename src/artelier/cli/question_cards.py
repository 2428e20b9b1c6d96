"""A question as a framed card: the exact effect first, why it is asked below, and the keys that answer it."""

import json
from datetime import UTC, datetime

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from artelier.cli.asked_words import asked_words, why_words
from artelier.cli.look import glyph, unicode_fits, visible
from artelier.cli.questions import IN_WORDS, SCOPES, may_remember
from artelier.cli.rows import NARROW
from artelier.cli.words import tr
from artelier.client import Approval

_TITLES = {
    "approval": "Approve this call?",
    "words": "A question for you",
    "clarification": "Who should take this?",
    "budget": "A limit is reached",
    "in_doubt": "It may have taken effect. Run again?",
}
_TOOL_TITLES = {
    "execute_command": "Approve a command?",
    "write_file": "Approve a change?",
    "edit_file": "Approve a change?",
    "delete_path": "Approve a deletion?",
    "web_fetch": "Approve a request to the web?",
}
_LABELS = {"untrusted": "untrusted content", "tainted": "untrusted content", "private": "private data"}
_COMMAND_EFFECTS = ("run: ", "run with the network: ")
_NAMES = 2
"""Lines of a unified diff that name the files; the effect above has named them."""
_SAID = frozenset({"path", "command"})
"""Arguments that an effect says word for word; everything else is shown, however short it is."""
_MARKS = {"+": "ok", "-": "bad", "@": "accent"}
_LEAST = 20
_HOUR, _MINUTE = 3600, 60


def card(approval: Approval, console: Console, *, clock: str = "", keys: Text | None = None, place: tuple[int, int] = (1, 1)) -> Text:
    """Return a question in a frame as wide as the terminal; ``clock`` at its upper edge, ``keys`` as its last line.

    ``place`` says which of how many it is.
    """
    body = _body(approval)
    if keys is not None:
        body.append("\n").append_text(keys)
    return framed(placed(_title(approval), place), clock, body, console)


def placed(title: str, place: tuple[int, int]) -> str:
    """Return a title behind which of several questions it is; of a question alone the title as it is."""
    number, count = place
    return f"{tr('{number} of {count}', number=number, count=count)} {glyph('dot')} {title}" if count > 1 else title


def framed(title: str, aside: str, body: Text, console: Console) -> Text:
    """Return a text in a frame, its title at the left of the upper edge and ``aside`` at the right."""
    width = max(console.width, _LEAST)
    lines = [line for part in body.split("\n", allow_blank=True) for line in part.wrap(console, width - 4, tab_size=4)]
    top, bottom = _edges(title, aside, width)
    side = glyph("side")
    drawn = [Text(top, "accent")]
    for line in lines:
        line.rstrip()
        drawn.append(Text.assemble((f"{side} ", "accent"), line, " " * (width - 4 - line.cell_len), (f" {side}", "accent")))
    return Text("\n").join([*drawn, Text(bottom, "accent")])


def _edges(title: str, aside: str, width: int) -> tuple[str, str]:
    line = glyph("line")
    first, last, low_first, low_last = "┌┐└┘" if unicode_fits() else "++++"
    told = Text(f" {title} ")
    after = f" {aside} {line}" if aside else ""
    if aside and told.cell_len > width - 4 - cell_len(after):  # what is asked goes before how long there is for it
        clock = aside.split(" ", maxsplit=1)[0].rstrip(",")
        return _edges(title, "" if clock == aside else clock, width)
    told.truncate(width - 4, overflow="ellipsis")
    gap = line * (width - 3 - told.cell_len - cell_len(after))
    return f"{first}{line}{told.plain}{gap}{after}{last}", f"{low_first}{line * (width - 2)}{low_last}"


def _title(approval: Approval) -> str:
    said = tr(_TOOL_TITLES.get(approval.tool, _TITLES["approval"])) if approval.kind == "approval" else tr(_TITLES[approval.kind])
    if approval.kind == "approval" and any(command.network for command in approval.commands):
        said += f" {tr('It wants the network')}"
    below = f" {glyph('chosen_to')} ".join(visible(agent) for agent in approval.path[1:])
    return f"{below}: {said}" if below else said


def countdown(approval: Approval, now: datetime, width: int, *, approves: bool = False) -> str:
    """Return how long there is to answer, and what happens then; empty where nobody counts."""
    if approval.expires_at is None:
        return ""
    ends = approval.expires_at if approval.expires_at.tzinfo else approval.expires_at.replace(tzinfo=UTC)
    left = max(int((ends - now).total_seconds()), 0)
    clock = f"{left // _HOUR:02}:{left % _HOUR // _MINUTE:02}:{left % _MINUTE:02}"
    if width < NARROW:
        return clock
    return tr("{clock} left, then approve", clock=clock) if approves else tr("{clock} left, then reject", clock=clock)


def keys_row(approval: Approval, scope: str = "once", width: int = 0) -> Text:
    """Return how a question is answered: its keys, and for how long an approval holds."""
    if approval.kind in IN_WORDS:
        return Text(tr("Answer in words.") if not approval.options else tr("Answer in words, or with a number."), "accent")
    if approval.kind != "approval":
        return Text(tr("a yes · r no"), "accent")
    keys = Text(tr("a approve  r reject…  e edit") if unicode_fits() else tr("a approve  r reject…  e edit").replace("…", "..."), "accent")
    if not may_remember(approval):
        return keys.append("  ").append(tr("asked every time"), "dim")
    holds = _scopes(scope)
    gap = width - 4 - keys.cell_len - holds.cell_len
    return keys.append(" " * gap if gap >= 2 else "\n" if width else "  ").append_text(holds)  # noqa: PLR2004  two spaces at least


def _scopes(scope: str) -> Text:
    line = Text(f"{tr('holds')} ", "dim")
    for number, each in enumerate(SCOPES, 1):
        said = f"{number} {tr(each)}"
        chosen = each == scope
        line.append(f"{glyph('chosen_from')}{said}{glyph('chosen_to')}" if chosen else said, "accent" if chosen else "dim")
        line.append(" " if number < len(SCOPES) else "")
    return line


def _body(approval: Approval) -> Text:
    """Return what would happen, and why that is asked."""
    body = Text.assemble((_effect(approval), "name"))
    if approval.preview:
        body.append("\n").append_text(_change(approval.preview))
    elif approval.kind == "approval" and approval.arguments:
        body.append(_details(approval), "default")
    why = [said] if (said := why_words(approval)) else []
    if approval.undoable:
        why.append(_puts_back(approval))
    if why:
        body.append("\n" + " ".join(why), "dim")
    if approval.undoable is False:
        body.append(f"\n{tr('Not undoable.')}", "warn")
    body.append_text(_commands(approval))
    if "unsandboxed" in approval.labels:
        body.append(f"\n{glyph('warning')} " + tr("It runs without a sandbox, with your own rights."), "warn")
    elif "wider" in approval.labels:
        body.append(f"\n{glyph('warning')} " + tr("It wants more than the sandbox gives."), "warn")
    seen = list(dict.fromkeys(tr(_LABELS[label]) for label in approval.labels if label in _LABELS))
    if seen:
        body.append(f"\n{tr('Seen')}: {glyph('warning')} {', '.join(seen)}", "warn")
    for number, option in enumerate(approval.options, 1):
        body.append(f"\n  {number}  {visible(option)}")
    return body


def _puts_back(approval: Approval) -> str:
    """Say what undoing would put back: of a command, and of what destroys, the files of this folder alone."""
    if "command" in (approval.arguments or {}) or "destructive" in approval.labels:
        return tr("Files in this folder can be put back; what it does elsewhere cannot.")
    return tr("Can be undone.")


def _effect(approval: Approval) -> str:
    """Return the effect; of a command that is its words alone, the title says what else it wants."""
    command = (approval.arguments or {}).get("command")
    if isinstance(command, str) and approval.effect in {f"{before}{command}" for before in _COMMAND_EFFECTS}:
        return f"$ {visible(command)}"
    return asked_words(approval)


def _commands(approval: Approval) -> Text:
    """Return what stands out in a command, piece by piece, and whom a call would speak with."""
    lines = Text()
    for command in approval.commands:
        marks = [tr(word) for word, holds in (("destructive", command.destructive), ("network", command.network)) if holds]
        if marks:
            lines.append(f"\n{visible(' '.join(command.argv))}: {', '.join(marks)}", "warn")
    if not approval.parseable:
        lines.append("\n" + tr("not all of it can be read"), "warn")
    if approval.address:
        lines.append("\n" + tr("to {address}", address=visible(approval.address)), "dim")
    return lines


def _change(preview: str) -> Text:
    lines = [Text(visible(line), _MARKS.get(line[:1], "dim")) for line in preview.splitlines()]
    return Text("\n").join(lines[_NAMES:])


def _details(approval: Approval) -> str:
    """Return the arguments that the effect does not say word for word already."""
    lines = []
    for name, value in (approval.arguments or {}).items():
        shown = visible(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        if name not in _SAID or shown not in approval.effect:
            lines.append(f"\n{name}:" + ("\n" + "\n".join(f"    {line}" for line in shown.splitlines()) if "\n" in shown else f" {shown}"))
    return "".join(lines)
