"""Sessions that are found by words, and leave as files without secrets."""

import json

import httpx2
import pytest

from artelier.client import Client, Refused

KEY = "sk-proj-aaaaaaaaaaaaaaaaaaaaaaaa"


async def test_a_session_leaves_as_lines_and_as_markdown(client: Client, http: httpx2.AsyncClient) -> None:
    session = await client.open_session(title="Kept for later")
    await client.wait((await client.send(session.id, f"read-a-file with ```{KEY}```")).run_id)
    lines = [json.loads(line) for line in (await client.export(session.id)).splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert {"session_opened", "message_received", "tool_finished", "run_finished"} <= {line["type"] for line in lines}
    text = await client.export(session.id, form="markdown")
    assert text.startswith("# Kept for later\n")
    for part in ("## You", "- `read_file`", "**read_file**: done", "a note", "Read."):
        assert part in text
    assert KEY not in text + json.dumps(lines)
    answer = await http.get(f"/api/v1/sessions/{session.id}/export", params={"form": "markdown"})
    assert answer.headers["content-disposition"] == f'attachment; filename="artelier-{session.id}.md"'


async def test_what_was_answered_is_told(client: Client) -> None:
    session = await client.open_session()
    run = (await client.send(session.id, "write-a-file")).run_id
    await client.wait(run)
    (question,) = (await client.approvals(session=session.id)).items
    await client.answer(question.id, "reject", reason="not this one")
    await client.wait(run)
    assert "> write made.txt, 1 line, 5 bytes: reject by person:owner — not this one" in await client.export(session.id, form="markdown")


async def test_nobody_exports_what_is_not_there(client: Client) -> None:
    with pytest.raises(Refused) as refusal:
        await client.export("00000000-0000-0000-0000-000000000000")
    assert refusal.value.status == 404


async def test_sessions_are_searched(client: Client) -> None:
    session = await client.open_session(title="Квартальный отчёт")
    assert [found.id for found in (await client.sessions(search="квартальный")).items] == [session.id]
    assert (await client.sessions(search="no such words anywhere")).items == ()
