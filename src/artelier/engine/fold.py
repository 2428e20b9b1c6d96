"""From the journal to the state: one small function an event."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import assert_never

from msgspec.structs import replace

from artelier.domain import events as e
from artelier.domain.budgets import LIMIT, ROOM_AGAIN
from artelier.domain.calls import ResultStatus
from artelier.domain.compacting import ContextCompacted
from artelier.domain.delegating import DelegateReturned, DelegateSent
from artelier.domain.errors import ContextTooLong
from artelier.domain.forking import SessionForked
from artelier.domain.grants import GrantMade, GrantRevoked
from artelier.domain.questions import Answer, Question, QuestionKind
from artelier.domain.restoring import FilesRestored
from artelier.domain.routes import ClarificationAsked, RouteAdvised
from artelier.domain.runs import RunStatus
from artelier.engine.choosing import named_in
from artelier.engine.delegation import delegate_result
from artelier.engine.findings import Findings
from artelier.engine.loops import REPEATS
from artelier.engine.noticing import noticed
from artelier.engine.state import CallState, RunState, SessionState, Turn, is_yes


def fold(state: SessionState, events: Iterable[e.Event]) -> SessionState:
    """Return the state after these events, which must follow ``state.seq`` without a gap."""
    for event in events:
        state = _apply(state, event)
    return state


def _apply(state: SessionState, event: e.Event) -> SessionState:
    payload = event.payload
    if isinstance(payload, e.SessionOpened):
        return replace(state, seq=event.seq, owner=payload.owner, workspace=payload.workspace, parent=payload.parent)
    if isinstance(payload, SessionForked):
        last = {run.id: replace(run, left=True) for run in tuple(state.runs.values())[-1:]}
        return replace(state, seq=event.seq, runs={**state.runs, **last}, inherited=len(state.runs))
    run = state.runs.get(event.run)
    if isinstance(payload, e.MessageReceived):
        run = RunState(
            event.run,
            payload.text,
            payload.agent,
            payload.model,
            event.trace,
            allowance=payload.allowance,
            rights=payload.rights,
            writes=payload.writes,
            seen=frozenset(payload.seen),
            wishes=payload.cache,
            ceilings=payload.ceilings,
            said=payload.said,
        )
    if run is None:
        return replace(state, seq=event.seq)
    run = _apply_to_run(_pass_time(run, event), event, state.findings)
    runs, findings = {**state.runs, event.run: run}, noticed(state.findings, event, run)
    compacted = payload if isinstance(payload, ContextCompacted) else state.compacted
    return replace(state, seq=event.seq, runs=runs, findings=findings, compacted=compacted)


def _pass_time(run: RunState, event: e.Event) -> RunState:
    if run.status is not RunStatus.RUNNING or run.active_since is None:
        return run
    passed = max(0.0, (event.at - run.active_since).total_seconds())
    return replace(run, active_seconds=run.active_seconds + passed, active_since=event.at)


def _apply_to_run(run: RunState, event: e.Event, known: Findings) -> RunState:  # noqa: C901, PLR0911, PLR0912  a flat match over a sum type
    match event.payload:
        case e.SessionOpened() | SessionForked() | e.MessageReceived():
            return run
        case e.RunQueued(resumed=resumed):
            return _resumed(run) if resumed else run
        case e.RunStarted(fence=fence):
            attempt = run.attempt + 1 if run.fence else run.attempt
            return replace(run, status=RunStatus.RUNNING, fence=fence, attempt=attempt, active_since=event.at, failure_pending=False)
        case e.AgentChosen() | RouteAdvised() | ClarificationAsked() as found:
            return _routed(run, found)
        case e.ModelReplied() as reply:
            return _replied(run, reply, known)
        case e.ModelFailed() as failed:
            return _failed(run, failed, event.at)
        case e.CallJudged(call=call) as judged:
            return _change_call(run, call, lambda each: replace(each, judged=judged))
        case e.ToolStarted(call=call):
            return _mark(_change_call(run, call, lambda each: replace(each, starts=each.starts + 1)), call)
        case e.ToolFinished(call=call, result=result):
            changed = _change_call(run, call, lambda each: replace(each, result=result))
            return changed if result.status is ResultStatus.DENIED else _mark(changed, call)
        case DelegateSent(call=call) as sent:
            return _change_call(run, call, lambda each: replace(each, delegated=sent))
        case DelegateReturned() as returned:
            return _returned(run, returned)
        case e.ApprovalAsked(question=question):
            return run if question.call is None else _change_call(run, question.call.id, lambda each: _asked(each, question))
        case ContextCompacted() as compacted:
            return _compacted(run, compacted)
        case FilesRestored(action=action, restored=restored):
            paths = {change.path for change in restored}
            return replace(run, undone=tuple(sorted({*run.undone, *paths} if action == "undo" else {*run.undone} - paths)))
        case e.BudgetReached(question=question):
            return replace(run, budget_question=question, budget_answer=None)
        case e.ApprovalAnswered() as answered:
            return _answered(run, answered)
        case GrantMade() | GrantRevoked():
            return run
        case e.CancelRequested(reason=reason):
            return replace(run, cancel_reason=reason)
        case e.RunWaiting():
            return replace(run, status=RunStatus.WAITING, active_since=None)
        case e.RunFinished() | e.RunFailed() | e.RunCancelled() as ended:
            return replace(run, status=_ENDS[type(ended)])
        case _ as unknown:
            assert_never(unknown)


_ENDS = {e.RunFinished: RunStatus.FINISHED, e.RunFailed: RunStatus.FAILED, e.RunCancelled: RunStatus.CANCELLED}


def _routed(run: RunState, found: e.AgentChosen | RouteAdvised | ClarificationAsked) -> RunState:
    match found:
        case e.AgentChosen(agent=agent, source=source):
            return replace(run, agent=agent, chosen_by=source)
        case RouteAdvised(usage=usage):
            return replace(run, advice=found, usage=run.usage + usage)
        case ClarificationAsked(question=question):
            return replace(run, clarification=question, clarified=None)
        case _ as unknown:
            assert_never(unknown)


def _resumed(run: RunState) -> RunState:
    question, answer = run.budget_question, run.budget_answer
    if question is not None and question.limit in {REPEATS, LIMIT} and answer is not None and not is_yes(answer):
        run = replace(run, budget_question=None, budget_answer=None)
        run = _let_go_on(run) if question.limit == REPEATS else run
    return replace(run, status=RunStatus.QUEUED, failures=0, failure_pending=False, empty_replies=0, active_since=None)


def _let_go_on(run: RunState) -> RunState:
    return replace(run, turns=(*run.turns[:-1], *(replace(turn, let_go_on=True) for turn in run.turns[-1:])))


def _asked(call: CallState, question: Question) -> CallState:
    approved = call.approved and question.kind is not QuestionKind.APPROVAL  # asked anew, an earlier yes is void
    return replace(call, question=question, answer=None, approved=approved)


def _replied(run: RunState, reply: e.ModelReplied, known: Findings) -> RunState:
    turn = Turn(reply, tuple(CallState(call) for call in reply.calls), known=known)
    kept = run.turns[:-1] if run.turns and run.turns[-1].reply.step == reply.step else run.turns
    empty = not reply.text and not reply.calls
    return replace(
        run,
        turns=(*kept, turn),
        usage=run.usage + reply.usage,
        failures=0,
        failure_pending=False,
        attempt=reply.attempt + 1 if turn.cut else 0,
        empty_replies=run.empty_replies + 1 if empty else 0,
        compactions=0,
    )


def _compacted(run: RunState, compacted: ContextCompacted) -> RunState:
    """Let the model be asked again; a request that it refused says how much is too much."""
    refused = run.failure_pending and run.last_failure_code == ContextTooLong.code
    smallest = min(run.too_long or compacted.tokens_before, compacted.tokens_before)
    return replace(
        run,
        usage=run.usage + compacted.usage,
        compactions=run.compactions + 1,
        too_long=smallest if refused else run.too_long,
        failure_pending=False,
    )


def _returned(run: RunState, returned: DelegateReturned) -> RunState:
    """Answer the call by the first end of its delegated run; what that used counts here."""
    call = next((each for turn in run.turns for each in turn.calls if each.call.id == returned.call), None)
    if call is None or call.result is not None:
        return run
    used = replace(
        run,
        usage=run.usage + returned.usage,
        delegated_steps=run.delegated_steps + returned.usage.model_calls,
        seen=run.seen | frozenset(returned.seen),
    )
    return _change_call(used, returned.call, lambda each: replace(each, result=delegate_result(returned)))


def _failed(run: RunState, failed: e.ModelFailed, at: datetime) -> RunState:
    return replace(
        run,
        failing_since=run.failing_since if run.failures else at,
        failures=run.failures + 1,
        failure_pending=True,
        attempt=run.attempt + 1,
        last_failure=failed.message,
        last_failure_code=failed.code,
        failure_retryable=failed.retryable,
        retry_after=failed.retry_after,
    )


def _answered(run: RunState, answered: e.ApprovalAnswered) -> RunState:
    question, answer = answered.question, answered.answer
    asked_about = run.budget_question
    if asked_about is not None and asked_about.id == question:
        name = asked_about.limit
        if name == REPEATS:
            run = replace(run, budget_answer=answer)
            return _let_go_on(run) if is_yes(answer) else run
        if name == LIMIT:
            raised = is_yes(answer) and answer.by != ROOM_AGAIN
            ceilings = {**run.ceilings, asked_about.budget: asked_about.ceiling} if raised else run.ceilings
            return replace(run, budget_answer=answer, ceilings=ceilings)
        if not is_yes(answer):
            return replace(run, budget_answer=answer)
        granted = {**run.limits_granted, name: run.limits_granted.get(name, 0) + 1}
        return replace(run, budget_answer=answer, limits_granted=granted, limits_raised={**run.limits_raised, name: asked_about.ceiling})
    if run.clarification is not None and run.clarification.id == question:
        return _clarified(run, answer)
    asked = next((call for turn in run.turns for call in turn.calls if call.question is not None and call.question.id == question), None)
    if asked is None:
        return run

    def change(call: CallState) -> CallState:
        if not is_yes(answer):
            return replace(call, answer=answer)
        if answered.kind is QuestionKind.IN_DOUBT:
            return replace(call, answer=answer, reruns=call.reruns + 1)
        edited = answer.arguments
        changed = replace(call, answer=answer, approved=True)
        return changed if edited is None else replace(changed, arguments=edited, judged=None)

    return _change_call(run, asked.call.id, change)


def _clarified(run: RunState, answer: Answer) -> RunState:
    """Take words that name no agent as more of the request: they tell what it is about."""
    more = answer.text.strip()
    known = run.clarification.options if run.clarification is not None else ()
    request = f"{run.request}\n\n{more}" if is_yes(answer) and named_in(more, known) is None else run.request
    return replace(run, clarified=answer, request=request)


def _mark(run: RunState, call: str) -> RunState:
    """Give the run the labels that a call brings in."""
    judged = next((each.judged for turn in reversed(run.turns) for each in turn.calls if each.call.id == call), None)
    return run if judged is None or not judged.brings else replace(run, seen=run.seen | frozenset(judged.brings))


def _change_call(run: RunState, call: str, change: Callable[[CallState], CallState]) -> RunState:
    for index in range(len(run.turns) - 1, -1, -1):
        turn = run.turns[index]
        if any(each.call.id == call for each in turn.calls):
            calls = tuple(change(each) if each.call.id == call else each for each in turn.calls)
            return replace(run, turns=(*run.turns[:index], replace(turn, calls=calls), *run.turns[index + 1 :]))
    return run
