"""Words to a session that waits: nobody who sends some is left hanging, whatever waits there."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest

from api.served import PATIENCE, Served

WAITS = "Waiting for your decision:"


class Talker:
    """A person who speaks to agents by a program made for OpenAI, in one session."""

    def __init__(self, http: httpx2.AsyncClient, model: str = "coder") -> None:
        self.http = http
        self._model = f"artelier/{model}"
        self.session = ""

    async def say(self, text: str, *, key: str = "") -> str:
        headers = {"X-Artelier-Session": self.session} if self.session else {}
        headers |= {"Idempotency-Key": key} if key else {}
        body = {"model": self._model, "messages": [{"role": "user", "content": text}]}
        async with asyncio.timeout(PATIENCE):
            answer = await self.http.post("/v1/chat/completions", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        self.session = answer.headers["x-artelier-session"]
        return answer.json()["choices"][0]["message"]["content"]

    async def leave(self, text: str) -> None:
        """Open a session by another door and send a message without waiting for what comes."""
        answer = await self.http.post("/api/v1/sessions", json={})
        self.session = answer.json()["id"]
        body = {"content": text, "agent": self._model.removeprefix("artelier/")}
        answer = await self.http.post(f"/api/v1/sessions/{self.session}/messages", json=body)
        assert answer.status_code == 202, answer.text

    async def questions(self, *statuses: str) -> list[dict]:
        found = (await self.http.get("/api/v1/approvals", params={"session": self.session})).json()["items"]
        return [each for each in reversed(found) if not statuses or each["status"] in statuses]

    async def open_ones(self, number: int) -> list[dict]:
        """Return the open questions once there are so many: agents side by side ask in their own time."""
        async with asyncio.timeout(PATIENCE):
            while len(found := await self.questions("open")) < number:  # noqa: ASYNC110  it has no event here
                await asyncio.sleep(0.02)
        return found


@pytest.fixture
async def http(server: Served) -> AsyncIterator[httpx2.AsyncClient]:
    headers = {"Authorization": f"Bearer {server.token}"}
    async with httpx2.AsyncClient(base_url=server.address, headers=headers, timeout=PATIENCE, trust_env=False) as client:
        yield client


async def test_a_yes_approves_several_calls_of_one_reply(http: httpx2.AsyncClient, server: Served) -> None:
    talker = Talker(http)
    told = await talker.say("do a pair")
    assert told.count(WAITS) == 2
    assert "Say yes to approve all. Or say what to do instead" in told
    assert await talker.say("yes") == "Both are written."
    assert [each["answer"].get("bulk") for each in await talker.questions("approved")] == [True, True]
    assert (server.workspace / "two").exists()


async def test_other_words_refuse_several_calls(http: httpx2.AsyncClient) -> None:
    talker = Talker(http)
    await talker.say("do a pair")
    assert await talker.say("elsewhere, please") == "Both are written."
    assert [each["answer"]["text"] for each in await talker.questions("rejected")] == ["elsewhere, please"] * 2


async def test_a_yes_to_several_leaves_what_destroys_and_names_it(http: httpx2.AsyncClient) -> None:
    talker = Talker(http)
    told = await talker.say("do a mixture")
    assert "approve all but this: run: rm -rf made." in told
    told = await talker.say("yes")
    assert f"{WAITS} run: rm -rf made" in told
    assert "/sessions/" in told
    assert "Say yes" not in told
    assert [each["effect"] for each in await talker.questions("open")] == ["run: rm -rf made"]
    assert "Say yes" not in await talker.say("yes")
    assert await talker.say("leave it") == "Done with care."


async def test_words_go_to_the_question_that_asks_for_words_and_approve_nothing(http: httpx2.AsyncClient) -> None:
    talker = Talker(http)
    told = await talker.say("do as told")
    assert "Which colour? (blue / green)" in told
    assert "Your next words answer this: Which colour?" in told
    assert "Say yes" not in told
    told = await talker.say("yes")
    assert {each["kind"]: each["status"] for each in await talker.questions()} == {"words": "approved", "approval": "open"}
    assert told.endswith(f"/sessions/{talker.session}")
    assert "Say yes, or say what to do instead." in told
    assert await talker.say("yes") == "Coloured."


async def test_an_agent_at_work_for_another_asks_for_words(http: httpx2.AsyncClient) -> None:
    talker = Talker(http, "orchestrator")
    assert "Which colour?" in await talker.say("let another speak")
    assert await talker.say("green") == "They asked."


async def test_agents_side_by_side_ask_and_each_answer_counts_for_what_it_may(http: httpx2.AsyncClient) -> None:
    talker = Talker(http, "orchestrator")
    await talker.leave("give out parts")
    await talker.open_ones(2)
    told = await talker.say("yes")
    assert told.count(WAITS) == 2, "a yes approves no call that was not said"
    assert await talker.questions("approved") == []
    told = await talker.say("yes")
    assert told.count(WAITS) == 1
    assert f"{WAITS} run: rm -rf made" in told
    assert await talker.say("no") == "All parts."
    assert sorted(each["status"] for each in await talker.questions()) == ["approved", "rejected"]


async def test_words_after_a_question_was_answered_elsewhere_are_a_message(http: httpx2.AsyncClient) -> None:
    talker = Talker(http)
    await talker.say("write a file")
    question = (await talker.questions("open"))[0]["id"]
    await http.post(f"/api/v1/approvals/{question}", json={"decision": "reject"})
    assert await talker.say("tell a story")
    assert (await talker.questions())[0]["answer"].get("text", "") == ""


async def test_a_yes_that_comes_twice_by_its_key_approves_once(http: httpx2.AsyncClient) -> None:
    talker = Talker(http, "orchestrator")
    assert "write 1," in await talker.say("give it on")
    assert "write 2," in await talker.say("yes", key="the-key")
    assert "write 2," in await talker.say("yes", key="the-key")
    assert [each["status"] for each in await talker.questions()] == ["approved", "open"]
    assert await talker.say("yes", key="another") == "It is done."


async def test_responses_say_what_still_waits(http: httpx2.AsyncClient) -> None:
    first = (await http.post("/v1/responses", json={"model": "artelier/coder", "input": "do a mixture"})).json()
    more = {"model": "artelier/coder", "input": "yes", "previous_response_id": first["id"]}
    second = (await http.post("/v1/responses", json=more)).json()
    assert "rm -rf made" in second["output"][0]["content"][0]["text"]
    assert "write three" not in second["output"][0]["content"][0]["text"]
