"""What is kept of files before they change, and put back."""

import asyncio
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artelier.domain.calls import FileChange
from artelier.domain.errors import CommandFailed, FileChanged, FileMissing, PathRefused, ToolError
from artelier.ports.workspace import CommandRequest
from artelier.stores.blobs import FolderBlobs, digest_of
from artelier.workspaces.folder import LocalWorkspace
from artelier.workspaces.moving import FILES_AT_ONCE
from artelier.workspaces.shadow import ShadowLimits


def ignore(_: str) -> None:
    """Take a piece of output and do nothing."""


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "blobs")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "ws").mkdir()
    return tmp_path / "ws"


@pytest.fixture
def workspace(root: Path, blobs: FolderBlobs) -> LocalWorkspace:
    return LocalWorkspace(root, keep=blobs.keep)


async def run(workspace: LocalWorkspace, command: str):
    outcome = await workspace.run_command(CommandRequest(command), ignore)
    return {change.path: change for change in outcome.files}


async def undo(workspace, blobs, change):
    content = await blobs.get(change.before) if change.before else None
    await workspace.restore(change.path, change.after, content, change.mode)


async def test_a_write_keeps_what_was_and_what_is(workspace, root, blobs):
    (root / "a").write_bytes("старое\r\n".encode("cp1251") * 20)
    old = (root / "a").read_bytes()
    written = await workspace.write_text("a", "новое\r\n" * 20)
    assert await blobs.get(written.before_digest) == old
    assert await blobs.get(written.after_digest) == (root / "a").read_bytes()
    new = await workspace.write_text("b", "x")
    assert (new.before_digest, new.after_digest) == ("", digest_of(b"x"))


async def test_a_deleted_folder_comes_back_with_its_modes(workspace, root, blobs):
    (root / "src/deep").mkdir(parents=True)
    (root / "src/deep/tool").write_bytes(b"\x00binary")
    (root / "src/deep/tool").chmod(0o755)
    (root / "src/link").symlink_to("deep/tool")
    changes = await workspace.delete("src")
    assert not (root / "src").exists()
    assert [(change.path, change.kind) for change in changes] == [("src/deep/tool", "deleted")]
    await undo(workspace, blobs, changes[0])
    assert (root / "src/deep/tool").read_bytes() == b"\x00binary"
    assert (root / "src/deep/tool").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize(
    ("path", "error"),
    [
        (".", PathRefused),
        ("nothing", FileMissing),
        (".env", PathRefused),
        (".git", PathRefused),
        ("secretive", PathRefused),
        ("pipe", PathRefused),
    ],
)
async def test_what_must_stay_is_not_deleted(workspace, root, path, error):
    (root / ".env").write_text("KEY=1")
    (root / ".git").mkdir()
    (root / "secretive").mkdir()
    (root / "secretive/.env").write_text("KEY=1")
    os.mkfifo(root / "pipe")
    with pytest.raises(error):
        await workspace.delete(path)
    assert (root / "secretive/.env").exists()
    assert (root / ".env").exists()


async def test_too_much_is_left_to_commands(workspace, root):
    (root / "many").mkdir()
    for index in range(FILES_AT_ONCE + 1):
        (root / f"many/{index}").touch()
    with pytest.raises(ToolError, match="more than"):
        await workspace.delete("many")
    assert len(list((root / "many").iterdir())) == FILES_AT_ONCE + 1


async def test_a_file_that_changed_since_it_was_read_is_not_deleted(workspace, root):
    (root / "a").write_text("one")
    await workspace.read_text("a")
    (root / "a").write_text("two, longer")
    with pytest.raises(FileChanged):
        await workspace.delete("a")
    assert (root / "a").read_text() == "two, longer"


async def test_a_move_keeps_content_and_refuses_what_is_there(workspace, root, blobs):
    (root / "src").mkdir()
    (root / "src/a").write_text("a")
    (root / "taken").write_text("b")
    with pytest.raises(ToolError, match="already"):
        await workspace.move("src", "taken")
    with pytest.raises(ToolError, match="lies in it"):
        await workspace.move("src", "src/in")
    changes = await workspace.move("src", "new/place")
    assert (root / "new/place/a").read_text() == "a"
    assert [(change.path, change.kind) for change in changes] == [("src/a", "deleted"), ("new/place/a", "created")]
    for change in reversed(changes):
        await undo(workspace, blobs, change)
    assert (root / "src/a").read_text() == "a"
    assert not (root / "new/place/a").exists()


async def test_nothing_is_put_back_over_somebody_elses_change(workspace, root, blobs):
    written = await workspace.write_text("a", "ours")
    (root / "a").write_text("theirs")
    with pytest.raises(FileChanged):
        await workspace.restore("a", written.after_digest, None)
    (root / "a").unlink()
    with pytest.raises(FileChanged):
        await workspace.restore("a", written.after_digest, b"old")
    (root / "a").symlink_to("/etc/passwd")
    with pytest.raises(FileChanged):
        await workspace.restore("a", "", b"old")
    for path in ("../a", ".env", ".git/config"):
        with pytest.raises(PathRefused):
            await workspace.restore(path, "", b"x")


async def test_what_a_command_did_is_found_and_undone(workspace, root, blobs):
    (root / "a").write_text("a")
    (root / "b").write_text("b")
    (root / ".env").write_text("KEY=1")
    (root / ".gitignore").write_text("build/\n")
    changes = await run(
        workspace, "echo more >> a; rm b; mkdir -p new build; echo c > new/c; echo o > build/out; touch .env; echo x > .gitignore.tmp"
    )
    kinds = {path: change.kind for path, change in changes.items()}
    assert kinds == {"a": "changed", "b": "deleted", "new/c": "created", ".gitignore.tmp": "created"}
    assert all(change.undoable for change in changes.values())
    for change in changes.values():
        await undo(workspace, blobs, change)
    assert (root / "a").read_text() == "a"
    assert (root / "b").read_text() == "b"
    assert not (root / "new/c").exists()


async def test_a_rewrite_with_the_old_times_is_found(workspace, root):
    (root / "a").write_text("one")
    await run(workspace, "true > /dev/null; mkdir d")
    changes = await run(workspace, "touch -r a stamp; printf two > a; touch -r stamp a; rm stamp")
    assert set(changes) == {"a"}


async def test_our_own_writes_meanwhile_are_not_the_commands(workspace, root):
    await workspace.write_text("a", "one")
    started = asyncio.Event()
    command = asyncio.create_task(
        workspace.run_command(
            CommandRequest("echo on; while [ ! -e go ]; do sleep 0.01; done; rm go; echo x > theirs"), lambda _: started.set()
        )
    )
    await asyncio.wait_for(started.wait(), 10)
    await workspace.write_text("a", "two")
    (root / "go").touch()
    outcome = await asyncio.wait_for(command, 10)
    assert [change.path for change in outcome.files] == ["theirs"]


@pytest.mark.parametrize("limits", [ShadowLimits(files=2), ShadowLimits(bytes=10), ShadowLimits(seconds=0)])
async def test_beyond_the_limits_nothing_is_promised(root, blobs, limits):
    for name in "abc":
        (root / name).write_text("12345")
    workspace = LocalWorkspace(root, keep=blobs.keep, shadow_limits=limits)
    assert not await workspace.keeps_changes()
    assert await workspace.keeps_changes(frozenset({"a"}))
    assert await run(workspace, "rm a") == {}


async def test_without_a_place_to_keep_nothing_is_undoable(root):
    workspace = LocalWorkspace(root)
    assert not await workspace.keeps_changes()
    assert not await workspace.keeps_changes(frozenset({"a"}))
    written = await workspace.write_text("a", "x")
    assert (written.before_digest, written.after_digest) == ("", "")


def test_a_content_that_was_damaged_is_not_given(tmp_path, blobs):
    digest = blobs.keep(b"content")
    place = next(path for path in (tmp_path / "blobs").rglob("*") if path.is_file())
    assert place.stat().st_mode & 0o777 == 0o600
    place.write_bytes(b"other")
    assert blobs.load(digest) is None
    for wrong in ("", "../../etc/passwd", "x" * 64, "/" * 64):
        assert blobs.load(wrong) is None


names = st.sampled_from(["a", "b", "d/c"])
steps = st.one_of(
    st.tuples(st.just("write"), names, st.text("xy\n", max_size=4)),
    st.tuples(st.just("delete"), names, st.just("")),
    st.tuples(st.just("move"), names, names),
    st.tuples(st.just("command"), names, st.sampled_from(["echo z >> {}", "rm -f {}", "mkdir -p d; cp a {} 2>/dev/null"])),
)


@settings(max_examples=25)
@given(st.lists(steps, max_size=6))
async def test_undoing_all_changes_backwards_gives_the_files_of_the_beginning(tmp_path_factory, script):
    folder = tmp_path_factory.mktemp("case")
    root = folder / "ws"
    (root / "d").mkdir(parents=True)
    (root / "a").write_text("first\n")
    blobs = FolderBlobs(folder / "blobs")
    workspace = LocalWorkspace(root, keep=blobs.keep)
    before = content(root)
    done = []
    for step, path, more in script:
        try:
            done += await perform(workspace, step, path, more)
        except ToolError:
            continue
    for change in reversed(done):
        await undo(workspace, blobs, change)
    assert content(root) == before


async def perform(workspace, step, path, more):
    match step:
        case "write":
            written = await workspace.write_text(path, more)
            kind = "created" if written.before is None else "changed"
            return [FileChange(path, kind, before=written.before_digest, after=written.after_digest)]
        case "delete":
            return await workspace.delete(path)
        case "move":
            return await workspace.move(path, more)
        case _:
            return (await workspace.run_command(CommandRequest(more.format(path)), ignore)).files


def content(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


class Heard:
    """Hears changes, and knows when a command has begun."""

    def __init__(self) -> None:
        self.changes: dict[str, FileChange] = {}
        self.begun = asyncio.Event()

    def output(self, _: str) -> None:
        self.begun.set()

    def changed(self, changes: tuple[FileChange, ...]) -> None:
        self.changes |= {change.path: change for change in changes}


async def test_a_stopped_command_can_be_undone(workspace, root, blobs):
    (root / "a").write_text("old")
    heard = Heard()
    request = CommandRequest("printf new > a; printf x > b; echo ready; sleep 60")
    running = asyncio.ensure_future(workspace.run_command(request, heard.output, heard.changed))
    await asyncio.wait_for(heard.begun.wait(), 10)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(running, 10)
    assert {path: change.kind for path, change in heard.changes.items()} == {"a": "changed", "b": "created"}
    for change in heard.changes.values():
        await undo(workspace, blobs, change)
    assert (root / "a").read_text() == "old"
    assert not (root / "b").exists()


async def test_a_command_out_of_time_can_be_undone(workspace, root):
    (root / "a").write_text("old")
    heard = Heard()
    outcome = await workspace.run_command(CommandRequest("printf new > a; sleep 60", seconds=0.2), heard.output, heard.changed)
    assert outcome.timed_out
    assert [change.path for change in outcome.files if change.undoable] == ["a"]
    assert list(heard.changes.values()) == list(outcome.files)


class Failing:
    """Writes and then fails, as a sandbox does that cannot clean up."""

    async def run(self, request, folder, on_output):
        (folder / "a").write_text("new")
        raise CommandFailed("It went wrong. Look at it.")


async def test_what_a_failing_command_changed_is_told(root, blobs):
    heard = Heard()
    workspace = LocalWorkspace(root, keep=blobs.keep, shell=Failing())
    with pytest.raises(CommandFailed):
        await workspace.run_command(CommandRequest("x"), heard.output, heard.changed)
    assert heard.changes["a"].kind == "created"
