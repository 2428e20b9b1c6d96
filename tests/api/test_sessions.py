"""Sessions, their journal and streams, workspaces, and what there is."""

import asyncio

import httpx2
import pytest
from served import SLOW, Served, served_in

from artelier.api.stream import _person_part
from artelier.client import Client, Refused, StreamDelta, StreamEvent
from artelier.client.stream import read_items
from artelier.domain.errors import NotFound
from artelier.domain.events import Event, RunQueued

PATIENCE = 20.0


async def until(client: Client, session: str, type_: str, after: int = 0) -> list[StreamEvent | StreamDelta]:
    """Return what a reader sees of a session up to an event."""
    seen: list[StreamEvent | StreamDelta] = []
    async with asyncio.timeout(PATIENCE):
        async for item in client.follow(session, after):
            seen.append(item)
            if isinstance(item, StreamEvent) and item.type == type_:
                return seen
    raise AssertionError(type_)


def text_of(items: list[StreamEvent | StreamDelta]) -> str:
    text = ""
    for item in items:
        if isinstance(item, StreamDelta) and item.kind == "text":
            assert item.so_far or item.offset == len(text)
            text = item.text if item.so_far else text + item.text
    return text


async def test_a_session_is_opened_renamed_listed_and_deleted(client: Client, http: httpx2.AsyncClient) -> None:
    session = await client.open_session(title="first")
    assert (session.title, session.status, session.head) == ("first", "idle", 1)
    assert (await client.rename_session(session.id, "second")).title == "second"
    assert (await client.session(session.id)).title == "second"
    assert session.id in [each.id for each in (await client.sessions()).items]
    run = (await client.send(session.id, "never-end")).run_id
    with pytest.raises(Refused) as refused:
        await client.delete_session(session.id)
    assert refused.value.status == 409
    await client.cancel(run)
    await client.wait(run, PATIENCE)
    await client.delete_session(session.id)
    assert (await http.get(f"/api/v1/sessions/{session.id}")).status_code == 404
    assert (await http.get(f"/api/v1/runs/{run}")).status_code == 404


async def test_sessions_are_listed_by_page(client: Client) -> None:
    opened = [(await client.open_session()).id for _ in range(3)]
    page = await client.sessions(limit=2)
    rest = await client.sessions(limit=2, cursor=page.next or "")
    assert [each.id for each in (*page.items, *rest.items)][:3] == opened[::-1]


async def test_the_journal_is_read_by_page(client: Client, http: httpx2.AsyncClient) -> None:
    session = (await client.chat("read-a-file")).session_id
    whole = await client.events(session)
    assert [event.seq for event in whole] == list(range(1, len(whole) + 1))
    read, after = [], "0"
    while after is not None:
        page = (await http.get(f"/api/v1/sessions/{session}/events", params={"after": after, "limit": 3})).json()
        read += [event["seq"] for event in page["items"]]
        after = page["next"]
    assert read == [event.seq for event in whole]


async def test_a_stream_begins_after_the_place_it_is_told(http: httpx2.AsyncClient, client: Client) -> None:
    session = (await client.chat("read-a-file")).session_id
    head = (await client.session(session)).head
    for headers, query in (({"Last-Event-ID": "3"}, {}), ({}, {"after": "3"}), ({"Last-Event-ID": "3"}, {"after": "1"})):
        async with (
            asyncio.timeout(PATIENCE),
            http.stream("GET", f"/api/v1/sessions/{session}/stream", headers=headers, params=query) as answer,
        ):
            seen = []
            async for item in read_items(answer.aiter_lines()):
                seen.append(item.seq)
                if item.seq == head:
                    break
        assert seen == list(range(4, head + 1))


async def test_two_readers_see_the_same_and_a_late_one_all_of_it(client: Client) -> None:
    session = (await client.open_session()).id
    first = asyncio.create_task(until(client, session, "run_finished"))
    second = asyncio.create_task(until(client, session, "run_finished"))
    run = (await client.send(session, "speak-slowly")).run_id
    async with asyncio.timeout(PATIENCE):
        async for item in client.follow(session):
            if isinstance(item, StreamDelta) and item.offset > 30:
                break
    late = await until(client, session, "run_finished")
    seen = [await first, await second]
    events = [[item for item in each if isinstance(item, StreamEvent)] for each in (*seen, late)]
    assert events[0] == events[1] == events[2]
    assert [text_of(each) for each in (*seen, late)] == [SLOW] * 3
    assert [item.so_far for item in late if isinstance(item, StreamDelta)].count(True) == 1
    assert (await client.run(run)).reply == SLOW


async def test_a_reader_who_comes_after_the_reply_gets_no_deltas(client: Client) -> None:
    session = (await client.chat("speak-slowly")).session_id
    assert text_of(await until(client, session, "run_finished")) == ""


async def test_strange_line_ends_in_a_reply_pass_the_stream(client: Client) -> None:
    reply = await client.chat("strange-lines")
    seen = await until(client, reply.session_id, "run_finished")
    assert seen[-1].payload["reply"] == reply.reply


async def test_a_person_sees_all_sessions_in_one_stream(http: httpx2.AsyncClient, client: Client) -> None:
    async with asyncio.timeout(PATIENCE), http.stream("GET", "/api/v1/events/stream") as answer:
        lines = answer.aiter_lines()
        assert (await anext(lines)).startswith(":")
        sessions = [(await client.chat("good day")).session_id for _ in range(2)]
        finished = []
        async for item in read_items(lines):
            assert isinstance(item, StreamEvent), "no text of replies"
            if item.type == "run_finished":
                finished.append(item.session)
            if len(finished) == 2:
                break
    assert finished == sessions


async def test_a_deleted_session_does_not_end_a_persons_stream(clock) -> None:
    class Empty:
        async def get_session(self, session: str) -> None:
            raise NotFound("There is no such session.")

    class Gone:
        store = Empty()

    event = Event("gone", 2, "run", "run_queued", 1, clock.now(), "system", "", RunQueued())
    assert await _person_part(Gone(), event, "person:owner", {}) == b""


async def test_workspaces_lie_under_allowed_roots(http: httpx2.AsyncClient, client: Client, server: Served) -> None:
    one = await client.register_workspace(str(server.roots / "one"))
    assert one.name == "one"
    assert one.id == (await client.register_workspace(str(server.roots / "one"))).id
    for path in (server.workspace.parent, server.roots / ".." / "ws", "/", "roots/one", "~"):
        answer = await http.post("/api/v1/workspaces", json={"path": str(path)})
        assert (answer.status_code, answer.json()["code"]) == (403, "ACCESS_DENIED"), path
    (server.roots / "out").symlink_to("/etc")
    assert (await http.post("/api/v1/workspaces", json={"path": str(server.roots / "out")})).status_code == 403
    assert (await http.post("/api/v1/workspaces", json={"path": str(server.roots / "nowhere")})).status_code == 422
    session = await client.open_session(one.id)
    assert session.workspace_id == one.id
    with pytest.raises(Refused) as refused:
        await client.remove_workspace(one.id)
    assert refused.value.status == 409
    await client.delete_session(session.id)
    await client.remove_workspace(one.id)
    assert one.id not in [each.id for each in await client.workspaces()]
    assert (server.roots / "one").is_dir()


async def test_the_operator_registers_any_folder_but_the_servers_own(server: Served, tmp_path) -> None:
    async with Client(server.address, server.operator) as operator:
        made = await operator.register_workspace(str(tmp_path))
        assert made.root == str(tmp_path)
        for path in (server.state, server.state.parent, "/"):
            with pytest.raises(Refused) as refused:
                await operator.register_workspace(str(path))
            assert refused.value.code == "ACCESS_DENIED", path
        assert len(await operator.workspaces()) == len({each.root for each in await operator.workspaces()})


async def test_files_of_a_workspace_are_listed(http: httpx2.AsyncClient, server: Served) -> None:
    address = f"/api/v1/workspaces/{server.house.workspace.id}/files"
    assert "notes.txt" in [item["path"] for item in (await http.get(address)).json()["items"]]
    for path, status in (("..", 403), ("/etc", 403), ("nowhere", 404)):
        assert (await http.get(address, params={"path": path})).status_code == status, path


async def test_what_there_is(client: Client, http: httpx2.AsyncClient) -> None:
    assert {"coder", "ask"} <= {agent.name for agent in await client.agents()}
    assert {"read_file", "execute_command", "ask_user"} <= {tool.name for tool in await client.tools()}
    assert "scripted" in [model.name for model in await client.models() if model.default]
    assert (await client.health()).status in {"ok", "degraded"}
    assert (await http.get("/health/live")).json() == {"status": "ok"}
    assert (await http.get("/api/v1/auth/me")).json() == {"person": "person:owner"}
    assert (await client.openapi())["info"]["title"] == "Artelier"
    for page in ("/", "/docs", "/assets/mark.svg"):
        assert (await http.get(page)).status_code == 200


def test_the_truth_outlives_the_server(tmp_path) -> None:
    async def talk(served: Served, session: str = "") -> str:
        async with Client(served.address, served.token) as client:
            return (await client.chat("good day", session=session or None)).session_id

    async def read(served: Served, session: str) -> list[str]:
        async with Client(served.address, served.token) as client:
            return [event.payload["reply"] for event in await client.events(session) if event.type == "run_finished"]

    with served_in(tmp_path) as served:
        session = asyncio.run(talk(served))
    with served_in(tmp_path) as served:
        assert asyncio.run(talk(served, session)) == session
        assert asyncio.run(read(served, session)) == ["Hello.", "Hello again."]
