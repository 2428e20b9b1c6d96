"""What is wrong with a request, in words for whoever sent it."""

import httpx2
import pytest
from served import PATIENCE, Served

TALK = "/v1/chat/completions"


@pytest.fixture
async def http(server: Served):
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
    async with httpx2.AsyncClient(base_url=server.address, headers=headers, timeout=PATIENCE, trust_env=False) as http:
        yield http


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"content": "a",}', "body: it is no JSON from character "),
        (b"[]", "body: an object is needed."),
        (b'{"text": "a"}', "body.content: it is missing; body.text: there is no such field."),
    ],
)
async def test_a_body_that_does_not_fit_is_told_in_plain_words(http, body, told) -> None:
    session = (await http.post("/api/v1/sessions", json={})).json()["id"]
    refused = await http.post(f"/api/v1/sessions/{session}/messages", content=body)
    assert refused.status_code == 422
    assert told in refused.json()["detail"]


async def test_what_is_no_id_is_told_so(http) -> None:
    message = {"model": "artelier/ask", "messages": [{"role": "user", "content": "hello"}]}
    for refused in (await http.get("/api/v1/runs/nope"), await http.post(TALK, json=message, headers={"X-Artelier-Session": "nope"})):
        assert "it is no id" in refused.text
        assert "pattern" not in refused.text


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        (b"{", None),
        (b'{"model": "artelier/ask"}', "messages"),
        (b'{"model": "artelier/ask", "messages": [{"role": "user", "content": "\\ud800"}]}', "messages.0.content"),
    ],
)
async def test_programs_made_for_openai_are_told_the_field(http, body, parameter) -> None:
    refused = await http.post(TALK, content=body)
    assert refused.status_code == 400
    assert refused.json()["error"]["param"] == parameter
    assert "constrained" not in refused.text
