"""Whatever a run waits for a person to say: one kind of thing, answered at one place."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from artelier.domain.calls import ToolCall
from artelier.domain.reasons import Because


class QuestionKind(StrEnum):
    """What is asked."""

    APPROVAL = "approval"
    """May this call run?"""
    WORDS = "words"
    """The agent asks something."""
    CLARIFICATION = "clarification"
    """Which agent should take this?"""
    BUDGET = "budget"
    """A limit is reached: go on?"""
    IN_DOUBT = "in_doubt"
    """A call was started and its result is unknown: run it again?"""


IN_WORDS = frozenset({QuestionKind.WORDS, QuestionKind.CLARIFICATION})
"""Questions that ask for words and not for a yes."""


class Decision(StrEnum):
    """The two ways to answer."""

    APPROVE = "approve"
    REJECT = "reject"


class QuestionStatus(StrEnum):
    """Where a question stands."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    TIMED_OUT = "timed_out"
    CLOSED = "closed"
    """Its run ended before anybody answered."""


class Question(Struct, frozen=True, omit_defaults=True):
    """One question to a person."""

    id: str
    kind: QuestionKind
    text: str
    """What is asked, in one sentence."""
    agent: str = ""
    call: ToolCall | None = None
    effect: str = ""
    """What exactly would happen, made from the parsed arguments, never from a model's words."""
    reason: str = ""
    """Why it is asked: the rule, the limit."""
    options: tuple[str, ...] = ()
    expires_at: datetime | None = None
    on_timeout: Decision = Decision.REJECT
    labels: tuple[str, ...] = ()
    """What makes it grave: ``unsandboxed``, or ``wider`` for a command that wants more than the sandbox gives.

    Such a call is never approved in bulk or by ``--yes``.
    """
    preview: str = ""
    """What would change in the files, as a unified diff."""
    undoable: bool | None = None
    """Whether it could be undone afterwards; None for what changes nothing."""
    targets: dict[str, str] = {}
    """Stamps of the files it would write, as they were when it was asked; it is asked again when they have changed."""
    limit: str = ""
    """Which limit a budget question is about: steps, calls, tokens, wall_seconds or money; ``repeats`` for doing the same again,
    ``budget`` for a budget over runs."""
    path: tuple[str, ...] = ()
    """Agents from the top down to the one that asks, where work was given on."""
    root: str = ""
    """The session at the top, where work was given on."""
    key: str = ""
    """Digest of everything that calls share whose approvals are like this one; empty unless it is the approval of a call."""
    budget: str = ""
    """Whose budget of which period a question of the limit ``budget`` is about."""
    ceiling: float = 0.0
    """US dollars up to which the run may spend of that budget, or of its limit ``money``, after a yes, whatever others spend counted in."""
    because: tuple[Because, ...] = ()
    """``reason`` and, for a limit or a choice of agents, ``text`` as codes."""


class Answer(Struct, frozen=True, omit_defaults=True):
    """What was said to a question."""

    decision: Decision
    text: str = ""
    """The reason of a refusal, or the words that were asked for; the model reads it."""
    arguments: dict[str, Any] | None = None
    """The call's arguments as a person changed them."""
    by: str = ""
    """``person:ID``, ``timeout``, or ``budget`` where that has room again."""
    bulk: bool = False
    """Whether it was given to several questions at once."""
    key: str = ""
    """Idempotency-Key of the message that answered, if it was one."""


def status_after(answer: Answer) -> QuestionStatus:
    """Return where a question stands once this answer is stored."""
    if answer.by == "timeout":
        return QuestionStatus.TIMED_OUT
    return QuestionStatus.APPROVED if answer.decision is Decision.APPROVE else QuestionStatus.REJECTED
