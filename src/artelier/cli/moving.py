"""The part of the chat that is drawn anew: the header, what is at work, the question that waits."""

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.text import Text

from artelier.cli.asked_words import asked_words
from artelier.cli.header import header_line
from artelier.cli.look import glyph
from artelier.cli.painting import painted, plain_width
from artelier.cli.question_cards import card, countdown, framed, keys_row, placed
from artelier.cli.rows import row
from artelier.cli.talk import Talk
from artelier.cli.words import tr
from artelier.client import Approval

_LEAST_MOVING = 3
_LINES_BELOW = 2
"""The input and the hints."""
_RULED = 16
"""Rows of a terminal from which on the header has a line below it."""


class Moving:
    """Draws what lives; ``said`` is the line of a reply that is still being said."""

    def __init__(self, console: Console, talk: Talk, folder: str) -> None:
        self._console = console
        self._talk = talk
        self._folder = folder

    def fits(self, question: Approval) -> bool:
        """Return whether the whole card of a question has room above the input."""
        rows = card(question, self._console, keys=keys_row(question, width=self._console.width)).plain.count("\n") + 1
        return rows <= self._console.height - len(self._header()) - _LINES_BELOW - _LEAST_MOVING

    def drawn(self, said: Sequence[Text], question: Approval | None, keys: Text) -> str:
        """Return the moving part, as tall as the terminal allows."""
        header = self._header()
        asked = [] if question is None else list(self._card(question, keys).split("\n"))
        now = datetime.now(UTC).timestamp()
        children = [] if self._talk.children is None else self._talk.children.working(now)
        moving = [*said, *self._talk.cards.working(now), *children]
        if self._talk.working and not moving and not asked:
            moving = [Text(f"{glyph('running')} {tr('working')}", "dim")]
        room = max(self._console.height - len(header) - len(asked) - _LINES_BELOW, _LEAST_MOVING)
        return painted(self._console, [*header, *moving[-room:], *asked]).removesuffix("\n")

    def _header(self) -> list[Text]:
        width = plain_width(self._console)
        line = header_line(self._folder, self._talk.standing, len(self._talk.questions), width, lost=self._talk.lost)
        return [line, *([Text(glyph("line") * width, "dim")] if self._console.height >= _RULED else [])]

    def _card(self, question: Approval, keys: Text) -> Text:
        width = self._console.width
        clock = countdown(question, datetime.now(UTC), width, approves=question.id in self._talk.approving)
        if self.fits(question):
            return card(question, self._console, clock=clock, keys=keys, place=self._talk.place)
        effect = row(Text(asked_words(question).replace("\n", " "), "name"), "", max(width - 4, 0))
        return framed(placed(tr("It is shown whole above"), self._talk.place), clock, effect.append("\n").append_text(keys), self._console)
