"""The two ways to open a name beneath a root: alike in what they allow, and safe while names are exchanged."""

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest

from artelier.domain.errors import FileChanged, FileMissing, PathRefused, SettingsError, ToolError
from artelier.workspaces.beneath import KernelOpener, WalkOpener, choose_opener, enter_folder
from artelier.workspaces.excerpts import Hit, matches_at
from artelier.workspaces.keeping import Keeping
from artelier.workspaces.listing import list_folder
from artelier.workspaces.root import Root
from artelier.workspaces.writing import Texts

RACE_SECONDS = 0.4
PATIENCE = 20.0

EXCHANGER = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
one, other = (os.fsencode(path) for path in sys.argv[1:])
AT_FDCWD, EXCHANGE = -100, 2

def exchange_slowly():
    os.rename(one, one + b".held")
    os.rename(other, one)
    os.rename(one, other)
    os.rename(one + b".held", one)

def exchange_at_once():
    if libc.renameat2(AT_FDCWD, one, AT_FDCWD, other, EXCHANGE) != 0:
        raise OSError(ctypes.get_errno(), "renameat2")

exchange = exchange_at_once if sys.platform == "linux" else exchange_slowly
print("ready", flush=True)
while True:
    exchange()
"""


@pytest.fixture(params=["openat2", "walk"])
def use_openat2(request: pytest.FixtureRequest) -> bool:
    if request.param == "openat2" and platform.system() != "Linux":
        pytest.skip("openat2 is a call of Linux")
    return bool(request.param == "openat2")


@pytest.fixture
def root(tmp_path: Path, use_openat2: bool) -> Root:
    (tmp_path / "ws" / "d").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "ws" / "d" / "file.txt").write_text("inside\n")
    (tmp_path / "outside" / "file.txt").write_text("OUTSIDE\n")
    (tmp_path / "ws" / "link").symlink_to("../outside")
    return Root(tmp_path / "ws", use_openat2=use_openat2)


@contextmanager
def exchanging(one: Path, other: Path) -> Iterator[None]:
    """Have a process exchange two names as quickly as it can."""
    with subprocess.Popen([sys.executable, "-c", EXCHANGER, one, other], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        try:
            yield
            assert process.poll() is None, "the race was not run to its end"
        finally:
            process.kill()


def outcomes(act: Callable[[], str]) -> set[str]:
    """Do it again and again while the names are exchanged; returns all that came of it."""
    seen: set[str] = set()
    until = monotonic() + RACE_SECONDS
    while monotonic() < until or (len(seen) < 2 and monotonic() < until + PATIENCE):
        try:
            seen.add(act())
        except (PathRefused, FileMissing, FileChanged) as error:
            seen.add(type(error).__name__)
    assert len(seen) > 1, "the names were never exchanged while we looked"
    return seen


def test_reading_in_a_race_never_shows_what_is_outside(root: Root) -> None:
    texts = Texts(root, Keeping())
    with exchanging(root.folder / "d", root.folder / "link"):
        seen = outcomes(lambda: texts.read("d/file.txt", 1, 10).text)
    assert "inside\n" in seen
    assert seen <= {"inside\n", "PathRefused", "FileMissing"}


def test_writing_in_a_race_never_changes_what_is_outside(root: Root) -> None:
    texts = Texts(root, Keeping())
    with exchanging(root.folder / "d", root.folder / "link"):
        seen = outcomes(lambda: texts.write("d/new.txt", "mine\n").after)
    assert seen <= {"mine\n", "PathRefused", "FileMissing", "FileChanged"}
    outside = root.folder.parent / "outside"
    assert [path.name for path in outside.iterdir()] == ["file.txt"]
    assert (outside / "file.txt").read_text() == "OUTSIDE\n"


def test_listing_and_found_lines_in_a_race_stay_inside(root: Root) -> None:
    (root.folder.parent / "outside" / "betrayed.txt").write_text("OUTSIDE\n")

    def look() -> str:
        names = [entry.path for entry in list_folder(root, "d", 2, 10).entries]
        shown = matches_at(root, [Hit("d/file.txt", 1, 0), Hit("d/betrayed.txt", 1, 0)])
        return f"{names} {sorted({match.text for match in shown})}"

    with exchanging(root.folder / "d", root.folder / "link"):
        seen = outcomes(look)
    assert seen <= {"['d/file.txt'] ['inside']", "['d/file.txt'] []", "[] ['inside']", "[] []", "PathRefused", "FileMissing"}


def test_a_prefix_of_a_name_is_not_its_folder(tmp_path: Path, use_openat2: bool) -> None:
    for name in ("ws", "ws-evil"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file.txt").write_text(name)
    (tmp_path / "ws" / "link").symlink_to(tmp_path / "ws-evil" / "file.txt")
    (tmp_path / "ws" / "up").symlink_to("../ws-evil")
    root = Root(tmp_path / "ws", use_openat2=use_openat2)
    for path in ("link", "up/file.txt", "up"):
        with pytest.raises(PathRefused), root.opened(path):
            pass


@pytest.mark.parametrize(("links", "allowed"), [(39, True), (41, False)])
def test_chains_of_links_end_at_forty(root: Root, links: int, allowed: bool) -> None:
    for number in range(links):
        (root.folder / f"chain{number}").symlink_to(f"chain{number + 1}" if number + 1 < links else "d/file.txt")
    if allowed:
        with root.opened_file("chain0") as opened:
            assert opened.path == "d/file.txt"
    else:
        with pytest.raises(PathRefused), root.opened("chain0"):
            pass


def test_what_is_opened_tells_where_it_lies(root: Root) -> None:
    (root.folder / "d" / "self").symlink_to(".")
    (root.folder / "round").symlink_to("d/self/self/../d/self")
    for path, real in ((".", "."), ("d", "d"), ("d/self/file.txt", "d/file.txt"), ("round/file.txt", "d/file.txt"), ("round", "d")):
        with root.opened(path) as opened:
            assert opened.path == real


def test_a_file_deleted_while_open_keeps_its_name(root: Root) -> None:
    with root.opened_file("d/file.txt") as opened:
        (root.folder / "d" / "file.txt").unlink()
        assert os.pread(opened.descriptor, 10, 0) == b"inside\n"
        assert opened.path == "d/file.txt"


def test_no_descriptor_is_left_open(root: Root) -> None:
    (root.folder / "far").symlink_to("d/../d/../d/file.txt")
    texts = Texts(root, Keeping())
    before = len(list(Path("/dev/fd").iterdir()))
    for path in ("far", "link/file.txt", "none", "d", "d/file.txt/x", "d/none"):
        for call in (
            lambda path=path: texts.read(path, 1, 9),
            lambda path=path: texts.write(path, "x"),
            lambda path=path: list_folder(root, path, 3, 9),
        ):
            with suppress_tool_errors():
                call()
    assert len(list(Path("/dev/fd").iterdir())) == before


@contextmanager
def suppress_tool_errors() -> Iterator[None]:
    try:
        yield
    except ToolError:
        return


def test_folders_are_entered_without_links(root: Root) -> None:
    with root.descriptor() as descriptor:
        for names in (["link"], ["d", "file.txt"], ["none"]):
            with pytest.raises(OSError, match=r"Not a directory|No such file|Too many levels"):
                enter_folder(descriptor, names)
        folder, created = enter_folder(descriptor, ["d", "e", "f"], create=True)
        os.close(folder)
    assert created
    assert (root.folder / "d" / "e" / "f").is_dir()


def test_the_way_is_chosen_by_what_works(tmp_path: Path) -> None:
    assert isinstance(choose_opener(tmp_path, use_openat2=False), WalkOpener)
    expected = KernelOpener if platform.system() == "Linux" else WalkOpener
    assert isinstance(choose_opener(tmp_path, use_openat2=None), (expected, WalkOpener))
    if platform.system() != "Linux":
        with pytest.raises(SettingsError):
            choose_opener(tmp_path, use_openat2=True)


def test_a_root_must_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in ("file", "none"):
        with pytest.raises(SettingsError):
            Root(tmp_path / path)


def test_hard_links_are_read_only_where_that_is_allowed(tmp_path: Path, use_openat2: bool) -> None:
    (tmp_path / "a").write_text("both")
    os.link(tmp_path / "a", tmp_path / "b")
    with pytest.raises(PathRefused), Root(tmp_path, use_openat2=use_openat2).opened_file("a"):
        pass
    with Root(tmp_path, use_openat2=use_openat2, allow_hard_links=True).opened_file("a") as opened:
        assert os.pread(opened.descriptor, 10, 0) == b"both"
