"""A stream that is chosen when its first piece is asked for, and then comes as if nobody had chosen."""

from collections.abc import AsyncIterator, Awaitable, Callable

from artelier.domain.models import ModelPiece
from artelier.ports.provider import ModelStream

Begun = tuple[ModelStream, ModelPiece]
"""A stream with the first piece that was taken from it."""


class Beginning(AsyncIterator[ModelPiece]):
    """From its first piece on it stands aside: each next one comes straight from the stream that ``choose`` began."""

    def __init__(self, choose: Callable[[], Awaitable[Begun]]) -> None:
        self._choose = choose
        self._stream: ModelStream | None = None
        self._next: Callable[[], Awaitable[ModelPiece]] = self._first

    def __anext__(self) -> Awaitable[ModelPiece]:
        return self._next()

    async def aclose(self) -> None:
        """End the stream; one that is being chosen ends with the task that waits for it."""
        stream, self._stream = self._stream, None
        self._next = _ended
        if stream is not None:
            await stream.aclose()

    async def _first(self) -> ModelPiece:
        self._stream, piece = await self._choose()
        self._next = self._stream.__anext__
        return piece


async def begin(stream: ModelStream) -> Begun:
    """Return a stream with its first piece; one that fails to give any is ended. Raises a ``ProviderError``."""
    try:
        return stream, await stream.__anext__()
    except BaseException:
        await stream.aclose()
        raise


async def _ended() -> ModelPiece:
    raise StopAsyncIteration
