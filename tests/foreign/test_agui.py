"""AG-UI: its own client, which checks every order of events, and requests by hand."""

import asyncio
import json
import shutil
from pathlib import Path

import httpx2
import pytest

from api.served import PATIENCE, Served
from foreign.told import STORY

ROOT = Path(__file__).parents[2]
OWN = ROOT / ".bun" / "node_modules" / ".bin" / "bun"
BUN = shutil.which("bun") or (str(OWN) if OWN.exists() else None)


@pytest.mark.skipif(BUN is None, reason="no Bun here; ./run brings it")
async def test_its_own_client_finds_nothing_out_of_order(server: Served) -> None:
    program = await asyncio.create_subprocess_exec(
        *(str(BUN), str(ROOT / "tests/foreign/agui_program.ts"), server.address, server.token),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await program.communicate()
    assert program.returncode == 0, complained.decode()
    told = json.loads(said)

    assert told["story"]["text"] == STORY
    assert told["story"]["thoughts"] == "Let me think."
    kinds = told["story"]["kinds"]
    assert kinds[0] == "RUN_STARTED"
    assert kinds[-1] == "RUN_FINISHED"
    assert {"STATE_SNAPSHOT", "MESSAGES_SNAPSHOT", "CUSTOM", "REASONING_START", "TEXT_MESSAGE_START"} <= set(kinds)

    assert {"TOOL_CALL_START", "TOOL_CALL_ARGS", "TOOL_CALL_END"} <= set(told["asked"]["kinds"])
    question = told["question"]
    assert question["reason"] == "artelier:approval"
    assert question["message"] == "write made.txt, 1 line, 5 bytes"
    assert question["expiresAt"].startswith("20")
    assert question["metadata"]["arguments"] == {"path": "made.txt", "content": "made\n"}
    assert question["responseSchema"]["required"] == ["approved"]

    assert "TOOL_CALL_RESULT" in told["done"]["kinds"]
    assert told["done"]["text"] == "Written."
    assert (server.workspace / "made.txt").read_text() == "by AG-UI\n"
    assert told["messages"] == ["user", "assistant", "tool", "assistant"]
    assert told["state"]["agent"]
    assert told["state"]["files"]["made.txt"]["added"] == 1
    assert told["state"]["run"]["status"] == "finished"
    assert told["looking"] == ["RUN_STARTED", "MESSAGES_SNAPSHOT", "STATE_SNAPSHOT", "MESSAGES_SNAPSHOT", "STATE_SNAPSHOT", "RUN_FINISHED"]

    assert told["refused"] == "RUN_FINISHED"
    assert told["colour"] == "Which colour?"
    assert told["thanked"] == "Thank you."
    assert "RUN_ERROR" in told["failure"] or "refuse" in told["failure"].lower()


@pytest.fixture
async def http(server: Served):
    headers = {"Authorization": f"Bearer {server.token}"}
    async with httpx2.AsyncClient(base_url=server.address, headers=headers, timeout=PATIENCE, trust_env=False) as client:
        yield client


def body(text: str, **more: object) -> dict:
    messages = [{"id": "1", "role": "user", "content": text}] if text else []
    return {
        "threadId": "by-hand",
        "runId": "run-1",
        "messages": messages,
        "tools": [],
        "context": [],
        "state": {},
        "forwardedProps": {},
    } | more


def events(answer: httpx2.Response) -> list[dict]:
    return [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]


async def test_the_same_run_again_is_taken_up_and_not_begun_twice(http: httpx2.AsyncClient) -> None:
    first = events(await http.post("/agui", json=body("tell a story", threadId="twice")))
    again = events(await http.post("/agui", json=body("tell a story", threadId="twice")))
    assert [event["type"] for event in first][-1] == [event["type"] for event in again][-1] == "RUN_FINISHED"
    told = "".join(event["delta"] for event in again if event["type"] == "TEXT_MESSAGE_CONTENT")
    assert told == STORY
    session = (await http.post("/agui", json=body("", threadId="twice"))).headers["x-artelier-session"]
    journal = (await http.get(f"/api/v1/sessions/{session}/events")).json()["items"]
    assert [event["type"] for event in journal].count("message_received") == 1


async def test_an_agent_is_chosen_by_forwarded_props(http: httpx2.AsyncClient) -> None:
    told = events(await http.post("/agui", json=body("good day", threadId="chosen", forwardedProps={"agent": "debug"})))
    assert [event["value"]["agent"] for event in told if event["type"] == "CUSTOM"] == ["debug"]


async def test_what_was_said_before_is_shown_to_the_agent(http: httpx2.AsyncClient) -> None:
    messages = [
        {"id": "1", "role": "user", "content": "My name is Mira."},
        {"id": "2", "role": "assistant", "content": "Noted."},
        {"id": "3", "role": "user", "content": [{"type": "text", "text": "What is it?"}]},
    ]
    asked = body("", threadId="history", messages=messages, context=[{"description": "page", "value": "settings"}])
    told = events(await http.post("/agui", json=asked))
    shown = next(event for event in reversed(told) if event["type"] == "MESSAGES_SNAPSHOT")["messages"]
    assert [message["role"] for message in shown] == ["system", "user", "assistant", "user", "assistant"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"tools": [{"name": "x", "description": "y", "parameters": {}}]}, 422),
        ({"messages": "x"}, 422),
        ({"runId": None}, 422),
        ({"messages": [{"id": "1", "role": "user", "content": [{"type": "image", "source": {"type": "url", "value": "x"}}]}]}, 422),
        ({"forwardedProps": {"agent": 5}}, 422),
        ({"forwardedProps": {"agent": "nobody"}}, 422),
        ({"messages": [], "threadId": "never-seen"}, 404),
        ({"messages": [], "threadId": "01900000-0000-7000-8000-000000000000"}, 404),
        ({"messages": [], "resume": [{"interruptId": "01900000-0000-7000-8000-000000000000", "status": "resolved"}]}, 404),
    ],
)
async def test_what_cannot_be_taken_is_a_problem(http: httpx2.AsyncClient, change: dict, status: int) -> None:
    answer = await http.post("/agui", json=body("x") | change)
    assert answer.status_code == status
    assert answer.json()["detail"]


async def asked_in(http: httpx2.AsyncClient, thread: str, words: str = "write a file") -> list[dict]:
    told = events(await http.post("/agui", json=body(words, threadId=thread)))
    return told[-1]["outcome"]["interrupts"]


def resuming(thread: str, run: str, *answers: tuple[str, dict]) -> dict:
    resume = [{"interruptId": question, "status": "resolved", **more} for question, more in answers]
    return body("", threadId=thread, runId=run, resume=resume)


@pytest.mark.parametrize(
    "payload",
    [
        {"payload": "no"},
        {"payload": "yes"},
        {"payload": {}},
        {},
        {"payload": None},
        {"payload": 1},
        {"payload": [1]},
        {"payload": {"approve": False}},
        {"payload": {"ok": True}},
        {"payload": {"approved": "true"}},
        {"payload": {"approved": 1}},
        {"payload": {"approved": None}},
        {"payload": {"approved": True, "approve": False}},
        {"payload": {"approved": True, "editedArgs": 5}},
        {"payload": {"approved": True, "text": 5}},
    ],
    ids=json.dumps,
)
async def test_nothing_but_a_true_approves_a_call(http: httpx2.AsyncClient, server: Served, payload: dict) -> None:
    thread = f"unclear {json.dumps(payload)}"
    (server.workspace / "made.txt").unlink(missing_ok=True)
    question = (await asked_in(http, thread))[0]["id"]
    answer = await http.post("/agui", json=resuming(thread, "run-2", (question, payload)))
    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert (await http.get(f"/api/v1/approvals/{question}")).json()["status"] == "open"
    assert not (server.workspace / "made.txt").exists()


@pytest.mark.parametrize(
    ("payload", "status"),
    [(True, "approved"), ({"approved": True}, "approved"), (False, "rejected"), ({"approved": False, "reason": "No."}, "rejected")],
    ids=str,
)
async def test_a_bare_true_or_false_is_clear(http: httpx2.AsyncClient, payload: object, status: str) -> None:
    thread = f"clear {payload}"
    question = (await asked_in(http, thread))[0]["id"]
    told = events(await http.post("/agui", json=resuming(thread, "run-2", (question, {"payload": payload}))))
    assert told[-1]["outcome"]["type"] == "success"
    assert (await http.get(f"/api/v1/approvals/{question}")).json()["status"] == status


@pytest.mark.parametrize(
    "payload", [{}, {"text": " "}, {"approved": [1], "text": "blue"}, {"approved": True}, True, None, {"answer": "blue"}], ids=json.dumps
)
async def test_a_question_in_words_takes_words(http: httpx2.AsyncClient, payload: object) -> None:
    thread = f"words {json.dumps(payload)}"
    question = (await asked_in(http, thread, "ask me"))[0]["id"]
    assert (await http.post("/agui", json=resuming(thread, "run-2", (question, {"payload": payload})))).status_code == 422
    assert (await http.get(f"/api/v1/approvals/{question}")).json()["status"] == "open"
    told = events(await http.post("/agui", json=resuming(thread, "run-3", (question, {"payload": "blue"}))))
    assert told[-1]["outcome"]["type"] == "success"


async def test_two_answers_to_one_interrupt_and_interrupts_of_other_threads_answer_nothing(http: httpx2.AsyncClient) -> None:
    question = (await asked_in(http, "two answers"))[0]["id"]
    yes, no = (question, {"payload": True}), (question, {"payload": False})
    assert (await http.post("/agui", json=resuming("two answers", "run-2", yes, no))).status_code == 422
    await asked_in(http, "the other thread")
    assert (await http.post("/agui", json=resuming("the other thread", "run-2", yes))).status_code == 404
    assert (await http.get(f"/api/v1/approvals/{question}")).json()["status"] == "open"


async def test_the_same_resumption_again_is_told_to_its_end(http: httpx2.AsyncClient) -> None:
    question = (await asked_in(http, "resumed twice"))[0]["id"]
    asked = resuming("resumed twice", "run-2", (question, {"payload": True}))
    first, again = [events(await http.post("/agui", json=asked)) for _ in range(2)]
    assert [event["type"] for event in first if event["type"].startswith("TOOL")] == ["TOOL_CALL_RESULT"]
    for told in (first, again):
        assert "".join(event["delta"] for event in told if event["type"] == "TEXT_MESSAGE_CONTENT") == "Written."
        assert told[-1]["outcome"]["type"] == "success"
    late = await http.post("/agui", json=resuming("resumed twice", "run-3", (question, {"payload": True})))
    assert late.status_code == 409
    assert "already" in late.json()["detail"]


async def test_words_to_a_thread_that_waits_bring_the_interrupt_again_and_are_kept(http: httpx2.AsyncClient) -> None:
    question = (await asked_in(http, "impatient"))[0]["id"]
    again = body("tell a story", threadId="impatient", runId="run-2")
    for asked in (again, again, body("", threadId="impatient", runId="run-3")):
        told = events(await http.post("/agui", json=asked))
        assert told[-1]["outcome"]["type"] == "interrupt"
        assert [each["id"] for each in told[-1]["outcome"]["interrupts"]] == [question]
        kept = [event["name"] for event in told if event["type"] == "CUSTOM" and event["name"] == "artelier.message_waits"]
        assert len(kept) == (asked is again)
    told = events(await http.post("/agui", json=resuming("impatient", "run-4", (question, {"payload": True}))))
    assert "".join(event["delta"] for event in told if event["type"] == "TEXT_MESSAGE_CONTENT") == "Written."
    told = events(await http.post("/agui", json=again))
    assert "".join(event["delta"] for event in told if event["type"] == "TEXT_MESSAGE_CONTENT") == STORY


async def test_half_a_resumption_ends_with_what_still_waits(http: httpx2.AsyncClient) -> None:
    asked = await asked_in(http, "half", "do a mixture")
    first, second = [each["id"] for each in asked]
    told = events(await http.post("/agui", json=resuming("half", "run-2", (first, {"payload": True}))))
    assert [each["id"] for each in told[-1]["outcome"]["interrupts"]] == [second]
    told = events(await http.post("/agui", json=resuming("half", "run-3", (second, {"payload": False}))))
    assert told[-1]["outcome"]["type"] == "success"
