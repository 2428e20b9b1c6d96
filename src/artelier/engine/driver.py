"""The loop: fold, decide, perform, append, look again; one driver a claimed run."""

from collections.abc import Callable, Mapping
from typing import assert_never

from msgspec.structs import replace

from artelier.approvals.adaptive import Habit
from artelier.domain.agents import AgentSpec
from artelier.domain.calls import ResultStatus, ToolResult
from artelier.domain.errors import SettingsError, ToolError
from artelier.domain.events import (
    ApprovalAsked,
    BudgetReached,
    ModelFailed,
    ModelReplied,
    Payload,
    RunFailed,
    RunStarted,
    ToolFinished,
    ToolStarted,
)
from artelier.domain.questions import Question, QuestionKind
from artelier.domain.routes import ClarificationAsked
from artelier.engine.ahead import Ahead
from artelier.engine.commands import Abort, Ask, AskAdviser, Await, CallModel, Compact, Record, Rest, RunTools, SendDelegates
from artelier.engine.decide import decide
from artelier.engine.delegates import Delegates
from artelier.engine.facts import Facts
from artelier.engine.granted import Granted, key_of
from artelier.engine.habits import Habits
from artelier.engine.hands import MODEL, Hands, seconds_since
from artelier.engine.ledger import Ledger
from artelier.engine.outside import Outside
from artelier.engine.prefix import PrefixWatch
from artelier.engine.purse import Purse
from artelier.engine.questions import budget_question, call_question, clarification_question
from artelier.engine.routes import advise, earlier_of, route_of
from artelier.engine.showing import Showing
from artelier.engine.state import CallState, RunState
from artelier.engine.summary import instead
from artelier.engine.survey import Survey
from artelier.engine.tool_call import stopped
from artelier.ports.workspace import Workspace


class Driver:
    """Drives one run until it rests, waits or is taken away."""

    def __init__(
        self, outside: Outside, ledger: Ledger, workspace: Workspace, worker: str, fence: int, wake: Callable[[], None] = lambda: None
    ) -> None:
        self._outside = outside
        self._ledger = ledger
        self._worker = worker
        self._fence = fence
        self._hands = Hands(outside, workspace, ledger.state, ledger.run)
        self._ahead = Ahead(outside, workspace, ledger.state.session)
        self._survey = Survey(outside.tools, workspace)
        self._showing = Showing(outside.tools, workspace)
        self._grants = Granted(outside.grants, outside.policy)
        self._granted: Mapping[str, str] = {}
        self._habits = Habits(outside.grants, outside.policy)
        self._habitual: Mapping[str, Habit] = {}
        self._delegates = Delegates(outside, ledger, wake)
        self._purse = Purse(outside, ledger, self._hands)
        self._prefix = PrefixWatch(outside.prefixes, ledger.run.id)
        self._measured: AgentSpec | None = None
        self._fixed_tokens = 0
        self._context_tokens = 0
        self._surveyed = False
        self._moved = False
        self._draining = False

    def look_again(self) -> None:
        """Say that somebody else appended to the session."""
        self._moved = True
        self._hands.news.set()

    def drain(self) -> None:
        """Go home as soon as no tool is at work; what the model is saying now is dropped and asked again later."""
        self._draining = True
        self._hands.news.set()

    async def drive(self) -> None:
        """Work until the run rests, waits for somebody, or ``drain`` was asked. Raises ``StaleFence`` when it was taken away."""
        if self._ledger.run.fence != self._fence:
            self._ledger.stage(RunStarted(self._worker, self._fence, self._outside.settings_digest), "system", certain=True)
        try:
            await self._delegates.send_again()
            while not (self._draining and await self._drained()):
                if await self._perform_next():
                    return
        finally:
            await self._hands.end()
            await self._ahead.end(self._ledger.run)
            self._purse.close()

    async def fail(self, code: str, message: str) -> None:
        """End the run as failed, for a fault that ``decide`` knows nothing of. Raises ``StoreError``."""
        await self._ledger.catch_up()
        self._ledger.stage(RunFailed(code, message, self._ledger.run.usage), "system", certain=True)
        await self._ledger.flush()

    async def _perform_next(self) -> bool:  # noqa: C901, PLR0912  a flat match over a sum type
        """Perform one command; True when the run has come to rest."""
        await self._look()
        match decide(self._ledger.state, self._facts()):
            case Record(payloads):
                self._stage(*payloads)
            case Ask() as ask:
                await self._stage_questions(ask)
            case AskAdviser():
                await self._ask_adviser()
            case CallModel() as command:
                if await self._ledger.flush():
                    await self._start_model(command)
            case Compact() as command:
                if await self._ledger.flush():
                    self._start_summary(command)
            case SendDelegates(calls):
                await self._delegates.send(calls)
            case RunTools(calls):
                await self._start_tools(calls)
            case Await():
                if await self._ledger.flush():
                    await self._next_news()
            case Abort():
                await self._abort()
            case Rest():
                return await self._ledger.flush()
            case _ as unknown:
                assert_never(unknown)
        return False

    async def _look(self) -> None:
        """Look at what the open calls would touch, unless nothing can have changed since, what was allowed before, and what is left."""
        state, run = self._ledger.state, self._ledger.run
        self._measure(run)
        await self._purse.look(self._fixed_tokens)
        self._granted = await self._grants.of(state, run)
        self._habitual = await self._habits.of(state, run, self._granted, self._outside.clock.now())
        if self._surveyed:
            return
        await self._survey.look(run.turns[-1].open_calls if run.turns else ())
        self._surveyed = True

    def _facts(self) -> Facts:
        state, run, outside = self._ledger.state, self._ledger.run, self._outside
        return Facts(
            now=outside.clock.now(),
            run=run.id,
            policy=outside.policy,
            access=self._survey.access,
            stamps=self._survey.stamps,
            granted=self._granted,
            habits=self._habitual,
            in_flight=self._hands.calls,
            model_in_flight=self._hands.model_speaks,
            route=route_of(state, run, outside.policy, outside.router),
            last_agent="" if run.agent else earlier_of(state, run).agent,
            may_be_advised=outside.may_advise(run.wanted_model),
            adviser_silent=outside.adviser is not None and not outside.may_advise(run.wanted_model),
            context_tokens=self._context_tokens,
            fixed_tokens=self._fixed_tokens,
            next_cost=self._purse.next_cost,
            budgets=self._purse.states,
            depth=state.parent.depth if state.parent is not None else 0,
        )

    def _measure(self, run: RunState) -> None:
        """Learn how long requests may be and are at least, whenever the agent is another."""
        agents = self._outside.policy.agents
        agent = agents.get(run.agent) or agents[self._outside.policy.default_agent]
        if agent is self._measured:
            return
        self._measured = agent
        self._fixed_tokens = self._outside.contexts.fixed_tokens(agent)
        self._context_tokens = self._outside.providers.context_tokens(run.wanted_model or agent.model)

    def _stage(self, *payloads: Payload, certain: bool = False) -> None:
        for payload in payloads:
            actor = f"agent:{self._ledger.run.agent}" if isinstance(payload, ModelReplied | ToolStarted | ToolFinished) else "system"
            self._ledger.stage(payload, actor, certain=certain)

    async def _stage_questions(self, ask: Ask) -> None:
        for about in ask.questions:
            run, facts = self._ledger.run, self._facts()
            identifier = self._outside.identifiers.new()
            if about.kind is QuestionKind.CLARIFICATION:
                self._stage(ClarificationAsked(clarification_question(identifier, about, ask.expires_at)))
                continue
            if about.limit:
                self._stage(BudgetReached(self._placed(budget_question(identifier, about, run, facts, ask.expires_at))))
                continue
            call = self._call(about.call)
            effect = self._showing.effect(call.effective)
            question = self._placed(call_question(identifier, about, call, run.agent, effect, ask.expires_at, facts))
            self._stage(await self._asked(replace(question, key=self._key(about.kind, call)), call, facts))

    def _placed(self, question: Question) -> Question:
        """Return a question with where in the tree of delegations it is asked."""
        parent = self._ledger.state.parent
        return question if parent is None else replace(question, path=(*parent.agents, question.agent), root=parent.root)

    async def _asked(self, question: Question, call: CallState, facts: Facts) -> ApprovalAsked | ToolFinished:
        """Return the question, or the call's failure where it is known to fail: nobody is asked about that."""
        try:
            return ApprovalAsked(await self._showing.foreseen(question, call, self._ledger.run.turns[-1], facts))
        except ToolError as failure:
            return ToolFinished(call.call.id, call.call.name, ToolResult(ResultStatus.FAILED, failure.message, code=failure.code))

    def _key(self, kind: QuestionKind, call: CallState) -> str:
        if kind is not QuestionKind.APPROVAL or call.call.name not in self._outside.policy.tools:
            return ""
        return key_of(call, self._ledger.state, self._ledger.run, self._outside.policy)

    def _call(self, identifier: str) -> CallState:
        return next(call for call in self._ledger.run.turns[-1].calls if call.call.id == identifier)

    async def _ask_adviser(self) -> None:
        stored, adviser = await self._ledger.flush(), self._outside.adviser
        state, run = self._ledger.state, self._ledger.run
        if stored and adviser is not None:
            self._hands.start_adviser(advise(adviser, run, self._outside.policy, earlier_of(state, run), state.owner))

    async def _start_model(self, command: CallModel) -> None:
        await self._hands.drop_early()
        run = self._ledger.run
        agent = self._facts().agent_of(run)
        try:
            provider, model = self._outside.providers.find(run.wanted_model or agent.model)
        except SettingsError as failure:
            self._stage(ModelFailed(command.step, command.attempt, failure.code, failure.message), certain=True)
            return
        if not self._purse.reserve():
            return  # others have taken it meanwhile: decide anew
        request = self._outside.contexts.build(self._ledger.state, run, agent, model, command.max_tokens)
        self._prefix.look(request, self._ledger.state.compacted)
        self._hands.start_model(provider, request, command, run, agent)
        self._ahead.look(run, agent)

    def _start_summary(self, command: Compact) -> None:
        run = self._ledger.run
        wanted = run.wanted_model or self._facts().agent_of(run).model
        try:
            provider, model = self._outside.providers.find(wanted)
        except SettingsError:
            self._stage(instead(command))  # the reply's own call will say what is missing
            return
        if self._purse.reserve():
            self._hands.start_summary(provider, model, command, wanted)

    async def _start_tools(self, calls: tuple[str, ...]) -> None:
        self._ahead.stop()
        effective = tuple(self._call(identifier).effective for identifier in calls)
        early = self._hands.take_early(effective)
        for call in effective:
            since = seconds_since(early[call.id]) if call.id in early else 0.0
            self._stage(ToolStarted(call.id, call.name, self._showing.effect(call), since))
        stored = await self._ledger.flush()
        for call in effective:
            if stored or call.id in early:
                self._hands.start_call(call, self._ledger.run.step - 1, early.get(call.id))

    async def _next_news(self) -> None:
        """Wait until something ended or the journal moved, and stage all that is known by then."""
        await self._hands.news.wait()
        self._hands.news.clear()
        for name, outcome in self._hands.take_ended().items():
            self._stage(outcome, certain=True)
            self._surveyed = self._surveyed and name != MODEL and self._only_reads(outcome)
        if self._moved:
            self._moved = self._surveyed = False
            await self._ledger.catch_up()

    def _only_reads(self, outcome: Payload) -> bool:
        return isinstance(outcome, ToolFinished) and self._outside.tools[outcome.name].spec.effect == "read"

    async def _abort(self) -> None:
        for name, outcome in (await self._hands.end()).items():
            if outcome is not None:
                self._stage(outcome, certain=True)
            elif name != MODEL:
                self._stage(ToolFinished(name, self._call(name).call.name, stopped()), certain=True)

    async def _drained(self) -> bool:
        """Let tools at work end and store what came of them; True when the worker can go home."""
        await self._hands.stop_model()
        while not self._hands.idle:
            await self._next_news()
        await self._ledger.flush()
        return True
