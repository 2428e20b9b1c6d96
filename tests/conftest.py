"""What every test has: no network but loopback, and a clock that stands until it is moved."""

import itertools
import os

import pytest
from hypothesis import HealthCheck, settings
from pytest_socket import socket_allow_hosts

from hand_clock import HandClock

# A busy machine is no fault of the code: time decides nothing here.
settings.register_profile("artelier", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
# A new machine checks the examples that were checked before it; `./test` goes on looking for others.
settings.register_profile("same examples", settings.get_profile("artelier"), derandomize=True)
settings.load_profile("same examples" if os.environ.get("TEST_EXAMPLES") == "same" else "artelier")


@pytest.fixture(autouse=True)
def _loopback_alone() -> None:
    socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)


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
