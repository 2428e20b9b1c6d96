"""The loop: fold, decide, perform, append, look again; one driver a claimed run."""

import asyncio
from collections.abc import Coroutine
from typing import assert_never

from artelier.domain.calls import Access, ResultStatus, ToolResult
from artelier.domain.errors import SettingsError
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
from artelier.domain.frames import Delta, DeltaKind
from artelier.engine.calls import CONTROL
from artelier.engine.commands import Abort, Ask, Await, CallModel, Record, Rest, RunTools
from artelier.engine.decide import decide
from artelier.engine.deltas import DeltaGatherer
from artelier.engine.facts import Facts
from artelier.engine.ledger import Ledger
from artelier.engine.model_call import call_model
from artelier.engine.outside import Outside
from artelier.engine.questions import budget_question, call_question
from artelier.engine.state import CallState
from artelier.engine.tool_call import call_tool
from artelier.ports.tool import ToolScope
from artelier.ports.workspace import Workspace

Outcome = ModelReplied | ModelFailed | ToolFinished


class Driver:
    """Drives one run until it rests, waits or is taken away."""

    def __init__(self, outside: Outside, ledger: Ledger, workspace: Workspace, worker: str, fence: int) -> None:
        self._outside = outside
        self._ledger = ledger
        self._workspace = workspace
        self._worker = worker
        self._fence = fence
        self._tasks: dict[str, asyncio.Task[Outcome]] = {}
        """What is in flight: a call by its id, the model under the empty name."""
        self._news = asyncio.Event()
        self._moved = False
        self._draining = False

    def look_again(self) -> None:
        """Say that somebody else appended to the session."""
        self._moved = True
        self._news.set()

    def drain(self) -> None:
        """Go home as soon as no tool is at work; what the model is saying now is dropped and asked again later."""
        self._draining = True
        self._news.set()

    async def drive(self) -> None:
        """Work until the run rests, waits for somebody, or ``drain`` was asked. Raises ``StaleFence`` when it was taken away."""
        if self._ledger.run.fence != self._fence:
            self._ledger.stage(RunStarted(self._worker, self._fence, self._outside.settings_digest), "system", certain=True)
        try:
            while not (self._draining and await self._drained()):
                if await self._perform_next():
                    return
        finally:
            await self._end_tasks()

    async def fail(self, code: str, message: str) -> None:
        """End the run as failed, for a fault that ``decide`` knows nothing of. Raises ``StoreError``."""
        await self._ledger.catch_up()
        self._ledger.stage(RunFailed(code, message, self._ledger.run.usage), "system", certain=True)
        await self._ledger.flush()

    async def _perform_next(self) -> bool:
        """Perform one command; True when the run has come to rest."""
        match decide(self._ledger.state, self._facts()):
            case Record(payloads):
                self._stage(*payloads)
            case Ask() as ask:
                self._stage_questions(ask)
            case CallModel() as command:
                if await self._ledger.flush():
                    self._start_model(command)
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

    def _facts(self) -> Facts:
        run = self._ledger.run
        turn = run.turns[-1] if run.turns else None
        return Facts(
            now=self._outside.clock.now(),
            run=run.id,
            policy=self._outside.policy,
            access={} if turn is None else {call.call.id: self._access(call) for call in turn.open_calls},
            in_flight=frozenset(name for name in self._tasks if name),
            model_in_flight="" in self._tasks,
        )

    def _access(self, call: CallState) -> Access:
        tool = self._outside.tools.get(call.call.name)
        if call.call.name in CONTROL:
            return Access()
        return Access(exclusive=True) if tool is None else tool.access(call.effective.arguments or {})

    def _stage(self, *payloads: Payload, certain: bool = False) -> None:
        for payload in payloads:
            actor = f"agent:{self._ledger.run.agent}" if isinstance(payload, ModelReplied | ToolStarted | ToolFinished) else "system"
            self._ledger.stage(payload, actor, certain=certain)

    def _stage_questions(self, ask: Ask) -> None:
        run, facts = self._ledger.run, self._facts()
        for about in ask.questions:
            identifier = self._outside.identifiers.new()
            if about.limit:
                self._stage(BudgetReached(budget_question(identifier, about, run, facts, ask.expires_at)))
                continue
            call = self._call(about.call)
            self._stage(ApprovalAsked(call_question(identifier, about, call, run.agent, self._effect(call), ask.expires_at, facts)))

    def _call(self, identifier: str) -> CallState:
        return next(call for call in self._ledger.run.turns[-1].calls if call.call.id == identifier)

    def _effect(self, call: CallState) -> str:
        tool = self._outside.tools.get(call.call.name)
        return "" if tool is None else tool.describe(call.effective.arguments or {})

    def _start_model(self, command: CallModel) -> None:
        run = self._ledger.run
        agent = self._facts().agent_of(run.agent)
        try:
            provider, model = self._outside.providers.find(run.wanted_model or agent.model)
        except SettingsError as failure:
            self._stage(ModelFailed(command.step, command.attempt, failure.code, failure.message), certain=True)
            return
        request = self._outside.contexts.build(self._ledger.state, run, agent, model, command.max_tokens)
        gatherer = DeltaGatherer(self._outside.bus.pass_on, self._ledger.state.session, run.id, command.step, command.attempt)
        self._start("", call_model(provider, request, command, run.id, gatherer))

    async def _start_tools(self, calls: tuple[str, ...]) -> None:
        for identifier in calls:
            call = self._call(identifier)
            self._stage(ToolStarted(identifier, call.call.name, self._effect(call)))
        if not await self._ledger.flush():
            return
        for identifier in calls:
            call = self._call(identifier)
            self._start(identifier, call_tool(self._outside.tools[call.call.name], call.effective, self._scope(identifier)))

    def _scope(self, call: str) -> ToolScope:
        run, session = self._ledger.run, self._ledger.state.session
        shown = 0

        def progress(text: str) -> None:
            nonlocal shown
            self._outside.bus.pass_on(Delta(session, run.id, run.step - 1, 0, DeltaKind.PROGRESS, shown, text, call))
            shown += len(text)

        return ToolScope(self._workspace, session, run.id, progress)

    def _start(self, name: str, work: Coroutine[None, None, Outcome]) -> None:
        task = self._tasks[name] = asyncio.create_task(work)
        task.add_done_callback(lambda _: self._news.set())

    async def _next_news(self) -> None:
        """Wait until something ended or the journal moved, and stage all that is known by then."""
        await self._news.wait()
        self._news.clear()
        self._take_outcomes()
        if self._moved:
            self._moved = False
            await self._ledger.catch_up()

    def _take_outcomes(self) -> None:
        for name in [name for name, task in self._tasks.items() if task.done()]:
            self._stage(self._tasks.pop(name).result(), certain=True)

    async def _abort(self) -> None:
        tasks = self._tasks
        await self._end_tasks()
        for name, task in tasks.items():
            if not task.cancelled():
                self._stage(task.result(), certain=True)
            elif name:
                text = "The run was stopped while this call was at work; a part of it may be done."
                result = ToolResult(ResultStatus.CANCELLED, text, code="CANCELLED")
                self._stage(ToolFinished(name, self._call(name).call.name, result), certain=True)

    async def _end_tasks(self) -> None:
        """Cancel everything in flight and wait until it is over."""
        tasks, self._tasks = self._tasks, {}
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)

    async def _drained(self) -> bool:
        """Let tools at work end and store what came of them; True when the worker can go home."""
        model = self._tasks.pop("", None)
        if model is not None:
            model.cancel()
            await asyncio.gather(model, return_exceptions=True)
        while self._tasks:
            await self._next_news()
        await self._ledger.flush()
        return True
