import asyncio
import base64
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artelier.domain.errors import AddressRefused, FetchFailed
from artelier.network.guard import AddressGuard
from artelier.network.proxy import USER, GuardedProxy
from artelier.network.proxy_heads import answer_head, read_request
from local_web import answer, local_server, names


@asynccontextmanager
async def proxied(*servers, resolve=None, **more):
    proxy = GuardedProxy(AddressGuard([f"127.0.0.1:{server.port}" for server in servers], resolve=resolve or names()), **more)
    port = await proxy.listen()
    try:
        yield proxy, port
    finally:
        await proxy.close()


def shown(proxy):
    return f"Proxy-Authorization: Basic {base64.b64encode(f'{USER}:{proxy.password}'.encode()).decode()}\r\n"


async def exchange(port, *messages):
    """Send messages one after the other, and return all that came until the proxy hung up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for message in messages:
            writer.write(message.encode())
            await writer.drain()
        return await asyncio.wait_for(reader.read(), 20)
    finally:
        writer.close()
        await writer.wait_closed()


async def test_a_plain_request_is_sent_on_without_what_was_meant_for_the_proxy():
    async with local_server(answer(b"body", Keep_Alive="timeout=5")) as server, proxied(server) as (proxy, port):
        head = f"POST http://127.0.0.1:{server.port}/a?b HTTP/1.1\r\nHost: lies.example\r\n{shown(proxy)}"
        head += "Connection: x-mine\r\nX-Mine: 1\r\nX-Kept: 2\r\nContent-Length: 3\r\n\r\nabc"
        received = await exchange(port, head)
    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert received.endswith(b"\r\nConnection: close\r\n\r\nbody")
    assert b"Keep-Alive" not in received
    (sent,) = server.heads
    assert (
        sent
        == f"POST /a?b HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nX-Kept: 2\r\nContent-Length: 3\r\nConnection: close\r\n\r\n".encode()
    )


async def test_a_tunnel_carries_both_ways_and_ends_with_either():
    async def echo(reader, writer):
        writer.write((await reader.readexactly(4)).upper())
        writer.close()

    async with local_server(lambda _: echo) as server, proxied(server) as (proxy, port):
        received = await exchange(port, f"CONNECT 127.0.0.1:{server.port} HTTP/1.1\r\n{shown(proxy)}\r\n", "HI\r\n\r\nping")
    assert received == b"HTTP/1.1 200 Connection established\r\n\r\nPING"


async def test_a_connection_serves_one_request():
    """Otherwise a second request, for another host, would be answered by the first one's server."""
    async with local_server(answer(b"one")) as server, proxied(server) as (proxy, port):
        one = f"GET http://127.0.0.1:{server.port}/ HTTP/1.1\r\n{shown(proxy)}\r\n"
        received = await exchange(port, one + one)
    assert received.count(b"HTTP/1.1") == 1
    assert len(server.heads) == 1


@pytest.mark.parametrize("token", ["", "Proxy-Authorization: Basic eDp5\r\n", "Proxy-Authorization: Bearer\r\n"])
async def test_strangers_are_not_let_through(token):
    async with local_server(answer(b"secret")) as server, proxied(server) as (_, port):
        received = await exchange(port, f"CONNECT 127.0.0.1:{server.port} HTTP/1.1\r\n{token}\r\n")
        assert server.connections == 0
    assert received.startswith(b"HTTP/1.1 407 ")
    assert b'Proxy-Authenticate: Basic realm="artelier"\r\n' in received


@pytest.mark.parametrize(
    "request_line",
    [
        "CONNECT 127.0.0.1:{p}",
        "CONNECT localhost:{p}",
        "CONNECT [::1]:{p}",
        "CONNECT 2130706433:{p}",
        "CONNECT 169.254.169.254:80",
        "CONNECT inside.example:443",
        "CONNECT mixed.example:443",
        "CONNECT 93.184.216.34:22",
        "CONNECT 127.0.0.1:0",
        "CONNECT 127.0.0.1",
        "CONNECT user@127.0.0.1:{p}",
        "GET http://127.0.0.1:{p}/",
        "GET http://user@127.0.0.1:{p}/",
        "GET https://127.0.0.1:{p}/",
        "GET ftp://127.0.0.1:{p}/",
        "GET http://inside.example/",
        "GET /",
    ],
)
async def test_what_is_not_public_is_refused(request_line):
    resolve = names(localhost=["127.0.0.1"], inside_example=["10.0.0.1"], mixed_example=["93.184.216.34", "127.0.0.1"])
    async with local_server(answer(b"secret")) as server, proxied(resolve=resolve) as (proxy, port):
        received = await exchange(port, f"{request_line.replace('{p}', str(server.port))} HTTP/1.1\r\n{shown(proxy)}\r\n")
        assert server.connections == 0
    assert received.startswith(b"HTTP/1.1 403 Forbidden\r\n")


async def test_the_same_request_passes_where_it_is_listed():
    """The negative control of the test above."""
    async with local_server(answer(b"secret")) as server, proxied(server) as (proxy, port):
        received = await exchange(port, f"GET http://127.0.0.1:{server.port}/ HTTP/1.1\r\n{shown(proxy)}\r\n")
    assert received.endswith(b"secret")


async def test_only_the_domains_named_are_reached():
    async with local_server(answer(b"ok")) as server:
        known = ("example_org", "files_example_net", "evil_org", "example_org_evil_org")
        resolve = names(**{key: ["127.0.0.1"] for key in known})
        guard = AddressGuard([f"{host}:{server.port}" for host in ("example.org", "files.example.net", "evil.org")], resolve=resolve)
        proxy = GuardedProxy(guard, domains=["EXAMPLE.org", "*.example.net"], open_to_all=True)
        port = await proxy.listen()
        answers = {}
        for host in ("example.org", "files.example.net", "evil.org", "example.org.evil.org", "example.net", "example.org."):
            answers[host] = (await exchange(port, f"GET http://{host}:{server.port}/ HTTP/1.1\r\n\r\n")).split()[1]
        await proxy.close()
    assert answers == {
        "example.org": b"200",
        "files.example.net": b"200",
        "evil.org": b"403",
        "example.org.evil.org": b"403",
        "example.net": b"403",
        "example.org.": b"200",
    }


async def test_a_unix_socket_serves_commands(tmp_path):
    async with local_server(answer(b"ok")) as server:
        proxy = GuardedProxy(AddressGuard([f"127.0.0.1:{server.port}"]), open_to_all=True)
        await proxy.listen_at(tmp_path / "proxy.sock")
        assert (tmp_path / "proxy.sock").stat().st_mode & 0o777 == 0o600
        reader, writer = await asyncio.open_unix_connection(tmp_path / "proxy.sock")
        writer.write(f"GET http://127.0.0.1:{server.port}/ HTTP/1.1\r\n\r\n".encode())
        assert (await asyncio.wait_for(reader.read(), 20)).endswith(b"ok")
        writer.close()
        await proxy.close()


async def test_a_connection_that_falls_silent_is_ended():
    async def silent(reader, writer):
        await reader.read()

    async with local_server(lambda _: silent) as server, proxied(server, idle=0.2) as (proxy, port):
        received = await exchange(port, f"GET http://127.0.0.1:{server.port}/ HTTP/1.1\r\n{shown(proxy)}\r\n")
    assert received.startswith(b"HTTP/1.1 504 ")


async def test_closing_ends_what_is_open():
    proxy = GuardedProxy(AddressGuard())
    reader, writer = await asyncio.open_connection("127.0.0.1", await proxy.listen())
    writer.write(b"CONNECT half a head")
    await writer.drain()
    await proxy.close()
    with suppress(ConnectionResetError):
        assert await asyncio.wait_for(reader.read(), 20) == b""
    writer.transport.abort()


@pytest.mark.parametrize(
    "fields",
    [
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Length: 1\r\nContent-Length: 2\r\n",
        b"Content-Length: +1\r\n",
        b"Content-Length: 1, 1\r\n",
        b"X : 1\r\n",
        b" folded: 1\r\n",
        b"X: a\x00b\r\n",
        b"X: a\nY: b\r\n",
        b"no colon\r\n",
    ],
)
def test_heads_that_two_readers_would_read_differently_are_refused(fields):
    with pytest.raises(FetchFailed):
        read_request(b"POST http://example.org/ HTTP/1.1\r\n" + fields + b"\r\n")


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_any_head_is_read_or_refused(head):
    for read in (read_request, answer_head):
        with suppress(AddressRefused, FetchFailed):
            read(head + b"\r\n\r\n")
