"""What a judgement says of a call, and the rules it is made from."""

from enum import StrEnum

from msgspec import Struct

UNTRUSTED = "untrusted"
"""Words of strangers: pages, programs, servers."""
PRIVATE = "private"
"""Content of the workspace, or what looks like a secret."""
OUTBOUND = "outbound"
"""Reaches out of this machine."""
DESTRUCTIVE = "destructive"
"""Takes away what a person may want to keep."""


class Ruling(StrEnum):
    """Whether a call may run."""

    ALLOW = "allow"
    ASK = "ask"
    FORBID = "forbid"


class Rule(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One line of the operator's approval rules; a field left out matches everything.

    ``tool``, ``agent`` and ``path`` are globs; ``command`` is a glob over the words of a shell command.
    """

    decision: Ruling
    tool: str = "*"
    agent: str = "*"
    path: str = ""
    command: str = ""


class Verdict(Struct, frozen=True, omit_defaults=True):
    """A ruling with the reason a person reads."""

    ruling: Ruling
    reason: str
    rule: str = ""
    """The rule that decided, as the operator wrote it; empty for the built-in default."""
    labels: tuple[str, ...] = ()
