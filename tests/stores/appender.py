"""A process that appends until it is killed, and prints each sequence once it is acknowledged.

It reads a path a line and forks for each, so that many short lives cost one import. A child prints its process id, then
``session seq`` for every acknowledged append of its ten sessions.
"""

import asyncio
import os
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

from artelier.domain.calls import ResultStatus, ToolResult
from artelier.domain.events import Draft, MessageReceived, ModelReplied, SessionOpened, ToolFinished
from artelier.ports.journal import OwnedBy
from artelier.ports.runs import Submission, Worker
from artelier.stores.sqlite import SqliteStore

WORKER = Worker("worker", frozenset({"here"}))


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


async def append_for_ever(store: SqliteStore) -> None:
    session, run = str(uuid.uuid4()), str(uuid.uuid4())
    opening = SessionOpened("mira", "project")
    submitted = await store.submit(Submission(session, run, MessageReceived("Go"), "person:mira", opening=opening), WORKER)
    head = submitted.events[-1].seq
    say(session, head)
    while True:
        large = ToolFinished("call", "read_file", ToolResult(ResultStatus.DONE, str(head) * 20_000))
        payloads = (
            ModelReplied(step=head, attempt=1, text="Hm."),
            large if head % 9 == 0 else ModelReplied(step=head, attempt=2, text="Hm."),
        )
        stored = await store.append(session, tuple(Draft(payload, "system", run) for payload in payloads), OwnedBy(run, 1, head))
        head = stored[-1].seq
        say(session, head)


async def main(path: Path) -> None:
    store = SqliteStore(path, WallClock())
    await store.open()
    await store.register_workspace("project", "Project", "/srv/project", "here")
    await asyncio.gather(*(append_for_ever(store) for _ in range(10)))


def live_once(path: str) -> None:
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        say("gone")
    else:
        say(os.getpid())
        try:
            asyncio.run(main(Path(path)))
        finally:
            os._exit(1)


if __name__ == "__main__":
    for line in sys.stdin:
        live_once(line.strip())
