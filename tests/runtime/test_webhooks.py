"""A whole house that tells a real receiver over loopback, and is opened again in the middle."""

import asyncio

import pytest
from house_stage import PERSON, Stage, run

from artelier.domain.errors import AddressRefused, Conflict, InvalidRequest
from artelier.runtime.webhook_messages import signature
from artelier.runtime.webhooks import MOST_WEBHOOKS, Wanted
from webhook_receiver import PATIENCE, receiving


def stage_for(folder, receiver):
    stage = Stage(folder, {"text": "Hello."}, {"text": "Again."}, {"text": "And again."}, {"text": "Still."})
    stage.settings(f'[webhooks]\nallowed = ["127.0.0.1:{receiver.port}"]')
    return stage


def wanted(receiver, *types):
    return Wanted(PERSON, f"http://127.0.0.1:{receiver.port}/hook", frozenset(types))


async def test_a_run_is_told_signed_and_in_order(tmp_path):
    async with receiving() as receiver, stage_for(tmp_path, receiver).open() as house:
        record = await house.webhooks.add(wanted(receiver, "message_received", "agent_chosen", "run_finished"))
        ended = await run(house, "Hi")
        bodies = await receiver.until(3)
        assert [body["type"] for body in bodies] == ["message_received", "agent_chosen", "run_finished"]
        assert {body["session"] for body in bodies} == {ended.session}
        for headers, body, _ in receiver.messages:
            told = headers["webhook-signature"]
            signed = signature(record.webhook.secret, headers["webhook-id"], int(headers["webhook-timestamp"]), body)
            assert told == signed
        assert (await house.webhooks.list(PERSON))[0].webhook == record.webhook


async def test_a_house_that_is_opened_again_goes_on_where_it_was_and_loses_nothing(tmp_path):
    async with receiving() as receiver:
        stage = stage_for(tmp_path, receiver)
        receiver.hangs = True
        async with stage.open() as house:
            await house.webhooks.add(wanted(receiver))
            ended = await run(house, "One")
            await asyncio.wait_for(receiver.tried.wait(), PATIENCE)
        receiver.hangs = False
        async with stage.open() as house:
            await run(house, "Two", session=ended.session)
            head = (await house.store.get_session(ended.session)).head
            bodies = await receiver.until(head)
        assert [body["seq"] for body in bodies] == list(range(1, head + 1))
        assert len({body["id"] for body in bodies}) == head


async def test_what_happened_while_nobody_worked_for_it_is_told_at_the_next_start(tmp_path):
    async with receiving() as receiver:
        stage = stage_for(tmp_path, receiver)
        async with stage.open() as house:
            await house.webhooks.add(wanted(receiver, "run_finished"))
            await house.webhooks.stop()
            ended = await run(house, "One")
        async with stage.open():
            bodies = await receiver.until(1)
        assert (bodies[0]["session"], bodies[0]["payload"]["reply"]) == (ended.session, "Hello.")


@pytest.mark.parametrize("status", ["302 Found", "500 Internal Server Error", "404 Not Found"])
async def test_what_is_no_success_is_kept_to_be_tried_again(tmp_path, status):
    async with receiving() as receiver, stage_for(tmp_path, receiver).open() as house:
        receiver.status = status
        record = await house.webhooks.add(wanted(receiver, "run_finished"))
        await run(house, "One")
        await asyncio.wait_for(receiver.tried.wait(), PATIENCE)
        while not (waiting := await house.webhooks.deliveries(record.webhook.id)):
            await house.store.ping()
        assert waiting[0].error.startswith(f"It answered {status[:3]}: ")
        assert waiting[0].next_at is not None
        assert not (await house.webhooks.test(record.webhook.id)).arrived
        assert receiver.messages == []


async def test_what_cannot_be_a_webhook_is_refused(tmp_path):
    async with receiving() as receiver, stage_for(tmp_path, receiver).open() as house:
        with pytest.raises(InvalidRequest, match="no event type run_finish"):
            await house.webhooks.add(wanted(receiver, "run_finish"))
        with pytest.raises(AddressRefused, match=r"webhooks\.allowed"):
            await house.webhooks.add(Wanted(PERSON, "http://127.0.0.1:8080/"))
        with pytest.raises(AddressRefused):
            await house.webhooks.add(Wanted(PERSON, "file:///etc/passwd"))
        with pytest.raises(InvalidRequest):
            await house.webhooks.add(Wanted(PERSON, f"http://127.0.0.1:{receiver.port}/", secret="mine"))
        for _ in range(MOST_WEBHOOKS):
            await house.webhooks.add(wanted(receiver))
        with pytest.raises(Conflict, match="webhooks already"):
            await house.webhooks.add(wanted(receiver))


async def test_an_installation_without_webhooks_listens_to_nothing(tmp_path):
    async with receiving() as receiver, stage_for(tmp_path, receiver).open() as house:
        followers = {name: len(readers) for name, readers in house.bus._readers.items()}
        record = await house.webhooks.add(wanted(receiver))
        assert {name: len(readers) for name, readers in house.bus._readers.items()} != followers
        await house.webhooks.remove(record.webhook.id)
        assert {name: len(readers) for name, readers in house.bus._readers.items()} == followers
