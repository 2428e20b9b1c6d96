"""Follow-ups after every agent they fit: what went before decides. ``python -m training.routing.followups``."""

import random
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from training.routing.rows import DATA, Row

FOLLOWUPS = Path(__file__).parent / "followups.toml"
_ALL = ("orchestrator", "coder", "architect", "debug", "ask")
_AFTER = {
    "stay": (_ALL, ""),
    "tweak": (("coder",), "coder"),
    "approve": (("ask", "architect", "debug"), "coder"),
    "fails": (("coder", "debug", "orchestrator", "ask"), "debug"),
    "dig": (("debug",), "debug"),
    "explain": (_ALL, "ask"),
    "paper": (("architect",), "architect"),
    "plan_first": (("ask", "coder", "debug"), "architect"),
    "tasks": (("orchestrator",), "orchestrator"),
    "whole": (("architect", "ask", "orchestrator"), "orchestrator"),
}
"""After whom a kind of follow-up is said, and whom it is for; nobody named means the one before."""
_GROUPS = 6
"""Follow-ups of a language count as so many authors."""


def rows() -> Iterator[Row]:
    """Yield every follow-up after every agent that it fits, always the same."""
    for language, kinds in tomllib.loads(FOLLOWUPS.read_text("utf-8")).items():
        for kind, text in kinds.items():
            before, agent = _AFTER[kind]
            for number, line in enumerate(text.strip().split("\n")):
                for previous in before:
                    name = f"followups-{language}-{kind}-{number:02d}-{previous}"
                    author = f"followups-{language}-{number % _GROUPS}"
                    yield Row(name, line, agent or previous, language, author, "frame", _context(name, previous, kind))


def content() -> bytes:
    """Return the rows as they stand in ``followups.jsonl``."""
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows())


def _context(name: str, previous: str, kind: str) -> dict[str, Any]:
    source = random.Random(name)  # noqa: S311  no secret hangs on it
    context: dict[str, Any] = {"previous_agent": previous}
    if (kind == "fails" and source.choice((True, True, False))) or (kind in {"stay", "dig"} and source.choice((True, False, False))):
        context["last_error"] = True
    if previous in {"coder", "orchestrator", "debug"} and source.choice((True, False)):
        context["files_changed"] = source.randrange(1, 9)
    return context


if __name__ == "__main__":
    (DATA / "followups.jsonl").write_bytes(content())
    sys.stdout.write(f"{sum(1 for _ in rows())} rows\n")
