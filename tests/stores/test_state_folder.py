"""One owner of a state folder at a time, and how to find it."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from artelier.domain.errors import StateFolderTaken, StoreError, StoreUnavailable
from artelier.stores.state_folder import ServerRecord, StateFolder

OWN_UNTIL_KILLED = """
import os, sys
from pathlib import Path
from artelier.stores.state_folder import StateFolder
folder = StateFolder(Path(sys.argv[1]))
folder.acquire()
folder.write_server("http://127.0.0.1:8700", "secret", os.getpid())
print("owned", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[StateFolder]:
    made = StateFolder(tmp_path / "deep" / "state")
    yield made
    made.release()


@pytest.fixture
def stranger(folder: StateFolder) -> Iterator["subprocess.Popen[str]"]:
    """Another process that owns the folder."""
    command = [sys.executable, "-c", OWN_UNTIL_KILLED, str(folder.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "owned\n"
        yield process
        process.kill()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folder_is_for_its_user_alone(tmp_path: Path, folder: StateFolder) -> None:
    assert mode(folder.path) == 0o700
    (tmp_path / "open").mkdir(mode=0o755)
    assert mode(StateFolder(tmp_path / "open").path) == 0o700


def test_a_path_that_cannot_be_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="cannot be used"):
        StateFolder(tmp_path / "file")


def test_the_owner_tells_how_to_reach_it(folder: StateFolder) -> None:
    folder.acquire()
    assert folder.read_server() is None
    folder.write_server("http://127.0.0.1:8700", "secret", 42)
    assert mode(folder.path / "server.json") == 0o600
    assert StateFolder(folder.path).read_server() == ServerRecord("http://127.0.0.1:8700", "secret", 42)
    folder.write_server("http://127.0.0.1:8701", "secret", 42)
    assert StateFolder(folder.path).read_server() == ServerRecord("http://127.0.0.1:8701", "secret", 42)
    assert sorted(path.name for path in folder.path.iterdir()) == ["owner.lock", "server.json"]


def test_only_the_owner_announces_a_server(folder: StateFolder) -> None:
    with pytest.raises(StoreError, match="must be acquired"):
        folder.write_server("http://127.0.0.1:8700", "secret", 42)


def test_a_second_owner_is_told_about_the_first(folder: StateFolder) -> None:
    folder.acquire()
    with pytest.raises(StateFolderTaken, match="another process"):
        StateFolder(folder.path).acquire()
    folder.write_server("http://127.0.0.1:8700", "secret", 42)
    with pytest.raises(StateFolderTaken, match=r"http://127.0.0.1:8700 \(process 42\)") as refused:
        StateFolder(folder.path).acquire()
    assert "secret" not in str(refused.value)


def test_a_damaged_record_does_not_hide_the_owner(folder: StateFolder) -> None:
    folder.acquire()
    (folder.path / "server.json").write_text("{", encoding="utf-8")
    with pytest.raises(StateFolderTaken, match="another process"):
        StateFolder(folder.path).acquire()
    with pytest.raises(StoreError, match="Start the server again"):
        StateFolder(folder.path).read_server()


def test_a_released_folder_is_free_and_says_nothing(folder: StateFolder) -> None:
    folder.acquire()
    folder.write_server("http://127.0.0.1:8700", "secret", 42)
    folder.release()
    folder.release()
    assert not (folder.path / "server.json").exists()
    other = StateFolder(folder.path)
    assert other.read_server() is None
    other.acquire()
    other.release()


def test_one_that_does_not_own_releases_nothing(folder: StateFolder) -> None:
    folder.acquire()
    folder.write_server("http://127.0.0.1:8700", "secret", 42)
    StateFolder(folder.path).release()
    assert folder.read_server() is not None


def test_another_process_owns_it_until_it_dies(folder: StateFolder, stranger: "subprocess.Popen[str]") -> None:
    assert folder.read_server() == ServerRecord("http://127.0.0.1:8700", "secret", stranger.pid)
    with pytest.raises(StateFolderTaken, match=f"process {stranger.pid}"):
        folder.acquire()
    os.kill(stranger.pid, signal.SIGKILL)
    stranger.wait()
    assert (folder.path / "server.json").exists()
    assert folder.read_server() is None
    folder.acquire()
    assert not (folder.path / "server.json").exists()


def test_a_nobodys_folder_has_no_server(folder: StateFolder) -> None:
    assert folder.read_server() is None
