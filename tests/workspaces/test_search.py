import asyncio
import os
import subprocess
from pathlib import Path

import pytest

from artelier.domain.errors import ArgumentsInvalid, CommandFailed
from artelier.workspaces.encoding import ALL
from artelier.workspaces.folder import LocalWorkspace
from artelier.workspaces.plain_search import PlainSearch
from artelier.workspaces.ripgrep import Ripgrep, find_ripgrep
from artelier.workspaces.searching import Searcher

ENDLESS = r"^(a+)+$"


@pytest.fixture(params=["plain", "ripgrep"])
def searcher(request: pytest.FixtureRequest) -> Searcher:
    if request.param == "plain":
        return PlainSearch()
    found = find_ripgrep()
    return Ripgrep(found) if found else pytest.skip("there is no rg on the PATH of this machine")


@pytest.fixture
def workspace(tmp_path: Path, searcher: Searcher) -> LocalWorkspace:
    return LocalWorkspace(tmp_path, searcher=searcher)


def children() -> set[str]:
    """Return the living processes that we started."""
    table = subprocess.run(["ps", "-A", "-ww", "-o", "ppid=,state=,args="], capture_output=True, text=True, check=True).stdout
    rows = (line.split(None, 2) for line in table.splitlines())
    return {row[2] for row in rows if row[0] == str(os.getpid()) and not row[1].startswith("Z") and len(row) == 3}


def workers() -> set[str]:
    return {child for child in children() if "pattern_worker" in child}


async def test_a_pattern_without_end_is_ended_at_the_deadline(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("aaa\n")
    (tmp_path / "b.txt").write_text("a" * 60 + "!\n")
    (tmp_path / "c.txt").write_text("aaa\n" * 200_000)  # waits in the pipe when the process is killed
    found = await LocalWorkspace(tmp_path, searcher=PlainSearch(seconds=1.5)).search(ENDLESS)
    assert [(match.path, match.line) for match in found.matches] == [("a.txt", 1)]
    assert found.truncated
    assert not workers()


async def test_a_cancelled_search_leaves_no_process(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("a" * 60 + "!\n")
    searching = asyncio.create_task(LocalWorkspace(tmp_path, searcher=PlainSearch(seconds=60)).search(ENDLESS))
    async with asyncio.timeout(20):
        while not (searching.done() or workers()):  # noqa: ASYNC110  there is no event of another process's start
            await asyncio.sleep(0.01)
    assert not searching.done()
    searching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await searching
    assert not workers()


async def test_a_pattern_that_is_hard_to_compile_is_ended_too(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x\n")
    workspace = LocalWorkspace(tmp_path, searcher=PlainSearch(seconds=1.0))
    with pytest.raises(ArgumentsInvalid):
        await workspace.search("(" * 1000 + ")" * 1000 + "{")
    found = await workspace.search("(?:a{0,60000}){0,60000}" * 40)
    assert found.truncated or found.matches
    assert not workers()


@pytest.mark.parametrize("encoding", ALL)
async def test_russian_is_found_in_any_encoding(tmp_path: Path, workspace: LocalWorkspace, encoding: object) -> None:
    assert isinstance(encoding, tuple)
    for other in ALL:
        text = "Первая строка, ещё не вторая.\nСовсем другое.\n" if other == encoding else "Здесь ничего такого нет.\n"
        (tmp_path / f"{other.name}.txt").write_bytes(other.mark + text.encode(other.codec))
    found = await workspace.search("другое|ещё")
    assert [(match.path, match.line, match.text) for match in found.matches] == [
        (f"{encoding[0]}.txt", 1, "Первая строка, ещё не вторая."),
        (f"{encoding[0]}.txt", 2, "Совсем другое."),
    ]
    assert found.files_searched == len(ALL)


async def test_many_matches_end_the_search_early(tmp_path: Path, workspace: LocalWorkspace) -> None:
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text("needle needle\n" * 20_000)
    found = await workspace.search("n", max_matches=250)
    assert [(match.path, match.line) for match in found.matches] == [("0.txt", line) for line in range(1, 251)]
    assert found.truncated


async def test_many_small_files_are_all_searched(tmp_path: Path, workspace: LocalWorkspace) -> None:
    for number in range(300):
        (tmp_path / f"{number:03}.txt").write_text(f"needle {number}\nhay\n")
    found = await workspace.search("needle", max_matches=1000)
    assert [match.text for match in found.matches] == [f"needle {number}" for number in range(300)]
    assert (found.files_searched, found.truncated) == (300, False)


async def test_hard_links_and_odd_names_are_passed_over(tmp_path: Path, workspace: LocalWorkspace) -> None:
    (tmp_path / "a.txt").write_text("needle\n")
    os.link(tmp_path / "a.txt", tmp_path / "b.txt")
    (tmp_path / "line\nbreak").write_text("needle\n")
    (tmp_path / "c.bin").write_bytes(b"needle\0\n")
    (tmp_path / "d.txt").write_text("needle\n")
    (tmp_path / "link").symlink_to("d.txt")
    assert [match.path for match in (await workspace.search("needle")).matches] == ["d.txt"]
    assert [match.path for match in (await workspace.search("needle", "link")).matches] == ["link"]


async def test_a_folder_reached_by_a_link_keeps_the_name_asked_for(tmp_path: Path, workspace: LocalWorkspace) -> None:
    (tmp_path / "src" / "deep").mkdir(parents=True)
    (tmp_path / "src" / "deep" / "a.txt").write_text("needle\n")
    (tmp_path / "link").symlink_to("src")
    assert [match.path for match in (await workspace.search("needle", "link")).matches] == ["link/deep/a.txt"]


async def test_the_end_of_a_line_is_where_it_seems(tmp_path: Path, workspace: LocalWorkspace) -> None:
    (tmp_path / "a.txt").write_text("one\ntwo\none two")
    assert [match.line for match in (await workspace.search("two$")).matches] == [2, 3]
    assert [match.line for match in (await workspace.search("^one")).matches] == [1, 3]


def fake_ripgrep(folder: Path, script: str) -> Path:
    program = folder / "rg"
    program.write_text("#!/bin/sh\n" + script)
    program.chmod(0o755)
    return program


async def test_ripgrep_is_ended_at_the_deadline(tmp_path: Path) -> None:
    program = fake_ripgrep(tmp_path, "printf './a.txt\\0001:0:x\\n'; sleep 300")
    (tmp_path / "a.txt").write_text("here\n")
    found = await LocalWorkspace(tmp_path, searcher=Ripgrep(program, seconds=1.0)).search("here")
    assert [match.text for match in found.matches] == ["here"]
    assert found.truncated


async def test_a_ripgrep_that_fails_is_told(tmp_path: Path) -> None:
    program = fake_ripgrep(tmp_path, "echo 'error: Found argument --null'; exit 2")
    with pytest.raises(CommandFailed, match="Found argument"):
        await LocalWorkspace(tmp_path, searcher=Ripgrep(program)).search("here")
    with pytest.raises(CommandFailed, match="could not be started"):
        await LocalWorkspace(tmp_path, searcher=Ripgrep(tmp_path / "none")).search("here")


async def test_what_ripgrep_claims_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "ws").mkdir()
    (tmp_path / "outside.txt").write_text("OUTSIDE\n")
    (tmp_path / "ws" / "link").symlink_to("../outside.txt")
    (tmp_path / "ws" / ".env").write_text("SECRET\n")
    (tmp_path / "ws" / "a.txt").write_text("short\n")
    claims = ["../outside.txt", "./link", "./.env", "./none", str(tmp_path / "outside.txt"), "./a.txt"]
    program = fake_ripgrep(tmp_path, "".join(f"printf '{claim}\\0001:700:OUTSIDE\\n'\n" for claim in claims))
    found = await LocalWorkspace(tmp_path / "ws", searcher=Ripgrep(program)).search("x")
    assert [(match.path, match.text) for match in found.matches] == [("a.txt", "…")]
