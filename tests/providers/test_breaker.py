"""What opens a breaker and closes it again: requests that entered before it opened tell nothing about after."""

import pytest

from artelier.domain.errors import ProviderUnavailable
from artelier.providers.breaker import BreakerLimits, Circuit

LIMITS = BreakerLimits(failures=5, seconds=60, probes=3)


class Clock:
    """A clock that is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def entered(circuit: Circuit, most: int) -> list[int]:
    """Return the requests of so many that are let through."""
    found = []
    for _ in range(most):
        try:
            found.append(circuit.enter())
        except ProviderUnavailable:
            break
    return found


def test_many_that_fail_together_open_it_once_and_three_try_afterwards() -> None:
    circuit = Circuit(LIMITS, clock := Clock())
    for request in entered(circuit, 20):
        circuit.failed(request)
    clock.now = 61
    assert len(entered(circuit, 20)) == 3


def test_those_under_way_when_it_opened_do_not_close_it() -> None:
    circuit = Circuit(LIMITS, clock := Clock())
    requests = entered(circuit, 8)
    for request in requests[:5]:
        circuit.failed(request)
    clock.now = 61
    for request in requests[5:]:
        circuit.succeeded(request)
    assert circuit.is_open
    for request in entered(circuit, 20):
        circuit.succeeded(request)
    assert not circuit.is_open


def test_those_under_way_when_it_opened_do_not_keep_it_open_longer() -> None:
    circuit = Circuit(LIMITS, clock := Clock())
    requests = entered(circuit, 7)
    for request in requests[:5]:
        circuit.failed(request)
    clock.now = 50
    circuit.failed(requests[5])
    circuit.left(requests[6])
    clock.now = 61
    assert len(entered(circuit, 20)) == 3


def test_what_a_try_of_an_earlier_opening_comes_to_counts_nothing() -> None:
    circuit = Circuit(LIMITS, clock := Clock())
    for request in entered(circuit, 5):
        circuit.failed(request)
    clock.now = 61
    first, second, third = entered(circuit, 3)
    circuit.failed(first)
    clock.now = 122
    tries = entered(circuit, 20)
    assert len(tries) == 3
    for late in (second, third):
        circuit.succeeded(late)
    for request in tries[:2]:
        circuit.succeeded(request)
    assert circuit.is_open
    with pytest.raises(ProviderUnavailable):
        [circuit.enter() for _ in range(3)]
    circuit.succeeded(tries[2])
    assert not circuit.is_open
