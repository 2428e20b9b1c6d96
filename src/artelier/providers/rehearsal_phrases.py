"""What the rehearsal model says, as a seam between its rules and its two languages."""

import re
from collections.abc import Sequence
from typing import Protocol

from artelier.providers.rehearsal_findings import Finding
from artelier.providers.rehearsal_steps import Step, StepKind

FENCE = "```"
LONGEST_QUOTE = 40
_ESCAPED = re.compile(r"\\([.+*?()|\[\]{}^$\\])")


class Phrases(Protocol):
    """One language's words for everything that happens."""

    notice: str
    """That this is a program with rules."""
    greeting: str
    welcome: str

    def doing(self, steps: Sequence[Step]) -> str:
        """Say that these steps are being done now."""
        ...

    def report(self, step: Step, finding: Finding) -> str:
        """Say what came of a step."""
        ...

    def not_set(self, path: str, key: str) -> str:
        """Say that no one line of a file gives this name another value."""
        ...

    def left_undone(self, steps: Sequence[Step]) -> str:
        """Say that steps were not begun since an earlier one did not work."""
        ...

    def without_tools(self, steps: Sequence[Step]) -> str:
        """Say that this agent has no tool for some steps."""
        ...

    def missed(self, words: str, kinds: Sequence[StepKind], *, nothing_done: bool) -> str:
        """Say which words were not understood, with two examples that work."""
        ...

    def abilities(self, kinds: Sequence[StepKind]) -> str:
        """Say what can be asked for with these tools."""
        ...

    def other_tool(self, name: str, *, worked: bool) -> str:
        """Say that a tool was called that the rules do not know."""
        ...


def fenced(lines: Sequence[str]) -> str:
    """Return lines as a block of code, however many backticks they hold."""
    longest = max((len(line) - len(line.lstrip("`")) for line in lines), default=0)
    fence = "`" * max(len(FENCE), longest + 1)
    return "\n".join((fence, *lines, fence))


def brief(text: str) -> str:
    """Return a quotation short enough for a sentence, on one line."""
    line = " ".join(text.split()) or text
    return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + "…"


def plain_pattern(pattern: str) -> str:
    """Return a search pattern without the marks that make special signs plain."""
    return _ESCAPED.sub(r"\1", pattern)
