"""What a reply's calls need next: close, judge, run, ask."""

from artelier.approvals.adaptive import HABIT, Habit
from artelier.approvals.judge import JudgeFacts, judge
from artelier.approvals.labels import brought_by
from artelier.domain.calls import Access, ResultStatus, ToolCall, ToolResult, ToolSpec
from artelier.domain.control import ASK_USER, CONTROL_TOOLS, DELEGATE, FINISH, NOTE, NOTE_KINDS, SWITCH_AGENT
from artelier.domain.events import AgentChosen, ApprovalAnswered, CallJudged, Payload, ToolFinished
from artelier.domain.gists import Gist, GistCode
from artelier.domain.questions import Answer, QuestionKind
from artelier.domain.reasons import Because, ReasonCode
from artelier.domain.verdicts import RIGHTS
from artelier.engine.commands import AskAbout
from artelier.engine.delegation import DEEPEST, may_do_more
from artelier.engine.facts import Facts
from artelier.engine.scheduler import ready
from artelier.engine.state import CallState, RunState, Turn, is_yes

BY_PERSON = frozenset({"explicit", "mention", "person"})
CONTROL = {spec.name: spec for spec in CONTROL_TOOLS}


def overdue(run: RunState, facts: Facts) -> tuple[Payload, ...]:
    """Return the answers that time itself gives to questions nobody answered."""
    return tuple(
        ApprovalAnswered(question.id, question.kind, Answer(question.on_timeout, "Nobody answered in time.", by="timeout"))
        for question in run.open_questions
        if question.expires_at is not None and question.expires_at <= facts.now
    )


def closings(run: RunState, turn: Turn, facts: Facts) -> tuple[Payload, ...]:
    """Return results of calls that will never run, or that the runtime answers itself."""
    found: list[Payload] = []
    for call in turn.open_calls:
        result = _closing(call, run, turn, facts)
        if result is None:
            continue
        found.append(ToolFinished(call.call.id, call.call.name, result))
        if call.call.name == SWITCH_AGENT.name and result.status is ResultStatus.DONE:
            arguments = call.call.arguments or {}
            found.append(AgentChosen(str(arguments["agent"]), "switch", reason=str(arguments.get("reason", ""))))
    return tuple(found)


def judgements(run: RunState, turn: Turn, facts: Facts, seen: frozenset[str]) -> tuple[Payload, ...]:
    """Return verdicts for open calls that have none, in the order asked.

    A call waits for its verdict while an earlier one is open that could change it by what it brings into the run. One that a
    person or a rule allowed, and that is not at work, is forbidden all the same where a rule that came into force since says so.
    """
    found: list[Payload] = []
    pending: frozenset[str] = frozenset()
    for call in turn.open_calls:
        if call.judged is None or _has_lost_its_grant(call, facts):
            verdict = _judged(call, run, facts, seen)
            if pending <= seen or verdict == _judged(call, run, facts, seen | pending):
                found.append(verdict)
        elif _may_yet_begin(call, facts) and (verdict := _judged(call, run, facts, seen)).decision == "forbid":
            found.append(verdict)
        pending |= frozenset(_brings(call, facts))
    return tuple(found)


def startable(turn: Turn, facts: Facts) -> tuple[str, ...]:
    """Return the calls to start now, together."""
    allowed = frozenset(
        call.call.id
        for call in turn.open_calls
        if call.call.name not in CONTROL and call.call.id not in facts.in_flight and _may_start(call, facts)
    )
    if not allowed:
        return ()
    return ready(turn.open_calls, allowed, facts.access, facts.in_flight, facts.policy.room())


def sendable(turn: Turn) -> tuple[str, ...]:
    """Return the calls whose work goes to other agents now."""
    return tuple(call.call.id for call in turn.open_calls if call.call.name == DELEGATE.name and call.permitted and call.delegated is None)


def questions(turn: Turn, facts: Facts) -> tuple[AskAbout, ...]:
    """Return what must be asked now, in the order of the calls."""
    found = ((_question(call, facts), call) for call in turn.open_calls if not call.awaits_answer and call.call.id not in facts.in_flight)
    asked = ((kind, call) for kind, call in found if kind is not None)
    return tuple(
        AskAbout(kind, call.call.id, reason=_reason(kind, call, facts), because=_because(kind, call, facts)) for kind, call in asked
    )


def permitted_spec(name: str, run: RunState, facts: Facts) -> ToolSpec | None:
    """Return the tool's declaration where this agent may use it."""
    if name not in facts.agent_of(run).tools:
        return None
    return CONTROL.get(name) or facts.policy.tools.get(name)


def _closing(call: CallState, run: RunState, turn: Turn, facts: Facts) -> ToolResult | None:
    name = call.call.name
    if call.call.id in facts.in_flight:
        return None
    unusable = _unusable(call, run, turn, facts)
    if unusable is not None:
        return unusable
    if call.answer is not None and not is_yes(call.answer):
        return _refused(call, call.answer)
    if call.judged is not None and call.judged.decision == "forbid":
        status = ResultStatus.IN_DOUBT if call.starts > 0 else ResultStatus.DENIED
        before = "It was interrupted and may have taken effect; it is not run again. " if call.starts > 0 else ""
        return ToolResult(status, f"{before}Not allowed: {call.judged.reason} Find another way or ask the person.", code="FORBIDDEN")
    return _answered_word(call, run, turn, facts) if name in CONTROL else None


def _answered_word(call: CallState, run: RunState, turn: Turn, facts: Facts) -> ToolResult | None:
    """Return the runtime's own answer to a word of the model, None while there is none."""
    name = call.call.name
    if name == ASK_USER.name:
        gist = Gist(GistCode.ANSWERED)
        return None if call.answer is None else ToolResult(ResultStatus.DONE, call.answer.text, summary="answered", gist=gist)
    if name == DELEGATE.name:
        return None if call.delegated is not None else _unfit_delegation(call, facts)
    if name == SWITCH_AGENT.name:
        return _switched(call, run, turn, facts)
    if name == NOTE.name:
        return _noted(call)
    if name == FINISH.name and all(each.result is not None or each is call for each in turn.calls):
        return ToolResult(ResultStatus.DONE, "The work is ended.")
    return None


def _unfit_delegation(call: CallState, facts: Facts) -> ToolResult | None:
    arguments = call.call.arguments or {}
    agent, task = arguments.get("agent"), arguments.get("task")
    if not isinstance(task, str) or not task.strip():
        return _failed("ARGUMENTS_INVALID", "There is no task. Say in 'task' what the other agent is to do.")
    if not isinstance(agent, str) or agent not in facts.policy.agents:
        return _no_such_agent(agent, facts)
    if facts.depth >= DEEPEST:
        return _failed("TOO_DEEP", f"Work was handed on {DEEPEST} times already. Do this part yourself.")
    return None


def _switched(call: CallState, run: RunState, turn: Turn, facts: Facts) -> ToolResult | None:
    agent = (call.call.arguments or {}).get("agent")
    if not isinstance(agent, str) or agent not in facts.policy.agents:
        return _no_such_agent(agent, facts)
    if any(each.result is None and each is not call for each in turn.calls) or (_needs_word(call, run, facts) and not call.approved):
        return None
    return ToolResult(ResultStatus.DONE, f"{agent} goes on from here.", summary=agent)


def _needs_word(call: CallState, run: RunState, facts: Facts) -> bool:
    """Whether it hands over to an agent that may do more than the one a person named for this run."""
    target = facts.policy.agents.get(str((call.call.arguments or {}).get("agent")))
    if call.call.name != SWITCH_AGENT.name or target is None or run.chosen_by not in BY_PERSON:
        return False
    return may_do_more(target, facts.agent_of(run))


def _noted(call: CallState) -> ToolResult:
    arguments = call.effective.arguments or {}
    kind, text = arguments.get("kind"), arguments.get("text")
    if kind not in NOTE_KINDS or not isinstance(text, str) or not text.strip():
        return _failed("ARGUMENTS_INVALID", f"A note needs a text, and a kind that is one of {', '.join(NOTE_KINDS)}.")
    return ToolResult(ResultStatus.DONE, "Noted.", summary=kind.replace("_", " "), gist=Gist(GistCode.NOTED, {"kind": kind}))


def _no_such_agent(agent: object, facts: Facts) -> ToolResult:
    return _failed("AGENT_UNKNOWN", f"There is no agent {agent!r}. These are known: {', '.join(sorted(facts.policy.agents))}.")


def _unusable(call: CallState, run: RunState, turn: Turn, facts: Facts) -> ToolResult | None:
    if turn.cut and call is turn.calls[-1]:
        return _failed("REPLY_CUT", "This call was cut off by the length limit and was not run. Write it again in smaller pieces.")
    if call.call.arguments is None:
        return _failed("ARGUMENTS_INVALID", "The arguments were not a JSON object, so the call was not run. Send one JSON object.")
    if permitted_spec(call.call.name, run, facts) is None:
        names = ", ".join(facts.agent_of(run).tools)
        return _failed("TOOL_UNKNOWN", f"There is no tool '{call.call.name}' here. These are available: {names}.")
    return None


def _refused(call: CallState, answer: Answer) -> ToolResult:
    words = f" They say: {answer.text}" if answer.text and answer.by != "timeout" else ""
    if call.question is not None and call.question.kind is QuestionKind.IN_DOUBT:
        text = (
            f"The call was interrupted and may have taken effect; it was not run again.{words} Look at the present state before you go on."
        )
        return ToolResult(ResultStatus.IN_DOUBT, text, code="IN_DOUBT")
    if answer.by == "timeout":
        return ToolResult(ResultStatus.DENIED, "Nobody answered in time, so the call was not run.", code="APPROVAL_TIMED_OUT")
    gist = Gist(GistCode.REFUSED, {"words": answer.text}) if words else None
    return ToolResult(ResultStatus.DENIED, f"The person refused this call; it was not run.{words}", code="REJECTED", gist=gist)


def _failed(code: str, text: str) -> ToolResult:
    return ToolResult(ResultStatus.FAILED, text, code=code)


def _has_lost_its_grant(call: CallState, facts: Facts) -> bool:
    """Whether a call that has not begun was allowed by a grant that has been revoked since."""
    if call.judged is None or not call.judged.grant or call.starts > 0 or call.call.id in facts.in_flight:
        return False
    if call.judged.grant.startswith(HABIT):
        return facts.habits.get(call.call.id, Habit()).name != call.judged.grant
    return facts.granted.get(call.call.id) != call.judged.grant


def _may_yet_begin(call: CallState, facts: Facts) -> bool:
    return call.permitted and call.delegated is None and call.call.id not in facts.in_flight


def _brings(call: CallState, facts: Facts) -> tuple[str, ...]:
    effective = call.effective
    if effective.name in CONTROL:
        return ()
    return brought_by(effective, facts.policy.tools.get(effective.name), facts.access.get(effective.id, Access(exclusive=True)))


def _judged(call: CallState, run: RunState, facts: Facts, seen: frozenset[str]) -> CallJudged:
    effective: ToolCall = call.effective
    if _needs_word(call, run, facts):
        more = Because(ReasonCode.MORE_RIGHTS, {"agent": run.agent})
        return CallJudged(effective.id, "ask", f"You named {run.agent}; this agent may do more.", labels=(RIGHTS,), because=(more,))
    if effective.name in CONTROL:
        return CallJudged(effective.id, "allow", "It is a word to the runtime.", because=(Because(ReasonCode.WORD),))
    habit = facts.habits.get(effective.id, Habit())
    verdict = judge(
        effective,
        JudgeFacts(
            agent=run.agent,
            rules=facts.policy.rules,
            spec=facts.policy.tools.get(effective.name),
            access=facts.access.get(effective.id, Access(exclusive=True)),
            sandboxed=facts.policy.sandboxed,
            seen=seen,
            granted=facts.granted.get(effective.id, ""),
            habit=habit,
            writes=facts.agent_of(run).writes,
        ),
    )
    return CallJudged(
        call=effective.id,
        decision=verdict.ruling.value,
        reason=verdict.reason,
        rule=verdict.rule,
        labels=verdict.labels,
        timeout=verdict.timeout,
        on_timeout=verdict.on_timeout,
        brings=_brings(call, facts),
        grant=verdict.grant,
        because=verdict.because,
    )


def _may_start(call: CallState, facts: Facts) -> bool:
    if not call.permitted or call.awaits_answer or _moved_on(call, facts):
        return False
    spec = facts.policy.tools.get(call.call.name)
    return call.starts == 0 or (spec is not None and spec.repeatable) or call.reruns >= call.starts


def _question(call: CallState, facts: Facts) -> QuestionKind | None:
    if call.call.name == ASK_USER.name:
        return QuestionKind.WORDS
    if call.judged is None or (call.call.name in CONTROL and call.judged.decision != "ask"):
        return None
    if (call.judged.decision == "ask" and not call.approved) or _moved_on(call, facts):
        return QuestionKind.APPROVAL
    if call.starts > 0 and not _may_start(call, facts):
        return QuestionKind.IN_DOUBT
    return None


def _moved_on(call: CallState, facts: Facts) -> bool:
    """Whether a file that the call would write is another than the one a person was asked about."""
    if not call.approved or call.starts > 0 or call.question is None:
        return False
    now = facts.stamps.get(call.call.id, {})
    return any(now.get(path, stamp) != stamp for path, stamp in call.question.targets.items())


def _reason(kind: QuestionKind, call: CallState, facts: Facts) -> str:
    if _moved_on(call, facts):
        return "What it would change has itself changed since you were asked."
    if kind is QuestionKind.IN_DOUBT:
        return "It was started before an interruption; nobody knows whether it took effect."
    if kind is QuestionKind.APPROVAL and call.judged is not None:
        return call.judged.reason
    return ""


def _because(kind: QuestionKind, call: CallState, facts: Facts) -> tuple[Because, ...]:
    """Return the reason as codes."""
    if _moved_on(call, facts):
        return (Because(ReasonCode.CHANGED_SINCE),)
    if kind is QuestionKind.IN_DOUBT:
        return (Because(ReasonCode.INTERRUPTED),)
    return call.judged.because if kind is QuestionKind.APPROVAL and call.judged is not None else ()
