"""A process killed in the middle of its work loses nothing that was acknowledged."""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from artelier.stores.sqlite import SqliteStore

LIVES = 15
TORN = """
    SELECT s.id FROM sessions s LEFT JOIN events e ON e.session = s.id
    GROUP BY s.id HAVING s.head != count(e.seq) OR s.head != max(e.seq)
"""
APPENDER = Path(__file__).with_name("appender.py")


class StillClock:
    def now(self) -> datetime:
        return datetime(2030, 1, 1, tzinfo=UTC)

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError


@pytest.fixture
def nursery() -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen([sys.executable, str(APPENDER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def live_and_die(nursery: "subprocess.Popen[str]", path: Path, acknowledged: dict[str, int], patience: int) -> None:
    """Let a child append, kill it after so many acknowledgements, and note all that it gave."""
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    nursery.stdin.write(f"{path}\n")
    nursery.stdin.flush()
    child = int(nursery.stdout.readline())
    for number, line in enumerate(iter(nursery.stdout.readline, "gone\n")):
        session, seq = line.split()
        acknowledged[session] = int(seq)
        if number == patience:
            os.kill(child, signal.SIGKILL)


def check_file(path: Path) -> None:
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute(TORN).fetchall() == []
    finally:
        connection.close()


async def check_journals(path: Path, acknowledged: dict[str, int]) -> None:
    store = SqliteStore(path, StillClock())
    await store.open()
    try:
        for session, seq in acknowledged.items():
            events = await store.read(session)
            assert len(events) >= seq
            assert [event.seq for event in events] == list(range(1, len(events) + 1))
    finally:
        await store.close()


def test_every_acknowledged_event_survives(nursery: "subprocess.Popen[str]", tmp_path: Path) -> None:
    chance = random.Random(20261120)
    path, acknowledged = tmp_path / "journal.sqlite3", dict[str, int]()
    for _ in range(LIVES):
        live_and_die(nursery, path, acknowledged, patience=chance.randrange(400))
        check_file(path)
    asyncio.run(check_journals(path, acknowledged))
    assert len(acknowledged) > LIVES
    assert max(acknowledged.values()) > 10
