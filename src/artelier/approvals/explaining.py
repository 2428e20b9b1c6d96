"""What would be judged of a call, and why: for people and programs that want to know beforehand. Nothing is run."""

from msgspec import Struct

from artelier.approvals.examine import Examined
from artelier.approvals.judge import JudgeFacts, judge
from artelier.approvals.labels import brought_by, deeds_of, examined
from artelier.domain.calls import ToolCall
from artelier.domain.reasons import Because


class Explanation(Struct, frozen=True):
    """A judgement with all that it rests on."""

    decision: str
    reason: str
    rule: str = ""
    """The rule that decided, empty for the built-in default."""
    commands: tuple[Examined, ...] = ()
    parseable: bool = True
    """Whether it can be said of every part of a command what it would run; true for calls without one."""
    writes: tuple[str, ...] = ()
    """Files that a command sends its output to, or that another call writes."""
    taint: tuple[str, ...] = ()
    """``outbound`` and ``destructive`` for what the call does, ``untrusted`` and ``private`` for what its result brings in."""
    because: tuple[Because, ...] = ()
    """The reason as codes, for words in any language."""


def explain(call: ToolCall, facts: JudgeFacts) -> Explanation:
    """Return what the judge would say of a call, and what it sees in it."""
    verdict = judge(call, facts)
    found = examined(call)
    taint = sorted({*deeds_of(call, facts.spec), *brought_by(call, facts.spec, facts.access)})
    return Explanation(
        decision=verdict.ruling.value,
        reason=verdict.reason,
        rule=verdict.rule,
        commands=() if found is None else found.commands,
        parseable=found.parseable if found is not None else "command" not in (call.arguments or {}),
        writes=found.writes if found is not None else tuple(sorted(facts.access.writes)),
        taint=tuple(taint),
        because=verdict.because,
    )
