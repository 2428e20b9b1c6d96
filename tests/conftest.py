"""What every test has: no network but loopback, and a clock that stands until it is moved."""

import asyncio
import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from pytest_socket import socket_allow_hosts

# A busy machine is no fault of the code: time decides nothing here.
settings.register_profile("artelier", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("artelier")


@pytest.fixture(autouse=True)
def _loopback_alone() -> None:
    socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)


class HandClock:
    """A clock that moves by hand; sleepers wake when it has moved far enough."""

    def __init__(self) -> None:
        self.present = datetime(2026, 1, 1, 12, tzinfo=UTC)
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return self.present

    def move(self, seconds: float) -> None:
        self.present += timedelta(seconds=seconds)
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        due = self.present + timedelta(seconds=seconds)
        while self.present < due:
            await self._moved.wait()


class CountedIdentifiers:
    """Ids that count up, in the shape of UUIDv7."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def new(self) -> str:
        return f"01900000-0000-7000-8000-{next(self._numbers):012x}"


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def identifiers() -> CountedIdentifiers:
    return CountedIdentifiers()
