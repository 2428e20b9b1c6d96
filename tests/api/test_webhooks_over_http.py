"""Webhooks over HTTP: added, shown without their secret, tested, removed."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest
from served import Served, served_in

from artelier.client import Client, Refused
from artelier.runtime.webhook_messages import signature
from webhook_receiver import Receiver, receiving

PORT = 47_311
"""Of the receiver: settings name it before it listens."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_in(tmp_path_factory.mktemp("served"), webhooks={"allowed": [f"127.0.0.1:{PORT}"]}) as served:
        yield served


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving(PORT) as found:
        yield found


@pytest.fixture
async def added(client: Client, receiver: Receiver) -> AsyncIterator[Any]:
    webhook = await client.add_webhook(f"http://127.0.0.1:{PORT}/hook", ["run_finished"], "Mine")
    yield webhook
    await client.remove_webhook(webhook.id)


async def test_a_secret_is_shown_once(client: Client, http: httpx2.AsyncClient, added: Any) -> None:
    assert added.secret.startswith("whsec_")
    listed = (await http.get("/api/v1/webhooks")).text + (await http.get(f"/api/v1/webhooks/{added.id}")).text
    assert added.secret not in listed
    (shown,) = await client.webhooks()
    assert (shown.id, shown.state, shown.types, shown.description, shown.secret) == (added.id, "ready", ("run_finished",), "Mine", None)


async def test_a_secret_of_ones_own_is_never_shown(client: Client, receiver: Receiver) -> None:
    own = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    webhook = await client.add_webhook(f"http://127.0.0.1:{PORT}/", secret=own)
    assert webhook.secret is None
    assert (await client.test_webhook(webhook.id)).arrived
    headers, body, _ = receiver.messages[0]
    assert headers["webhook-signature"] == signature(own, headers["webhook-id"], int(headers["webhook-timestamp"]), body)
    assert json.loads(body)["type"] == "webhook_test"
    await client.remove_webhook(webhook.id)


async def test_a_run_is_told(client: Client, receiver: Receiver, added: Any) -> None:
    reply = await client.chat("hello")
    (body,) = await receiver.until(1)
    assert (body["session"], body["run"], body["payload"]["reply"]) == (reply.session_id, reply.run_id, reply.reply)


async def test_only_the_sessions_that_are_named(client: Client, receiver: Receiver) -> None:
    session = (await client.open_session()).id
    webhook = await client.add_webhook(f"http://127.0.0.1:{PORT}/", ["run_finished"], sessions=[session])
    await client.chat("hello")
    await client.chat("hello", session)
    assert [body["session"] for body in await receiver.until(1)] == [session]
    await client.remove_webhook(webhook.id)


async def test_a_test_that_does_not_arrive_says_why(client: Client, receiver: Receiver, added: Any) -> None:
    receiver.status = "503 Service Unavailable"
    tested = await client.test_webhook(added.id)
    assert (tested.arrived, tested.status, tested.error) == (False, 503, "no")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"url": "http://127.0.0.1:1/"}, "ADDRESS_REFUSED"),
        ({"url": "http://169.254.169.254/latest"}, "ADDRESS_REFUSED"),
        ({"url": "gopher://example.org/"}, "ADDRESS_REFUSED"),
        ({"url": f"http://127.0.0.1:{PORT}/", "types": ["nonsense"]}, "INVALID_REQUEST"),
        ({"url": f"http://127.0.0.1:{PORT}/", "secret": "short"}, "INVALID_REQUEST"),
        ({"url": f"http://127.0.0.1:{PORT}/", "sessions": ["01900000-0000-7000-8000-000000000000"]}, "NOT_FOUND"),
        ({"url": ""}, "INVALID_REQUEST"),
        ({}, "INVALID_REQUEST"),
    ],
)
async def test_what_cannot_be_is_refused(http: httpx2.AsyncClient, body: dict[str, Any], code: str) -> None:
    answer = await http.post("/api/v1/webhooks", json=body)
    assert answer.json()["code"] == code
    assert answer.status_code in {404, 422}


async def test_one_that_is_not_there(client: Client) -> None:
    missing = "01900000-0000-7000-8000-000000000000"
    for ask in (client.remove_webhook, client.test_webhook):
        with pytest.raises(Refused, match="webhook"):
            await ask(missing)
