"""What every workspace does, whatever it is made of."""

import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from artelier.domain.errors import ArgumentsInvalid, FileChanged, FileMissing, PathRefused, ToolError
from artelier.ports.workspace import CommandOutcome, CommandRequest, Workspace
from artelier.workspaces.folder import LocalWorkspace
from artelier.workspaces.memory import MemoryWorkspace
from artelier.workspaces.plain_search import PlainSearch
from artelier.workspaces.ripgrep import Ripgrep, find_ripgrep

COMMANDS: dict[str, str | CommandOutcome] = {
    "echo hello": "hello\n",
    "echo oops >&2; exit 3": CommandOutcome(3, "oops\n", 0.0),
    "true": "",
}


class House(NamedTuple):
    """A workspace, and a way for somebody else to write in it."""

    workspace: Workspace
    somebody_writes: Callable[[str, str], Any]


def in_folder(root: Path, **options: Any) -> House:
    def somebody_writes(path: str, text: str) -> None:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())

    return House(LocalWorkspace(root, **options), somebody_writes)


def make_house(kind: str, root: Path) -> House:
    if kind == "memory":
        memory = MemoryWorkspace({}, COMMANDS)
        return House(memory, memory.files.__setitem__)
    if kind == "openat2" and platform.system() != "Linux":
        pytest.skip("openat2 is a call of Linux")
    if kind == "ripgrep":
        found = find_ripgrep()
        return in_folder(root, searcher=Ripgrep(found)) if found else pytest.skip("there is no rg on the PATH of this machine")
    return in_folder(root, use_openat2=kind == "openat2", searcher=PlainSearch())


@pytest.fixture(params=["openat2", "walk", "memory"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    return make_house(request.param, tmp_path)


@pytest.fixture(params=["openat2", "walk", "ripgrep", "memory"])
def searched_house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    return make_house(request.param, tmp_path)


@pytest.fixture
def workspace(house: House) -> Workspace:
    return house.workspace


@pytest.fixture
def searched(searched_house: House) -> Workspace:
    return searched_house.workspace


def paths(listing: Any) -> list[str]:
    return [entry.path for entry in listing.entries]


async def test_what_is_written_is_read(workspace: Workspace) -> None:
    written = await workspace.write_text("notes/today.md", "one\ntwo\n")
    assert (written.path, written.before, written.after) == ("notes/today.md", None, "one\ntwo\n")
    view = await workspace.read_text("./notes//today.md")
    assert (view.path, view.text, view.size, view.lines, view.total_lines) == ("notes/today.md", "one\ntwo\n", 8, 2, 2)
    assert not view.truncated


async def test_replacing_a_file_tells_what_it_was(workspace: Workspace) -> None:
    await workspace.write_text("a.txt", "before")
    assert (await workspace.write_text("a.txt", "after")).before == "before"
    assert (await workspace.read_text("a.txt")).text == "after"


@pytest.mark.parametrize(
    ("text", "first", "most", "shown", "total"),
    [
        ("", 1, 10, "", 0),
        ("a\nb\nc\n", 2, 1, "b\n", 3),
        ("a\nb\nc", 3, 5, "c", 3),
        ("a\nb\n", 9, 5, "", 2),
        ("\n\n", 1, 5, "\n\n", 2),
        ("a\r\nb\r\n", 2, 5, "b\r\n", 2),
        ("a\u2028b\x0cc\n", 1, 5, "a\u2028b\x0cc\n", 1),
    ],
)
async def test_windows_count_lines_by_newlines(workspace: Workspace, text: str, first: int, most: int, shown: str, total: int) -> None:
    await workspace.write_text("a.txt", text)
    view = await workspace.read_text("a.txt", first, most)
    assert (view.text, view.first_line, view.total_lines) == (shown, first, total)
    assert view.truncated == (first + view.lines - 1 < total)


async def test_long_lines_and_long_windows_are_cut(workspace: Workspace) -> None:
    await workspace.write_text("long.txt", "x" * 10_000 + "\n" + "y" * 10_001 + "\n")
    view = await workspace.read_text("long.txt")
    assert view.text.startswith("x" * 10_000 + "\n" + "y" * 10_000 + "… [line cut: 10001 characters]\n")
    assert view.truncated
    await workspace.write_text("wide.txt", ("z" * 9_999 + "\n") * 40)
    view = await workspace.read_text("wide.txt")
    assert (view.lines, view.total_lines, view.truncated) == (25, 40, True)


async def test_an_old_passage_is_replaced_once_or_everywhere(workspace: Workspace) -> None:
    await workspace.write_text("a.txt", "red green red\n")
    with pytest.raises(ToolError, match="2 times"):
        await workspace.replace_text("a.txt", "red", "blue")
    assert (await workspace.replace_text("a.txt", "red", "blue", every=True)).after == "blue green blue\n"
    assert (await workspace.replace_text("a.txt", "green", "red")).before == "blue green blue\n"
    assert (await workspace.read_text("a.txt")).text == "blue red blue\n"
    with pytest.raises(ToolError, match="does not occur"):
        await workspace.replace_text("a.txt", "yellow", "red")
    with pytest.raises(ArgumentsInvalid):
        await workspace.replace_text("a.txt", "", "red")
    with pytest.raises(FileMissing):
        await workspace.replace_text("none/b.txt", "red", "blue")
    assert paths(await workspace.list_folder()) == ["a.txt"]


async def test_line_ends_of_windows_are_kept_by_an_edit(workspace: Workspace) -> None:
    await workspace.write_text("dos.txt", "a\r\nb\r\nc\r\n")
    assert (await workspace.replace_text("dos.txt", "a\nb", "a\nnew\nb")).after == "a\r\nnew\r\nb\r\nc\r\n"


async def test_a_file_changed_since_it_was_read_is_not_overwritten(house: House) -> None:
    workspace = house.workspace
    house.somebody_writes("a.txt", "first")
    await workspace.read_text("a.txt")
    house.somebody_writes("a.txt", "second, by somebody else")
    with pytest.raises(FileChanged):
        await workspace.write_text("a.txt", "mine")
    with pytest.raises(FileChanged):
        await workspace.replace_text("a.txt", "second", "mine")
    await workspace.read_text("a.txt")
    assert (await workspace.replace_text("a.txt", "second", "third")).after == "third, by somebody else"
    assert (await workspace.write_text("a.txt", "mine")).before == "third, by somebody else"


async def test_a_file_never_read_may_be_overwritten(house: House) -> None:
    house.somebody_writes("a.txt", "theirs")
    assert (await house.workspace.write_text("a.txt", "mine")).before == "theirs"


async def test_folders_are_made_once(workspace: Workspace) -> None:
    assert await workspace.make_folder("a/b")
    assert not await workspace.make_folder("a/b")
    assert not await workspace.make_folder("a")
    assert not await workspace.make_folder(".")
    await workspace.write_text("a/file", "")
    for path in ("a/file", "a/file/c"):
        with pytest.raises(PathRefused):
            await workspace.make_folder(path)
    assert [(entry.path, entry.kind) for entry in (await workspace.list_folder("a")).entries] == [("a/b", "folder"), ("a/file", "file")]


async def test_listings_go_down_and_say_when_they_are_cut(workspace: Workspace) -> None:
    for path in ("b/c/d.txt", "b/a.txt", "b.txt", "a.txt"):
        await workspace.write_text(path, "12345")
    assert paths(await workspace.list_folder()) == ["a.txt", "b", "b.txt"]
    deep = await workspace.list_folder(".", 3)
    assert paths(deep) == ["a.txt", "b", "b/a.txt", "b/c", "b/c/d.txt", "b.txt"]
    assert [entry.size for entry in deep.entries] == [5, 0, 5, 0, 5, 5]
    assert paths(await workspace.list_folder("b/c")) == ["b/c/d.txt"]
    cut = await workspace.list_folder(".", 3, max_entries=3)
    assert (paths(cut), cut.truncated) == (["a.txt", "b", "b.txt"], True)
    assert not (await workspace.list_folder(".", 3, max_entries=6)).truncated


async def test_wrong_kinds_are_refused(workspace: Workspace) -> None:
    await workspace.write_text("folder/file.txt", "x")
    with pytest.raises(PathRefused):
        await workspace.read_text("folder")
    with pytest.raises(PathRefused):
        await workspace.write_text("folder", "x")
    with pytest.raises(PathRefused):
        await workspace.write_text("folder/file.txt/x", "x")
    with pytest.raises(PathRefused):
        await workspace.list_folder("folder/file.txt")
    for call in (workspace.read_text, workspace.list_folder):
        for path in ("none", "none/x", "folder/file.txt/x"):
            with pytest.raises(FileMissing):
                await call(path)


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "", "a/../b", ".env", "d/.ssh/x", "a\x00b", "a\nb"])
async def test_paths_outside_and_secrets_are_refused_everywhere(workspace: Workspace, path: str) -> None:
    calls = [
        workspace.read_text(path),
        workspace.write_text(path, "x"),
        workspace.replace_text(path, "a", "b"),
        workspace.list_folder(path),
        workspace.make_folder(path),
        workspace.search("x", path),
    ]
    for call in calls:
        with pytest.raises(PathRefused):
            await call


@pytest.mark.parametrize("path", [".git", ".git/config", "a/.GIT/hooks/x", ".artelier/agents/a.md", "git~1/config", "．ｇｉｔ/config"])
async def test_git_and_our_own_folder_are_not_written(workspace: Workspace, path: str) -> None:
    for call in (workspace.write_text(path, "x"), workspace.replace_text(path, "a", "b"), workspace.make_folder(path)):
        with pytest.raises(PathRefused):
            await call


async def test_git_is_read_but_not_listed_from_above(house: House) -> None:
    house.somebody_writes(".git/HEAD", "ref: refs/heads/main\n")
    assert (await house.workspace.read_text(".git/HEAD")).lines == 1
    house.somebody_writes(".git/refs/heads/main", "0123\n")
    assert paths(await house.workspace.list_folder(".", 5)) == [".git"]
    assert paths(await house.workspace.list_folder(".git", 2)) == [".git/HEAD", ".git/refs", ".git/refs/heads"]


@pytest.mark.parametrize("text", ["nul \0", "half \ud800"])
async def test_what_no_text_file_holds_is_refused(workspace: Workspace, text: str) -> None:
    with pytest.raises(ArgumentsInvalid):
        await workspace.write_text("a.txt", text)
    assert paths(await workspace.list_folder()) == []


async def test_a_text_that_is_too_long_is_refused(workspace: Workspace) -> None:
    with pytest.raises(ArgumentsInvalid):
        await workspace.write_text("a.txt", "x" * (8 * 1024 * 1024 + 1))


async def test_search_finds_lines_in_order(searched: Workspace) -> None:
    await searched.write_text("b/two.py", "import os\nneedle = 1\n")
    await searched.write_text("b.py", "# needle\n")
    await searched.write_text("a.txt", "needle\r\nno\nneedles and needles")
    found = await searched.search("need(le)+")
    assert [(match.path, match.line, match.text) for match in found.matches] == [
        ("a.txt", 1, "needle"),
        ("a.txt", 3, "needles and needles"),
        ("b/two.py", 2, "needle = 1"),
        ("b.py", 1, "# needle"),
    ]
    assert (found.files_searched, found.truncated) == (3, False)
    first = await searched.search("needle", max_matches=2)
    assert ([match.line for match in first.matches], first.truncated) == ([1, 3], True)
    assert not (await searched.search("needle", max_matches=4)).truncated
    assert (await searched.search("^$")).matches == ()
    assert (await searched.search("нет такого")).matches == ()


async def test_search_begins_where_it_is_told(searched: Workspace) -> None:
    for path in ("src/a.py", "src/b.js", "docs/a.py", ".github/ci.yml", "-n"):
        await searched.write_text(path, "needle\n")
    found = {
        path: [match.path for match in (await searched.search("needle", path)).matches] for path in ("src", "docs/a.py", ".github", "-n")
    }
    assert found == {"src": ["src/a.py", "src/b.js"], "docs/a.py": ["docs/a.py"], ".github": [".github/ci.yml"], "-n": ["-n"]}
    assert [match.path for match in (await searched.search("needle")).matches] == ["-n", "docs/a.py", "src/a.py", "src/b.js"]
    assert (await searched.search("-n", "src")).matches == ()
    with pytest.raises(FileMissing):
        await searched.search("needle", "nowhere")


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        ("*.py", ["a.py", "src/b.py", "src/deep/c.py"]),
        ("*.{js,ts}", ["src/d.js", "src/e.ts"]),
        ("src/*.py", ["src/b.py"]),
        ("src/**/*.py", ["src/b.py", "src/deep/c.py"]),
        ("**/c.*", ["src/deep/c.py"]),
        ("[ab].py", ["a.py", "src/b.py"]),
        ("*.rs", []),
    ],
)
async def test_globs_choose_files(searched: Workspace, glob: str, expected: list[str]) -> None:
    for path in ("a.py", "src/b.py", "src/deep/c.py", "src/d.js", "src/e.ts"):
        await searched.write_text(path, "needle\n")
    assert [match.path for match in (await searched.search("needle", glob=glob)).matches] == expected


async def test_search_passes_over_hidden_ignored_and_secret_files(searched_house: House) -> None:
    searched_house.somebody_writes(".gitignore", "build/\n*.log\n!keep.log\n/top.txt\n")
    searched_house.somebody_writes("lib/.gitignore", "*.gen\n")
    kept = ["keep.log", "lib/top.txt", "seen.txt"]
    hidden = [
        ".hidden",
        ".cache/a",
        "build/a",
        "lib/build/a",
        "a.log",
        "top.txt",
        "lib/x.gen",
        "server.pem",
        "ID_RSA",
        ".env",
        ".env.local",
    ]
    for path in (*kept, *hidden):
        searched_house.somebody_writes(path, "needle\n")
    assert [match.path for match in (await searched_house.workspace.search("needle")).matches] == kept


async def test_search_cuts_long_lines_around_the_match(searched: Workspace) -> None:
    await searched.write_text("minified.js", "ж" * 5000 + "needle" + "щ" * 5000)
    (match,) = (await searched.search("needle")).matches
    assert match.text.startswith("…ж")
    assert match.text.endswith("щ…")
    assert "needle" in match.text
    assert len(match.text) == 402


@pytest.mark.parametrize("pattern", ["(unclosed", "[z-a]", "", "a\nb"])
async def test_a_pattern_that_is_none_is_refused(searched: Workspace, pattern: str) -> None:
    with pytest.raises(ArgumentsInvalid):
        await searched.search(pattern)


async def test_a_glob_that_is_too_much_is_refused(searched: Workspace) -> None:
    for glob in ("{a,b}" * 20, "x" * 501):
        with pytest.raises(ArgumentsInvalid):
            await searched.search("x", glob=glob)


async def test_commands_answer_with_output_and_exit_code(workspace: Workspace) -> None:
    pieces: list[str] = []
    outcome = await workspace.run_command(CommandRequest("echo hello", seconds=20), pieces.append)
    assert (outcome.exit_code, outcome.output, "".join(pieces)) == (0, "hello\n", "hello\n")
    outcome = await workspace.run_command(CommandRequest("echo oops >&2; exit 3", seconds=20), pieces.append)
    assert (outcome.exit_code, outcome.output, outcome.timed_out) == (3, "oops\n", False)
    assert (await workspace.run_command(CommandRequest("true", seconds=20), pieces.append)).output == ""
    missing = await workspace.run_command(CommandRequest("no-such-command-here", seconds=20), pieces.append)
    assert missing.exit_code == 127
    assert "not found" in missing.output
