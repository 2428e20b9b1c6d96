"""Pictures over HTTP: only what a session's events name, only as a picture, and to nobody else."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest
from served import PATIENCE, Served, served_in

from artelier.client import Client, Refused
from artelier.client.stream import StreamEvent
from artelier.domain.calls import Access, Picture, ResultStatus, ToolResult, ToolSpec
from artelier.ports.blobs import Blobs
from artelier.ports.tool import ToolScope
from artelier.stores.blobs import FolderBlobs, digest_of
from artelier.testing import call, script
from artelier.tools.declaration import DeclaredTool, ToolArguments, schema_of

PNG = b"\x89PNG\r\n\x1a\n and the rest"
JPEG = b"\xff\xd8\xff\xe0 and the rest"
CONTENTS = {
    "png": (PNG, "image/png"),
    "jpeg": (JPEG, "image/jpeg"),
    "gif": (b"GIF89a", "image/gif"),
    "page": (b"<script>alert(1)</script>", "image/png"),
    "lost": (b"", "image/png"),
}


class ShootArguments(ToolArguments, frozen=True):
    kinds: tuple[str, ...]


class Shoot(DeclaredTool[ShootArguments]):
    """Makes pictures of all kinds; nothing of the kind ``lost`` is kept."""

    arguments = ShootArguments
    spec = ToolSpec("shoot", "makes pictures", schema_of(ShootArguments), repeatable=True, effect="read")

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    def touches(self, arguments: ShootArguments) -> Access:
        return Access()

    def effect(self, arguments: ShootArguments) -> str:
        return f"shoot {', '.join(arguments.kinds)}"

    async def perform(self, arguments: ShootArguments, scope: ToolScope) -> ToolResult:
        pictures = []
        for kind in arguments.kinds:
            content, media_type = CONTENTS[kind]
            pictures.append(Picture(await self._blobs.put(content) if content else digest_of(content), media_type))
        return ToolResult(ResultStatus.DONE, "taken", pictures=tuple(pictures))


SCRIPT = script(call("shoot", kinds=list(CONTENTS)), "Taken.", when_text_contains="shoot-all")
SCRIPT += script(call("shoot", kinds=["jpeg"]), "Taken.", when_text_contains="shoot-one")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "state").mkdir()
    tool = Shoot(FolderBlobs(folder / "state" / "blobs"))
    with served_in(folder, SCRIPT, tools=(tool,), agents={"coder": {"tools": ["shoot"]}}) as served:
        yield served


@pytest.fixture
async def nobody(server: Served) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=server.address, timeout=PATIENCE, trust_env=False) as client:
        yield client


async def pictures_of(client: Client, session: str) -> list[dict[str, str]]:
    return [
        picture
        for event in await client.events(session)
        if event.type == "tool_finished"
        for picture in event.payload["result"]["pictures"]
    ]


async def test_events_and_streams_say_where_a_picture_is(client: Client) -> None:
    session = (await client.chat("shoot-all")).session_id
    listed = await pictures_of(client, session)
    shown = [picture["media_type"] for picture in listed if "address" in picture]
    assert shown == ["image/png", "image/jpeg", "image/png", "image/png"]
    assert listed[0]["address"] == f"/api/v1/sessions/{session}/pictures/{digest_of(PNG)}"
    async for item in client.follow(session):
        if isinstance(item, StreamEvent) and item.type == "tool_finished":
            assert item.payload["result"]["pictures"] == listed
            break


async def test_a_picture_is_shown_as_a_picture_and_nothing_else(client: Client, http: httpx2.AsyncClient, server: Served) -> None:
    session = (await client.chat("shoot-all")).session_id
    for content, kind in ((PNG, "image/png"), (JPEG, "image/jpeg")):
        answer = await http.get(f"/api/v1/sessions/{session}/pictures/{digest_of(content)}")
        assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, content, kind)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers.get_list("content-security-policy")
        assert "immutable" in answer.headers["cache-control"]
        assert "private" in answer.headers["cache-control"]
    assert await client.picture(session, digest_of(PNG)) == PNG


async def test_what_is_no_picture_is_not_shown(client: Client) -> None:
    session = (await client.chat("shoot-all")).session_id
    for kind in ("gif", "page", "lost"):
        with pytest.raises(Refused) as refused:
            await client.picture(session, digest_of(CONTENTS[kind][0]))
        assert (refused.value.status, refused.value.code) == (404, "NOT_FOUND"), kind


async def test_a_picture_of_another_session_is_not_there(client: Client) -> None:
    await client.chat("shoot-all")
    other = (await client.chat("shoot-one")).session_id
    assert await client.picture(other, digest_of(JPEG)) == JPEG
    with pytest.raises(Refused, match="no such picture"):
        await client.picture(other, digest_of(PNG))
    empty = (await client.open_session()).id
    with pytest.raises(Refused, match="no such picture"):
        await client.picture(empty, digest_of(JPEG))


@pytest.mark.parametrize(
    "digest",
    [
        "..%2F..%2Fartelier.sqlite3",
        "%2e%2e%2fsecret",
        "../../../secret",
        f"{digest_of(PNG)[:2]}/{digest_of(PNG)[2:]}",
        digest_of(PNG)[:-1],
        digest_of(PNG) + "0",
        digest_of(PNG).upper(),
        digest_of(b"a file's content before a write"),
        "%00",
        "%ff%fe",
        "x" * 8000,
        "",
    ],
)
async def test_hostile_digests_find_nothing(client: Client, server: Served, nobody: httpx2.AsyncClient, digest: str) -> None:
    FolderBlobs(Path(server.state) / "blobs").keep(b"a file's content before a write")
    session = (await client.chat("shoot-all")).session_id
    path = httpx2.URL(server.address).copy_with(raw_path=f"/api/v1/sessions/{session}/pictures/{digest}".encode())
    answer = await nobody.get(path, headers={"Authorization": f"Bearer {server.token}"})
    assert (answer.status_code, answer.headers["content-type"], answer.json()["code"]) == (404, "application/problem+json", "NOT_FOUND")


async def test_nobody_else_sees_it(client: Client, nobody: httpx2.AsyncClient) -> None:
    session = (await client.chat("shoot-one")).session_id
    assert (await nobody.get(f"/api/v1/sessions/{session}/pictures/{digest_of(JPEG)}")).status_code == 401
