"""A request as the classifier reads it: one case, one ё, one keyboard layout; what was pasted is told apart and shortened."""

import re
import unicodedata
from functools import lru_cache

from msgspec import Struct

from artelier.routing.layout import put_right

_HEAD, _TAIL = 1200, 600
"""Characters that are read of a long request: its beginning and its end."""
_BEGINNING, _ENDING = 400, 200
"""Characters that are read of a person's own words."""
_LINE = 160
"""Characters of a line that tell whether a program wrote it."""
_PASTED = 300
"""Characters kept of what was pasted; the last, where the error stands."""
_FENCE = re.compile(r"```[\w+-]*\n?(.*?)(?:```|\Z)", re.DOTALL)
_TRACE_LINE = re.compile(
    r"""\s*(?:file\ ".+",\ line\ \d|at\ [\w.$<>]+[\s(]|-->\ |в\ [\w.]+\()|e\ {3}|\s+e\ {3}|caused\ by:|goroutine\ \d""", re.VERBOSE
)
_TRACE_WORDS = (
    "traceback (most",
    "panic:",
    "panicked at",
    "exception in thread",
    "segmentation fault",
    "core dumped",
    "error[e",
)
_LOG_LINE = re.compile(
    r"""\s*(?:\[?\d{4}-\d\d-\d\d[t\ ]\d\d:\d\d|\[?\d\d:\d\d:\d\d|(?:npm\ )?err(?:or)?[!:\]]|\[\w+\]\ )|[a-z]{3}\ +\d+\ \d\d:\d\d:\d\d
      |(?:failed|error|fatal|warning|panic|warn|info|debug|critical)\b[\s:\[]|\S+:\d+:(?:\d+:)?\ |\S*(?:error|exception|warning):[ ]
      |(?:get|post|put|delete|patch)\ https?://|\$\ |[>|]|\d+\ \||\s+\||\w/\w+:\ |(?:hint|detail|collect2|ld):|killed$""",
    re.VERBOSE,
)
_LOG_WORDS = re.compile(r"exit(?:ed)? (?:with )?(?:code|status)|\d failed,")
_ERROR_NAME = re.compile(
    r"\b[a-z]\w*(?:error|exception|fault|warning)\b|\b(?:econn\w+|eacces|enoent|eresolve|etimedout)\b|\bts\d{4}\b|\be\d{4}\b"
    r"|\bexit (?:code|status) [1-9]",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"[{};]\s*$|^\s*(?:def|class|import|from|return|select|func|fn|const|let|var|public|private|#include)\b.*[\w(){};:]",
    re.IGNORECASE | re.MULTILINE,
)


class Normalised(Struct, frozen=True):
    """What a request says, in lower case, and what kind of thing was pasted beneath."""

    prose: str
    """The person's own words; lines end with a line feed."""
    pasted: str = ""
    """The end of what was pasted, at most 300 characters."""
    trace: bool = False
    log: bool = False
    code: bool = False
    error_name: bool = False
    """Whether an exception or a code of an error is named anywhere."""


def normalise(text: str) -> Normalised:
    """Return a request in the form that the classifier and the cache of routing share."""
    text = unicodedata.normalize("NFKC", _ends_of(text.strip(), _HEAD, _TAIL)).replace("\r", "")
    pasted: list[str] = []
    code = False
    if "```" in text:
        blocks = _FENCE.findall(text)
        pasted += [line for block in blocks for line in block.split("\n")]
        code = any(not any(map(_is_output, block.split("\n"))) for block in blocks)
        text = _FENCE.sub("\n", text)
    said: list[str] = []
    for line in text.split("\n"):
        (pasted if _is_output(line) else said).append(line)
    output = any(map(_is_output, pasted))
    spoken = _ends_of("\n".join(line.strip() for line in said if line.strip()), _BEGINNING, _ENDING)
    below = "\n".join(pasted)
    return Normalised(
        put_right(spoken.lower().replace("\n", " \n ")).replace("ё", "е"),
        below[-_PASTED:].lower().replace("ё", "е"),
        trace=any(map(_is_trace, pasted)),
        log=output,
        code=code or (not output and _CODE.search(text) is not None),
        error_name=_ERROR_NAME.search(below or text) is not None,
    )


def _ends_of(text: str, head: int, tail: int) -> str:
    return text if len(text) <= head + tail else f"{text[:head]}\n{text[-tail:]}"


@lru_cache(maxsize=512)
def _is_output(line: str) -> bool:
    """Return whether a program wrote a line."""
    start = line[:_LINE].lower()
    return _LOG_LINE.match(start) is not None or _LOG_WORDS.search(start) is not None or _is_trace(line)


def _is_trace(line: str) -> bool:
    start = line[:_LINE].lower()
    return _TRACE_LINE.match(start) is not None or any(word in start for word in _TRACE_WORDS)
