"""Running the ``docker`` program outside every sandbox: its socket is the whole machine, so no sandbox is given it."""

import asyncio
import contextlib
import os
import signal
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from artelier.domain.errors import ToolError

KEPT = 200_000
"""Characters kept of what it prints."""
_CHUNK = 65_536


class Printed(Struct, frozen=True):
    """What docker printed, standard output and error as they came, and its exit code; None when its time was over."""

    exit_code: int | None
    text: str
    truncated: bool = False


class Docker(Protocol):
    """Runs one docker command."""

    async def run(self, words: Sequence[str], seconds: float, show: Callable[[str], None]) -> Printed:
        """Run ``docker`` with these words for at most ``seconds``. Raises ``ToolError`` where it is not there."""
        ...


class DockerProgram:
    """The program ``program`` with this environment and nothing else of ours."""

    def __init__(self, program: str, environment: Mapping[str, str]) -> None:
        self._program = program
        self._environment = dict(environment)

    async def run(self, words: Sequence[str], seconds: float, show: Callable[[str], None]) -> Printed:
        """Run it; on cancellation and when its time is over it is killed. Raises ``ToolError``."""
        try:
            process = await asyncio.create_subprocess_exec(
                self._program,
                *words,
                env=self._environment,
                cwd="/",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        except (OSError, ValueError) as failure:
            raise ToolError(
                f"docker could not be started: {failure}. Ask the person to install it, or set tools.docker.program."
            ) from failure
        kept = _Kept(show)
        try:
            async with asyncio.timeout(seconds):
                assert process.stdout is not None  # noqa: S101  it was asked for
                while chunk := await process.stdout.read(_CHUNK):
                    kept.take(chunk)
                return Printed(await process.wait(), kept.text, kept.truncated)
        except TimeoutError:
            return Printed(None, kept.text, kept.truncated)
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.communicate()


class ScriptedDocker:
    """A fake: answers each command from a list and keeps what was asked. Satisfies the ``Docker`` seam."""

    def __init__(self, *answers: Printed) -> None:
        self.asked: list[tuple[str, ...]] = []
        self._answers = deque(answers)

    async def run(self, words: Sequence[str], seconds: float, show: Callable[[str], None]) -> Printed:  # noqa: ARG002  it takes no time
        """Return the next answer, the last one for ever."""
        self.asked.append(tuple(words))
        answer = self._answers.popleft() if len(self._answers) > 1 else self._answers[0]
        show(answer.text)
        return answer


class _Kept:
    """The beginning of an output as text, shown as it comes."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self.text = ""
        self.truncated = False
        self._show = show

    def take(self, data: bytes) -> None:
        piece = data.decode(errors="replace")
        room = KEPT - len(self.text)
        self.truncated = self.truncated or len(piece) > room
        if room > 0:
            self.text += piece[:room]
            self._show(piece[:room])
