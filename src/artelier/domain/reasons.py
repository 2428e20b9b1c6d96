"""Why something is asked, allowed or refused, as a code with its values: consoles word it in the person's language."""

from enum import StrEnum

from msgspec import Struct


class ReasonCode(StrEnum):
    """What a reason says; its values are named in brackets."""

    READS = "reads"
    WRITES = "writes"
    RUNS = "runs"
    DESTROYS = "destroys"
    """It takes away what a person may want to keep."""
    REACHES_OUT = "reaches_out"
    WORD = "word"
    """It is a word to the runtime."""
    TOOL_UNKNOWN = "tool_unknown"
    LACKS_TOOL = "lacks_tool"
    """The agent (``agent``) has no such tool (``tool``)."""
    UNSANDBOXED = "unsandboxed"
    WIDER = "wider"
    UNREAD = "unread"
    TAINTED = "tainted"
    RULE = "rule"
    """A rule of the operator says so (``decision``)."""
    RULE_IN_PART = "rule_in_part"
    """A rule forbids a path that is touched among others."""
    RULE_BROKEN = "rule_broken"
    """A rule cannot be applied (``failure``)."""
    NOT_READING = "not_reading"
    """The agent writes some paths only (``patterns``), and this command may write others."""
    PATHS_UNCLEAR = "paths_unclear"
    """The same (``patterns``), and which files it changes cannot be told."""
    OUTSIDE = "outside"
    """The same (``patterns``), and these lie outside (``paths``)."""
    GRANTED = "granted"
    """The person allowed exactly this before."""
    HABIT = "habit"
    """The person approved exactly this the last times (``times``)."""
    USUALLY_REFUSED = "usually_refused"
    """The person refused this (``refused`` of the last ``times``)."""
    MORE_RIGHTS = "more_rights"
    """The person named an agent (``agent``), and this one may do more."""
    CHANGED_SINCE = "changed_since"
    """What it would change has itself changed since it was asked."""
    INTERRUPTED = "interrupted"
    """It was started before an interruption."""
    LIMIT = "limit"
    """A limit is reached (``used`` of ``limit``, next ``further``; in dollars with ``cost`` and ``ceiling`` where those say more)."""
    REPEATS = "repeats"
    """It keeps doing the same (``what``)."""
    BUDGET = "budget"
    """The next request would pass a budget (``cost``, ``per``, ``who``, ``period``, ``spent``, ``dollars``, ``reserved``, ``resets``,
    ``ceiling``)."""
    UNSURE = "unsure"
    """Nobody was named, and the best guess is not sure (``guesses``)."""


class Because(Struct, frozen=True, omit_defaults=True):
    """One reason."""

    code: ReasonCode
    values: dict[str, str | float] = {}
    """What the reason is about; money in US dollars."""
