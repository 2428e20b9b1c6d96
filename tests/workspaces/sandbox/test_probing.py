"""Which sandbox is taken, what is told where none works, and the levels that cannot run here."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from walled import LIMITS, needs_bubblewrap

from artelier.domain.errors import CommandFailed
from artelier.ports.workspace import CommandRequest
from artelier.workspaces.sandbox import probing
from artelier.workspaces.sandbox.bubblewrap import Bubblewrap
from artelier.workspaces.sandbox.container import holds, weaknesses
from artelier.workspaces.sandbox.enclosed import Space
from artelier.workspaces.sandbox.levels import Wish
from artelier.workspaces.sandbox.probing import find_sandbox, keep_descriptors_to_ourselves
from artelier.workspaces.sandbox.seatbelt import Seatbelt
from artelier.workspaces.sandbox.surveying import Surveyor

ONCE = CommandRequest("echo $HOME", seconds=60)


@needs_bubblewrap
async def test_the_strongest_that_works_is_taken(tmp_path: Path) -> None:
    sandbox = await find_sandbox(Wish(quarantine=tmp_path / "aside"))
    assert (sandbox.level, sandbox.contains) == ("bubblewrap", True)
    assert any("root" in warning for warning in sandbox.warnings) is (os.geteuid() == 0)
    assert (await sandbox.runner.run(ONCE, tmp_path, lambda _: None)).sandbox == "bubblewrap"


async def test_a_program_that_is_there_and_does_not_work_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'No permissions to create a new namespace' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(probing, "SYSTEM_PATH", str(tmp_path))
    sandbox = await find_sandbox(Wish(mode="bubblewrap"))
    assert (sandbox.level, sandbox.contains) == ("none", True)
    assert "No permissions" in sandbox.detail
    with pytest.raises(CommandFailed, match=r"No permissions.*apt-get install bubblewrap.*sandbox\.mode"):
        await sandbox.runner.run(ONCE, tmp_path, lambda _: None)
    assert (await find_sandbox(Wish())).level in {"landlock", "none"}


@needs_bubblewrap
async def test_an_old_bubblewrap_is_taken_with_what_it_can_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = shutil.which("bwrap")
    old = tmp_path / "bwrap"
    refusing = 'for word; do case "$word" in --disable-userns|--size) echo "Unknown option $word" >&2; exit 1;; esac; done'
    old.write_text(f'#!/bin/sh\n{refusing}\nexec {real} "$@"\n')
    old.chmod(0o755)
    monkeypatch.setattr(probing, "SYSTEM_PATH", str(tmp_path))
    sandbox = await find_sandbox(Wish(mode="bubblewrap"))
    assert sandbox.level == "bubblewrap"
    assert any("older than 0.8" in warning for warning in sandbox.warnings)


async def test_off_is_off(tmp_path: Path) -> None:
    sandbox = await find_sandbox(Wish(mode="off"))
    assert (sandbox.level, sandbox.contains) == ("off", False)
    assert (await sandbox.runner.run(ONCE, tmp_path, lambda _: None)).sandbox == "off"


async def test_no_container_is_no_wall() -> None:
    if not any("no container" in weakness for weakness in weaknesses()):
        pytest.skip("this is a container")
    sandbox = await find_sandbox(Wish(mode="container"))
    assert sandbox.level == "none"
    assert "no container" in sandbox.detail


def container(folder: Path, status: str, mounts: str, *more: str) -> Path:
    for name, text in {".dockerenv": "", "proc/self/status": status, "proc/self/mounts": mounts, **dict.fromkeys(more, "")}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


GOOD = "NoNewPrivs:\t1\nSeccomp:\t2\nCapEff:\t0000000000000000\n"


def test_a_good_container_has_no_weakness(tmp_path: Path) -> None:
    assert weaknesses(container(tmp_path, GOOD, "overlay / overlay ro,relatime 0 0\n"), user=10001) == ()


def test_the_weaknesses_of_a_container_are_told(tmp_path: Path) -> None:
    status = GOOD.replace("NoNewPrivs:\t1", "NoNewPrivs:\t0").replace("CapEff:\t0000", "CapEff:\t00a8")
    found = weaknesses(container(tmp_path, status, "overlay / overlay rw,relatime 0 0\n"), user=0)
    assert [next(word for word in ("root", "rights", "capabilities", "written") if word in each) for each in found] == [
        *("root", "rights", "capabilities", "written")
    ]
    assert holds(found)


@pytest.mark.parametrize(("status", "more"), [(GOOD.replace("Seccomp:\t2", "Seccomp:\t0"), ()), (GOOD, ("var/run/docker.sock",))])
def test_a_container_with_a_way_out_is_no_wall(tmp_path: Path, status: str, more: tuple[str, ...]) -> None:
    assert not holds(weaknesses(container(tmp_path, status, "overlay / overlay ro 0 0\n", *more), user=10001))


def test_no_inherited_file_reaches_a_command() -> None:
    ours = os.dup2(0, 62, inheritable=True)
    try:
        keep_descriptors_to_ourselves()
        assert not os.get_inheritable(ours)
        assert all(os.get_inheritable(number) for number in range(3))
    finally:
        os.close(ours)


def space(folder: Path, *, network: bool = False) -> Space:
    return Space(("true",), folder, (Surveyor().survey(str(folder)),), network)


def test_the_profile_of_macos_denies_last(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "--template=", "."], cwd=tmp_path, check=True)
    (tmp_path / 'a "b" \\c').mkdir()
    (tmp_path / 'a "b" \\c' / ".env").touch()
    walls = Seatbelt(LIMITS, hidden=(tmp_path / "state",))
    lines = walls.profile(space(tmp_path), "/private/home").splitlines()
    assert lines[:2] == ["(version 1)", "(deny default)"]
    assert lines[-1] == "(deny network*)"
    assert f'(allow file-read* file-write* (subpath "{tmp_path}"))' in lines
    for denied in (
        f'(deny file-read* file-write* (subpath "{tmp_path}/a \\"b\\" \\\\c/.env"))',
        f'(deny file-write* (subpath "{tmp_path}/.git/config"))',
        f'(deny file-write-unlink (literal "{tmp_path}/.git"))',
        f'(deny file-read* file-write* (subpath "{tmp_path}/state"))',
    ):
        assert lines.index(denied) > lines.index(f'(allow file-read* file-write* (subpath "{tmp_path}"))')
    assert walls.profile(space(tmp_path, network=True), "/private/home").endswith("(allow network*)")


def test_more_than_can_be_covered_is_refused(tmp_path: Path) -> None:
    for number in range(1600):
        (tmp_path / f"{number}.key").touch()
    with pytest.raises(CommandFailed, match="smaller folder"):
        Bubblewrap("bwrap", LIMITS).enclose(space(tmp_path))
