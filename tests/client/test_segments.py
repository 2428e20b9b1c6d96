"""Ids in addresses: whatever an id holds, it stays one segment of its own route."""

import asyncio
import inspect

import pytest

from artelier.client import Client, ClientError

_IDS = {"session", "run", "approval", "grant", "workspace", "name", "webhook", "digest"}


def _takes_an_id(method):
    first = next((each for each in list(inspect.signature(method).parameters.values())[1:]), None)
    return first is not None and first.name in _IDS and first.default is inspect.Parameter.empty


_METHODS = [
    name for name, method in inspect.getmembers(Client, callable) if name[0] != "_" and _takes_an_id(method) and name != "check_agent"
]
"""Every method whose id stands in its address."""


@pytest.fixture
async def asked():
    """A server that sends everybody elsewhere, its address, and the lines of what it was asked."""
    lines = []

    async def answer(reader, writer):
        lines.append((await reader.readline()).decode())
        writer.write(b"HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", lines


def _words(method, identifier):
    """Return an argument for each parameter that needs one."""
    needed = [each for each in inspect.signature(method).parameters.values() if each.default is inspect.Parameter.empty]
    return [identifier if each.name in _IDS else {} if each.name == "changes" else "x" for each in needed if each.name != "self"]


async def _call(client, name, identifier):
    made = getattr(client, name)(*_words(getattr(client, name), identifier))
    with pytest.raises(ClientError):
        await (anext(made) if inspect.isasyncgen(made) else made)


@pytest.mark.parametrize("name", _METHODS)
async def test_an_id_leads_to_no_other_route(asked, name):
    address, lines = asked
    async with Client(address, "token") as client:
        for identifier, segment in (("../settings?a#b", "/..%2Fsettings%3Fa%23b"), ("..", "/%2E%2E")):
            await _call(client, name, identifier)
            assert segment in lines.pop()


async def test_an_answer_that_leads_elsewhere_is_a_refusal(asked):
    async with Client(asked[0], "token") as client:
        with pytest.raises(ClientError):
            await client.remove_workspace("")
