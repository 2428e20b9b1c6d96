"""A wrapper that asks again when that can help, and never after the first piece was given out."""

from random import Random

from artelier.domain.errors import ProviderError
from artelier.domain.models import ModelRequest
from artelier.ports.clock import Clock
from artelier.ports.provider import ModelStream, Provider
from artelier.providers.beginning import Beginning, Begun, begin


class RetryingProvider:
    """Another provider, asked up to ``attempts`` times.

    It waits by full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/): anything between
    nothing and ``base`` seconds doubled each time, at most ``cap``. What the provider asks to wait comes before that;
    where it asks for more than ``patience`` seconds the error goes on at once, so that the run can rest meanwhile.
    """

    def __init__(
        self,
        provider: Provider,
        clock: Clock,
        random: Random,
        *,
        attempts: int = 3,
        base: float = 0.5,
        cap: float = 20.0,
        patience: float = 60.0,
    ) -> None:
        self._provider = provider
        self._clock = clock
        self._random = random
        self._attempts = attempts
        self._base = base
        self._cap = cap
        self._patience = patience

    def stream(self, request: ModelRequest) -> ModelStream:
        """Yield the pieces of the first attempt that begins. Raises the ``ProviderError`` of the last one."""
        return Beginning(lambda: self._begun(request))

    async def _begun(self, request: ModelRequest) -> Begun:
        attempt = 0
        while True:
            attempt += 1
            try:
                return await begin(self._provider.stream(request))
            except ProviderError as error:
                if not await self._pause(error, attempt):
                    raise

    async def _pause(self, error: ProviderError, attempt: int) -> bool:
        """Wait before another attempt; False when there should be none."""
        if not self._may_help(error, attempt):
            return False
        await self._clock.sleep(self._wait(error, attempt))
        return True

    async def list_models(self) -> tuple[str, ...]:
        """Return the names the wrapped provider offers."""
        return await self._provider.list_models()

    async def close(self) -> None:
        """Close the wrapped provider."""
        await self._provider.close()

    def _may_help(self, error: ProviderError, attempt: int) -> bool:
        return error.retryable and attempt < self._attempts and (error.retry_after or 0.0) <= self._patience

    def _wait(self, error: ProviderError, attempt: int) -> float:
        most = min(self._cap, self._base * 2.0 ** (attempt - 1))
        return (error.retry_after or 0.0) + self._random.uniform(0.0, most)
