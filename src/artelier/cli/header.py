"""The chat's first line and its last: what is talked about and how it stands, and the keys that work now."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from artelier.cli.durations import dollars
from artelier.cli.look import glyph, visible
from artelier.cli.rows import NARROW
from artelier.cli.standing import Money, Standing
from artelier.cli.words import plural, tr

_LEAST_LEFT = 24


def header_line(folder: str, standing: Standing, waits: int, width: int, *, lost: bool = False) -> Text:
    """Return whose conversation this is at the left; who answers, what waits and what it cost at the right."""
    wide = width >= NARROW
    dot = f" {glyph('dot')} "
    title = [visible(standing.title).replace("\n", " ")] if standing.title else []
    left = dot.join([*(["artelier"] if wide else []), visible(folder), *title])
    facts = [(part, "dim") for part in (standing.agent, visible(standing.model.rpartition("/")[2])) if part and wide]
    if lost:
        facts = [(tr("connecting again"), "warn")]
    if waits:
        facts.append((plural(waits, ("waits", "wait"), ("ждёт", "ждут", "ждут")), "accent"))
    told = money_told(standing.money)
    if told and wide:
        facts.append((told, "dim"))
    while len(facts) > 1 and width - 4 - _length(facts) < _LEAST_LEFT and facts[0][1] == "dim":
        facts = facts[1:]
    return _spread(Text(left), Text(dot, "dim").join([Text(*fact) for fact in facts]), width)


def money_told(money: Money) -> str:
    """Return what was paid and saved; nothing where neither was."""
    if not money.cost and not money.saved:
        return ""
    return dollars(money.cost) + (", " + tr("saved {amount}", amount=dollars(money.saved)) if money.saved else "")


def hints_line(hints: Sequence[str], width: int) -> Text:
    """Return as many hints as there is room for, the first before the others, and how to get help."""
    help_hint = tr("? help")
    shown: list[str] = []
    dot = f" {glyph('dot')} "
    for hint in hints:
        if cell_len(dot.join([*shown, hint])) + 4 + cell_len(help_hint) > width:
            break
        shown.append(hint)
    line = _spread(Text(dot.join(shown)), Text(help_hint), width)
    line.stylize("dim")
    return line


def _length(facts: Sequence[tuple[str, str]]) -> int:
    return sum(cell_len(text) + 3 for text, _ in facts)


def _spread(left: Text, right: Text, width: int) -> Text:
    """Return one line from edge to edge with a column free at each."""
    left = left.copy()
    space = width - 2 - right.cell_len - (2 if right.plain else 0)
    if left.cell_len > space:
        left.truncate(max(space, 0), overflow="ellipsis")
    line = Text(" ", no_wrap=True).append_text(left)
    return line.append(" " * max(width - 1 - line.cell_len - right.cell_len, 0)).append_text(right)
