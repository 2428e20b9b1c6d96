"""Paths that must not lead anywhere: each at every door, through the kernel's way and through the walk."""

import os
import platform
import socket
import stat
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from artelier.domain.errors import FileMissing, FileUnreadable, PathRefused, ToolError
from artelier.workspaces.folder import LocalWorkspace
from artelier.workspaces.plain_search import PlainSearch

SECRET = "SECRET-FROM-OUTSIDE"

LEXICAL: list[Any] = [
    *("", "/", "/etc/passwd", "../outside/secret.txt", "d/../../outside/secret.txt", "....//....//etc/passwd", "..", "d/..", "./../x"),
    *("~/.ssh/id_rsa", "~root/x", ".env", ".ENV", ".Env.local", "d/.ssh/x", "ID_RSA", "server.PEM", ".git-credentials"),
    *("C:\\Windows\\win.ini", "C:/x", "\\\\server\\share", "..\\..\\x", "file:///etc/passwd", "a\x00b", "a\nb", "a\x1b[31m"),
    *("\u202egpj.exe", "zero\u200bwidth", "．．/x", "‥/x", "x" * 256, "a/" * 2048 + "a", "con", "NUL.txt", "COM1", "ok.txt:stream"),
    *("ok.txt.", "ok.txt ", "\udcff", "/proc/self/mem", "/dev/zero", ".git/hooks/../../../outside/secret.txt", 123, None, ["a"]),
]
"""Refused by their looks alone."""

LINKS = [
    *("l_abs", "l_rel", "l_dir/secret.txt", "l_root/etc/passwd", "loop", "l_env", "l_proc", "l_magic", "l_dd"),
    *("l_sibling", "l_home_again", "l_folder_env/key", "chain0"),
]
"""Links that lead outside, to secrets, in a circle, or too far."""

SPECIAL = ["hard", "fifo", "sock", "d"]
"""No plain files."""


class Scene(NamedTuple):
    """A workspace full of traps, and what must not change around it."""

    workspace: LocalWorkspace
    root: Path
    around: list[Path]

    def outside(self) -> dict[str, tuple[bytes, int, int]]:
        """Return content, mode and time of every file around the workspace."""
        files = [path for folder in self.around for path in sorted(folder.rglob("*")) if path.is_file()]
        return {str(path): (path.read_bytes(), path.stat().st_mode, path.stat().st_mtime_ns) for path in files}


def make_traps(root: Path) -> None:
    (root / "d" / ".ssh").mkdir(parents=True)
    (root / "d" / ".ssh" / "key").write_text(SECRET)
    (root / "ok.txt").write_text("fine")
    (root / ".env").write_text(SECRET)
    (root / "bin").write_bytes(b"\x7fELF\0\0" + SECRET.encode())
    targets = {"l_abs": "/etc/passwd", "l_rel": "../outside/secret.txt", "l_dir": "../outside", "l_root": "/", "loop": "loop"}
    targets |= {"l_env": ".env", "l_proc": "/proc/self/environ", "l_magic": "/proc/self/root/etc/passwd", "dangling": "nothing"}
    targets |= {"l_dd": "d/../../outside/secret.txt", "l_sibling": "../ws-evil/secret.txt", "l_folder_env": "d/.ssh"}
    targets |= {"l_home_again": str(root / "ok.txt"), **{f"chain{n}": f"chain{n + 1}" for n in range(45)}, "chain45": "ok.txt"}
    for name, target in targets.items():
        (root / name).symlink_to(target)
    os.link(root.parent / "outside" / "secret.txt", root / "hard")
    os.mkfifo(root / "fifo")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("sock")


@pytest.fixture(params=["openat2", "walk"])
def scene(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    if request.param == "openat2" and platform.system() != "Linux":
        pytest.skip("openat2 is a call of Linux")
    root = tmp_path / "ws"
    around = [tmp_path / "outside", tmp_path / "ws-evil"]
    for folder in (root, *around):
        folder.mkdir()
        (folder / "secret.txt").write_text(SECRET if folder != root else "inside")
    monkeypatch.chdir(root)  # a socket's name is short on some systems
    make_traps(root)
    scene = Scene(LocalWorkspace(root, use_openat2=request.param == "openat2", searcher=PlainSearch()), root, around)
    before = scene.outside()
    yield scene
    assert scene.outside() == before


async def refusal(call: Awaitable[Any]) -> type[ToolError] | None:
    """Return how the call was refused, None where it was not; nothing from outside may come back."""
    result, refused = await outcome(call)
    assert SECRET not in repr(result)
    assert "root:" not in repr(result)
    if refused is None:
        return None
    assert len(refused.message) > 20
    assert SECRET not in refused.message
    return type(refused)


async def outcome(call: Awaitable[Any]) -> tuple[Any, ToolError | None]:
    try:
        return await call, None
    except ToolError as error:
        return None, error


DOORS: dict[str, Callable[[LocalWorkspace, Any], Awaitable[Any]]] = {
    "read": lambda workspace, path: workspace.read_text(path),
    "write": lambda workspace, path: workspace.write_text(path, "written"),
    "edit": lambda workspace, path: workspace.replace_text(path, "S", "T"),
    "list": lambda workspace, path: workspace.list_folder(path, 3),
    "create": lambda workspace, path: workspace.make_folder(path),
    "search": lambda workspace, path: workspace.search("SECRET|root", path),
}


@pytest.mark.parametrize("door", DOORS)
async def test_looks_alone_are_refused(scene: Scene, door: str) -> None:
    for path in LEXICAL:
        assert await refusal(DOORS[door](scene.workspace, path)) is PathRefused, repr(path)


@pytest.mark.parametrize("door", DOORS)
async def test_links_outside_and_special_files_are_refused(scene: Scene, door: str) -> None:
    for path in [*LINKS, *SPECIAL]:
        harmless = path == "d" and door in {"list", "create", "search"}
        assert await refusal(DOORS[door](scene.workspace, path)) is (None if harmless else PathRefused), path


async def test_devices_are_refused(scene: Scene) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a device")
    os.mknod(scene.root / "chr", stat.S_IFCHR | 0o666, os.makedev(1, 5))
    for door in DOORS.values():
        assert await refusal(door(scene.workspace, "chr")) is PathRefused


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("bin", [FileUnreadable, FileUnreadable, FileUnreadable, PathRefused, PathRefused, None]),
        ("dangling", [FileMissing, PathRefused, PathRefused, FileMissing, PathRefused, FileMissing]),
        ("ok.txt/", [None, None, ToolError, PathRefused, PathRefused, None]),
        ("ok.txt/x", [FileMissing, PathRefused, PathRefused, FileMissing, PathRefused, FileMissing]),
        ("..∕x", [FileMissing, None, ToolError, PathRefused, PathRefused, None]),  # a name: that is no slash
        ("%2e%2e/%2fetc/passwd", [FileMissing, None, ToolError, PathRefused, PathRefused, None]),  # names: nothing decodes them
        ("-rf", [FileMissing, None, ToolError, PathRefused, PathRefused, None]),
    ],
)
async def test_odd_names_stay_inside(scene: Scene, path: str, expected: list[type[ToolError] | None]) -> None:
    assert [await refusal(door(scene.workspace, path)) for door in DOORS.values()] == expected


async def test_a_search_of_everything_shows_nothing_from_outside(scene: Scene) -> None:
    assert await refusal(scene.workspace.search("SECRET|root")) is None


async def test_a_listing_names_links_and_does_not_follow_them(scene: Scene) -> None:
    listing = await scene.workspace.list_folder(".", 5)
    kinds = {entry.path: entry.kind for entry in listing.entries}
    assert (kinds["l_dir"], kinds["l_root"], kinds["fifo"], kinds["ok.txt"], kinds["d"]) == ("link", "link", "other", "file", "folder")
    assert not any(path.startswith(("l_dir/", "l_root/", "d/.ssh/")) for path in kinds)


async def test_links_that_stay_inside_are_read_and_not_written(scene: Scene) -> None:
    (scene.root / "d" / "deep").mkdir()
    (scene.root / "d" / "deep" / "up").symlink_to("../../ok.txt")
    (scene.root / "l_deep").symlink_to("d/deep")
    (scene.root / "short0").symlink_to("short1")
    (scene.root / "short1").symlink_to("./d/../ok.txt")
    for path in ("d/deep/up", "l_deep/up", "short0"):
        assert (await scene.workspace.read_text(path)).text == "fine"
        assert await refusal(scene.workspace.write_text(path, "x")) is PathRefused
    assert (await scene.workspace.list_folder("l_deep")).entries[0].path == "l_deep/up"
    assert [match.path for match in (await scene.workspace.search("fine", "short0")).matches] == ["short0"]
    assert await refusal(scene.workspace.write_text("l_deep/new", "x")) is PathRefused
    assert await refusal(scene.workspace.make_folder("l_deep/new")) is PathRefused


async def test_twins_in_two_unicode_forms_are_kept_apart_or_are_one(scene: Scene) -> None:
    composed, decomposed = "\u00e9.txt", "e\u0301.txt"
    await scene.workspace.write_text(composed, "one")
    await scene.workspace.write_text(decomposed, "two")
    names = [
        entry.path for entry in (await scene.workspace.list_folder()).entries if entry.path.endswith("\u0301.txt") or "é" in entry.path
    ]
    texts = [(await scene.workspace.read_text(name)).text for name in sorted(names)]
    assert texts == (["two", "one"] if len(names) == 2 else ["two"])


async def test_secrets_are_known_in_any_dress(scene: Scene) -> None:
    for path in (
        "．env",
        "ＩＤ_rsa",
        "a/credentials",
        "SECRETS.yaml",
        "x/.Aws/config",
        "key.ＰＥＭ",
        ".env.production",
        "service-account-1.json",
        ".git/config",
        "vendor/.GIT/modules/one/config",
    ):
        assert await refusal(scene.workspace.read_text(path)) is PathRefused, path
    for path in (".env.example", "credentials/list.py", "environment", "keys.py", "token.py"):
        assert await refusal(scene.workspace.read_text(path)) is FileMissing, path


async def test_names_that_are_no_text_are_listed_and_passed_over(scene: Scene) -> None:
    if platform.system() != "Linux":
        pytest.skip("this file system holds Unicode names only")
    (scene.root / "d" / os.fsdecode(b"bad\xff")).write_text("SECRET")
    assert [entry.path for entry in (await scene.workspace.list_folder("d")).entries] == ["d/.ssh", "d/bad\\xff"]
    assert (await scene.workspace.search("SECRET", "d")).matches == ()
