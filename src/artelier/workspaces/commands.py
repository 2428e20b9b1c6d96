"""Shell commands in the workspace's folder, outside any sandbox: with a clean environment, bounded, and ended as a whole."""

import platform
import shutil
import tempfile
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from artelier.ports.workspace import CommandOutcome, CommandRequest
from artelier.workspaces.output import OutputKeeper
from artelier.workspaces.processes import GRACE, run_group

_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_HOMEBREW_PATH = "/opt/homebrew/bin:/opt/homebrew/sbin"


class CommandRunner(Protocol):
    """Runs shell commands for a workspace; a sandbox takes this place."""

    async def run(self, request: CommandRequest, folder: Path, on_output: Callable[[str], None]) -> CommandOutcome:
        """Run a command in ``folder``. Raises ``CommandFailed``."""
        ...


class Shell:
    """Runs commands by ``/bin/sh``.

    They see nothing of the server's environment: ``PATH`` is the system's with ``tool_folders`` before it, ``HOME`` is
    ``home``, by default an empty folder that is removed with this object. A command whose time is over is asked to end and
    has ``grace`` seconds for it. ``sandbox`` is what they are told to run in: ``container`` where that is the wall.
    """

    def __init__(self, *, tool_folders: Sequence[Path] = (), home: Path | None = None, grace: float = GRACE, sandbox: str = "off") -> None:
        self._grace = grace
        self._sandbox = sandbox
        self._home = home or _temporary_home(self)
        self._path = ":".join([*(str(folder) for folder in tool_folders), _system_path()])

    async def run(self, request: CommandRequest, folder: Path, on_output: Callable[[str], None]) -> CommandOutcome:
        """Run a command in ``folder``. Raises ``CommandFailed``."""
        keeper = OutputKeeper(on_output)
        ended = await run_group(
            request.words or ("/bin/sh", "-c", "--", request.shell),
            folder=folder,
            environment=self._environment(),
            seconds=request.seconds,
            receive=keeper.receive,
            grace=self._grace,
        )
        output = keeper.text()
        return CommandOutcome(ended.exit_code, output, ended.seconds, keeper.truncated, ended.timed_out, self._sandbox)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": self._path,
            "HOME": str(self._home),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "CI": "1",
            "GIT_TERMINAL_PROMPT": "0",
        }


def _system_path() -> str:
    return f"{_HOMEBREW_PATH}:{_SYSTEM_PATH}" if platform.system() == "Darwin" else _SYSTEM_PATH


def _temporary_home(owner: object) -> Path:
    home = Path(tempfile.mkdtemp(prefix="artelier-home-"))
    weakref.finalize(owner, shutil.rmtree, home, ignore_errors=True)  # the system clears away what cannot be removed
    return home
