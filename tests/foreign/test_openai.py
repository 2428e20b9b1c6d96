"""Programs made for OpenAI, as real clients: its own SDK, LangChain, LiteLLM."""

import asyncio
import json
import shutil
from pathlib import Path

import httpx2
import openai
import pytest
from langchain_openai import ChatOpenAI
from openai import AsyncOpenAI

from api.served import PATIENCE, Served
from foreign.told import STORY

HERE = Path(__file__).parent
GHOST = "01900000-0000-7000-8000-000000000000"


@pytest.fixture
async def sdk(server: Served):
    client = AsyncOpenAI(base_url=f"{server.address}/v1", api_key=server.token, timeout=PATIENCE)
    yield client
    await client.close()


@pytest.fixture
async def http(server: Served):
    headers = {"Authorization": f"Bearer {server.token}"}
    async with httpx2.AsyncClient(base_url=server.address, headers=headers, timeout=PATIENCE, trust_env=False) as client:
        yield client


def says(text: str) -> list:
    return [{"role": "user", "content": text}]


async def test_agents_are_models(sdk: AsyncOpenAI) -> None:
    names = [model.id async for model in sdk.models.list()]
    assert {"artelier/auto", "artelier/coder", "artelier/ask"} <= set(names)
    assert (await sdk.models.retrieve("artelier/coder")).owned_by == "artelier"
    with pytest.raises(openai.NotFoundError, match="does not exist"):
        await sdk.models.retrieve("gpt-9")


async def test_an_answer_whole_and_streamed_is_the_same(sdk: AsyncOpenAI) -> None:
    whole = await sdk.chat.completions.create(model="artelier/ask", messages=says("tell a story"))
    assert whole.choices[0].message.content == STORY
    assert whole.choices[0].message.reasoning_content == "Let me think."
    assert whole.choices[0].finish_reason == "stop"
    assert whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens > 0
    stream = await sdk.chat.completions.create(
        model="artelier/ask", messages=says("tell a story"), stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    assert "".join(delta.content or "" for delta in deltas) == STORY
    assert "".join(getattr(delta, "reasoning_content", "") or "" for delta in deltas) == "Let me think."
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage.total_tokens == whole.usage.total_tokens
    assert len({chunk.id for chunk in chunks}) == 1


async def test_steps_of_a_run_are_one_answer(sdk: AsyncOpenAI) -> None:
    answer = await sdk.chat.completions.create(model="artelier/coder", messages=says("look into it"))
    assert answer.choices[0].message.content == "I look.\n\nIt holds a note."


async def test_a_session_goes_on_by_its_header(sdk: AsyncOpenAI, server: Served) -> None:
    first = await sdk.chat.completions.with_raw_response.create(model="artelier/ask", messages=says("good day"))
    session = first.headers["x-artelier-session"]
    more = {"extra_headers": {"X-Artelier-Session": session}}
    await sdk.chat.completions.create(model="artelier/ask", messages=[*says("good day"), *says("and again")], **more)
    events = await server_events(server, session)
    assert [event["payload"]["text"] for event in events if event["type"] == "message_received"] == ["good day", "and again"]
    with pytest.raises(openai.NotFoundError):
        await sdk.chat.completions.create(model="artelier/ask", messages=says("x"), extra_headers={"X-Artelier-Session": GHOST})


async def server_events(server: Served, session: str) -> list[dict]:
    headers = {"Authorization": f"Bearer {server.token}"}
    async with httpx2.AsyncClient(base_url=server.address, headers=headers, trust_env=False) as client:
        return (await client.get(f"/api/v1/sessions/{session}/events")).json()["items"]


async def test_without_a_session_the_history_is_what_was_sent(sdk: AsyncOpenAI, server: Served) -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        *says("My name is Mira."),
        {"role": "assistant", "content": "Noted."},
        {"role": "user", "content": [{"type": "text", "text": "What is"}, {"type": "text", "text": "my name?"}]},
    ]
    answer = await sdk.chat.completions.with_raw_response.create(model="artelier/ask", messages=messages)
    async with httpx2.AsyncClient(base_url=server.address, headers={"Authorization": f"Bearer {server.token}"}, trust_env=False) as client:
        asked = (await client.get(f"/api/v1/runs/{answer.headers['x-artelier-run']}/requests")).json()
    told = json.dumps(asked)
    for words in ("Be brief.", "My name is Mira.", "Noted.", "What is\\nmy name?"):
        assert words in told


async def test_what_waits_is_said_and_a_yes_goes_on(sdk: AsyncOpenAI, server: Served) -> None:
    first = await sdk.chat.completions.with_raw_response.create(model="artelier/coder", messages=says("write a file"))
    text = first.parse().choices[0].message.content
    session = first.headers["x-artelier-session"]
    assert "Waiting for your decision: write made.txt" in text
    assert f"{server.address}/sessions/{session}" in text
    assert not (server.workspace / "made.txt").exists()
    more = {"extra_headers": {"X-Artelier-Session": session}}
    second = await sdk.chat.completions.create(model="artelier/coder", messages=says("Yes."), **more)
    assert second.choices[0].message.content == "Written."
    assert (server.workspace / "made.txt").read_text() == "made\n"


async def test_other_words_refuse_the_call_and_reach_the_agent(sdk: AsyncOpenAI, server: Served) -> None:
    first = await sdk.chat.completions.with_raw_response.create(model="artelier/coder", messages=says("Please write a file: да"))
    session = first.headers["x-artelier-session"]
    assert "Ждёт вашего решения" in first.parse().choices[0].message.content
    more = {"extra_headers": {"X-Artelier-Session": session}}
    await sdk.chat.completions.create(model="artelier/coder", messages=says("Not there, please"), **more)
    events = await server_events(server, session)
    answers = [event["payload"]["answer"] for event in events if event["type"] == "approval_answered"]
    assert [(answer["decision"], answer["text"]) for answer in answers] == [("reject", "Not there, please")]


async def test_a_yes_in_passing_never_approves_what_destroys(sdk: AsyncOpenAI, server: Served) -> None:
    first = await sdk.chat.completions.with_raw_response.create(model="artelier/coder", messages=says("remove it"))
    session = first.headers["x-artelier-session"]
    assert "Say yes" not in first.parse().choices[0].message.content
    more = {"extra_headers": {"X-Artelier-Session": session}}
    async with asyncio.timeout(PATIENCE):
        second = await sdk.chat.completions.create(model="artelier/coder", messages=says("yes"), **more)
    assert "Waiting for your decision: run: rm -rf made" in second.choices[0].message.content
    assert not [event for event in await server_events(server, session) if event["type"] == "approval_answered"]


async def test_one_question_after_another_of_an_agent_at_work_for_another(sdk: AsyncOpenAI) -> None:
    first = await sdk.chat.completions.with_raw_response.create(model="artelier/orchestrator", messages=says("give it on"))
    assert "write 1," in first.parse().choices[0].message.content
    more = {"extra_headers": {"X-Artelier-Session": first.headers["x-artelier-session"]}}
    async with asyncio.timeout(PATIENCE):
        second = await sdk.chat.completions.create(model="artelier/orchestrator", messages=says("yes"), **more)
        third = await sdk.chat.completions.create(model="artelier/orchestrator", messages=says("yes"), **more)
    assert "write 2," in second.choices[0].message.content
    assert third.choices[0].message.content == "It is done."


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("n", 2),
        ("temperature", 0.2),
        ("tools", [{"type": "function", "function": {"name": "x", "parameters": {}}}]),
        ("response_format", {"type": "json_object"}),
        ("max_tokens", 10),
        ("stop", ["x"]),
        ("seed", 1),
        ("logprobs", True),
    ],
)
async def test_a_parameter_that_is_not_honoured_is_refused_by_name(sdk: AsyncOpenAI, parameter: str, value: object) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await sdk.chat.completions.create(model="artelier/ask", messages=says("x"), **{parameter: value})
    assert refused.value.param == parameter
    assert refused.value.code == "unsupported_parameter"
    assert parameter in refused.value.message


async def test_values_that_ask_for_nothing_else_pass(sdk: AsyncOpenAI) -> None:
    answer = await sdk.chat.completions.create(
        model="artelier/ask",
        messages=says("x"),
        n=1,
        temperature=1,
        top_p=1,
        user="mira",
        metadata={"a": "b"},
        tools=[],
        extra_body={"cache": {"no-store": True}},
    )
    assert answer.choices[0].message.content == "Hello."


@pytest.mark.parametrize(
    ("messages", "parameter"),
    [
        ([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}], "messages[0].content[0].type"),
        ([{"role": "tool", "content": "x", "tool_call_id": "y"}, *says("x")], "messages[0]"),
    ],
)
async def test_messages_that_cannot_be_taken_are_named(sdk: AsyncOpenAI, messages: list, parameter: str) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await sdk.chat.completions.create(model="artelier/ask", messages=messages)
    assert refused.value.param == parameter


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"{", 400, "invalid_request_error"),
        (b"[]", 400, "invalid_request_error"),
        (b'{"model": "artelier/ask"}', 400, "invalid_request_error"),
        (b'{"model": "artelier/ask", "messages": []}', 400, "invalid_request_error"),
        (b'{"model": "artelier/ask", "messages": [{"role": "assistant", "content": "x"}]}', 400, "invalid_request_error"),
        (b'{"model": "artelier/ask", "messages": [{"role": "user", "content": ""}]}', 400, "invalid_request_error"),
        (b'{"model": "none", "messages": [{"role": "user", "content": "x"}]}', 404, "invalid_request_error"),
    ],
)
async def test_garbage_is_an_error_in_openais_shape(http: httpx2.AsyncClient, body: bytes, status: int, kind: str) -> None:
    answer = await http.post("/v1/chat/completions", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["type"]) == (status, kind)
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("headers", "size", "status", "code"),
    [
        ({"Host": "evil.example"}, 10, 400, "host_refused"),
        ({"Origin": "https://evil.example"}, 10, 403, "origin_refused"),
        ({"Sec-Fetch-Site": "cross-site"}, 10, 403, "origin_refused"),
        ({}, 2_000_000, 413, "too_large"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/models"])
async def test_the_wall_speaks_openais_shape_too(
    http: httpx2.AsyncClient, path: str, headers: dict, size: int, status: int, code: str
) -> None:
    answer = await http.post(path, content=b"x" * size, headers={"Content-Type": "application/json", **headers})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/json"
    plain = await http.post("/api/v1/chat", content=b"x" * size, headers={"Content-Type": "application/json", **headers})
    assert (plain.status_code, plain.headers["content-type"]) == (status, "application/problem+json")


async def test_a_body_that_tells_no_length_is_refused_in_openais_shape(http: httpx2.AsyncClient) -> None:
    async def pieces():
        for _ in range(40):
            yield b" " * 65536

    answer = await http.post("/v1/chat/completions", content=pieces(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


async def test_strangers_get_openais_error(server: Served) -> None:
    stranger = AsyncOpenAI(base_url=f"{server.address}/v1", api_key="wrong", max_retries=0)
    with pytest.raises(openai.AuthenticationError):
        await stranger.models.list()
    await stranger.close()


async def test_a_failed_run_is_not_tried_again_by_itself(sdk: AsyncOpenAI, server: Served) -> None:
    before = len(await runs(server))
    with pytest.raises(openai.InternalServerError) as failed:
        await sdk.chat.completions.create(model="artelier/ask", messages=says("fail"))
    assert failed.value.code
    assert len(await runs(server)) == before + 1
    stream = await sdk.chat.completions.create(model="artelier/ask", messages=says("fail"), stream=True)
    with pytest.raises(openai.APIError):
        [chunk async for chunk in stream]


async def test_a_model_that_is_away_is_told_at_once_and_the_run_is_kept(sdk: AsyncOpenAI, server: Served) -> None:
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(openai.InternalServerError) as away:
            await sdk.chat.completions.create(model="artelier/ask", messages=says("be away"))
    assert (away.value.status_code, away.value.code) == (503, "llm_unavailable")
    assert int(away.value.response.headers["retry-after"]) > 3
    assert "goes on by itself" in away.value.message
    run = away.value.response.headers["x-artelier-run"]
    assert [each["status"] for each in await runs(server) if each["id"] == run] == ["waiting"]
    stream = await sdk.chat.completions.create(model="artelier/ask", messages=says("be away"), stream=True)
    with pytest.raises(openai.APIError, match="goes on by itself"):
        [chunk async for chunk in stream]
    with pytest.raises(openai.InternalServerError):
        await sdk.responses.create(model="artelier/ask", input="be away")


async def runs(server: Served) -> list[dict]:
    async with httpx2.AsyncClient(base_url=server.address, headers={"Authorization": f"Bearer {server.token}"}, trust_env=False) as client:
        return (await client.get("/api/v1/runs", params={"limit": 200})).json()["items"]


async def test_responses_whole_streamed_and_going_on(sdk: AsyncOpenAI) -> None:
    first = await sdk.responses.create(model="artelier/coder", input="ask me", instructions="Be brief.")
    assert first.status == "completed"
    assert first.output_text.startswith("Which colour? (blue / green)")
    async with sdk.responses.stream(model="artelier/coder", input="green", previous_response_id=first.id) as stream:
        kinds = [event.type async for event in stream]
        final = await stream.get_final_response()
    assert final.output_text == "Thank you."
    assert kinds[0] == "response.created"
    assert kinds[-1] == "response.completed"
    assert (await sdk.responses.retrieve(final.id)).output_text == "Thank you."


async def test_responses_show_thinking_before_words(sdk: AsyncOpenAI) -> None:
    async with sdk.responses.stream(model="artelier/ask", input=[{"role": "user", "content": "tell a story"}]) as stream:
        numbers = [event.sequence_number async for event in stream]
        final = await stream.get_final_response()
    assert numbers == list(range(len(numbers)))
    assert [item.type for item in final.output] == ["reasoning", "message"]
    assert final.output[0].summary[0].text == "Let me think."
    assert final.output_text == STORY
    whole = await sdk.responses.create(model="artelier/ask", input="tell a story")
    assert [item.type for item in whole.output] == ["reasoning", "message"]
    assert whole.usage.total_tokens == final.usage.total_tokens


async def test_responses_refuse_what_they_do_not_take(sdk: AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await sdk.responses.create(model="artelier/ask", input="x", max_output_tokens=5)
    assert refused.value.param == "max_output_tokens"
    for unknown in ("resp_nothing", f"resp_{GHOST}", "x"):
        with pytest.raises(openai.APIStatusError) as missing:
            await sdk.responses.create(model="artelier/ask", input="x", previous_response_id=unknown)
        assert missing.value.status_code in {400, 404}


@pytest.mark.parametrize(("parameter", "value", "why"), [("store", False, "is stored"), ("background", True, "/messages")])
async def test_responses_say_why_they_are_kept_and_not_left_alone(sdk: AsyncOpenAI, parameter: str, value: bool, why: str) -> None:
    with pytest.raises(openai.BadRequestError, match=why) as refused:
        await sdk.responses.create(model="artelier/ask", input="x", **{parameter: value})
    assert refused.value.param == parameter
    passed = await sdk.responses.create(model="artelier/ask", input="x", **{parameter: not value})
    assert passed.status == "completed"
    unstored = await sdk.chat.completions.create(model="artelier/ask", messages=says("x"), store=False)
    assert unstored.choices[0].message.content


async def test_langchain(server: Served) -> None:
    model = ChatOpenAI(model="artelier/ask", base_url=f"{server.address}/v1", api_key=server.token)
    assert (await model.ainvoke("good day")).content == "Hello."
    assert "".join([chunk.content async for chunk in model.astream("tell a story")]) == STORY
    newer = ChatOpenAI(model="artelier/ask", base_url=f"{server.address}/v1", api_key=server.token, use_responses_api=True)
    assert (await newer.ainvoke("good day")).text == "Hello."


@pytest.mark.skipif(shutil.which("uv") is None, reason="uv is not on the path, and LiteLLM needs an environment of its own")
async def test_litellm(server: Served) -> None:
    words = ["uv", "run", "--quiet", "--no-project", "--isolated", "--with-requirements", str(HERE / "litellm.lock"), "python"]
    program = await asyncio.create_subprocess_exec(
        *words,
        str(HERE / "litellm_program.py"),
        server.address,
        server.token,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await program.communicate()
    if program.returncode and b"ailed to fetch" in complained:
        pytest.skip("LiteLLM could not be brought here")
    found = json.loads(said.splitlines()[-1])
    assert found["whole"] == found["streamed"] == "Hello."
    assert found["finish"] == "stop"
    assert found["tokens"] > 0
    assert "'n' is not honoured" in found["refused"]
