"""A sandbox for tests: the real one, with walls that can be left out."""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from artelier.ports.workspace import CommandOutcome, CommandRequest
from artelier.workspaces.sandbox.bubblewrap import SYSTEM_PATH, Bubblewrap, Wall
from artelier.workspaces.sandbox.enclosed import Enclosed
from artelier.workspaces.sandbox.limits import CommandLimits
from artelier.workspaces.sandbox.quarantine import Quarantine

MINUTE = 60.0
PROGRAM = shutil.which("bwrap", path=SYSTEM_PATH) or ""
PYTHON = Path(sys.base_prefix).resolve()
"""A Python that the sandbox may read, wherever the tests' own lies."""
LIMITS = CommandLimits(temporary_bytes=8 << 20)


@functools.cache
def missing() -> str:
    """Return why bubblewrap does not work here; nothing when it does."""
    if not PROGRAM:
        return "bubblewrap is not installed here (apt-get install bubblewrap)"
    tried = subprocess.run([PROGRAM, "--unshare-all", "--ro-bind", "/", "/", "true"], capture_output=True, text=True, check=False)
    return f"bubblewrap does not run here: {tried.stderr.strip()}" if tried.returncode else ""


needs_bubblewrap = pytest.mark.skipif(bool(missing()), reason=missing())


class Room:
    """A workspace, a folder beside it, and commands in a sandbox over it."""

    def __init__(self, folder: Path) -> None:
        self.workspace = folder / "ws"
        self.outside = folder / "outside"
        self.aside = folder / "aside"
        self.tools = folder / "tools"
        self.hidden = folder / "ws" / "state"
        for each in (self.workspace, self.outside, self.tools / "bin"):
            each.mkdir(parents=True)

    def prepare(self, script: str) -> None:
        """Do something in the workspace as its person does, outside any sandbox."""
        subprocess.run(["/bin/sh", "-ec", script], cwd=self.workspace, check=True)

    def walls(self, *without: Wall, limits: CommandLimits = LIMITS) -> Bubblewrap:
        return Bubblewrap(PROGRAM, limits, tool_folders=(self.tools, PYTHON), hidden=(self.hidden,), without=frozenset(without))

    async def run(
        self,
        command: str | tuple[str, ...],
        *without: Wall,
        seconds: float = MINUTE,
        limits: CommandLimits = LIMITS,
        network: bool = False,
        folders: tuple[str, ...] = (),
        quarantine: bool = True,
    ) -> CommandOutcome:
        runner = Enclosed(
            self.walls(*without, limits=limits), Quarantine(self.aside) if quarantine else None, hidden=(self.hidden,), grace=0.5
        )
        shell, words = (command, ()) if isinstance(command, str) else ("", command)
        request = CommandRequest(shell, words, seconds=seconds, network=network, folders=folders)
        return await runner.run(request, self.workspace, lambda _: None)

    async def python(self, script: str, *without: Wall, **options) -> CommandOutcome:
        return await self.run((str(PYTHON / "bin" / "python3"), "-I", "-c", script), *without, **options)


def living(mark: str) -> list[int]:
    """Return the processes of this machine that have ``mark`` among their words, zombies left out."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                if mark.encode() in (process / "cmdline").read_bytes() and int(process.name) != os.getpid():
                    found.append(int(process.name))
            except OSError:
                continue
    return found
