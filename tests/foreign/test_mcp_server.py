"""Our MCP server with the SDK's own client: what it offers, and a call that is a run."""

import asyncio

import anyio
import httpx2
import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import InputRequiredResult, ResourceTemplateReference

from api.served import PATIENCE, Served, served_in
from artelier.testing import script, turn
from foreign.mcp_clients import MODES, Person, connected, text_of
from foreign.told import SCRIPT, STORY

GHOST = "01900000-0000-7000-8000-000000000000"
OWN = script(turn("I begin", fault="hang", after=7, times=1000), when_text_contains="never end") + SCRIPT


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory):
    with served_in(tmp_path_factory.mktemp("mcp"), OWN) as served:
        (served.workspace / ".env").write_text("KEY=secret\n")
        (served.workspace / "sub folder").mkdir()
        (served.workspace / "sub folder" / "a b.txt").write_text("spaces\n")
        yield served


def events_of(house: Served, session: str) -> list:
    """Return a session's journal; the house runs in another thread, so it is read over HTTP."""
    answer = httpx2.get(
        f"{house.address}/api/v1/sessions/{session}/events", headers={"Authorization": f"Bearer {house.token}"}, trust_env=False
    )
    return answer.json()["items"]


@pytest.mark.parametrize("mode", MODES)
async def test_agents_are_tools_and_nothing_is_offered_that_is_not_there(house: Served, mode: str) -> None:
    async with connected(house, mode) as client:
        assert client.protocol_version == {"legacy": "2025-11-25", "auto": "2026-07-28"}[mode]
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert {"auto", "ask", "coder"} <= set(tools)
        assert tools["coder"].input_schema["required"] == ["task"]
        assert tools["coder"].description
        assert client.server_capabilities.prompts is None
        assert client.server_capabilities.logging is None
        assert "session_id" in client.instructions


@pytest.mark.parametrize("mode", MODES)
async def test_a_call_is_a_run_with_progress_and_goes_on(house: Served, mode: str) -> None:
    told: list[tuple[float, str]] = []

    async def hear(progress: float, _total: float | None, message: str | None) -> None:
        told.append((progress, message or ""))

    async with connected(house, mode) as client:
        first = await client.call_tool("coder", {"task": "look into it"}, progress_callback=hear)
        assert text_of(first) == "It holds a note."
        assert first.structured_content["status"] == "finished"
        assert first.structured_content["agent"] == "coder"
        assert first.structured_content["usage"]["model_calls"] == 2
        assert [words for _, words in told] == ["coder takes it.", "Step 1: I look.", "read_file: notes.txt"]
        assert [number for number, _ in told] == [1, 2, 3]
        session = first.structured_content["session_id"]
        second = await client.call_tool("coder", {"task": "tell a story", "session_id": session})
        assert (text_of(second), second.structured_content["session_id"]) == (STORY, session)
        routed = await client.call_tool("auto", {"task": "good day"})
        assert routed.structured_content["status"] == "finished"
    assert [event["payload"]["text"] for event in events_of(house, session) if event["type"] == "message_received"] == [
        "look into it",
        "tell a story",
    ]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (Person(approve=True), [("approve", "")]),
        (Person(approve=False, reason="Not there."), [("reject", "Not there.")]),
        (Person("decline"), [("reject", "")]),
    ],
)
async def test_an_approval_is_a_form(house: Served, mode: str, person: Person, expected: list) -> None:
    person.asked.clear()
    async with connected(house, mode, person) as client:
        result = await client.call_tool("coder", {"task": "write a file"})
    assert result.structured_content["status"] == "finished"
    assert "write made.txt, 1 line, 5 bytes" in person.asked[0].message
    assert "+made" in person.asked[0].message or "@@" not in person.asked[0].message
    assert person.asked[0].requested_schema["required"] == ["approve"]
    events = events_of(house, result.structured_content["session_id"])
    answers = [event["payload"]["answer"] for event in events if event["type"] == "approval_answered"]
    assert [(answer["decision"], answer.get("text", "")) for answer in answers] == expected


@pytest.mark.parametrize("mode", MODES)
async def test_options_are_an_enum_and_the_answer_goes_on(house: Served, mode: str) -> None:
    person = Person(answer="green")
    async with connected(house, mode, person) as client:
        result = await client.call_tool("coder", {"task": "ask me"})
    assert text_of(result) == "Thank you."
    assert person.asked[0].message == "Which colour?"
    assert person.asked[0].requested_schema["properties"]["answer"]["enum"] == ["blue", "green"]


@pytest.mark.parametrize("mode", MODES)
async def test_a_form_that_is_closed_or_says_nothing_leaves_the_question_open(house: Served, mode: str) -> None:
    for person in (Person("cancel"), Person(approve="perhaps")):
        async with connected(house, mode, person) as client:
            result = await client.call_tool("coder", {"task": "write a file"})
        assert len(person.asked) == 1
        assert result.structured_content["status"] == "waiting"
        waits = result.structured_content["waits_for"]
        assert [(each["kind"], each["console_only"]) for each in waits] == [("approval", False)]


@pytest.mark.parametrize("mode", MODES)
async def test_what_destroys_is_never_a_form_nor_approved_by_words(house: Served, mode: str) -> None:
    for person in (Person(approve=True), None):
        async with connected(house, mode, person) as client:
            first = await client.call_tool("coder", {"task": "remove it"})
            session = first.structured_content["session_id"]
            async with asyncio.timeout(PATIENCE):
                second = await client.call_tool("coder", {"task": "yes", "session_id": session})
        for result in (first, second):
            assert result.structured_content["status"] == "waiting"
            assert result.structured_content["waits_for"][0]["console_only"] is True
            assert f"{house.address}/sessions/{session}" in text_of(result)
            assert "console alone" in text_of(result)
        assert person is None or not person.asked
        assert not [event for event in events_of(house, session) if event["type"] == "approval_answered"]


@pytest.mark.parametrize("mode", MODES)
async def test_without_forms_a_yes_of_the_model_is_none_and_other_words_answer(house: Served, mode: str) -> None:
    async with connected(house, mode) as client:
        first = await client.call_tool("coder", {"task": "write a file"})
        session = first.structured_content["session_id"]
        assert "Waiting for your decision: write made.txt" in text_of(first)
        assert "Say yes" not in text_of(first)
        assert session in text_of(first)
        second = await client.call_tool("coder", {"task": "Yes.", "session_id": session})
        assert second.structured_content["status"] == "waiting"
        assert not [event for event in events_of(house, session) if event["type"] == "approval_answered"]
        refused = await client.call_tool("coder", {"task": "Not there, please", "session_id": session})
        assert refused.structured_content["status"] == "finished"
        asked = await client.call_tool("coder", {"task": "ask me"})
        thanked = await client.call_tool("coder", {"task": "blue", "session_id": asked.structured_content["session_id"]})
        assert text_of(thanked) == "Thank you."


@pytest.mark.parametrize("mode", MODES)
async def test_words_to_several_calls_refuse_them_all_and_a_yes_approves_none(house: Served, mode: str) -> None:
    async with connected(house, mode) as client, asyncio.timeout(PATIENCE):
        for told in ("do a pair", "do a mixture"):
            first = await client.call_tool("coder", {"task": told})
            more = {"session_id": first.structured_content["session_id"]}
            again = await client.call_tool("coder", {"task": "yes", **more})
            assert len(again.structured_content["waits_for"]) == len(first.structured_content["waits_for"]) == 2
            assert "refuse" in text_of(again)
            refused = await client.call_tool("coder", {"task": "something else", **more})
            assert refused.structured_content["status"] == "finished"
            answers = [event["payload"]["answer"] for event in events_of(house, more["session_id"]) if event["type"] == "approval_answered"]
            assert [(answer["decision"], answer["text"]) for answer in answers] == [("reject", "something else")] * 2


@pytest.mark.parametrize("mode", MODES)
async def test_words_beside_calls_answer_the_question_that_asks_for_words(house: Served, mode: str) -> None:
    async with connected(house, mode) as client, asyncio.timeout(PATIENCE):
        first = await client.call_tool("coder", {"task": "do as told"})
        more = {"session_id": first.structured_content["session_id"]}
        assert "the task answers 'Which colour?'" in text_of(first)
        second = await client.call_tool("coder", {"task": "blue", **more})
        assert [each["kind"] for each in second.structured_content["waits_for"]] == ["approval"]


@pytest.mark.parametrize("mode", MODES)
async def test_where_a_person_can_be_asked_a_yes_of_the_model_is_none(house: Served, mode: str) -> None:
    async with connected(house, mode) as client:
        session = (await client.call_tool("coder", {"task": "write a file"})).structured_content["session_id"]
    person = Person(approve=False)
    async with connected(house, mode, person) as client:
        await client.call_tool("coder", {"task": "yes", "session_id": session})
    assert len(person.asked) == 1
    answers = [event["payload"]["answer"]["decision"] for event in events_of(house, session) if event["type"] == "approval_answered"]
    assert answers == ["reject"]


@pytest.mark.parametrize("mode", MODES)
async def test_an_agent_at_work_for_another_asks_by_a_form_too(house: Served, mode: str) -> None:
    person = Person(approve=True)
    async with connected(house, mode, person) as client:
        async with asyncio.timeout(PATIENCE):
            result = await client.call_tool("orchestrator", {"task": "give it on"})
    assert text_of(result) == "It is done."
    assert ["write 1," in asked.message for asked in person.asked] == [True, False]


async def test_a_question_answered_elsewhere_ends_the_form(house: Served) -> None:
    """Only with a handshake: without one the client holds the form, and nothing of it is known here."""
    closed = asyncio.Event()

    async def hesitating(_context: object, _params: object) -> None:
        headers = {"Authorization": f"Bearer {house.token}"}
        try:  # the form may be taken back before the answer's own answer is here
            async with httpx2.AsyncClient(base_url=house.address, headers=headers, trust_env=False) as http:
                newest = (await http.get("/api/v1/approvals", params={"status": "open"})).json()["items"][0]
                await http.post(f"/api/v1/approvals/{newest['id']}", json={"decision": "approve"})
            await asyncio.Event().wait()
        finally:
            closed.set()

    async with connected(house, "legacy", hesitating) as client:
        async with asyncio.timeout(PATIENCE):
            result = await client.call_tool("coder", {"task": "write a file"})
            assert text_of(result) == "Written."
            await closed.wait()


@pytest.mark.parametrize("mode", MODES)
async def test_cancelling_a_call_cancels_its_run(house: Served, mode: str) -> None:
    begun = anyio.Event()

    async def hear(*_: object) -> None:
        begun.set()

    async with connected(house, mode) as client, anyio.create_task_group() as group:

        async def ask() -> None:
            await client.call_tool("ask", {"task": "never end"}, progress_callback=hear)

        group.start_soon(ask)
        with anyio.fail_after(PATIENCE):
            await begun.wait()
            group.cancel_scope.cancel()
    run = max((run for run in (await asked(house, "/api/v1/runs?limit=200"))["items"] if run["request"] == "never end"), key=created)
    assert (await asked(house, f"/api/v1/runs/{run['id']}/wait?timeout={PATIENCE}"))["status"] == "cancelled"


def created(run: dict) -> str:
    """Return when a run was made."""
    return run["created_at"]


async def asked(house: Served, path: str) -> dict:
    """Ask our own API."""
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {house.token}"}, timeout=PATIENCE + 5, trust_env=False) as http:
        return (await http.get(f"{house.address}{path}")).json()


@pytest.mark.parametrize("mode", MODES)
async def test_a_failed_run_is_an_error_of_the_tool(house: Served, mode: str) -> None:
    async with connected(house, mode) as client:
        failed = await client.call_tool("ask", {"task": "fail"})
        assert failed.is_error
        assert failed.structured_content["status"] == "failed"
        assert failed.structured_content["code"] in text_of(failed)
        for wrong in ({}, {"task": ""}, {"task": 5}, {"task": "x", "more": 1}, {"task": "x", "session_id": "x"}, {"task": "a\0b"}):
            assert (await client.call_tool("ask", wrong)).is_error, wrong
        missing = await client.call_tool("ask", {"task": "x", "session_id": GHOST})
        assert missing.is_error
        with pytest.raises(MCPError, match="no tool 'nobody'"):
            await client.call_tool("nobody", {"task": "x"})


async def test_a_state_of_somebody_else_is_refused(house: Served) -> None:
    async with connected(house, "auto") as client:
        for state in (GHOST, "x", "", "../..", '{"run": 1}'):
            with pytest.raises(MCPError, match="requestState"):
                await client.session.call_tool("ask", {"task": "x"}, request_state=state, allow_input_required=True)


async def test_answers_to_questions_that_were_not_asked_change_nothing(house: Served) -> None:
    """A client may send what it likes as its answers: another question's id, or one that the console alone may answer."""
    person = Person(approve=True)
    async with connected(house, "auto", person) as client:
        grave = await client.call_tool("coder", {"task": "remove it"})
        waits = grave.structured_content["waits_for"][0]["id"]
        yes = {key: await person(None, None) for key in (waits, GHOST, "x")}  # type: ignore[arg-type]
        again = await client.session.call_tool(
            "coder", {"task": "remove it"}, request_state=grave.structured_content["run_id"], input_responses=yes, allow_input_required=True
        )
        assert not isinstance(again, InputRequiredResult)
        assert again.structured_content["status"] == "waiting"
    events = events_of(house, grave.structured_content["session_id"])
    assert not [event for event in events if event["type"] == "approval_answered"]


@pytest.mark.parametrize("mode", MODES)
async def test_sessions_and_files_are_resources(house: Served, mode: str) -> None:
    async with connected(house, mode) as client:
        session = (await client.call_tool("coder", {"task": "look into it"})).structured_content["session_id"]
        listed = (await client.list_resources()).resources
        assert listed[0].uri == f"artelier://sessions/{session}"
        text = (await client.read_resource(listed[0].uri)).contents[0].text
        assert text.startswith("# look into it\n\n## Person\n\nlook into it\n\n## coder\n\nI look.\n\n- `read_file`")
        assert text.endswith("It holds a note.\n")
        templates = {each.uri_template for each in (await client.list_resource_templates()).resource_templates}
        assert templates == {"artelier://sessions/{session_id}", "artelier://workspaces/{workspace_id}/{+path}"}
        own = f"artelier://workspaces/{house.house.workspace.id}/"
        assert (await client.read_resource(f"{own}notes.txt")).contents[0].text == "a note\n"
        assert (await client.read_resource(f"{own}sub%20folder/a%20b.txt")).contents[0].text == "spaces\n"
        names = (await client.read_resource(own)).contents[0].text
        assert f"[notes.txt]({own}notes.txt)" in names
        assert f"({own}sub%20folder/)" in names
        for wrong in (
            *(f"{own}.env", f"{own}%2e%2e/%2e%2e/etc/passwd", f"{own}../state/secret.key", f"{own}/etc/passwd", f"{own}gone.txt"),
            *(f"{own}%00", f"{own}%ff", f"{own}sub%20folder", f"artelier://workspaces/{GHOST}/notes.txt", "artelier://workspaces/x/y"),
            *(f"artelier://sessions/{GHOST}", "artelier://sessions/", "artelier://sessions/../x", "file:///etc/passwd", "x"),
        ):
            with pytest.raises(MCPError) as refused:
                await client.read_resource(wrong)
            assert "KEY=" not in str(refused.value), wrong
            assert refused.value.code in {-32002, -32602}


@pytest.mark.parametrize("mode", MODES)
async def test_sessions_are_listed_by_pages(house: Served, mode: str) -> None:
    headers = {"Authorization": f"Bearer {house.token}"}
    async with httpx2.AsyncClient(base_url=house.address, headers=headers, trust_env=False) as http:
        for _ in range(60):
            await http.post("/api/v1/sessions", json={})
    async with connected(house, mode) as client:
        first = await client.list_resources()
        second = await client.list_resources(cursor=first.next_cursor)
        assert len(first.resources) == 50
        assert not {each.uri for each in first.resources} & {each.uri for each in second.resources}
        for cursor in ("x", "\0", "9" * 300):
            with pytest.raises(MCPError, match="cursor"):
                await client.list_resources(cursor=cursor)


@pytest.mark.parametrize("mode", MODES)
async def test_arguments_of_templates_are_completed(house: Served, mode: str) -> None:
    workspace = house.house.workspace.id
    async with connected(house, mode) as client:
        file = ResourceTemplateReference(uri="artelier://workspaces/{workspace_id}/{+path}")
        known = {"workspace_id": workspace}

        async def values(ref: ResourceTemplateReference, name: str, value: str) -> list[str]:
            return (await client.complete(ref, {"name": name, "value": value}, context_arguments=known)).completion.values

        assert workspace in await values(file, "workspace_id", workspace[:8])
        assert await values(file, "path", "note") == ["notes.txt"]
        assert await values(file, "path", "sub folder/") == ["sub folder/a b.txt"]
        assert await values(file, "path", "../") == []
        assert await values(file, "path", "\0/") == []
        session = ResourceTemplateReference(uri="artelier://sessions/{session_id}")
        opened = [(await client.call_tool("ask", {"task": "good day"})).structured_content["session_id"]]
        assert opened[0] in await values(session, "session_id", opened[0][:20])
        assert len(await values(session, "session_id", "0")) <= 100
        assert await values(ResourceTemplateReference(uri="file:///{path}"), "path", "") == []
