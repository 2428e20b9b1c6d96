"""What an agent says, as it comes: every reply once, whatever breaks in between."""

from collections.abc import Callable
from typing import Any

from artelier.cli.look import visible
from artelier.cli.words import tr
from artelier.client import StreamDelta


class Speech:
    """Writes streamed text piece by piece; ``write`` takes text as it stands."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._place: tuple[str, int, int] = ("", -1, -1)
        self._shown = ""
        self._open = False

    def say(self, delta: StreamDelta) -> None:
        """Write what is new in a piece of text; a higher attempt begins the reply again."""
        if delta.kind != "text":
            return
        self._begin((delta.run, delta.step, delta.attempt))
        before = 0 if delta.so_far else delta.offset
        self._put(delta.text[max(len(self._shown) - before, 0) :])

    def settle(self, run: str, reply: dict[str, Any]) -> None:
        """Write what is still missing of a stored reply, and end its line."""
        text = reply["text"]
        self._begin((run, reply["step"], reply["attempt"]))
        if not text.startswith(self._shown):
            self._start_over()
        self._put(text[len(self._shown) :])
        self.end_line()
        self._shown = ""

    def end_line(self) -> None:
        """End a line that is begun, so that something else can be shown."""
        if self._open:
            self._write("\n")
            self._open = False

    def _begin(self, place: tuple[str, int, int]) -> None:
        if place == self._place:
            return
        same_reply = place[:2] == self._place[:2]
        self._place = place
        if same_reply and self._shown:
            self._start_over()
        self._shown = ""

    def _start_over(self) -> None:
        self.end_line()
        self._write(f"[{tr('This reply started over.')}]\n")
        self._shown = ""

    def _put(self, text: str) -> None:
        if text:
            self._shown += text
            self._open = not text.endswith("\n")
            self._write(visible(text))
