"""A recorded day lived in one house: its time, its checkouts, its messages; the other side is ``day_model``."""

import asyncio
import http.client
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import artelier
from artelier.runtime.ground import PLACE
from artelier.runtime.house import House
from artelier.runtime.service import Message

DAY = Path(__file__).parent / "recordings" / "day.jsonl"
MIDNIGHT = datetime(2026, 1, 5, tzinfo=UTC)
SOURCES = Path(artelier.__file__).parent
PEOPLE = ("ci", "ann", "bob", "eve")
PATIENCE = 60.0


class DayClock:
    """The machine's clock, put forward between messages."""

    def __init__(self) -> None:
        self._ahead = MIDNIGHT - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def until(self, moment: datetime) -> None:
        """Let time pass; it never goes back."""
        self._ahead = max(self._ahead, moment - datetime.now(UTC))


class Mock:
    """The other process."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, method: str, path: str, body: str = "") -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()


@contextmanager
def mocked() -> Iterator[Mock]:
    words = [sys.executable, "-m", "benchmarks.day_model", str(DAY)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield Mock(int(process.stdout.readline()))
        finally:
            process.kill()


def checkout(folder: Path, pushed: list[str]) -> None:
    """Write a checkout anew, with everything that was pushed."""
    shutil.rmtree(folder, ignore_errors=True)
    for room in ("caches", "providers"):
        shutil.copytree(SOURCES / room, folder / "src" / room, ignore=shutil.ignore_patterns("__pycache__"))
    for path in pushed:
        with (folder / path).open("a") as file:
            file.write(f"\n# change {len(pushed)}\n")


class Played:
    """One day in one house."""

    def __init__(self, house: House, clock: DayClock, mock: Mock, folder: Path, tasks: Mapping[str, str]) -> None:
        self._house, self._clock, self._mock, self._folder, self._tasks = house, clock, mock, folder, tasks
        self._pushed: list[str] = []
        self._rooms: dict[str, str] = {}
        self._sessions: dict[str, str] = {}
        self.messages = 0

    async def live(self, day: list[dict[str, Any]]) -> None:
        for who in PEOPLE:
            checkout(self._folder / who, [])
            self._rooms[who] = (await self._house.store.register_workspace(f"room-{who}", who, str(self._folder / who), PLACE)).id
        for line in day:
            await self._until(line["at"])
            if "push" in line:
                self._pushed.append(line["push"])
            if "push" in line or line.get("fresh"):
                for who in PEOPLE if "push" in line else (line["who"],):
                    checkout(self._folder / who, self._pushed)
            if line.get("together"):
                await asyncio.gather(*(self._say(line, task) for task in line["do"]))
            else:
                for task in line.get("do", ()):
                    await self._say(line, task)

    async def _until(self, time: str) -> None:
        hours, minutes = map(int, time.split(":"))
        since = timedelta(hours=hours, minutes=minutes)
        self._clock.until(MIDNIGHT + since)
        await asyncio.to_thread(self._mock.ask, "PUT", "/time", str(since.total_seconds()))

    async def _say(self, line: dict[str, Any], task: str) -> None:
        who, name = line["who"], line.get("session", "")
        message = Message(self._tasks[task], f"person:{who}", self._sessions.get(name, ""), self._rooms[who])
        accepted = await self._house.service.send(message)
        async with asyncio.timeout(PATIENCE):
            ended = await self._house.service.wait(accepted.run)
        if ended.status.value != "finished":
            raise SystemExit(f"{task} of {who} did not finish: {ended}")
        if name:
            self._sessions[name] = accepted.session
        self.messages += 1


def recorded() -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Return the texts of the tasks, and the day line by line."""
    lines = [json.loads(line) for line in DAY.read_text().splitlines()]
    return {line["task"]: line["text"] for line in lines if "task" in line}, [line for line in lines if "at" in line]
