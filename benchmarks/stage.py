"""The real engine on a real SQLite journal, with a scripted model and the tools of a benchmark; it notes when what happened."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from time import perf_counter

from msgspec import Struct
from msgspec.structs import replace

from artelier.domain.agents import AgentSpec
from artelier.domain.calls import ToolResult
from artelier.domain.events import Event, MessageReceived, SessionOpened, ToolFinished
from artelier.domain.models import ModelReply, ModelRequest
from artelier.domain.usage import Usage
from artelier.domain.verdicts import Rule, Ruling
from artelier.engine.context import Contexts
from artelier.engine.driver import Driver
from artelier.engine.experience import Experiences
from artelier.engine.facts import Policy
from artelier.engine.fold import fold
from artelier.engine.ledger import Ledger
from artelier.engine.outside import Outside
from artelier.engine.state import SessionState
from artelier.ports.runs import Submission, Worker
from artelier.ports.tool import Tool
from artelier.ports.workspace import Workspace
from artelier.providers.scripted import ScriptedProvider, ScriptedTurn
from artelier.runtime.bus import LocalBus
from artelier.runtime.clock import SystemClock, UuidSevens
from artelier.stores.sqlite import SqliteStore
from artelier.workspaces.folder import LocalWorkspace

WORKER = Worker("benchmark", frozenset({"local"}))
OWNER = "person:owner"
WINDOW = 500
"""Messages a scripted model sees: all, as it finds its place by counting its replies."""


class Played(Struct):
    """One run: when the model was asked and had spoken, when each call's result was stored (seconds), and the results by place."""

    asked: list[float]
    spoken: list[float]
    stored: dict[int, float]
    results: dict[int, ToolResult]
    seconds: dict[int, float]

    @property
    def wall(self) -> float:
        """Seconds from asking the model for the calls to asking it again with all their results."""
        return self.asked[1] - self.asked[0]


class Watched:
    """A scripted model that notes when it is asked and when it has spoken."""

    def __init__(self, script: ScriptedProvider, played: Played) -> None:
        self._script = script
        self._played = played

    async def stream(self, request: ModelRequest):
        self._played.asked.append(perf_counter())
        async for piece in self._script.stream(request):
            if isinstance(piece, ModelReply):
                self._played.spoken.append(perf_counter())
            yield piece

    async def list_models(self) -> tuple[str, ...]:
        return await self._script.list_models()

    async def close(self) -> None:
        await self._script.close()

    def find(self, name: str) -> tuple["Watched", str]:
        return self, "scripted"

    def context_tokens(self, name: str) -> int:
        return 128_000

    def priced(self, name: str, reply: ModelReply) -> Usage:
        return replace(reply.usage, model_calls=1)

    def estimate(self, name: str, input_tokens: int, output_tokens: int) -> float:
        return 0.0


class Stage:
    """A store and a bus that many runs share."""

    def __init__(self, store_file: Path) -> None:
        self._clock, self._ids, self._bus = SystemClock(), UuidSevens(), LocalBus()
        self.store = SqliteStore(store_file, self._clock, tell=self._told)
        self._played = Played([], [], {}, {}, {})

    async def play(
        self,
        tools: Mapping[str, Tool],
        turns: tuple[ScriptedTurn, ...],
        folder: Path,
        at_once: int = 8,
        *,
        model: Callable[[tuple[ScriptedTurn, ...]], ScriptedProvider] = ScriptedProvider,
        workspace: Workspace | None = None,
        experiences: Experiences | None = None,
    ) -> Played:
        """Drive one run in a folder to its end; every call is allowed by a rule."""
        self._played = Played([], [], {}, {}, {})
        specs = {name: tool.spec for name, tool in tools.items()}
        agent = AgentSpec("worker", "works", "You work.", tuple(tools))
        policy = Policy({"worker": agent}, "worker", specs, rules=(Rule(Ruling.ALLOW),), sandboxed=True, tools_at_once=at_once)
        watched = Watched(model(turns), self._played)
        contexts, known = Contexts(specs, WINDOW), experiences or Experiences()
        outside = Outside(self.store, self.store, self._bus, watched, tools, self._clock, self._ids, policy, contexts, experiences=known)
        session, run = self._ids.new(), self._ids.new()
        place = await self.store.register_workspace(self._ids.new(), folder.name, str(folder), "local")
        await self.store.submit(Submission(session, run, MessageReceived("go"), OWNER, opening=SessionOpened(OWNER, place.id)))
        claim = await self.store.claim(WORKER)
        assert claim is not None
        ledger = Ledger(self.store, self._clock, fold(SessionState(session), await self.store.read(session)), run, claim.fence)
        await Driver(outside, ledger, workspace or LocalWorkspace(folder), WORKER.name, claim.fence).drive()
        events = await self.store.read(session)
        if events[-1].type != "run_finished":
            raise SystemExit(f"the run did not finish: {events[-1]}")
        return self._played

    def _told(self, events: tuple[Event, ...]) -> None:
        now = perf_counter()
        for event in events:
            if isinstance(event.payload, ToolFinished):
                place = int(event.payload.call.rpartition("/")[2])
                self._played.stored[place] = now
                self._played.results[place] = event.payload.result
                self._played.seconds[place] = event.payload.seconds
        self._bus.tell(events)


@asynccontextmanager
async def open_stage(folder: Path) -> AsyncIterator[Stage]:
    """Open the store, and close it afterwards."""
    async with AsyncExitStack() as closing:
        stage = Stage(folder / "journal.sqlite3")
        await stage.store.open()
        closing.push_async_callback(stage.store.close)
        yield stage
