"""The levels of a sandbox, and what is told where none works."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from artelier.domain.errors import CommandFailed
from artelier.ports.workspace import CommandOutcome, CommandRequest
from artelier.workspaces.commands import CommandRunner
from artelier.workspaces.sandbox.limits import CommandLimits

HOW_TO = (
    "Install bubblewrap (apt-get install bubblewrap, dnf install bubblewrap) and start again. "
    'Or the operator sets sandbox.mode = "off", and then every command asks.'
)


class Wish(Struct, frozen=True):
    """What the operator wants of the sandbox."""

    mode: str = "auto"
    """``auto`` for the strongest that works, the name of one, or ``off``."""
    limits: CommandLimits = CommandLimits()
    tool_folders: tuple[Path, ...] = ()
    """Folders of programs that commands may read."""
    hidden: tuple[Path, ...] = ()
    """Folders that no command sees, wherever they lie: the server's own."""
    proxy_socket: Path | None = None
    """A proxy's Unix socket, by which commands reach the domains it allows; None for no way out."""
    quarantine: Path | None = None
    """Where is kept what a command must not leave behind; None sets nothing aside."""


class Sandbox(NamedTuple):
    """What runs commands here; ``level`` is bubblewrap, landlock, seatbelt, container, off, or none where commands are refused."""

    level: str
    runner: CommandRunner
    detail: str
    warnings: tuple[str, ...] = ()

    @property
    def contains(self) -> bool:
        """Whether no command gets out of it: it is walled in, or refused."""
        return self.level != "off"


class Refusing:
    """Runs no command: there is no sandbox, and nobody has said that it may be without."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    async def run(
        self,
        request: CommandRequest,  # noqa: ARG002  whatever it is
        folder: Path,  # noqa: ARG002
        on_output: Callable[[str], None],  # noqa: ARG002
    ) -> CommandOutcome:
        """Raise ``CommandFailed`` with what to do about it."""
        raise CommandFailed(f"Commands do not run here, because no sandbox works: {self._reason} {HOW_TO}")
