"""Failures below HTTP, in our own errors, the same over both versions."""

import asyncio
import gzip
import socket
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from yarl import URL

from artelier.domain.errors import ProviderUnavailable, ReplyInvalid, SettingsError, StreamBroken
from artelier.providers.transport import HttpTransport, HttpVersion

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
async def transport(version: HttpVersion) -> Any:
    transport = HttpTransport(first_byte_timeout=0.2, idle_timeout=0.1, version=version)
    yield transport
    await transport.close()


async def read(transport: HttpTransport, base_url: str) -> bytes:
    answer = await transport.send("POST", URL(base_url), {}, b"{}")
    try:
        return await answer.read_all(1 << 20)
    finally:
        answer.close()


async def test_a_port_where_nobody_listens(transport: HttpTransport) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(ProviderUnavailable, match="could not be reached"):
            await read(transport, f"http://127.0.0.1:{held.getsockname()[1]}/")


async def test_a_name_that_is_no_host(transport: HttpTransport) -> None:
    with pytest.raises(ProviderUnavailable):
        await read(transport, "http://name.invalid./")


@pytest.mark.parametrize(
    ("pieces", "end", "kind", "words"),
    [
        ([], "close", ProviderUnavailable, "closed the connection before it answered"),
        ([], "hang", ProviderUnavailable, "did not answer within 0.2 s"),
        ([CHUNKED], "hang", ProviderUnavailable, "sent nothing for 0.2 s"),
        ([CHUNKED, b"1\r\na\r\n"], "hang", StreamBroken, "fell silent for 0.1 s"),
        ([CHUNKED, b"1\r\na\r\n"], "close", StreamBroken, "before its reply was whole"),
        ([CHUNKED, b"1\r\na\r\n"], "reset", StreamBroken, "before its reply was whole"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"], "close", StreamBroken, "before its reply was whole"),
        ([b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"], "keep", ReplyInvalid, "decompressed"),
    ],
)
async def test_a_server_that_fails(
    pieces: list[bytes], end: str, kind: type[Exception], words: str, mock: Any, transport: HttpTransport
) -> None:
    with pytest.raises(kind, match=words) as caught:
        await read(transport, mock.play(mock.raw(*pieces, end=end, pause=0.01)))
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("pieces", "kind", "words"),
    [
        ([CHUNKED, b"zz\r\na\r\n"], StreamBroken, "before its reply was whole"),
        ([b"SSH-2.0-OpenSSH_9.2\r\n\r\n"], ReplyInvalid, "not HTTP"),
        ([b"HTTP/1.1 200 OK\r\nBad Header\r\n\r\n"], ReplyInvalid, "not HTTP"),
    ],
)
async def test_a_server_that_breaks_the_first_version(pieces: list[bytes], kind: type[Exception], words: str, mock: Any) -> None:
    transport = HttpTransport()
    with pytest.raises(kind, match=words):
        await read(transport, mock.play(mock.raw(*pieces, end="close", pause=0.01)))
    await transport.close()


async def test_a_reader_that_takes_its_time_is_no_silence(mock: Any, transport: HttpTransport) -> None:
    play = mock.raw(CHUNKED + b"1\r\na\r\n", b"1\r\nb\r\n0\r\n\r\n", pause=0.01)
    answer = await transport.send("POST", URL(mock.play(play)), {}, b"{}")
    assert await answer.read_chunk() == b"a"
    await asyncio.sleep(0.25)  # more than twice the time a server may be silent
    assert await answer.read_all(10) == b"b"
    answer.close()


async def test_bytes_that_keep_coming_are_no_silence(mock: Any, transport: HttpTransport) -> None:
    play = mock.raw(CHUNKED, *[b"1\r\na\r\n"] * 8, b"0\r\n\r\n", pause=0.05)
    assert await read(transport, mock.play(play)) == b"a" * 8


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
async def test_a_packed_body_is_unpacked(coding: str, pack: Callable[[bytes], bytes], mock: Any, transport: HttpTransport) -> None:
    base_url = mock.play(mock.answer(pack(b"words " * 200_000), head=f"Content-Encoding: {coding}\r\n"))
    answer = await transport.send("POST", URL(base_url), {}, b"{}")
    assert await answer.read_all(2 << 20) == b"words " * 200_000
    answer.close()


async def test_a_body_over_the_limit(mock: Any, transport: HttpTransport) -> None:
    answer = await transport.send("POST", URL(mock.play(mock.answer(b"x" * 11))), {}, b"{}")
    with pytest.raises(ReplyInvalid, match="more than 10 bytes"):
        await answer.read_all(10)
    answer.close()


async def test_a_large_body_is_sent_whole(mock: Any, version: HttpVersion) -> None:
    transport = HttpTransport(version=version)
    base_url = mock.play(mock.answer("{}"))
    answer = await transport.send("POST", URL(base_url), {"Content-Type": "application/json"}, b"x" * (3 << 20))
    answer.close()
    await transport.close()
    assert len(mock.seen(base_url)[0]["body"]) == 3 << 20


async def test_a_closed_transport_says_so(mock: Any, version: HttpVersion) -> None:
    transport = HttpTransport(version=version)
    await read(transport, mock.play(mock.answer("{}")))
    await transport.close()
    await transport.close()
    with pytest.raises(ProviderUnavailable, match="was closed"):
        await read(transport, mock.play(mock.answer("{}")))


async def test_closing_breaks_what_is_still_read(mock: Any, version: HttpVersion) -> None:
    transport = HttpTransport(version=version)
    answer = await transport.send("POST", URL(mock.play(mock.raw(CHUNKED, end="hang"))), {}, b"{}")
    reading = asyncio.ensure_future(answer.read_chunk())
    await asyncio.sleep(0)
    await transport.close()
    with pytest.raises(StreamBroken):
        await reading
    answer.close()


async def test_connections_over_the_limit_wait_their_turn(mock: Any, version: HttpVersion) -> None:
    transport = HttpTransport(connections=1, version=version)
    base_url = mock.play(mock.answer(b"a"))
    assert await asyncio.gather(*(read(transport, base_url) for _ in range(5))) == [b"a"] * 5
    assert len({request["peer"] for request in mock.seen(base_url)}) == 1
    await transport.close()


async def test_a_proxy_is_asked_instead(mock: Any) -> None:
    transport = HttpTransport(proxy=f"http://127.0.0.1:{mock.port}")
    base_url = mock.play(mock.answer(b"through"))
    name = base_url.split("/")[3]
    mock_path = f"http://elsewhere.example/{name}/v1"
    assert await read(transport, mock_path) == b"through"
    assert mock.seen(base_url)[0]["target"] == mock_path
    await transport.close()


async def test_a_proxy_that_is_not_there(version: HttpVersion) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        transport = HttpTransport(proxy=f"http://user:hidden@127.0.0.1:{held.getsockname()[1]}", version=version)
        with pytest.raises(ProviderUnavailable, match="through the proxy") as caught:
            await read(transport, "http://elsewhere.example/")
        assert "hidden" not in caught.value.message
        await transport.close()


async def test_the_environment_sets_no_proxy(mock: Any, version: HttpVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    transport = HttpTransport(version=version)
    assert await read(transport, mock.play(mock.answer(b"direct"))) == b"direct"
    await transport.close()


@pytest.mark.parametrize("proxy", ["localhost:8080", "socks5://host:1", "http://", "http://[bad"])
def test_a_proxy_that_cannot_be_used_is_refused_at_once(proxy: str) -> None:
    with pytest.raises(SettingsError, match="proxy"):
        HttpTransport(proxy=proxy)


def test_a_ca_file_that_cannot_be_used_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"missing\.pem"):
        HttpTransport(ca_file=str(tmp_path / "missing.pem"))
    (tmp_path / "bad.pem").write_text("no certificate")
    with pytest.raises(SettingsError, match=r"bad\.pem"):
        HttpTransport(ca_file=str(tmp_path / "bad.pem"))
