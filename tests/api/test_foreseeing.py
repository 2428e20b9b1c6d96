"""What approving a call with other arguments would do: shown, and nothing of it done."""

import pytest
from served import Served

from artelier.client import Client, Refused


async def asked(client: Client, words: str) -> str:
    session = await client.open_session()
    await client.wait((await client.send(session.id, words)).run_id)
    return next(question.id for question in (await client.approvals()).items if question.session_id == session.id)


async def foreseen(http, question: str, **arguments) -> dict:
    answer = await http.post(f"/api/v1/approvals/{question}/foresee", json={"arguments": arguments})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_change_to_a_file_is_shown_with_its_lines(http, client: Client, server: Served) -> None:
    found = await foreseen(http, await asked(client, "write-a-file"), path="notes.txt", content="another note\n")
    assert found["decision"] == "ask"
    assert found["question"]["effect"] == "write notes.txt, 1 line, 13 bytes"
    assert "-a note" in found["question"]["preview"]
    assert "+another note" in found["question"]["preview"]
    assert found["question"]["writes"] == ["notes.txt"]
    assert [each["code"] for each in found["question"]["because"]] == ["writes"]
    assert (server.workspace / "notes.txt").read_text() == "a note\n"


async def test_a_command_is_judged_anew(http, client: Client) -> None:
    found = await foreseen(http, await asked(client, "run-a-command"), command="rm -rf build")
    assert found["question"]["effect"] == "run: rm -rf build"
    assert "destructive" in found["question"]["labels"]
    assert found["question"]["commands"][0]["argv"] == ["rm", "-rf", "build"]


async def test_what_would_surely_fail_is_said(http, client: Client) -> None:
    found = await foreseen(http, await asked(client, "write-a-file"), path="../outside.txt", content="")
    assert found["code"] == "PATH_REFUSED"
    assert found["question"]["preview"] == ""


async def test_arguments_that_do_not_fit_are_refused(http, client: Client) -> None:
    question = await asked(client, "write-a-file")
    answer = await http.post(f"/api/v1/approvals/{question}/foresee", json={"arguments": {"path": 3}})
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_REQUEST")
    with pytest.raises(Refused):
        await client.answer(question, "approve", arguments={"path": 3})


async def test_a_question_in_words_has_nothing_to_foresee(http, client: Client) -> None:
    question = await asked(client, "ask-me")
    answer = await http.post(f"/api/v1/approvals/{question}/foresee", json={"arguments": {}})
    assert answer.json()["code"] == "INVALID_REQUEST"


async def test_a_call_that_was_changed_into_one_that_is_always_asked_is_not_remembered(http, client: Client) -> None:
    question = await asked(client, "run-a-command")
    with pytest.raises(Refused, match="asked every time"):
        await client.answer(question, "approve", arguments={"command": "$(cat name) build"}, remember="session")
    answered = await client.answer(question, "approve", arguments={"command": "echo changed"}, remember="session")
    assert answered.status == "approved"
