"""What a command prints, as it is kept: text without control sequences, its beginning and its end when it is long."""

import codecs
import re
from collections.abc import Callable

KEPT = 200_000
"""Characters kept: half from the beginning, half from the end."""
TOTAL_LIMIT = 64 * 1000 * 1000
"""Bytes after which a command is ended."""

_HALF = KEPT // 2
_HELD_LIMIT = 4096
_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor (ECMA-48)
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC: titles, links
    r"|\x1b[PX^_][^\x1b]*\x1b\\"  # strings for the terminal
    r"|\x1b[ -/]*[0-OQ-WYZ\\`-~]"  # two-character sequences
    r"|\r\n?"
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*\x1b?|[PX^_][^\x1b]*\x1b?|[ -/]*)?\Z|\r\Z")
_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)])
del _CONTROLS[ord("\n")], _CONTROLS[ord("\t")]


class TextCleaner:
    """Decodes UTF-8 as it comes, drops control sequences and characters, and ends every line by a newline alone."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""

    def clean(self, data: bytes, *, last: bool = False) -> str:
        """Return the readable text; what may be the beginning of a sequence is held back until more comes or ``last``."""
        text = self._held + self._decoder.decode(data, final=last)
        self._held = ""
        unfinished = None if last else _UNFINISHED.search(text, max(0, len(text) - _HELD_LIMIT))
        if unfinished:
            self._held = text[unfinished.start() :]
            text = text[: unfinished.start()]
        return _SEQUENCE.sub(_replacement, text).translate(_CONTROLS)


class OutputKeeper:
    """Keeps the beginning and the end of an output, and shows each piece as it comes."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self.truncated = False
        self._show = show
        self._cleaner = TextCleaner()
        self._head = ""
        self._tail = ""
        self._left_out = 0
        self._total = 0

    def receive(self, data: bytes) -> bool:
        """Take the next bytes; False when there were too many."""
        self._total += len(data)
        self._keep(self._cleaner.clean(data))
        return self._total <= TOTAL_LIMIT

    def text(self) -> str:
        """Return what was kept, with a mark where something was left out; to be called once, at the end."""
        self._keep(self._cleaner.clean(b"", last=True))
        self._cut_tail(_HALF)
        self.truncated = self._left_out > 0 or self._total > TOTAL_LIMIT
        mark = f"\n[... {self._left_out} characters left out ...]\n" if self._left_out else ""
        end = f"\n[ended: it printed more than {TOTAL_LIMIT} bytes]\n" if self._total > TOTAL_LIMIT else ""
        return self._head + mark + self._tail + end

    def _keep(self, text: str) -> None:
        if not text:
            return
        self._show(text)
        room = _HALF - len(self._head)
        self._head += text[:room]
        self._tail += text[room:]
        if len(self._tail) > KEPT:
            self._cut_tail(_HALF)

    def _cut_tail(self, length: int) -> None:
        excess = len(self._tail) - length
        if excess > 0:
            self._left_out += excess
            self._tail = self._tail[excess:]


def _replacement(found: re.Match[str]) -> str:
    return "\n" if found[0].startswith("\r") else ""
