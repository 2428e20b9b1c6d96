"""May this call run? Forbid beats ask beats allow; whatever is unclear asks; a rule that fails refuses."""

from fnmatch import fnmatchcase

from msgspec import Struct

from artelier.approvals.commands import may_match, surely_matches
from artelier.approvals.writable import unwritable
from artelier.domain.calls import Access, ToolCall, ToolSpec
from artelier.domain.verdicts import Rule, Ruling, Verdict


class JudgeFacts(Struct, frozen=True):
    """All that a judgement may look at."""

    agent: str
    rules: tuple[Rule, ...]
    spec: ToolSpec | None
    """None for a tool nobody knows."""
    access: Access
    sandboxed: bool = False
    """Whether commands run in a sandbox here."""
    writes: tuple[str, ...] = ()
    """Patterns of the paths that the agent may write; empty for all."""


_ALWAYS_ASKED = {
    "unsandboxed": "Commands without a sandbox are always asked.",
    "wider": "Commands that want more than the sandbox gives are always asked.",
}
_WISHES = ("network", "folders")
"""Arguments by which a command asks for more than the sandbox gives."""
_STRENGTH = {Ruling.FORBID: 0, Ruling.ASK: 1, Ruling.ALLOW: 2}


def judge(call: ToolCall, facts: JudgeFacts) -> Verdict:
    """Return the verdict on a call; pure, and never raises: a rule that cannot be applied forbids."""
    refusal = unwritable(call, facts.spec, facts.access, facts.writes)
    if refusal:
        return Verdict(Ruling.FORBID, refusal)
    try:
        matching = [rule for rule in facts.rules if _matches(rule, call, facts)]
    except Exception as failure:  # noqa: BLE001  an error in a rule must refuse, whatever it is
        return Verdict(Ruling.FORBID, f"An approval rule could not be applied ({failure}); correct it in the settings.")
    labels = _labels(call, facts)
    if not matching:
        return _default(facts, labels)
    rule = min(matching, key=lambda each: _STRENGTH[each.decision])
    if rule.decision is Ruling.ALLOW and labels:
        return Verdict(Ruling.ASK, _ALWAYS_ASKED[labels[0]], _name(rule), labels)
    return Verdict(rule.decision, f"The operator's rule says {rule.decision.value}.", _name(rule), labels)


def _default(facts: JudgeFacts, labels: tuple[str, ...]) -> Verdict:
    if facts.spec is None:
        return Verdict(Ruling.ASK, "Nobody knows this tool.", labels=labels)
    if facts.spec.effect == "read":
        return Verdict(Ruling.ALLOW, "It only reads the workspace.")
    if facts.spec.effect == "write":
        return Verdict(Ruling.ASK, "It changes files.", labels=labels)
    if facts.spec.effect == "outbound":
        return Verdict(Ruling.ASK, "It reaches out of this machine.", labels=labels)
    return Verdict(Ruling.ASK, "It runs a command.", labels=labels)


def _labels(call: ToolCall, facts: JudgeFacts) -> tuple[str, ...]:
    if facts.spec is not None and facts.spec.effect != "execute":
        return ()
    contained = facts.sandboxed and (facts.spec is None or facts.spec.sandboxed)
    wider = any((call.arguments or {}).get(wish) for wish in _WISHES)
    return (*(() if contained else ("unsandboxed",)), *(("wider",) if wider else ()))


def _matches(rule: Rule, call: ToolCall, facts: JudgeFacts) -> bool:
    if not fnmatchcase(call.name, rule.tool) or not fnmatchcase(facts.agent, rule.agent):
        return False
    allows = rule.decision is Ruling.ALLOW
    if rule.path and not _path_matches(rule.path, facts.access, every=allows):
        return False
    if rule.command:
        command = (call.arguments or {}).get("command")
        if not isinstance(command, str):
            return False
        return surely_matches(command, rule.command) if allows else may_match(command, rule.command)
    return True


def _path_matches(glob: str, access: Access, *, every: bool) -> bool:
    """Return whether a glob meets a call: an allowing rule must cover every path touched, any other is met by one."""
    if access.exclusive:
        return not every
    paths = access.reads | access.writes
    hits = [fnmatchcase(path, glob) for path in paths]
    return bool(paths) and (all(hits) if every else any(hits))


def _name(rule: Rule) -> str:
    parts = [f"{field}={value}" for field, value in (("tool", rule.tool), ("agent", rule.agent)) if value != "*"]
    parts += [f"{field}={value}" for field, value in (("path", rule.path), ("command", rule.command)) if value]
    return f"{rule.decision.value} {' '.join(parts) or 'everything'}"
