import asyncio

import pytest

from artelier.domain.errors import AddressRefused, FetchFailed
from artelier.network.guard import AddressGuard
from artelier.network.sender import GuardedSender
from artelier.ports.webhooks import Message
from local_web import answer, local_server, names


def sender_for(server, **more):
    return GuardedSender(AddressGuard([f"127.0.0.1:{server.port}"], setting="webhooks.allowed", **more))


def message(server, **more):
    return Message(f"http://127.0.0.1:{server.port}/hook", b'{"a": 1}', (("webhook-id", "msg_1"),), **more)


async def test_a_message_is_posted_with_its_headers_and_body():
    bodies = []

    async def take(reader, writer):
        bodies.append(await reader.readexactly(8))
        writer.write(answer(b"thanks"))

    async with local_server(lambda _: take) as server:
        receipt = await sender_for(server).send(message(server))
    assert receipt.status == 200
    assert bodies == [b'{"a": 1}']
    assert server.heads[0].startswith(b"POST /hook HTTP/1.1\r\n")
    assert b"webhook-id: msg_1\r\n" in server.heads[0]


async def test_a_redirect_is_not_followed():
    async with local_server(answer(status="307 Temporary Redirect", Location="http://127.0.0.1/other")) as server:
        assert (await sender_for(server).send(message(server))).status == 307
    assert server.connections == 1


async def test_a_refusal_says_how_and_when_to_come_again():
    async with local_server(answer(b"x" * 9000, "503 Service Unavailable", Retry_After="7")) as server:
        receipt = await sender_for(server).send(message(server))
    assert (receipt.status, receipt.retry_after, receipt.text) == (503, 7.0, "x" * 500)


async def test_one_that_hangs_is_left():
    async def hang(reader, writer):
        await asyncio.Event().wait()

    async with local_server(lambda _: hang) as server:
        with pytest.raises(FetchFailed, match=r"within 0\.2 s"):
            await sender_for(server).send(message(server, seconds=0.2))


async def test_one_that_takes_it_and_never_ends_its_answer_has_taken_it():
    async def drip(reader, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx")
        await writer.drain()
        await asyncio.Event().wait()

    async with local_server(lambda _: drip) as server:
        assert (await sender_for(server).send(message(server, seconds=5.0))).status == 200


async def test_nobody_there_is_said():
    async with local_server(answer()) as server:
        pass
    with pytest.raises(FetchFailed, match="no connection"):
        await sender_for(server).send(message(server))


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/", "http://user:word@example.org/", "nonsense"])
async def test_what_is_no_web_address_is_refused(url):
    sender = GuardedSender(AddressGuard())
    for asked in (sender.check(url), sender.send(Message(url, b""))):
        with pytest.raises(AddressRefused):
            await asked


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "[::1]", "192.168.1.1"])
async def test_private_addresses_are_refused_and_the_setting_is_named(host):
    sender = GuardedSender(AddressGuard(setting="webhooks.allowed"))
    with pytest.raises(AddressRefused) as refused:
        await sender.check(f"http://{host}/hook")
    assert host == "169.254.169.254" or "webhooks.allowed" in str(refused.value)


async def test_a_name_that_leads_elsewhere_later_is_refused_then():
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    sender = GuardedSender(AddressGuard(resolve=names(example_org=lambda: next(answers))))
    await sender.check("http://example.org/hook")
    with pytest.raises(AddressRefused):
        await sender.send(Message("http://example.org/hook", b""))
