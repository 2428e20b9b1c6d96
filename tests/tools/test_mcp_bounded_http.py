import asyncio
import gzip

import httpx2
import pytest

from artelier.tools.mcp.bounded_http import LONGEST_ANSWER, BoundedTransport


async def answered(head: bytes, body: bytes, times: int = 1) -> httpx2.Response:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n" + head + b"\r\n\r\n")
        try:
            for _ in range(times):
                writer.write(body)
                await writer.drain()
        except ConnectionError:
            pass
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        async with httpx2.AsyncClient(transport=BoundedTransport(), trust_env=False) as client:
            return await client.get(f"http://127.0.0.1:{port}/")
    finally:
        server.close()


async def test_a_plain_answer_passes() -> None:
    assert (await answered(b"Content-Type: application/json", b"{}")).json() == {}


async def test_one_that_is_too_long_is_ended() -> None:
    with pytest.raises(httpx2.ReadError, match="more than"):
        await answered(b"Content-Type: application/json", b"x" * 1_000_000, LONGEST_ANSWER // 1_000_000 + 2)


async def test_one_that_grows_when_it_is_read_is_refused() -> None:
    with pytest.raises(httpx2.DecodingError, match="gzip"):
        await answered(b"Content-Encoding: gzip", gzip.compress(b"x" * 1000))
