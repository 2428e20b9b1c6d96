"""What a person is asked, in words made from the parsed call and never from a model's own claims about it."""

from datetime import datetime, timedelta

from artelier.domain.calls import ToolCall
from artelier.domain.questions import Decision, Question, QuestionKind
from artelier.domain.reasons import Because, ReasonCode
from artelier.engine.budgets import because_of, ceiling_after, dollars, text_about
from artelier.engine.commands import AskAbout
from artelier.engine.facts import Facts
from artelier.engine.loops import REPEATS, repeated
from artelier.engine.state import CallState, RunState

_LIMITS = {"steps": "steps", "calls": "tool calls", "tokens": "tokens", "wall_seconds": "seconds of work", "money": "US dollars"}


def budget_question(identifier: str, about: AskAbout, run: RunState, facts: Facts, expires_at: datetime | None) -> Question:
    """Return the question whether a run may go beyond a limit, or go on repeating itself."""
    return Question(
        id=identifier,
        kind=QuestionKind.BUDGET,
        text=_budget_text(about.limit, run, facts) if about.budget is None else text_about(about.budget, facts.next_cost),
        agent=run.agent,
        reason=about.reason,
        because=_budget_because(about, run, facts),
        expires_at=expires_at,
        on_timeout=facts.policy.on_timeout,
        limit=about.limit,
        budget="" if about.budget is None else about.budget.key,
        ceiling=_ceiling(about.limit, run, facts) if about.budget is None else ceiling_after(about.budget, facts.next_cost),
    )


def clarification_question(identifier: str, about: AskAbout, expires_at: datetime | None) -> Question:
    """Return the question which agent should answer; silence ends the run, whatever it means elsewhere."""
    return Question(
        id=identifier,
        kind=QuestionKind.CLARIFICATION,
        text="Which agent should take this? Choose one, or say more about what you want.",
        reason=about.reason,
        because=about.because,
        options=about.options,
        expires_at=expires_at,
        on_timeout=Decision.REJECT,
    )


def call_question(
    identifier: str, about: AskAbout, call: CallState, agent: str, effect: str, expires_at: datetime | None, facts: Facts
) -> Question:
    """Return the question about one call: an approval, words for the agent, or what to do with a call in doubt."""
    effective = call.effective
    return Question(
        id=identifier,
        kind=about.kind,
        text=_text(about.kind, effective),
        agent=agent,
        call=effective,
        effect=effect,
        reason=about.reason,
        because=about.because,
        options=_options(about.kind, effective),
        expires_at=_expiry(about.kind, call, facts, expires_at),
        on_timeout=_on_timeout(about.kind, call, facts),
        labels=() if call.judged is None else call.judged.labels,
    )


def _expiry(kind: QuestionKind, call: CallState, facts: Facts, otherwise: datetime | None) -> datetime | None:
    """Return when a question closes by itself: as the rule says that asks it, otherwise as the settings say for all."""
    if kind is not QuestionKind.APPROVAL or call.judged is None or call.judged.timeout is None:
        return otherwise
    return facts.now + timedelta(seconds=call.judged.timeout) if call.judged.timeout > 0 else None


def _on_timeout(kind: QuestionKind, call: CallState, facts: Facts) -> Decision:
    """Return what silence means: yes only where a rule says so, and never for a call with a label."""
    if kind is not QuestionKind.APPROVAL or call.judged is None:
        return facts.policy.on_timeout
    if call.judged.labels or call.judged.on_timeout is None:
        return Decision.REJECT if call.judged.labels else facts.policy.on_timeout
    return call.judged.on_timeout


def _budget_text(name: str, run: RunState, facts: Facts) -> str:
    if name == REPEATS:
        return f"It keeps doing the same: {repeated(run)}. Let it go on?"
    limits = facts.agent_of(run).limits
    limit = run.granted(limits, name)
    further = limit + getattr(limits, name)
    ceiling = _ceiling(name, run, facts)
    if ceiling <= further:
        return f"Limit of {limit:g} {_LIMITS[name]} reached. Go on to {further:g}?"
    cost = f"the next request may cost up to {dollars(facts.next_cost)}"
    return f"Limit of {limit:g} {_LIMITS[name]} reached: {cost}. Go on to {dollars(ceiling)}?"


def _budget_because(about: AskAbout, run: RunState, facts: Facts) -> tuple[Because, ...]:
    """Return the question and its reason as codes: what is repeated, which budget would be passed, or how far the limit goes."""
    if about.budget is not None:
        return (because_of(about.budget, facts.next_cost),)
    if about.limit == REPEATS:
        return (Because(ReasonCode.REPEATS, {"what": repeated(run)}),)
    limits = facts.agent_of(run).limits
    further, ceiling = run.granted(limits, about.limit) + getattr(limits, about.limit), _ceiling(about.limit, run, facts)
    more = {"cost": facts.next_cost, "ceiling": ceiling} if ceiling > further else {}
    return tuple(Because(each.code, each.values | {"further": further} | more) for each in about.because)


def _ceiling(name: str, run: RunState, facts: Facts) -> float:
    """Return what a yes lets the run come to at least: enough for its next request; 0 where the limit once more says all."""
    if name != "money":
        return 0.0
    limits = facts.agent_of(run).limits
    return max(run.granted(limits, name) + limits.money, run.usage.cost + facts.next_cost)


def _text(kind: QuestionKind, call: ToolCall) -> str:
    if kind is QuestionKind.WORDS:
        return str((call.arguments or {}).get("question") or "The agent has a question but did not say which.")
    if kind is QuestionKind.IN_DOUBT:
        return f"{call.name} was interrupted and may have taken effect. Run it again?"
    return f"Let {call.name} run?"


def _options(kind: QuestionKind, call: ToolCall) -> tuple[str, ...]:
    options = (call.arguments or {}).get("options")
    if kind is not QuestionKind.WORDS or not isinstance(options, list):
        return ()
    return tuple(str(option) for option in options[:9])
