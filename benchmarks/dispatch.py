"""What it costs to get from a call's text to its tool at work, beside what making a schema costs at each call; CPU time."""

import inspect
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import process_time
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from pydantic import TypeAdapter, create_model

from artelier.approvals.judge import JudgeFacts, judge
from artelier.domain.calls import Access, ResultStatus, ToolCall, ToolResult, ToolSpec
from artelier.domain.verdicts import Ruling
from artelier.engine.context import Contexts
from artelier.engine.facts import Policy
from artelier.engine.hands import Hands
from artelier.engine.outside import Outside
from artelier.engine.state import RunState, SessionState
from artelier.ports.tool import ToolScope
from artelier.providers.scripted import ScriptedProvider
from artelier.runtime.bus import LocalBus
from artelier.runtime.clock import SystemClock, UuidSevens
from artelier.stores.memory import MemoryStore
from artelier.tools.declaration import DeclaredTool, ToolArguments, schema_of
from artelier.tools.touching import reading
from artelier.workspaces.folder import LocalWorkspace

OURS, TASKS = "dispatch of a call, us CPU", "of it: task, deadline, run, us CPU"
SIGNATURE, MODEL, ADAPTER = "inspect.signature, us CPU", "create_model + schema, us CPU", "TypeAdapter + schema, us CPU"
SCHEMA = "our schema, once at start, us CPU"
ARGUMENTS = '{"path": "src/main.py", "first_line": 10, "max_lines": 200}'


class TrivialArguments(ToolArguments, frozen=True):
    """Arguments like those of ``read_file``."""

    path: Annotated[str, Meta(min_length=1, description="Path relative to the workspace, such as src/main.py.")]
    first_line: Annotated[int, Meta(ge=1, description="First line to read, counted from 1.")] = 1
    max_lines: Annotated[int, Meta(ge=1, le=5000, description="How many lines to read.")] = 1000


class Trivial(DeclaredTool[TrivialArguments]):
    """Does nothing, quickly."""

    arguments = TrivialArguments
    spec = ToolSpec("trivial", "Do it.", schema_of(TrivialArguments), repeatable=True, effect="read")

    def touches(self, arguments: TrivialArguments) -> Access:
        return reading(arguments.path)

    def effect(self, arguments: TrivialArguments) -> str:
        return arguments.path

    async def perform(self, arguments: TrivialArguments, scope: ToolScope) -> ToolResult:
        return ToolResult(ResultStatus.DONE, "done")


async def trivial(path: str, first_line: int = 1, max_lines: int = 1000) -> str:
    """Do it."""
    return "done"


class Dispatch:
    """The engine's own hands with the trivial tool."""

    def __init__(self, folder: Path) -> None:
        self._tool, self._decode = Trivial(), msgspec.json.Decoder(dict).decode
        policy, clock = Policy({}, "", {"trivial": self._tool.spec}), SystemClock()
        script = ScriptedProvider(())
        models = type("Models", (), {"find": lambda self, name: (script, name)})()
        contexts, ids = Contexts(policy.tools, 20), UuidSevens()
        outside = Outside(MemoryStore(clock), MemoryStore(clock), LocalBus(), models, {"trivial": self._tool}, clock, ids, policy, contexts)
        self._hands = Hands(outside, LocalWorkspace(folder), SessionState("session"), RunState("run", ""))
        self._rules = policy.rules
        self._call = ToolCall("run/0/0", "trivial", self._decode(ARGUMENTS))

    async def whole(self) -> None:
        """Read the arguments, ask what they touch, judge, describe, run, take what came of it: all but the journal."""
        call = ToolCall("run/0/0", "trivial", self._decode(ARGUMENTS))
        access = self._tool.access(call.arguments or {})
        verdict = judge(call, JudgeFacts("worker", self._rules, self._tool.spec, access))
        assert verdict.ruling is Ruling.ALLOW
        self._tool.describe(call.arguments or {})
        await self._run(call)

    async def task(self) -> None:
        """Only the last part: the call is known and allowed."""
        await self._run(self._call)

    async def _run(self, call: ToolCall) -> None:
        self._hands.start_call(call, 0, None)
        await self._hands.news.wait()
        self._hands.news.clear()
        ended = self._hands.take_ended()
        assert ended[call.id].result.status is ResultStatus.DONE


async def signature() -> None:
    inspect.signature(trivial)


async def model_schema() -> None:
    """A model made from the signature, its schema, and the arguments checked by it."""
    fields: dict[str, Any] = {
        name: (each.annotation, ... if each.default is each.empty else each.default)
        for name, each in inspect.signature(trivial).parameters.items()
    }
    model = create_model("trivial", **fields)
    model.model_json_schema()
    model.model_validate_json(ARGUMENTS)


async def adapter_schema() -> None:
    """The function's own adapter and its schema."""
    TypeAdapter(trivial).json_schema()


async def own_schema() -> None:
    schema_of(TrivialArguments)


async def measure(folder: Path, rounds: int, calls: int) -> dict[str, list[float]]:
    """Return the CPU microseconds a call, everybody once a round; what takes long is done less often."""
    ours = Dispatch(folder)
    contestants: dict[str, tuple[Callable[[], Awaitable[None]], int]] = {
        OURS: (ours.whole, calls),
        TASKS: (ours.task, calls),
        SIGNATURE: (signature, calls),
        MODEL: (model_schema, calls // 20),
        ADAPTER: (adapter_schema, calls // 20),
        SCHEMA: (own_schema, calls // 5),
    }
    samples: dict[str, list[float]] = defaultdict(list)
    for number in range(rounds + 1):
        for label, (work, count) in contestants.items():
            spent = await _spent(work, count if number else max(1, count // 10))
            if number:  # the first round warms up
                samples[label].append(spent)
    return samples


async def _spent(work: Callable[[], Awaitable[None]], count: int) -> float:
    begun = process_time()
    for _ in range(count):
        await work()
    return (process_time() - begun) * 1e6 / count
