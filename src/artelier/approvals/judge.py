"""May this call run? Forbid beats ask beats allow; whatever is unclear asks; a rule that fails refuses."""

from fnmatch import fnmatchcase

from msgspec import Struct
from msgspec.structs import replace

from artelier.approvals.adaptive import Habit
from artelier.approvals.commands import may_match, surely_matches
from artelier.approvals.examine import Examination
from artelier.approvals.labels import deeds_of, examined
from artelier.approvals.path_rules import Meeting, covers, meets
from artelier.approvals.writable import unwritable
from artelier.domain.calls import Access, ToolCall, ToolSpec
from artelier.domain.questions import Decision
from artelier.domain.reasons import Because, ReasonCode
from artelier.domain.verdicts import DESTRUCTIVE, OUTBOUND, PRIVATE, TAINTED, UNREAD, UNSANDBOXED, UNTRUSTED, WIDER, Rule, Ruling, Verdict


class JudgeFacts(Struct, frozen=True):
    """All that a judgement may look at."""

    agent: str
    rules: tuple[Rule, ...]
    spec: ToolSpec | None
    """None for a tool nobody knows."""
    access: Access
    sandboxed: bool = False
    """Whether commands run in a sandbox here."""
    seen: frozenset[str] = frozenset()
    """What the run has seen so far: ``untrusted``, ``private``."""
    granted: str = ""
    """The grant that covers this very call, if there is one."""
    habit: Habit = Habit()
    """What the person's earlier answers to its like say."""
    writes: tuple[str, ...] = ()
    """Patterns of the paths that the agent may write; empty for all."""


_ALWAYS_ASKED = {
    UNSANDBOXED: (ReasonCode.UNSANDBOXED, "Commands without a sandbox are always asked."),
    WIDER: (ReasonCode.WIDER, "Commands that want more than the sandbox gives are always asked."),
    UNREAD: (ReasonCode.UNREAD, "It cannot be said what all of this command would run, so it is always asked."),
    TAINTED: (ReasonCode.TAINTED, "It comes after words of strangers were read, which could have led the agent to it."),
}
_BY_EFFECT = {
    "write": (ReasonCode.WRITES, "It changes files."),
    "outbound": (ReasonCode.REACHES_OUT, "It reaches out of this machine."),
    "execute": (ReasonCode.RUNS, "It runs a command."),
}
_WISHES = ("network", "folders")
"""Arguments by which a command asks for more than the sandbox gives."""
_HABITUAL = frozenset({"write", "execute"})
_Met = tuple[Ruling, Rule]
"""What a rule says of a call, and the rule."""
IN_PART = "The operator forbids a path that this call may touch among others, or which it touches cannot be told."
_STRENGTH = {Ruling.FORBID: 0, Ruling.ASK: 1, Ruling.ALLOW: 2}


def judge(call: ToolCall, facts: JudgeFacts) -> Verdict:
    """Return the verdict on a call; pure, and never raises: a rule that cannot be applied forbids."""
    refusal = unwritable(call, facts.spec, facts.access, facts.writes)
    if refusal is not None:
        return Verdict(Ruling.FORBID, refusal.reason, because=(refusal.because,))
    try:
        found = examined(call)
        matching = [met for rule in facts.rules if (met := _met(rule, call, found, facts)) is not None]
        labels = (*_always_asked(call, found, facts), *deeds_of(call, facts.spec))
    except Exception as failure:  # noqa: BLE001  an error in a rule must refuse, whatever it is
        broken = Because(ReasonCode.RULE_BROKEN, {"failure": str(failure)})
        return Verdict(Ruling.FORBID, f"An approval rule could not be applied ({failure}); correct it in the settings.", because=(broken,))
    verdict = _by_rules(matching, labels) if matching else _default(facts, labels)
    always = _ALWAYS_ASKED.get(labels[0]) if labels else None
    if verdict.ruling is Ruling.ALLOW and always is not None:
        return replace(verdict, ruling=Ruling.ASK, reason=always[1], because=(Because(always[0]),))
    if verdict.ruling is Ruling.ASK and facts.granted and facts.spec is not None and always is None:
        before = (Because(ReasonCode.GRANTED),)
        return replace(verdict, ruling=Ruling.ALLOW, reason="You allowed exactly this before.", grant=facts.granted, because=before)
    if verdict.ruling is Ruling.ASK:
        return _by_habit(verdict, facts, labels)
    return verdict


def _by_habit(asking: Verdict, facts: JudgeFacts, labels: tuple[str, ...]) -> Verdict:
    """Allow by habit what has no label, follows no words of strangers, and is asked by no rule of the operator."""
    if facts.habit.warns:
        return replace(asking, reason=f"{asking.reason} {facts.habit.reason}", because=(*asking.because, *facts.habit.because))
    outside = labels or asking.rule or UNTRUSTED in facts.seen
    if not facts.habit.allows or outside or facts.spec is None or facts.spec.effect not in _HABITUAL:
        return asking
    return replace(asking, ruling=Ruling.ALLOW, reason=facts.habit.reason, grant=facts.habit.name, because=facts.habit.because)


def _by_rules(matching: list[_Met], labels: tuple[str, ...]) -> Verdict:
    ruling, rule = min(matching, key=lambda each: (_STRENGTH[each[0]], each[1].decision is Ruling.FORBID))
    asking = [rule for _, rule in matching if rule.decision is Ruling.ASK]
    times = [each.timeout for each in asking if each.timeout is not None]
    says = Because(ReasonCode.RULE, {"decision": rule.decision.value}) if ruling is rule.decision else Because(ReasonCode.RULE_IN_PART)
    ends = {each.on_timeout for each in asking if each.on_timeout is not None}
    return Verdict(
        ruling,
        f"The operator's rule says {rule.decision.value}." if ruling is rule.decision else IN_PART,
        _name(rule),
        labels,
        timeout=min(times, key=lambda each: each or float("inf"), default=None),
        on_timeout=None if not ends else Decision.APPROVE if ends == {Decision.APPROVE} else Decision.REJECT,
        because=(says,),
    )


def _default(facts: JudgeFacts, labels: tuple[str, ...]) -> Verdict:
    if facts.spec is None:
        code, reason = ReasonCode.TOOL_UNKNOWN, "Nobody knows this tool; one of an MCP server is known while its server is connected."
    elif facts.spec.effect == "read":
        return Verdict(Ruling.ALLOW, "It only reads the workspace.", labels=labels, because=(Because(ReasonCode.READS),))
    else:
        code, reason = _BY_EFFECT.get(facts.spec.effect, _BY_EFFECT["execute"])
        code = ReasonCode.DESTROYS if DESTRUCTIVE in labels else code
    return Verdict(Ruling.ASK, reason, labels=labels, because=(Because(code),))


def _always_asked(call: ToolCall, found: Examination | None, facts: JudgeFacts) -> tuple[str, ...]:
    """Return the labels that no allowing rule outweighs, the gravest first."""
    tainted = (TAINTED,) if _is_tainted(deeds_of(call, facts.spec), facts.seen) else ()
    if facts.spec is not None and facts.spec.effect != "execute":
        return tainted
    contained = facts.sandboxed and (facts.spec is None or facts.spec.sandboxed)
    wider = any((call.arguments or {}).get(wish) for wish in _WISHES)
    unread = found is not None and (not found.parseable or found.fed)
    return (*(() if contained else (UNSANDBOXED,)), *((WIDER,) if wider else ()), *((UNREAD,) if unread else ()), *tainted)


def _is_tainted(deeds: tuple[str, ...], seen: frozenset[str]) -> bool:
    """Whether strangers' words could have led to this: to send private data out, or to destroy something."""
    if UNTRUSTED not in seen:
        return False
    return DESTRUCTIVE in deeds or (OUTBOUND in deeds and PRIVATE in seen)


def _met(rule: Rule, call: ToolCall, found: Examination | None, facts: JudgeFacts) -> _Met | None:
    """Return a rule that a call meets and what it says then: one that forbids a path asks where only a part may be meant."""
    if not fnmatchcase(call.name, rule.tool) or not fnmatchcase(facts.agent, rule.agent):
        return None
    allows = rule.decision is Ruling.ALLOW
    if rule.command and (found is None or not _has_command(rule, call, found, allows=allows)):
        return None
    if not rule.path:
        return rule.decision, rule
    if allows:
        return (rule.decision, rule) if covers(rule.path, call, facts.spec, facts.access) else None
    meeting = meets(rule.path, call, facts.spec, facts.access, found)
    if meeting is Meeting.NO:
        return None
    return (rule.decision if meeting is Meeting.YES else Ruling.ASK), rule


def _has_command(rule: Rule, call: ToolCall, found: Examination, *, allows: bool) -> bool:
    return surely_matches(found, rule.command) if allows else may_match(str((call.arguments or {})["command"]), found, rule.command)


def _name(rule: Rule) -> str:
    parts = [f"{field}={value}" for field, value in (("tool", rule.tool), ("agent", rule.agent)) if value != "*"]
    parts += [f"{field}={value}" for field, value in (("path", rule.path), ("command", rule.command)) if value]
    return f"{rule.decision.value} {' '.join(parts) or 'everything'}"
