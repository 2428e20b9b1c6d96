"""A reply as it comes: whole lines are finished and wrapped between words, the last one still moves."""

from rich.console import Console
from rich.text import Text

from artelier.cli.painting import plain_width

_INDENT = "  "


class Streaming:
    """Takes text in pieces and gives lines back."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._text = ""
        self._in_code = False
        self._blank = False

    def write(self, text: str) -> None:
        """Take a piece."""
        self._text += text

    def finished(self) -> list[Text]:
        """Return the lines that are whole now, once."""
        *whole, self._text = self._text.split("\n")
        return [line for text in whole for line in self._lines(text)]

    def unfinished(self) -> list[Text]:
        """Return the line that is still being said, as it would be wrapped."""
        return self._wrapped(self._text) if self._text else []

    def _lines(self, text: str) -> list[Text]:
        if text.lstrip().startswith("```"):
            self._in_code = not self._in_code
            return [Text(_INDENT + text, "dim", no_wrap=True)]
        return [Text(_INDENT + text, no_wrap=True)] if self._in_code or not text else self._wrapped(text)

    def _wrapped(self, text: str) -> list[Text]:
        lines = Text(text).wrap(self._console, plain_width(self._console) - len(_INDENT))
        return [Text(_INDENT + line.plain.rstrip()) for line in lines]
