"""A real server as a process of its own, and a reader who holds what it saw to the stream's promises."""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from artelier.client import Client, StreamDelta, StreamEvent

PATIENCE = 20.0
START = "from artelier.cli.main import main; main()"


def scripted(folder: Path, turns: list[dict[str, Any]], settings: str = "") -> Path:
    """Write a script and settings whose only model plays it; return the settings' file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "turns.json").write_text(json.dumps(turns))
    routing = "[routing]\nlearned = false\n"
    head = (
        f'[models]\ndefault = "scripted"\n[models.providers.scripted]\nkind = "scripted"\nfile = {json.dumps(str(folder / "turns.json"))}\n'
    )
    return configured(folder, routing + head + settings)


def configured(folder: Path, settings: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "artelier.toml").write_text(settings)
    return folder / "artelier.toml"


class LivingServer:
    """``artelier serve`` over one state folder, to be killed and started again on the same port."""

    def __init__(self, folder: Path, settings: Path) -> None:
        self.state = folder / "state"
        self.workspace = folder / "workspace"
        self.workspace.mkdir(parents=True, exist_ok=True)
        self.log = folder / "server.log"
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None
        self.port = 0
        self.link = ""
        self.token = ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What the server and commands beside it see."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ARTELIER_", "OPENAI_", "OPENROUTER_"))}
        own = {"ARTELIER_STATE": str(self.state), "ARTELIER_CONFIG": str(self._settings)}
        return kept | own | {"COLUMNS": "300", "LANG": "C.UTF-8"}

    async def start(self) -> None:
        """Return once the server has said that it serves."""
        words = ["serve", "--workspace", str(self.workspace), "--port", str(self.port)]
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", START, *words), env=self.environment, stdout=asyncio.subprocess.PIPE, stderr=log
            )
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            said = b""
            while found := await self._process.stdout.readline():
                said += found
                link = re.search(rb"http://127\.0\.0\.1:(\d+)/#link=(\S+)", found)
                if link:
                    self.port, self.link = int(link[1]), link[2].decode()
                    self.token = json.loads((self.state / "server.json").read_bytes())["token"]
                    return
        raise AssertionError(f"The server did not start: {said!r}\n{self.log.read_text()}")

    async def kill(self) -> None:
        """End it without a word."""
        await self._end(signal.SIGKILL)

    async def terminate(self) -> int:
        """Ask it to stop and return what it ended with."""
        return await self._end(signal.SIGTERM)

    async def _end(self, number: int) -> int:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(number)
        async with asyncio.timeout(PATIENCE):
            return await self._process.wait()

    def client(self) -> Client:
        return Client(self.address, self.token)

    def __del__(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()


@asynccontextmanager
async def living(folder: Path, settings: Path) -> AsyncIterator[LivingServer]:
    """Start a server and kill what is left of it at the end."""
    server = LivingServer(folder, settings)
    await server.start()
    try:
        yield server
    finally:
        await server.kill()


class Follower:
    """Follows one session over every break, as a careful program would, and notes each broken promise."""

    def __init__(self, client: Client, session: str) -> None:
        self.events: list[StreamEvent] = []
        self.deltas: list[StreamDelta] = []
        self.faults: list[str] = []
        self.spoken: dict[tuple[str, int], tuple[int, str]] = {}
        self._moved = asyncio.Event()
        self._task = asyncio.create_task(self._follow(client, session))

    async def _follow(self, client: Client, session: str) -> None:
        async for item in client.follow(session, patience=PATIENCE):
            if isinstance(item, StreamEvent):
                self._take_event(item)
            else:
                self._take_delta(item)
            self._moved.set()

    def _take_event(self, event: StreamEvent) -> None:
        if event.seq != len(self.events) + 1:
            self.faults.append(f"after {len(self.events)} events came number {event.seq}")
        self.events.append(event)
        if event.type == "model_replied":
            attempt, text = self.spoken.get((event.run, event.payload["step"]), (-1, ""))
            if attempt == event.payload["attempt"] and text != event.payload["text"]:
                self.faults.append(f"assembled {text!r}, stored {event.payload['text']!r}")
            self.spoken[event.run, event.payload["step"]] = event.payload["attempt"], event.payload["text"]  # what is stored replaces

    def _take_delta(self, delta: StreamDelta) -> None:
        self.deltas.append(delta)
        if delta.kind != "text":
            return
        attempt, text = self.spoken.get((delta.run, delta.step), (-1, ""))
        if delta.attempt < attempt:
            self.faults.append(f"attempt {delta.attempt} spoke after attempt {attempt}")
            return
        if delta.attempt > attempt or delta.so_far:
            text = ""
        if delta.offset != len(text):
            self.faults.append(f"a hole: at {len(text)}, the next piece begins at {delta.offset}")
        self.spoken[delta.run, delta.step] = delta.attempt, text + delta.text

    async def until(self, met: Callable[["Follower"], bool], what: str = "") -> None:
        """Return once the condition is met by what was seen."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not met(self):
                    if self._task.done():
                        self._task.result()
                        raise AssertionError("The stream ended by itself.")
                    await self._moved.wait()
                    self._moved.clear()
        except TimeoutError:
            seen = [(event.seq, event.type) for event in self.events]
            raise AssertionError(f"Waited in vain for {what}: {seen}, {self.spoken}") from None

    async def until_type(self, type_: str, times: int = 1) -> StreamEvent:
        """Return the event of this type that came as the ``times``-th."""
        await self.until(lambda seen: len(seen.of(type_)) >= times, type_)
        return self.of(type_)[times - 1]

    def of(self, type_: str) -> list[StreamEvent]:
        return [event for event in self.events if event.type == type_]

    def text(self, step: int = 0) -> str:
        """Return what the newest run was heard to say at a step."""
        return next((text for (_, spoken), (_, text) in reversed(self.spoken.items()) if spoken == step), "")

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        assert self.faults == []
