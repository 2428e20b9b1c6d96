"""Nothing stale is ever given: whoever writes, however, a remembered workspace answers as one that remembers nothing."""

import asyncio
import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from artelier.caches.memory import MemoryCache
from artelier.domain.errors import ToolError
from artelier.ports.workspace import CommandRequest
from artelier.runtime.clock import SystemClock
from artelier.workspaces.evidence import TICK
from artelier.workspaces.file_systems import TESTED, kind_of
from artelier.workspaces.folder import LocalWorkspace
from artelier.workspaces.plain_search import PlainSearch
from artelier.workspaces.recollection import AHEAD, CACHED, Recollection, Worth
from artelier.workspaces.remembering import RememberingWorkspace
from artelier.workspaces.steady import depends_on_files_alone

ALWAYS = Worth(least=0.0, share=1e9)
A_TICK = 2 * TICK / 1e9
"""Seconds after which the file system's clock, which nobody can move by hand, shows another time."""


def remembering(root: Path, worth: Worth = ALWAYS) -> RememberingWorkspace:
    local = LocalWorkspace(root, searcher=PlainSearch())
    return RememberingWorkspace(local, local.root, Recollection(local.root, MemoryCache(10**7, SystemClock()), "w", worth))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.py").write_text("first\nsecond\n")
    (tmp_path / "src/b.py").write_text("third\n")
    time.sleep(A_TICK)
    return tmp_path


@pytest.fixture
def workspace(root: Path) -> RememberingWorkspace:
    return remembering(root)


async def everything(workspace):
    """Return each kind of answer once."""
    return (
        await workspace.read_text("src/a.py"),
        await workspace.list_folder(".", depth=3),
        await workspace.search("first"),
        await workspace.run_command(CommandRequest("cat src/a.py"), lambda _: None),
    )


async def test_each_kind_of_reading_is_remembered(workspace):
    assert [each.source for each in await everything(workspace)] == [""] * 4
    assert [each.source for each in await everything(workspace)] == [CACHED] * 4


async def test_the_output_of_a_remembered_command_is_shown_as_it_would_be(workspace):
    shown = []
    for _ in range(2):
        outcome = await workspace.run_command(CommandRequest("cat src/a.py"), shown.append)
    assert (outcome.source, "".join(shown)) == (CACHED, "first\nsecond\n" * 2)


def change_in_place(root):
    with (root / "src/a.py").open("r+") as file:
        file.write("FIRST")


def rename_over_with_the_same_size_and_time(root):
    before = (root / "src/a.py").stat()
    (root / "src/new").write_text("FIRST\nsecond\n")
    os.utime(root / "src/new", ns=(before.st_atime_ns, before.st_mtime_ns))
    (root / "src/new").replace(root / "src/a.py")


def set_the_time_back(root):
    before = (root / "src/a.py").stat()
    change_in_place(root)
    os.utime(root / "src/a.py", ns=(before.st_atime_ns, before.st_mtime_ns))


def put_a_link_in_the_folder_s_place(root):
    shutil.copytree(root / "src", root / "copy")
    (root / "copy/a.py").write_text("FIRST\n")
    shutil.rmtree(root / "src")
    (root / "src").symlink_to("copy")


def exchange_the_folder(root):
    shutil.copytree(root / "src", root / "copy")
    (root / "copy/a.py").write_text("FIRST\n")
    (root / "src").rename(root / "old")
    (root / "copy").rename(root / "src")


def remove(root):
    (root / "src/a.py").unlink()


@pytest.mark.parametrize(
    "change",
    [
        change_in_place,
        rename_over_with_the_same_size_and_time,
        set_the_time_back,
        put_a_link_in_the_folder_s_place,
        exchange_the_folder,
        remove,
    ],
)
async def test_a_change_by_somebody_else_is_seen(workspace, root, change):
    await everything(workspace)
    change(root)
    for ask in (
        lambda one: one.read_text("src/a.py"),
        lambda one: one.list_folder(".", depth=3),
        lambda one: one.search("first"),
        lambda one: one.run_command(CommandRequest("cat src/a.py"), lambda _: None),
    ):
        assert await answer(ask(workspace)) == await answer(ask(LocalWorkspace(root, searcher=PlainSearch())))


async def answer(work):
    try:
        result = await work
    except ToolError as error:
        return type(error), error.message
    return [
        getattr(result, name)
        for name in ("text", "entries", "matches", "output", "exit_code", "size", "truncated")
        if hasattr(result, name)
    ]


@pytest.mark.parametrize("path", ["src/c.py", ".gitignore", "deep/er/c.py"])
async def test_a_new_file_is_seen(workspace, root, path):
    await everything(workspace)
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text("first\n*.py\n")
    found = await workspace.search("first")
    assert (found.source, found.matches) == ("", (await LocalWorkspace(root, searcher=PlainSearch()).search("first")).matches)


async def test_a_link_is_never_remembered_through(workspace, root):
    (root / "link.py").symlink_to("src/a.py")
    await asyncio.sleep(A_TICK)
    for _ in range(2):
        assert not (await workspace.read_text("link.py")).source
        assert not (await workspace.run_command(CommandRequest("cat link.py"), lambda _: None)).source


async def test_what_was_changed_this_moment_is_not_remembered(workspace, root):
    (root / "src/a.py").write_text("now\n")
    await workspace.read_text("src/a.py")
    assert not (await workspace.read_text("src/a.py")).source


async def test_our_own_write_drops_what_it_touches_and_no_more(workspace):
    await workspace.read_text("src/a.py")
    await workspace.read_text("src/b.py")
    await workspace.write_text("src/b.py", "other\n")
    assert (await workspace.read_text("src/a.py")).source == CACHED
    assert (await workspace.read_text("src/b.py")).text == "other\n"


async def test_a_command_that_may_write_drops_everything(workspace, root):
    await everything(workspace)
    await workspace.run_command(CommandRequest("touch src/a.py"), lambda _: None)
    await asyncio.sleep(A_TICK)
    assert [each.source for each in await everything(workspace)] == [""] * 4


async def test_what_does_not_pay_is_not_kept(root):
    workspace = remembering(root, Worth(least=60.0))
    await everything(workspace)
    assert [each.source for each in await everything(workspace)] == [""] * 4
    hasty = remembering(root, Worth(least=0.0, share=0.0))
    await everything(hasty)
    assert [each.source for each in await everything(hasty)] == [""] * 4


async def test_work_done_ahead_says_so_once(workspace):
    await everything(workspace.ahead())
    assert [each.source for each in await everything(workspace)] == [AHEAD] * 4
    assert [each.source for each in await everything(workspace)] == [CACHED] * 4


async def test_failures_are_never_remembered(workspace, root):
    with pytest.raises(ToolError):
        await workspace.read_text("src/none.py")
    (root / "src/none.py").write_text("here\n")
    assert (await workspace.read_text("src/none.py")).text == "here\n"


@pytest.mark.parametrize(
    "command",
    ["cat a b | sort | uniq -c", "grep -rn word src; wc -l a", "head -n 3 a && tail -n 3 b", "ls -1aR", "find src -name x"],
)
def test_commands_about_files_alone(command):
    assert depends_on_files_alone(CommandRequest(command))


@pytest.mark.parametrize(
    "command",
    [
        *(
            "date",
            "ls -l",
            "stat a",
            "du -s .",
            "cat /proc/uptime",
            "cat ../a",
            "cat ~/a",
            "cat *.py",
            "find . -mtime 1",
            "find . -newer a",
        ),
        *("sort -R a", "sort --random-sort a", "tail -f a", "echo $RANDOM", "rm a", "cat a > b", "python --version", "git log", "pwd"),
        *("find . -printf %A", "cat < /etc/hostname", "cat src/../../a", "which cat", "cd / && cat a", "cat a &", ""),
    ],
)
def test_other_commands(command):
    assert not depends_on_files_alone(CommandRequest(command))


def test_what_git_says_of_the_repository_alone():
    def git(*words: str, reads_only: bool = True) -> bool:
        return depends_on_files_alone(CommandRequest(words=("git", "-c", "core.hooksPath=/dev/null", *words), reads_only=reads_only))

    assert git("status", "--short")
    assert git("log", "-n", "20", "--", "src/update.py")
    assert not git("log", "--since=yesterday")
    assert not git("show", "HEAD@{yesterday}")
    assert not git("add", ".")
    assert not git("status", reads_only=False)
    assert not depends_on_files_alone(CommandRequest(words=("cat", "status"), reads_only=True))


def test_the_kind_of_file_system_is_told(tmp_path):
    assert kind_of(tmp_path)
    assert kind_of(Path("/proc")) == "proc"
    assert kind_of(tmp_path / "none") == ""


NAMES = st.sampled_from(["a.txt", "b.txt", "d/a.txt", "d/c.txt", "d/e/a.txt", ".gitignore", "d/.gitignore"])
TEXTS = st.sampled_from(["word\n", "WORD\n", "word\nword\n", "*.txt\n", "e/\n", ""])
FOLDERS = st.sampled_from([".", "d", "d/e", "a.txt"])


class Writers(RuleBasedStateMachine):
    """Us, and somebody else who writes, renames, links and sets times back, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.workspace = remembering(self.root)
        self.bare = LocalWorkspace(self.root, searcher=PlainSearch())

    def teardown(self) -> None:
        shutil.rmtree(self.root)

    @rule(name=NAMES, text=TEXTS)
    def we_write(self, name: str, text: str) -> None:
        asyncio.run(answer_of(self.workspace.write_text(name, text)))

    @rule(name=NAMES, text=TEXTS, keeps_time=st.booleans())
    def somebody_writes(self, name: str, text: str, *, keeps_time: bool) -> None:
        target = self.root / name
        if target.parent.is_dir() and not target.is_dir() and not target.is_symlink():
            before = target.stat() if target.exists() else None
            target.write_text(text)
            if before is not None and keeps_time:
                os.utime(target, ns=(before.st_atime_ns, before.st_mtime_ns))

    @rule(name=NAMES, other=NAMES)
    def somebody_renames(self, name: str, other: str) -> None:
        if (self.root / name).exists() and (self.root / other).parent.is_dir():
            (self.root / name).replace(self.root / other)

    @rule(name=NAMES)
    def somebody_removes(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)

    @rule(folder=st.sampled_from(["d", "d/e"]))
    def somebody_exchanges_a_folder(self, folder: str) -> None:
        if (self.root / folder).is_dir():
            shutil.copytree(self.root / folder, self.root / "copy", symlinks=True)
            shutil.rmtree(self.root / folder)
            (self.root / "copy").rename(self.root / folder)

    @rule(name=NAMES, other=NAMES)
    def somebody_links(self, name: str, other: str) -> None:
        if (self.root / name).parent.is_dir() and not (self.root / name).exists() and not (self.root / name).is_symlink():
            (self.root / name).symlink_to(self.root / other)

    @rule()
    def the_clock_ticks(self) -> None:
        time.sleep(A_TICK)

    @rule(name=NAMES)
    def we_read(self, name: str) -> None:
        self._same(lambda one: one.read_text(name))

    @rule(folder=FOLDERS, depth=st.integers(1, 3))
    def we_list(self, folder: str, depth: int) -> None:
        self._same(lambda one: one.list_folder(folder, depth))

    @rule(pattern=st.sampled_from(["word", "(?i)word"]), folder=FOLDERS, glob=st.sampled_from(["", "*.txt"]))
    def we_search(self, pattern: str, folder: str, glob: str) -> None:
        self._same(lambda one: one.search(pattern, folder, glob))

    @rule(command=st.sampled_from(["cat a.txt d/a.txt", "ls -aR", "grep -rc word d"]))
    def we_run(self, command: str) -> None:
        self._same(lambda one: one.run_command(CommandRequest(command), lambda _: None))

    @invariant()
    def what_was_read_before_is_still_right(self) -> None:
        self._same(lambda one: one.read_text("a.txt"))
        self._same(lambda one: one.list_folder(".", 3))

    def _same(self, ask) -> None:
        assert asyncio.run(answer_of(ask(self.workspace))) == asyncio.run(answer_of(ask(self.bare)))


async def answer_of(work):
    return await answer(work)


TestWriters = Writers.TestCase
TestWriters.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)


def test_the_machine_s_own_disk_is_one_that_was_tested(tmp_path):
    if kind_of(tmp_path) not in TESTED:
        pytest.skip(f"{kind_of(tmp_path) or 'an unknown kind of file system'} here: nothing is remembered on it")
