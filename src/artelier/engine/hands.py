"""What is in flight for one run: the model under the empty name, calls of tools under their ids."""

import asyncio
import contextvars
from collections.abc import Coroutine, Mapping
from functools import partial
from time import monotonic
from typing import Any, TypeVar

import msgspec

from artelier.domain.agents import AgentSpec
from artelier.domain.calls import ToolCall
from artelier.domain.compacting import ContextCompacted
from artelier.domain.events import ModelFailed, ModelReplied, ToolFinished
from artelier.domain.frames import Delta, DeltaKind
from artelier.domain.models import ModelRequest
from artelier.domain.routes import RouteAdvised
from artelier.engine.commands import CallModel, Compact
from artelier.engine.deltas import DeltaGatherer
from artelier.engine.early import EarlyCall, EarlyCalls
from artelier.engine.facts import Policy
from artelier.engine.harmless import may_start_early
from artelier.engine.model_call import call_model
from artelier.engine.outside import Outside
from artelier.engine.scheduler import RoomLeft
from artelier.engine.state import RunState, SessionState
from artelier.engine.summary import summarise
from artelier.engine.tool_call import call_tool
from artelier.ports.correlation import Correlation, correlation
from artelier.ports.provider import Provider
from artelier.ports.tool import ToolScope
from artelier.ports.workspace import Workspace

Outcome = ModelReplied | ModelFailed | RouteAdvised | ContextCompacted | ToolFinished
MODEL = ""
_Result = TypeVar("_Result")


class Hands:
    """Starts the model and the tools of one run, and ends them."""

    def __init__(self, outside: Outside, workspace: Workspace, state: SessionState, run: RunState) -> None:
        self._outside = outside
        self._workspace = workspace
        self._owner = state.owner
        self._correlation = Correlation(run.trace, state.session, run.id)
        self._tasks: dict[str, asyncio.Task[Any]] = {}
        self._early: EarlyCalls | None = None
        self.news = asyncio.Event()
        """Set when something has ended; whoever looks clears it."""

    @property
    def calls(self) -> frozenset[str]:
        """Ids of the calls at work."""
        return frozenset(name for name in self._tasks if name != MODEL)

    @property
    def model_speaks(self) -> bool:
        """Whether the model is at work."""
        return MODEL in self._tasks

    @property
    def idle(self) -> bool:
        """Whether nothing is at work."""
        return not self._tasks

    def start_model(self, provider: Provider, request: ModelRequest, command: CallModel, run: RunState, agent: AgentSpec) -> None:
        """Ask the model; calls of its reply that can do no harm start while it speaks."""
        where = self._correlation
        gatherer = DeltaGatherer(self._outside.bus.pass_on, where.session, where.run, command.step, command.attempt)
        early = self._early = EarlyCalls(
            lambda call: may_start_early(call, agent, self._outside),
            lambda call: self._begin(call_tool(self._outside.tools[call.name], call, self._scope(call.id, command.step)), call.id),
            lambda index: f"{where.run}/{command.step}/{index}",
            _room(run, agent, self._outside.policy),
        )
        price = partial(self._outside.providers.priced, run.wanted_model or agent.model)
        self._watch(MODEL, self._begin(call_model(provider, request, command, where.run, gatherer, early.hear, price)))

    def start_summary(self, provider: Provider, model: str, command: Compact, wanted: str) -> None:
        """Ask the model, ``wanted`` by its full name, for a summary; nobody hears it while it comes."""
        price = partial(self._outside.providers.priced, wanted)
        self._watch(MODEL, self._begin(summarise(provider, model, command, price)))

    def start_adviser(self, work: Coroutine[None, None, RouteAdvised]) -> None:
        """Ask a model who should answer: in the model's place, for nobody else speaks yet."""
        self._watch(MODEL, self._begin(work))

    def take_early(self, calls: tuple[ToolCall, ...]) -> Mapping[str, EarlyCall]:
        """Return those of the calls that are at work already; they are started by ``start_call`` all the same."""
        taken = {call.id: self._early.take(call) for call in calls} if self._early is not None else {}
        return {call: early for call, early in taken.items() if early is not None}

    def start_call(self, call: ToolCall, step: int, early: EarlyCall | None) -> None:
        """Put a call to work, or go on with its early start."""
        work = early.task if early is not None else None
        self._watch(call.id, work or self._begin(call_tool(self._outside.tools[call.name], call, self._scope(call.id, step)), call.id))

    def take_ended(self) -> dict[str, Outcome]:
        """Return what came of all that has ended since, by name."""
        ended = [name for name, task in self._tasks.items() if task.done()]
        return {name: self._tasks.pop(name).result() for name in ended}

    async def stop_model(self) -> None:
        """End the model's call, and what started early with it."""
        model = self._tasks.pop(MODEL, None)
        if model is not None:
            model.cancel()
            await asyncio.gather(model, return_exceptions=True)
        await self.drop_early()

    async def drop_early(self) -> None:
        """End early starts that nobody took: their reply never came, or came otherwise."""
        if self._early is not None:
            early, self._early = self._early, None
            await early.drop()

    async def end(self) -> dict[str, Outcome | None]:
        """Cancel everything and wait until it is over; what had ended by itself is the outcome, None stands for the rest."""
        tasks, self._tasks = self._tasks, {}
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
        await self.drop_early()
        return {name: None if task.cancelled() else task.result() for name, task in tasks.items()}

    def _watch(self, name: str, task: asyncio.Task[Any]) -> None:
        self._tasks[name] = task
        task.add_done_callback(lambda _: self.news.set())

    def _begin(self, work: Coroutine[None, None, _Result], call: str = "") -> asyncio.Task[_Result]:
        """Make a task that knows what it works for."""
        context = contextvars.copy_context()
        where = self._correlation
        context.run(correlation.set, Correlation(where.trace, where.session, where.run, call))
        return asyncio.get_running_loop().create_task(work, context=context)

    def _scope(self, call: str, step: int) -> ToolScope:
        where = self._correlation
        shown = 0

        def progress(text: str) -> None:
            nonlocal shown
            self._outside.bus.pass_on(Delta(where.session, where.run, step, 0, DeltaKind.PROGRESS, shown, text, call))
            shown += len(text)

        return ToolScope(self._workspace, where.session, where.run, progress, owner=self._owner)


def seconds_since(early: EarlyCall) -> float:
    """Return for how long an early call has been at work."""
    return round(monotonic() - early.begun, 4)


def _room(run: RunState, agent: AgentSpec, policy: Policy) -> RoomLeft:
    """Return the room for early calls of the next reply: no more than may run at once, or than the run's limit leaves."""
    room, limit = policy.room(), run.granted(agent.limits, "calls")
    if limit > 0:
        room = msgspec.structs.replace(room, limit=min(room.limit, int(limit) - run.calls_asked))
    return room.left(())
