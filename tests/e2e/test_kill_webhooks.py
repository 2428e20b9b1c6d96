"""A server is killed in the middle of telling a webhook: started again, it tells the rest, in order, and leaves nothing out."""

import asyncio
from pathlib import Path

from living import PATIENCE, living, scripted

from webhook_receiver import receiving


async def test_nothing_is_lost_and_the_order_stays(tmp_path: Path) -> None:
    async with receiving() as receiver:
        settings = scripted(tmp_path / "settings", [{"text": "Hello."}] * 2, f'[webhooks]\nallowed = ["127.0.0.1:{receiver.port}"]\n')
        async with living(tmp_path, settings) as server, server.client() as client:
            session = (await client.open_session()).id
            await client.add_webhook(f"http://127.0.0.1:{receiver.port}/")
            for number in range(2):
                receiver.hold_after(len(receiver.messages) + 2)
                await client.chat(f"message {number}", session)
                await asyncio.wait_for(receiver.held.wait(), PATIENCE)
                await server.kill()
                receiver.let_go()
                await server.start()
            stored = [event.seq for event in await client.events(session)][1:]
            async with asyncio.timeout(PATIENCE):
                while receiver.sequences(session)[-1] != stored[-1]:
                    await receiver.next_try()
    assert receiver.sequences(session) == stored
