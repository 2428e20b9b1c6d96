"""The one decision: from what the journal says and the facts of the moment to the next command. Pure."""

from datetime import datetime, timedelta

from artelier.domain.agents import AgentSpec
from artelier.domain.budgets import LIMIT
from artelier.domain.control import FINISH
from artelier.domain.errors import ContextTooLong, ProviderUnavailable, RateLimited
from artelier.domain.events import RunCancelled, RunFailed, RunFinished, RunWaiting
from artelier.domain.questions import QuestionKind
from artelier.domain.reasons import Because, ReasonCode
from artelier.domain.runs import RunStatus, WaitReason
from artelier.engine import calls
from artelier.engine.budgets import first_passed, has_room_again, named, only_for_now, standing
from artelier.engine.choosing import choose
from artelier.engine.commands import Abort, Ask, AskAbout, Await, CallModel, Command, Compact, Record, Rest, RunTools, SendDelegates
from artelier.engine.compaction import after_refusal, compaction
from artelier.engine.facts import Facts
from artelier.engine.loops import REPEATS, goes_on, repeated
from artelier.engine.state import RunState, SessionState, Turn, is_yes

EMPTY_REPLIES = 3
"""So many replies in a row with neither text nor calls end a run."""
LONGEST_WAIT = 60.0
"""Seconds; the longest wait for a model that gave no hint of its own."""
LONGEST_HINT = 3600.0
"""Seconds; the longest wait for one that did: after that it is worth a look, whatever it said."""
AWAY = frozenset({ProviderUnavailable.code, RateLimited.code})
"""Failures that pass by themselves, however often they come in a row: the run waits as long as the operator lets it."""


def decide(state: SessionState, facts: Facts) -> Command:
    """Return what the run needs next. Reads no clock and does no I/O; the same input gives the same command."""
    run = state.runs[facts.run]
    if run.status is not RunStatus.RUNNING:
        return Rest()
    if run.cancel_reason is not None:
        return _stop(run, facts)
    late = calls.overdue(run, facts)
    if late:
        return Record(late)
    if not run.agent:
        return _route(run, facts)
    if facts.model_in_flight:
        return Await()
    reply = _final_reply(run, facts)
    if reply is not None:
        return Record((RunFinished(reply, run.usage, run.step, run.calls_asked),))
    command = _in_a_loop(run, facts) or _over_limit(run, facts) or _work_on_calls(state, run, facts) or _call_model(state, run, facts)
    return _over_budget(run, facts) or command if isinstance(command, CallModel | Compact) else command


def _stop(run: RunState, facts: Facts) -> Command:
    if facts.in_flight or facts.model_in_flight:
        return Abort()
    return Record((RunCancelled(run.cancel_reason or "", run.usage),))


def _route(run: RunState, facts: Facts) -> Command:
    if run.clarification is not None and run.clarified is None:
        return _wait(run, WaitReason.PERSON, run.clarification.expires_at)
    found = choose(run, facts)
    return Ask((found,), _expiry(facts)) if isinstance(found, AskAbout) else found


def _final_reply(run: RunState, facts: Facts) -> str | None:
    if not run.turns or run.turns[-1].open_calls or run.failure_pending:
        return None
    turn = run.turns[-1]
    for call in turn.calls:
        if call.call.name == FINISH.name and call.result is not None and call.result.status.value == "done":
            return str((call.call.arguments or {}).get("result") or turn.reply.text)
    if turn.calls or not turn.reply.text or (turn.cut and _room_for_more(turn, facts)):
        return None
    return turn.reply.text


def _room_for_more(turn: Turn, facts: Facts) -> bool:
    return turn.reply.max_tokens < facts.policy.max_tokens_cap


def _in_a_loop(run: RunState, facts: Facts) -> Command | None:
    if not goes_on(run):
        return None
    asked = run.budget_question
    if asked is None or asked.limit != REPEATS or (run.budget_answer is not None and is_yes(run.budget_answer)):
        return Ask((AskAbout(QuestionKind.BUDGET, limit=REPEATS, reason="The model was told and went on all the same."),), _expiry(facts))
    if run.budget_answer is None:
        return _wait(run, WaitReason.BUDGET, asked.expires_at)
    what = f"The agent kept doing the same with the same result: {repeated(run)}."
    return Record((RunFailed("LOOP", f"{what} Say in a message what to do instead, or resume the run to let it go on.", run.usage),))


def _over_limit(run: RunState, facts: Facts) -> Command | None:
    name = _limit_reached(run, facts.agent_of(run), facts)
    if not name:
        return None
    if facts.in_flight:
        return Await()
    asked = run.budget_question
    if asked is not None and asked.limit == name:
        if run.budget_answer is None:
            return _wait(run, WaitReason.BUDGET, asked.expires_at)
        if not is_yes(run.budget_answer):
            return Record(
                (RunFailed("LIMIT_REACHED", f"The limit of {name} is reached and was not raised. Raise it and resume the run.", run.usage),)
            )
    limit = run.granted(facts.agent_of(run).limits, name)
    return Ask(
        (
            AskAbout(
                QuestionKind.BUDGET,
                limit=name,
                reason=f"{_used(run, name):g} of {limit:g} used.",
                because=(Because(ReasonCode.LIMIT, {"used": _used(run, name), "limit": limit}),),
            ),
        ),
        _expiry(facts),
    )


def _limit_reached(run: RunState, agent: AgentSpec, facts: Facts) -> str:
    for name in ("steps", "calls", "tokens", "wall_seconds", "money"):
        limit = run.granted(agent.limits, name)
        used = _used(run, name)
        match name:
            case "calls":
                reached = used > limit
            case "money":
                reached = facts.next_cost > 0 and used + facts.next_cost > limit
            case _:
                reached = used >= limit
        if limit > 0 and reached:
            return name
    return ""


def _used(run: RunState, name: str) -> float:
    match name:
        case "steps":
            return run.step + run.delegated_steps
        case "calls":
            return run.calls_asked
        case "tokens":
            return run.usage.total_tokens
        case "money":
            return run.usage.cost
        case _:
            return run.active_seconds


def _over_budget(run: RunState, facts: Facts) -> Command | None:
    """Return what is done instead of a request that a budget over runs has nothing left for."""
    asked = run.budget_question if run.budget_question is not None and run.budget_question.limit == LIMIT else None
    passed = first_passed(run, facts.budgets, facts.next_cost)
    if passed is None:
        return None if asked is None or run.budget_answer is not None else Record((has_room_again(asked),))
    if only_for_now(run, passed, facts.next_cost):
        return Await()
    if asked is None or asked.budget != passed.key or (run.budget_answer is not None and is_yes(run.budget_answer)):
        return Ask((AskAbout(QuestionKind.BUDGET, limit=LIMIT, reason=standing(passed), budget=passed),), _expiry(facts))
    if run.budget_answer is None:
        return _wait(run, WaitReason.BUDGET, min((each for each in (asked.expires_at, passed.resets_at) if each is not None), default=None))
    text = f"The {named(passed)} is used up and was not raised. Raise limits.budgets, or resume the run once it resets."
    return Record((RunFailed("LIMIT_REACHED", text, run.usage),))


def _work_on_calls(state: SessionState, run: RunState, facts: Facts) -> Command | None:
    if not run.turns or not run.turns[-1].open_calls:
        return None
    turn = run.turns[-1]
    if turn.cut and _room_for_more(turn, facts):
        return None
    payloads = calls.closings(run, turn, facts) or calls.judgements(run, turn, facts, state.seen)
    if payloads:
        return Record(payloads)
    delegates = calls.sendable(turn)
    if delegates:
        return SendDelegates(delegates)
    start = calls.startable(turn, facts)
    if start:
        return RunTools(start)
    ask = calls.questions(turn, facts)
    if ask:
        return Ask(ask, _expiry(facts))
    if facts.in_flight:
        return Await()
    expiries = [question.expires_at for question in run.open_questions if question.expires_at is not None]
    reason = WaitReason.PERSON if run.open_questions else WaitReason.DELEGATE
    return _wait(run, reason, min(expiries, default=None))


def _call_model(state: SessionState, run: RunState, facts: Facts) -> Command:
    if run.failure_pending and run.last_failure_code == ContextTooLong.code:
        return after_refusal(state, run, facts)
    if run.failure_pending:
        waiting = _after_failure(run, facts)
        if waiting is not None:
            return waiting
    if run.empty_replies >= EMPTY_REPLIES:
        return Record(
            (RunFailed("EMPTY_REPLY", "The model answered nothing several times in a row. Try again or choose another model.", run.usage),)
        )
    smaller = compaction(state, run, facts)
    if smaller is not None:
        return smaller
    tokens = facts.agent_of(run).max_tokens
    if run.turns and run.turns[-1].cut and _room_for_more(run.turns[-1], facts):
        return CallModel(run.step - 1, run.attempt, min(run.turns[-1].reply.max_tokens * 2, facts.policy.max_tokens_cap))
    return CallModel(run.step, run.attempt, tokens)


def _after_failure(run: RunState, facts: Facts) -> Command | None:
    """Return None to try again at once: the first failure of a kind that may pass, without a hint to wait."""
    if not run.failure_retryable or _given_up(run, facts):
        return Record((RunFailed(run.last_failure_code, run.last_failure, run.usage),))
    if run.failures == 1 and run.retry_after is None:
        return None
    return _wait(run, WaitReason.MODEL, facts.now + timedelta(seconds=_pause(run)))


def _given_up(run: RunState, facts: Facts) -> bool:
    """Return whether a failure that may pass came for too long, or too often where it is none of the provider's being away."""
    if run.failures < facts.policy.model_failures:
        return False
    if run.last_failure_code not in AWAY or run.failing_since is None:
        return True
    return facts.now - run.failing_since >= timedelta(seconds=facts.policy.outage_seconds)


def _pause(run: RunState) -> float:
    """Return seconds that grow with each failure, and more where the provider asks for more: a short hint said again is no way out."""
    growing = min(2.0 ** min(run.failures, 10), LONGEST_WAIT)
    return max(growing, min(run.retry_after or 0.0, LONGEST_HINT))


def _wait(run: RunState, reason: WaitReason, wake_at: datetime | None) -> Record:
    return Record((RunWaiting(reason, wake_at, run.usage),))


def _expiry(facts: Facts) -> datetime | None:
    seconds = facts.policy.question_seconds
    return facts.now + timedelta(seconds=seconds) if seconds > 0 else None
