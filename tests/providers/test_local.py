import asyncio
import socket

from artelier.providers.local import LocalServer, find_local_servers


async def test_servers_that_answer_with_models_are_found_together() -> None:
    other = await asyncio.start_server(_say_not_found, "127.0.0.1", 0)
    model = await asyncio.start_server(_say_models, "127.0.0.1", 0)
    empty = await asyncio.start_server(_say_no_models, "127.0.0.1", 0)
    ports = {name: server.sockets[0].getsockname()[1] for name, server in (("other", other), ("empty", empty), ("good", model))}
    with socket.socket() as nobody, socket.socket() as quiet:
        nobody.bind(("127.0.0.1", 0))
        quiet.bind(("127.0.0.1", 0))
        quiet.listen()
        ports |= {"nobody": nobody.getsockname()[1], "quiet": quiet.getsockname()[1]}
        async with asyncio.timeout(5):
            found = await find_local_servers(ports, patience=0.5)
    assert found == (LocalServer("good", f"http://127.0.0.1:{ports['good']}/v1", ("qwen3", "gemma")),)
    for server in (other, model, empty):
        server.close()


async def _say(writer: asyncio.StreamWriter, status: bytes, body: bytes) -> None:
    writer.write(b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (status, len(body), body))
    await writer.drain()
    writer.close()


async def _say_models(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    asked = await reader.readuntil(b"\r\n\r\n")
    good = asked.startswith(b"GET /v1/models ") and b"authorization" not in asked.lower()
    await _say(writer, b"200 OK", b'{"data":[{"id":"qwen3"},{"id":"gemma"}]}' if good else b"{}")


async def _say_no_models(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _say(writer, b"200 OK", b'{"data":[]}')


async def _say_not_found(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _say(writer, b"404 Not Found", b"")
