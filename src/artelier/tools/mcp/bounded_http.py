"""An HTTP transport that takes no more than so much: the SDK bounds the events of a stream, and this the plain answers."""

from collections.abc import AsyncIterator

import httpx2

LONGEST_ANSWER = 32 * 1024 * 1024
"""Bytes of an answer that is no stream of events."""


class BoundedTransport(httpx2.AsyncHTTPTransport):
    """Refuses compressed answers, which grow when they are read, and ends those that are too long."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the request. Raises ``httpx2.ReadError`` while an answer is read that is too long."""
        request.headers["Accept-Encoding"] = "identity"
        response = await super().handle_async_request(request)
        encoding = response.headers.get("Content-Encoding", "identity")
        if encoding != "identity":
            await response.aclose()
            raise httpx2.DecodingError(f"the answer came as {encoding[:50]}, which was not asked for", request=request)
        if not response.headers.get("Content-Type", "").startswith("text/event-stream") and isinstance(
            response.stream, httpx2.AsyncByteStream
        ):
            response.stream = _Bounded(response.stream)
        return response


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        taken = 0
        async for chunk in self._stream:
            taken += len(chunk)
            if taken > LONGEST_ANSWER:
                raise httpx2.ReadError(f"the answer has more than {LONGEST_ANSWER} bytes")
            yield chunk

    async def aclose(self) -> None:
        """Close the stream beneath."""
        await self._stream.aclose()
