"""Runs commands behind walls: looks at the folders first, runs, ends all of it, and sets aside what must not stay."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from artelier.domain.errors import CommandFailed
from artelier.domain.secret_names import SECRET_FOLDERS, folded
from artelier.ports.workspace import CommandOutcome, CommandRequest
from artelier.workspaces.output import OutputKeeper
from artelier.workspaces.processes import GRACE, Ended, run_group
from artelier.workspaces.sandbox.keeping import Kept, keep, put_back
from artelier.workspaces.sandbox.quarantine import Quarantine
from artelier.workspaces.sandbox.surveying import PROTECTED, Survey, Surveyor
from artelier.workspaces.sandbox.warden import SandboxWarden

_UNBINDABLE = ("/proc", "/sys", "/dev")
_NOT_FOUND = frozenset({126, 127})
_HINT = (
    "The sandbox shows the system's programs and those of sandbox.tool_paths; a program that lies in a person's home or in /opt "
    "is not among them."
)


class Space(NamedTuple):
    """What one command is given: ``words`` to run in ``folder``, and writable roots, the folder among them, as they were seen."""

    words: tuple[str, ...]
    folder: Path
    surveys: tuple[Survey, ...]
    network: bool


class Launch(NamedTuple):
    """A program to start outside, which puts up the walls and runs the command inside."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    warden: SandboxWarden


class Walls(Protocol):
    """One way to enclose a command."""

    level: str
    holds_protected: bool
    """Whether what is protected cannot be changed behind them; otherwise it is put back afterwards."""

    def enclose(self, space: Space) -> Launch:
        """Return what to start. Raises ``CommandFailed`` for a space that cannot be enclosed."""
        ...


class Enclosed:
    """A ``CommandRunner`` behind ``walls``.

    ``quarantine`` keeps what was set aside; ``hidden`` folders are opened by no approval.
    ``grace`` are the seconds a command has to end in when its time is over.
    """

    def __init__(self, walls: Walls, quarantine: Quarantine | None, *, hidden: tuple[Path, ...] = (), grace: float = GRACE) -> None:
        self._walls = walls
        self._quarantine = quarantine
        self._surveyor = Surveyor()
        self._hidden = hidden
        self._grace = grace

    async def run(self, request: CommandRequest, folder: Path, on_output: Callable[[str], None]) -> CommandOutcome:
        """Run a command in ``folder``. Raises ``CommandFailed``."""
        if "\0" in request.shell or any("\0" in word for word in request.words):
            raise CommandFailed("The command could not be started: it has a NUL character. Leave it out.")
        keeper = OutputKeeper(on_output)
        words = request.words or ("/bin/sh", "-c", "--", request.shell)
        surveys = await asyncio.to_thread(self._survey, folder, request.folders)
        kept = {} if self._walls.holds_protected else await asyncio.to_thread(keep, surveys)
        launch = self._walls.enclose(Space(words, Path(surveys[0].root), surveys, request.network))
        aside: tuple[str, ...] = ()
        try:
            ended = await self._start(launch, keeper, request.seconds)
        finally:
            launch.warden.close()
            aside = await asyncio.to_thread(self._clean_up, surveys, kept)
        notes = [*_reasons(launch.warden), *aside, *([_HINT] if ended.exit_code in _NOT_FOUND else [])]
        output = "\n".join([keeper.text(), *(f"[{note}]" for note in notes)]) if notes else keeper.text()
        return CommandOutcome(ended.exit_code, output, ended.seconds, keeper.truncated, ended.timed_out, self._walls.level)

    async def _start(self, launch: Launch, keeper: OutputKeeper, seconds: float) -> Ended:
        return await run_group(
            launch.arguments,
            folder=Path("/"),
            environment=launch.environment,
            seconds=seconds,
            receive=keeper.receive,
            grace=self._grace,
            warden=launch.warden,
        )

    def _survey(self, folder: Path, more: tuple[str, ...]) -> tuple[Survey, ...]:
        wished = [_real(Path(each)) for each in more]
        for each in wished:
            self._refuse_own(each)
        return tuple(self._surveyor.survey(str(root)) for root in dict.fromkeys((_real(folder), *wished)))

    def _refuse_own(self, folder: Path) -> None:
        """Raise ``CommandFailed`` for a folder that no approval opens: the server's own, secret ones, protected ones."""
        guarded = not (SECRET_FOLDERS | PROTECTED).isdisjoint(map(folded, folder.parts))
        if guarded or any(folder.is_relative_to(hidden) for hidden in self._hidden):
            raise CommandFailed(f"{str(folder)!r} is never opened to a command: it holds secrets, or what programs act upon. Name another.")

    def _clean_up(self, before: tuple[Survey, ...], kept: dict[str, Kept]) -> tuple[str, ...]:
        """Set aside what is new and protected, and put back what was; return a line for each."""
        lines: list[str] = []
        if self._quarantine is not None:
            for survey in before:
                lines += self._quarantine.set_aside(survey, self._surveyor.survey(survey.root), held=self._walls.holds_protected)
        return (*lines, *(put_back(kept, before) if kept else ()))


def _reasons(warden: SandboxWarden) -> list[str]:
    return [f"ended: {warden.reason}"] if warden.reason else []


def _real(folder: Path) -> Path:
    """Return the real path of a folder that a command may write in. Raises ``CommandFailed``."""
    if not folder.is_absolute():
        raise CommandFailed(f"The folder {str(folder)!r} cannot be opened to a command: name it by its absolute path.")
    try:
        real = folder.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise CommandFailed(f"The folder {str(folder)!r} cannot be opened to a command: {error}. Name one that exists.") from error
    if not real.is_dir():
        raise CommandFailed(f"{str(folder)!r} is no folder, and only folders can be opened to a command. Name the folder it lies in.")
    if len(real.parts) == 1 or any(real.is_relative_to(place) for place in _UNBINDABLE):
        raise CommandFailed(f"{str(real)!r} cannot be opened to a command, because no wall would be left. Name a folder of files.")
    if not os.access(real, os.R_OK | os.X_OK):
        raise CommandFailed(f"{str(real)!r} cannot be opened to a command: Artelier itself may not read it.")
    return real
