import asyncio
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from artelier.domain.errors import FileChanged, PathRefused, ToolError
from artelier.workspaces.folder import LocalWorkspace
from artelier.workspaces.keeping import Keeping, Memory
from artelier.workspaces.root import Root
from artelier.workspaces.writing import Texts

READER = """
import os, sys
path, whole = sys.argv[1], {b"a" * 300_000, b"b" * 200_000}
seen = set()
print("ready", flush=True)
while not os.path.exists(path + ".end"):
    data = open(path, "rb").read()
    if data not in whole:
        sys.exit(f"half a file: {len(data)} bytes, {data[:1]}, {data[-1:]}")
    seen.add(data[:1])
print(len(seen))
"""


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.fixture
def workspace(tmp_path: Path) -> LocalWorkspace:
    return LocalWorkspace(tmp_path)


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    texts = Texts(Root(tmp_path), Keeping())
    texts.write("a.txt", "a" * 300_000)
    with subprocess.Popen([sys.executable, "-c", READER, tmp_path / "a.txt"], stdout=subprocess.PIPE) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == b"ready\n"
        for _ in range(60):
            texts.write("a.txt", "b" * 200_000)
            texts.write("a.txt", "a" * 300_000)
        (tmp_path / "a.txt.end").touch()
        assert reader.stdout.read() == b"2\n", "the reader saw one of the two texts only"
    assert reader.returncode == 0


async def test_nothing_is_left_beside_a_file(workspace: LocalWorkspace, tmp_path: Path) -> None:
    await workspace.write_text("a/b.txt", "x")
    with pytest.raises(ToolError):
        await workspace.write_text("a/b.txt", "x" * (9 << 20))
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.txt"]


async def test_permissions_are_kept(workspace: LocalWorkspace, tmp_path: Path) -> None:
    for mode in (0o755, 0o600, 0o4711):
        script = tmp_path / f"{mode}.sh"
        script.write_text("#!/bin/sh\n")
        script.chmod(mode)
        await workspace.write_text(script.name, "# nothing\n")
        assert stat.S_IMODE(script.stat().st_mode) == mode & 0o777
    before = os.umask(0o027)
    try:
        await workspace.write_text("new/file", "")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new" / "file").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o750


async def test_a_file_stays_its_owners(workspace: LocalWorkspace, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can write a file of another owner beside it")
    (tmp_path / "theirs").write_text("x")
    os.chown(tmp_path / "theirs", 1234, 1235)
    await workspace.write_text("theirs", "y")
    assert ((tmp_path / "theirs").stat().st_uid, (tmp_path / "theirs").stat().st_gid) == (1234, 1235)


async def test_what_may_not_be_written_is_told(workspace: LocalWorkspace, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("nothing is denied to root")
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(PathRefused, match="the system denies it"):
        await workspace.write_text("closed/a.txt", "x")
    (tmp_path / "unreadable").write_text("x")
    (tmp_path / "unreadable").chmod(0)
    with pytest.raises(PathRefused, match="the system denies it"):
        await workspace.read_text("unreadable")
    (tmp_path / "hidden").mkdir(mode=0)
    assert [entry.path for entry in (await workspace.list_folder(".", 3)).entries] == ["closed", "hidden", "unreadable"]
    assert (await workspace.search("x")).matches == ()


@pytest.mark.parametrize("change", ["content", "touch", "replace", "mode"])
async def test_any_change_since_the_reading_is_noticed(workspace: LocalWorkspace, tmp_path: Path, change: str) -> None:
    target = tmp_path / "a.txt"
    target.write_text("same")
    os.utime(target, ns=(1_000, 1_000))
    await workspace.read_text("a.txt")
    if change == "content":
        target.write_text("SAME")
    elif change == "touch":
        os.utime(target, ns=(2_000, 2_000))
    elif change == "mode":
        target.chmod(0o600)
    else:
        (tmp_path / "b.txt").write_text("same")
        os.utime(tmp_path / "b.txt", ns=(1_000, 1_000))
        (tmp_path / "b.txt").rename(target)
    for call in (workspace.write_text("a.txt", "mine"), workspace.replace_text("a.txt", "s", "t")):
        with pytest.raises(FileChanged, match="Read it again"):
            await call
    await workspace.read_text("a.txt")
    await workspace.write_text("a.txt", "mine")
    assert target.read_text() == "mine"


async def test_reading_by_a_link_counts_as_reading_the_file(workspace: LocalWorkspace, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "link").symlink_to("a.txt")
    await workspace.read_text("link")
    (tmp_path / "a.txt").write_text("other")
    with pytest.raises(FileChanged):
        await workspace.write_text("a.txt", "mine")


async def test_a_file_that_vanished_is_written_anew(workspace: LocalWorkspace, tmp_path: Path) -> None:
    await workspace.write_text("a.txt", "one")
    (tmp_path / "a.txt").unlink()
    assert (await workspace.write_text("a.txt", "two")).before is None


async def test_our_own_writes_one_after_the_other_are_no_change(workspace: LocalWorkspace) -> None:
    await workspace.write_text("a.txt", "0")
    for number in range(20):
        await workspace.write_text("a.txt", f"{number}\n")
        await workspace.replace_text("a.txt", f"{number}", f"{number}!")
    assert (await workspace.read_text("a.txt")).text == "19!\n"


async def test_edits_at_once_are_all_kept(workspace: LocalWorkspace) -> None:
    await workspace.write_text("a.txt", "".join(f"<{number}>\n" for number in range(20)))
    await asyncio.gather(*(workspace.replace_text("a.txt", f"<{number}>", f"[{number}]") for number in range(20)))
    assert (await workspace.read_text("a.txt")).text == "".join(f"[{number}]\n" for number in range(20))


async def test_a_cancelled_write_has_ended_when_it_is_over(workspace: LocalWorkspace, tmp_path: Path) -> None:
    for number in range(20):
        writing = asyncio.create_task(workspace.write_text("a.txt", str(number)))
        await asyncio.sleep(0)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        assert contents(tmp_path) == {"a.txt": str(number)}


def test_only_so_many_files_are_remembered(tmp_path: Path) -> None:
    memory = Memory()
    status = tmp_path.stat()
    for number in range(10_005):
        memory.remember(str(number), status)
    assert len(memory._seen) == 10_000
    memory.refuse_changed("0", Path("/").stat())
    with pytest.raises(FileChanged):
        memory.refuse_changed("10004", Path("/").stat())
