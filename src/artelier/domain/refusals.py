"""What exactly a request was refused for, as a code with its values: clients word it in the person's language.

An error's own ``code`` says of what kind it is, and is what programs act on; this says what a person wants to know.
"""

from enum import StrEnum

from msgspec import Struct


class RefusalCode(StrEnum):
    """What a refusal says; its values are named in brackets."""

    UNKNOWN = "unknown"
    """There is no such thing (``kind``: session, run, question, workspace, grant, webhook, agent; ``name`` where it was told)."""
    AGENT_UNKNOWN = "agent_unknown"
    """There is no such agent (``name``), but these (``known``)."""
    WORKSPACE_KNOWN = "workspace_known"
    WORKSPACE_USED = "workspace_used"
    """Sessions belong to it."""
    TEXT_EMPTY = "text_empty"
    TEXT_TOO_LONG = "text_too_long"
    """So many ``characters``, of which ``most`` are taken."""
    TEXT_UNCLEAN = "text_unclean"
    """It holds what is no text."""
    ANSWERED = "answered"
    """The question was answered, or its run has ended."""
    NEEDS_WORDS = "needs_words"
    """The question is answered in words."""
    NOT_TOGETHER = "not_together"
    """The question is answered alone."""
    NOT_KEPT = "not_kept"
    """Approval of this call cannot be remembered: it is asked every time."""
    NOT_A_CALL = "not_a_call"
    """What was said goes with the approval of a call alone."""
    ARGUMENTS_UNFIT = "arguments_unfit"
    """Changed arguments do not fit a tool (``tool``, ``failure``)."""
    RESUMED = "resumed"
    """Somebody was faster."""
    NOT_RESUMABLE = "not_resumable"
    """Only a failed or waiting run is resumed; this one has a ``status``."""
    WAITS_FOR_A_PERSON = "waits_for_a_person"
    DELEGATED = "delegated"
    """The session is one agent's work for another."""
    AT_WORK = "at_work"
    """A run of the session is at work."""
    CHANGED_SINCE_SHOWN = "changed_since_shown"
    """What a folder brings along is not what was shown."""


class Refusal(Struct, frozen=True):
    """What a request was refused for."""

    code: RefusalCode
    values: dict[str, str | float] = {}
