"""What HTTP/2 alone can do and suffer: many requests over one connection, and each end of a stream or of all of them."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import trustme
from h2.errors import ErrorCodes
from h2.settings import SettingCodes
from yarl import URL

from artelier.domain.errors import ProviderUnavailable, ReplyInvalid, RequestRefused, StreamBroken
from artelier.providers.transport import HttpAnswer, HttpTransport
from artelier.providers.transport_answer import Patience
from artelier.providers.transport_http2 import Http2Transport
from mock_http2 import Exchange, Session

Answering = Callable[[Exchange], Awaitable[Any]]


class Server:
    """A server in the test's own loop; ``answer`` may be replaced while it runs."""

    def __init__(self, answer: Answering, settings: dict[Any, int] | None, tls: ssl.SSLContext | None) -> None:
        self.answer = answer
        self.settings = settings
        self.tls = tls
        self.sessions: list[Session] = []
        self.exchanges: list[Exchange] = []
        self.came = asyncio.Condition()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(reader, writer, self._answer, self.settings)
        self.sessions.append(session)
        await session.run()

    async def _answer(self, exchange: Exchange) -> None:
        async with self.came:
            self.exchanges.append(exchange)
            self.came.notify_all()
        await self.answer(exchange)

    async def requests(self, number: int) -> None:
        """Return once so many requests came."""
        async with asyncio.timeout(5), self.came:
            await self.came.wait_for(lambda: len(self.exchanges) >= number)

    @property
    def url(self) -> URL:
        port = self.listener.sockets[0].getsockname()[1]
        return URL(f"{'https' if self.tls else 'http'}://127.0.0.1:{port}/v1/chat/completions")


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[Server]]]:
    started = []

    async def start(answer: Answering, settings: dict[Any, int] | None = None, tls: ssl.SSLContext | None = None) -> Server:
        server = Server(answer, settings, tls)
        server.listener = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
        started.append(server)
        return server

    yield start
    for server in started:
        server.listener.close()
        for session in server.sessions:
            session.writer.transport.abort()
            for task in session.tasks:
                task.cancel()
        await server.listener.wait_closed()


@pytest.fixture
async def transport() -> AsyncIterator[HttpTransport]:
    transport = HttpTransport(version="2", connections=1000)
    yield transport
    await transport.close()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return str(tmp_path / "ca.pem")


def tls_of(authority: trustme.CA, *protocols: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context


async def echo(exchange: Exchange) -> None:
    exchange.start(200, {"Content-Type": "text/plain"})
    await exchange.send(exchange.body)
    exchange.end()


async def hang(exchange: Exchange) -> None:
    exchange.start()
    await exchange.send(b"first")
    await exchange.left.wait()


async def ask(transport: HttpTransport | Http2Transport, url: URL, body: bytes = b"{}") -> HttpAnswer:
    async with asyncio.timeout(5):
        return await transport.send("POST", url, {"X-Team": "blue", "Connection": "close"}, body)


async def read(transport: HttpTransport | Http2Transport, url: URL, body: bytes = b"{}") -> bytes:
    answer = await ask(transport, url, body)
    try:
        async with asyncio.timeout(5):
            return await answer.read_all(8 << 20)
    finally:
        answer.close()


async def test_fifty_requests_are_under_way_over_one_connection(serve: Any, transport: HttpTransport) -> None:
    all_came = asyncio.Event()

    async def when_all_came(exchange: Exchange) -> None:
        await all_came.wait()
        await echo(exchange)

    server = await serve(when_all_came)
    asked = [asyncio.create_task(read(transport, server.url, b"%d" % number)) for number in range(50)]
    await server.requests(50)
    all_came.set()
    assert await asyncio.gather(*asked) == [b"%d" % number for number in range(50)]
    assert len(server.sessions) == 1


async def test_a_request_is_what_was_asked(serve: Any, transport: HttpTransport) -> None:
    server = await serve(echo)
    answer = await ask(transport, server.url, b"hello")
    assert (answer.status, answer.content_type, answer.headers["content-Type"]) == (200, "text/plain", "text/plain")
    answer.close()
    told = server.exchanges[0]
    assert (told.method, told.target, told.body) == ("POST", "/v1/chat/completions", b"hello")
    assert told.headers == {"x-team": "blue", "content-length": "5"}


async def test_what_the_server_takes_at_once_is_kept_to(serve: Any, transport: HttpTransport) -> None:
    server = await serve(hang, {SettingCodes.MAX_CONCURRENT_STREAMS: 3})
    answers = await asyncio.gather(*(ask(transport, server.url) for _ in range(8)))
    assert sorted(len(session.exchanges) for session in server.sessions) == [2, 3, 3]
    for answer in answers:
        answer.close()
    answer = await ask(transport, server.url)
    assert len(server.sessions) == 3
    answer.close()


async def test_a_server_that_takes_nothing(serve: Any, transport: HttpTransport) -> None:
    server = await serve(echo, {SettingCodes.MAX_CONCURRENT_STREAMS: 0})
    with pytest.raises(ProviderUnavailable, match="takes no requests now"):
        await ask(transport, server.url)


async def test_a_reset_stream_leaves_its_neighbours_alone(serve: Any, transport: HttpTransport) -> None:
    server = await serve(hang)
    first, second = await asyncio.gather(ask(transport, server.url), ask(transport, server.url))
    assert await first.read_chunk() == b"first"
    server.exchanges[0].reset(ErrorCodes.INTERNAL_ERROR)
    with pytest.raises(StreamBroken):
        await first.read_chunk()
    await server.exchanges[1].send(b" and second")
    server.exchanges[1].end()
    assert await second.read_all(100) == b"first and second"
    assert len(server.sessions) == 1
    first.close()
    second.close()


async def test_a_stream_that_is_refused_may_be_asked_again(serve: Any, transport: HttpTransport) -> None:
    async def refuse(exchange: Exchange) -> None:
        exchange.reset(ErrorCodes.REFUSED_STREAM)

    server = await serve(refuse)
    with pytest.raises(ProviderUnavailable, match="REFUSED_STREAM") as caught:
        await ask(transport, server.url)
    assert caught.value.retryable
    server.answer = echo
    assert await read(transport, server.url) == b"{}"
    assert len(server.sessions) == 1


async def test_a_server_that_goes_away_ends_what_it_has_seen(serve: Any, transport: HttpTransport) -> None:
    async def nothing(exchange: Exchange) -> None:
        await exchange.left.wait()

    server = await serve(hang)
    seen = await ask(transport, server.url)
    server.answer = nothing
    unseen = asyncio.create_task(ask(transport, server.url))
    await server.requests(2)
    session = server.sessions[0]
    frames = session.wire
    state = frames.state_machine.state
    frames.close_connection(last_stream_id=1)
    session.flush()
    frames.state_machine.state = state  # h2 would say nothing more, which servers do
    with pytest.raises(ProviderUnavailable, match="goes away") as caught:
        await unseen
    assert caught.value.retryable
    server.answer = echo
    assert await read(transport, server.url, b"another connection") == b"another connection"
    assert len(server.sessions) == 2
    await server.exchanges[0].send(b" and last")
    server.exchanges[0].end()
    assert await seen.read_all(100) == b"first and last"
    seen.close()


async def test_a_connection_that_dies_breaks_each_of_its_streams(serve: Any, transport: HttpTransport) -> None:
    async def nothing(exchange: Exchange) -> None:
        await exchange.left.wait()

    server = await serve(hang)
    begun = await asyncio.gather(*(ask(transport, server.url) for _ in range(3)))
    reading = [asyncio.create_task(answer.read_all(100)) for answer in begun]
    server.answer = nothing
    waiting = [asyncio.create_task(ask(transport, server.url)) for _ in range(3)]
    await server.requests(6)
    server.sessions[0].writer.transport.abort()
    broken = await asyncio.gather(*reading, *waiting, return_exceptions=True)
    assert [type(error) for error in broken] == [StreamBroken] * 3 + [ProviderUnavailable] * 3
    assert all(error.retryable for error in broken)
    for answer in begun:
        answer.close()
    server.answer = echo
    assert await read(transport, server.url) == b"{}"


async def test_a_dead_connection_is_pinged_and_given_up(serve: Any) -> None:
    server = await serve(hang)
    transport = Http2Transport(10, Patience(), None, None, probe=0.05)
    answer = await ask(transport, server.url)
    assert await answer.read_chunk() == b"first"
    session = server.sessions[0]
    while not session.pings:
        await asyncio.wait_for(session.moved.wait(), 5)
        session.moved.clear()
    session.writer.transport.pause_reading()  # from here on the server is dead, and its socket does not tell
    async with asyncio.timeout(5):
        with pytest.raises(StreamBroken):
            await answer.read_chunk()
    answer.close()
    server.answer = echo
    assert await read(transport, server.url) == b"{}"
    await transport.close()


async def test_a_cancelled_request_is_reset_and_nothing_else(serve: Any, transport: HttpTransport) -> None:
    server = await serve(hang)
    kept, left = await asyncio.gather(ask(transport, server.url), ask(transport, server.url))
    reading = asyncio.create_task(left.read_all(100))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    left.close()
    await asyncio.wait_for(server.exchanges[1].left.wait(), 5)
    assert server.exchanges[1].code == ErrorCodes.CANCEL
    await server.exchanges[0].send(b" goes on")
    server.exchanges[0].end()
    assert await kept.read_all(100) == b"first goes on"
    assert not server.exchanges[0].code
    kept.close()


async def test_a_request_cancelled_before_its_answer_gives_its_turn_on(serve: Any) -> None:
    async def nothing(exchange: Exchange) -> None:
        await exchange.left.wait()

    server = await serve(nothing)
    transport = HttpTransport(version="2", connections=1)
    waiting = asyncio.create_task(ask(transport, server.url))
    await server.requests(1)
    waiting.cancel()
    await asyncio.wait_for(server.exchanges[0].left.wait(), 5)
    server.answer = echo
    assert await read(transport, server.url) == b"{}"
    await transport.close()


async def test_a_slow_reader_holds_up_its_own_stream_alone(serve: Any, transport: HttpTransport) -> None:
    size = 3 << 20

    async def flood(exchange: Exchange) -> None:
        exchange.start()
        await exchange.send(b"x" * size)
        exchange.end()

    server = await serve(flood)
    slow = await ask(transport, server.url)
    assert len(await read(transport, server.url)) == size
    assert not slow._body.at_end()
    assert len(await slow.read_all(size)) == size
    slow.close()


async def test_a_large_request_waits_for_credit(serve: Any, transport: HttpTransport) -> None:
    server = await serve(echo)
    await read(transport, server.url)
    session = server.sessions[0]
    session.taking.clear()
    sending = asyncio.create_task(read(transport, server.url, b"x" * 200_000))
    assert await read(transport, server.url.with_path("/empty"), b"") == b""  # what needs no credit passes by
    assert not sending.done()
    session.taking.set()
    exchange = next(each for each in session.exchanges.values() if len(each.body) > 2)
    session.wire.increment_flow_control_window(1 << 20)
    session.wire.increment_flow_control_window(1 << 20, exchange.number)
    session.flush()
    assert await sending == b"x" * 200_000


async def test_an_answer_before_the_request_is_whole(serve: Any, transport: HttpTransport) -> None:
    async def too_large(exchange: Exchange) -> None:
        exchange.start(413)
        await exchange.send(b"too large")
        exchange.end()

    server = await serve(echo)
    await read(transport, server.url)
    server.answer = too_large
    server.sessions[0].early = True
    server.sessions[0].taking.clear()
    answer = await ask(transport, server.url, b"x" * 200_000)
    assert (answer.status, await answer.read_all(100)) == (413, b"too large")
    answer.close()
    await asyncio.wait_for(server.exchanges[1].left.wait(), 5)


async def test_by_tls_it_is_used_where_it_is_offered(serve: Any, authority: trustme.CA, ca_file: str) -> None:
    server = await serve(echo, tls=tls_of(authority, "h2", "http/1.1"))
    transport = HttpTransport(ca_file=ca_file)
    assert await asyncio.gather(*(read(transport, server.url) for _ in range(5))) == [b"{}"] * 5
    assert len(server.sessions) == 1
    await transport.close()


async def answer_plainly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nyes")
        await reader.read()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


@pytest.mark.parametrize("protocols", [(), ("http/1.1",)])
async def test_by_tls_a_server_without_it_is_asked_by_the_first_version(
    protocols: tuple[str, ...], authority: trustme.CA, ca_file: str
) -> None:
    listener = await asyncio.start_server(answer_plainly, "127.0.0.1", 0, ssl=tls_of(authority, *protocols))
    url = URL(f"https://127.0.0.1:{listener.sockets[0].getsockname()[1]}/")
    automatic, strict = HttpTransport(ca_file=ca_file), HttpTransport(ca_file=ca_file, version="2")
    assert await read(automatic, url) == b"yes"
    assert await read(automatic, url) == b"yes"
    with pytest.raises(RequestRefused, match="does not speak HTTP/2"):
        await read(strict, url)
    await automatic.close()
    await strict.close()
    listener.close()
    await listener.wait_closed()


async def test_an_authority_nobody_knows(serve: Any, authority: trustme.CA) -> None:
    server = await serve(echo, tls=tls_of(authority, "h2"))
    transport = HttpTransport()
    with pytest.raises(ProviderUnavailable, match=r"no certificate that is trusted.*ca_file"):
        await ask(transport, server.url)
    await transport.close()


async def test_a_server_that_does_not_know_it(transport: HttpTransport) -> None:
    listener = await asyncio.start_server(answer_plainly, "127.0.0.1", 0)
    with pytest.raises(ReplyInvalid, match="not HTTP"):
        await ask(transport, URL(f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/"))
    listener.close()
    await listener.wait_closed()


async def test_a_connection_that_nobody_answers_is_given_up_for_all() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    listener = await asyncio.start_server(silent, "127.0.0.1", 0)
    transport = HttpTransport(version="2", connect_timeout=0.1)
    url = URL(f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/")
    async with asyncio.timeout(5):
        errors = await asyncio.gather(*(ask(transport, url) for _ in range(20)), return_exceptions=True)
    assert [type(error) for error in errors] == [ProviderUnavailable] * 20
    await transport.close()
    listener.close()
    await listener.wait_closed()


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_tunnel_of_a_proxy_is_gone_through(scheme: str, serve: Any, authority: trustme.CA, ca_file: str) -> None:
    heads, ended = [], asyncio.Semaphore(0)

    async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        heads.append(head)
        there, back = await asyncio.open_connection(*head.split(" ")[1].split(":"))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + await back_said(there, secret=len(heads) > 1))
        await asyncio.gather(pour(reader, back), pour(there, writer), return_exceptions=True)
        writer.close()
        back.close()
        ended.release()

    async def back_said(there: asyncio.StreamReader, secret: bool) -> bytes:
        return b"" if secret else await there.read(1 << 16)  # a plain server speaks first, maybe in the same breath

    async def pour(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(1 << 16):
            target.write(data)
        target.close()

    listener = await asyncio.start_server(tunnel, "127.0.0.1", 0, ssl=tls_of(authority) if scheme == "https" else None)
    proxy = f"{scheme}://me:word@127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    plain, secret = await serve(echo), await serve(echo, tls=tls_of(authority, "h2"))
    transport = HttpTransport(version="2", proxy=proxy, ca_file=ca_file)
    assert await read(transport, plain.url, b"plain") == b"plain"
    assert await read(transport, secret.url, b"secret") == b"secret"
    assert [head.splitlines()[0] for head in heads] == [f"CONNECT {server.url.authority} HTTP/1.1" for server in (plain, secret)]
    assert "Proxy-Authorization: Basic bWU6d29yZA==" in heads[0]
    await transport.close()
    for _ in heads:
        await asyncio.wait_for(ended.acquire(), 5)
    listener.close()
    await listener.wait_closed()


async def test_a_proxy_that_says_no() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 407 Who are you\r\n\r\n")
        writer.close()

    listener = await asyncio.start_server(refuse, "127.0.0.1", 0)
    transport = HttpTransport(version="2", proxy=f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}")
    with pytest.raises(ProviderUnavailable, match=r"through the proxy.*407"):
        await ask(transport, URL("http://elsewhere.example/"))
    await transport.close()
    listener.close()
    await listener.wait_closed()


async def test_more_than_was_allowed_ends_the_connection(serve: Any, transport: HttpTransport) -> None:
    server = await serve(hang)
    answer = await ask(transport, server.url)
    session = server.sessions[0]
    frame = b"\x00\x40\x00\x00\x00" + (1).to_bytes(4) + b"x" * (1 << 14)
    for _ in range(200):
        session.writer.write(frame)
    await asyncio.wait_for(server.exchanges[0].left.wait(), 5)
    with pytest.raises(StreamBroken):
        await answer.read_all(8 << 20)
    answer.close()


async def test_padded_data_and_a_told_length_are_read(serve: Any, transport: HttpTransport) -> None:
    async def padded(exchange: Exchange) -> None:
        exchange.start(200, {"X-Padded": "yes"})
        await exchange.send(b"one ")
        exchange.session.wire.send_data(exchange.number, b"two ", pad_length=9)
        await exchange.send(b"three")
        exchange.end()

    async def told(exchange: Exchange) -> None:
        exchange.start(200, {"Content-Length": "9"})
        await exchange.send(b"one ")
        await exchange.send(b"three")
        exchange.end()

    server = await serve(padded)
    assert await read(transport, server.url) == b"one two three"
    server.answer = told
    assert await read(transport, server.url) == b"one three"
