"""A process of its own that looks for a regular expression, so that a pattern without end can be killed.

Run by path with ``python -I -S``: it knows the standard library only. On standard input: one JSON line
``{"pattern", "width", "limit"}``, then for each text a JSON line ``{"file": number, "size": bytes}`` and its bytes in
UTF-8. On standard output, in JSON lines: ``{"error"}`` for a pattern that is none, or ``{"ready"}``; then
``{"file", "line", "text"}`` for each line found, at most ``limit`` a text, and ``{"done": number}`` after each text.
"""

import json
import re
import sys
from typing import Any, BinaryIO, TextIO

_BEFORE = 100
"""Characters shown before the match in a line too long to show."""


def main(source: BinaryIO, answers: TextIO) -> None:
    """Answer until the input ends."""
    request = json.loads(source.readline())
    try:
        pattern = re.compile(request["pattern"])
    except (re.error, OverflowError, RecursionError) as error:
        _answer(answers, {"error": str(error)})
        return
    _answer(answers, {"ready": True})
    while header := source.readline():
        text = json.loads(header)
        for found in _search(pattern, source.read(text["size"]).decode(), request["width"])[: request["limit"]]:
            _answer(answers, {"file": text["file"], **found})
        _answer(answers, {"done": text["file"]})


def excerpt(line: str, start: int, width: int) -> str:
    """Return at most ``width`` characters of a line around the match that begins at ``start``, with marks where it was cut."""
    if len(line) <= width:
        return line
    first = max(0, min(start - _BEFORE, len(line) - width))
    return ("…" if first else "") + line[first : first + width] + ("…" if first + width < len(line) else "")


def _search(pattern: re.Pattern[str], text: str, width: int) -> list[dict[str, Any]]:
    lines = text.removesuffix("\n").split("\n") if text else []
    matched = ((number, line.rstrip("\r")) for number, line in enumerate(lines, 1))
    found = ((number, line, pattern.search(line)) for number, line in matched)
    return [{"line": number, "text": excerpt(line, match.start(), width)} for number, line, match in found if match]


def _answer(answers: TextIO, value: dict[str, Any]) -> None:
    answers.write(json.dumps(value) + "\n")
    answers.flush()


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout)
