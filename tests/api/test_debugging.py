"""What models were asked, and what they would say now."""

import json

import httpx2
import pytest

from artelier.client import Client, Refused

GHOST = "01900000-0000-7000-8000-000000000000"


async def test_each_request_of_a_run_is_shown_with_its_prompt(client: Client) -> None:
    reply = await client.chat("read-a-file")
    first, second = await client.requests(reply.run_id)
    assert first.agent == "coder"
    assert first.system.startswith("You are coder")
    assert first.messages == ({"type": "user", "text": "read-a-file"},)
    assert "read_file" in first.tools
    assert [message["type"] for message in second.messages] == ["user", "agent", "tool"]
    assert second.characters > first.characters > 1000
    assert (first.failed, second.step) == ("", 1)


async def test_a_failed_request_says_why(client: Client) -> None:
    reply = await client.chat("fail-once")
    assert [each.failed for each in await client.requests(reply.run_id)] == ["REQUEST_REFUSED"]


async def test_a_session_is_played_again_with_nothing_done(client: Client) -> None:
    reply = await client.chat("read-a-file")
    steps = [step async for step in client.replay(reply.session_id)]
    assert [(step.step, step.agent, step.same_calls, step.same_text) for step in steps] == [
        (0, "coder", True, True),
        (1, "coder", True, True),
    ]
    assert steps[0].now.calls == (("read_file", {"path": "notes.txt"}),)
    assert len((await client.runs(reply.session_id)).items) == 1


async def test_another_model_says_something_else(client: Client) -> None:
    reply = await client.chat("read-a-file")
    (step,) = [step async for step in client.replay(reply.session_id, run=reply.run_id, model="rehearsal", steps=1)]
    assert (step.same_calls, step.then.model, step.now.model) == (False, "scripted", "rehearsal")


async def test_a_changed_prompt_is_what_the_model_gets(http: httpx2.AsyncClient, client: Client) -> None:
    reply = await client.chat("read-a-file")
    body = {"prompts": {"coder": "when you are asked, go-far"}}
    answer = await http.post(f"/api/v1/sessions/{reply.session_id}/replay", json=body)
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert lines[0]["now"]["usage"]["input_tokens"] < lines[0]["then"]["usage"]["input_tokens"]


async def test_a_model_that_fails_now_is_told_step_by_step(client: Client) -> None:
    reply = await client.chat("speak-slowly")
    (step,) = [step async for step in client.replay(reply.session_id)]
    assert step.code == ""
    assert step.same_text


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"prompts": {"nobody": "x"}}, "no agent 'nobody'"), ({"model": "nowhere/x"}, "no provider"), ({"run": GHOST}, "There is no run")],
)
async def test_what_cannot_be_played_is_refused_at_once(client: Client, changes: dict, words: str) -> None:
    reply = await client.chat("read-a-file")
    with pytest.raises(Refused, match=words):
        [step async for step in client.replay(reply.session_id, **changes)]


async def test_strangers_sessions_are_not_there(client: Client) -> None:
    with pytest.raises(Refused) as refused:
        [step async for step in client.replay(GHOST)]
    assert refused.value.status == 404
    with pytest.raises(Refused):
        await client.requests(GHOST)
