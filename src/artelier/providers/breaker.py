"""Leaves a provider's model alone that keeps failing, so that nobody waits for it in vain: the port wrapped.

The circuit breaker of M. Nygard, Release It!, 2nd edition, chapter 5.
"""

from collections.abc import Callable
from time import monotonic

from cachetools import LRUCache
from msgspec import Struct

from artelier.domain.errors import ProviderError, ProviderUnavailable, ReplyInvalid, StreamBroken
from artelier.domain.models import ModelRequest
from artelier.ports.provider import ModelStream, Provider
from artelier.providers.beginning import Beginning, Begun, begin

FAULTS = (ProviderUnavailable, StreamBroken, ReplyInvalid)
"""What tells that a server is broken; a refusal or a limit tells that it works."""


MODELS_KEPT = 500
"""Models that are known at once: a request may name any."""


class BreakerLimits(Struct, frozen=True):
    """When a breaker opens, for how long, and how it closes again."""

    failures: int = 5
    """So many in a row open it."""
    seconds: float = 60.0
    probes: int = 3
    """So many requests are let through after the pause; all of them must begin to be answered for it to close."""


class Circuit:
    """How one model, or anything else that is asked, stands; ``now`` tells seconds.

    While it is open only tries count: requests that were let through after the pause. What was under way before tells of before.
    """

    def __init__(self, limits: BreakerLimits, now: Callable[[], float]) -> None:
        self._limits = limits
        self._now = now
        self._failures = 0
        self._opened_at: float | None = None
        self._openings = self._trying = self._passed = 0

    @property
    def is_open(self) -> bool:
        """Whether it is left alone."""
        return self._opened_at is not None

    def enter(self) -> int:
        """Let a request through, or raise ``ProviderUnavailable`` with the seconds left; what comes of it is told with the number."""
        if self._opened_at is None:
            return 0
        left = self._opened_at + self._limits.seconds - self._now()
        if left > 0 or self._trying >= self._limits.probes:
            raise ProviderUnavailable("This model failed again and again and is left alone for a while.", retry_after=max(left, 1.0))
        self._trying += 1
        return self._openings

    def succeeded(self, entered: int) -> None:
        """Take note of an answer."""
        if self._opened_at is None:
            self._failures = 0
        elif entered == self._openings:
            self._trying -= 1
            self._passed += 1
            if self._passed >= self._limits.probes:
                self._opened_at, self._failures = None, 0

    def failed(self, entered: int) -> None:
        """Take note of a failure."""
        if self._opened_at is None:
            self._failures += 1
            if self._failures >= self._limits.failures:
                self._open()
        elif entered == self._openings:
            self._open()

    def left(self, entered: int) -> None:
        """Take note of a request that ended without telling anything: it was cancelled."""
        if self._opened_at is not None and entered == self._openings:
            self._trying -= 1

    def _open(self) -> None:
        self._opened_at = self._now()
        self._openings += 1
        self._trying = self._passed = 0


class BreakingProvider:
    """Another provider, with a breaker for each of its models. What ends after its first piece tells nothing here."""

    def __init__(self, provider: Provider, limits: BreakerLimits | None = None, now: Callable[[], float] = monotonic) -> None:
        self._provider = provider
        self._limits = limits or BreakerLimits()
        self._now = now
        self._circuits: LRUCache[str, Circuit] = LRUCache(MODELS_KEPT)

    @property
    def open_models(self) -> tuple[str, ...]:
        """Models that are left alone now."""
        return tuple(model for model, circuit in self._circuits.items() if circuit.is_open)

    def stream(self, request: ModelRequest) -> ModelStream:
        """Yield the pieces. Raises ``ProviderUnavailable`` at once while the model is left alone."""
        return Beginning(lambda: self._begun(request))

    async def list_models(self) -> tuple[str, ...]:
        """Return the names the wrapped provider offers."""
        return await self._provider.list_models()

    async def close(self) -> None:
        """Close the wrapped provider."""
        await self._provider.close()

    async def _begun(self, request: ModelRequest) -> Begun:
        circuit = self._circuits.get(request.model)
        if circuit is None:
            circuit = self._circuits[request.model] = Circuit(self._limits, self._now)
        entered = circuit.enter()
        try:
            begun = await begin(self._provider.stream(request))
        except FAULTS:
            circuit.failed(entered)
            raise
        except ProviderError:
            circuit.succeeded(entered)
            raise
        except BaseException:
            circuit.left(entered)
            raise
        circuit.succeeded(entered)
        return begun
