"""What a judgement says of a call, and the rules it is made from."""

from enum import StrEnum

from msgspec import Struct

from artelier.domain.questions import Decision
from artelier.domain.reasons import Because

UNTRUSTED = "untrusted"
"""Words of strangers: pages, programs, servers."""
PRIVATE = "private"
"""Content of the workspace, or what looks like a secret."""
OUTBOUND = "outbound"
"""Reaches out of this machine."""
DESTRUCTIVE = "destructive"
"""Takes away what a person may want to keep."""
UNSANDBOXED = "unsandboxed"
"""Runs outside every sandbox."""
RIGHTS = "rights"
"""It hands over to an agent that may do more than the one a person named."""
WIDER = "wider"
"""Wants more than the sandbox gives."""
UNREAD = "unread"
"""Nobody can say what all of it would run."""
TAINTED = "tainted"
"""Words of strangers could have led to it."""


class Ruling(StrEnum):
    """Whether a call may run."""

    ALLOW = "allow"
    ASK = "ask"
    FORBID = "forbid"


class Rule(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One line of the operator's approval rules; a field left out matches everything.

    ``tool``, ``agent`` and ``path`` are globs; ``command`` is a glob over the words of each simple command of a shell text.
    An allowing rule must meet every path and every command of a call, any other one of them.
    """

    decision: Ruling
    tool: str = "*"
    agent: str = "*"
    path: str = ""
    command: str = ""
    timeout: float | None = None
    """Seconds a question by this rule stays open; 0 for ever, None as the settings say for all."""
    on_timeout: Decision | None = None
    """What silence means then."""


class Verdict(Struct, frozen=True, omit_defaults=True):
    """A ruling with the reason a person reads."""

    ruling: Ruling
    reason: str
    rule: str = ""
    """The rule that decided, as the operator wrote it; empty for the built-in default."""
    labels: tuple[str, ...] = ()
    timeout: float | None = None
    on_timeout: Decision | None = None
    grant: str = ""
    """The grant that decided, if one did."""
    because: tuple[Because, ...] = ()
    """The reason as codes."""
