"""The way out through a proxy: reached by the usual variables, and the only one."""

import asyncio
from pathlib import Path

import pytest
from walled import LIMITS, MINUTE, PROGRAM, PYTHON, Room, needs_bubblewrap

from artelier.domain.errors import CommandFailed
from artelier.ports.workspace import CommandOutcome, CommandRequest
from artelier.workspaces.sandbox.bubblewrap import Bubblewrap
from artelier.workspaces.sandbox.enclosed import Enclosed

pytestmark = needs_bubblewrap

FETCH = "import urllib.request as u; print(u.urlopen('http://example.org/page').read().decode())"


async def through(room: Room, proxy: Path, script: str, *, network: bool = False) -> CommandOutcome:
    walls = Bubblewrap(PROGRAM, LIMITS, tool_folders=(PYTHON,), proxy_socket=proxy)
    request = CommandRequest(words=(str(PYTHON / "bin" / "python3"), "-I", "-c", script), seconds=MINUTE, network=network)
    return await Enclosed(walls, None).run(request, room.workspace, lambda _: None)


async def test_a_command_reaches_the_proxy_by_the_usual_variables(room: Room) -> None:
    asked: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\npage")
        writer.close()

    path = room.outside / "proxy.sock"
    async with await asyncio.start_unix_server(proxy, path):
        outcome = await through(room, path, f"{FETCH}; {FETCH}")
        direct = await through(room, path, "import socket; socket.create_connection(('1.1.1.1', 80), 2)")
    assert outcome.output == "page\npage\n"
    assert [request.split(b"\r\n")[0] for request in asked] == [b"GET http://example.org/page HTTP/1.1"] * 2
    assert "Network is unreachable" in direct.output


async def test_a_proxy_that_is_gone_is_a_closed_connection(room: Room) -> None:
    outcome = await through(room, room.outside / "nobody.sock", FETCH)
    assert outcome.exit_code == 1
    assert "closed connection" in outcome.output or "reset" in outcome.output


async def test_an_approved_network_needs_no_proxy(room: Room) -> None:
    outcome = await through(room, room.outside / "nobody.sock", "import os; print(os.environ.get('HTTP_PROXY'))", network=True)
    assert outcome.output == "None\n"


async def test_a_door_that_cannot_be_opened_ends_the_command(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("artelier.workspaces.sandbox.door._LENDER", Path("/no/such/program"))
    with pytest.raises(CommandFailed, match="proxy"):
        await through(room, room.outside / "nobody.sock", "print('ran')")
