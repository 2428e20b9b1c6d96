"""Running a program with all it starts, and ending all of it: a process group of its own, one pipe for what it prints.

A child that leaves the group (``setsid``) is not reached; a sandbox with a PID namespace reaches it.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from artelier.domain.errors import CommandFailed

GRACE = 3.0
"""Seconds between asking a group to end and killing it."""

_DRAIN = 1.0
"""Seconds to wait for what a killed group has left in the pipe, and for the group to be gone."""
_POLL = 0.02
_CHUNK = 1 << 18
"""Bytes of output that are read at once."""
_PROCESSES = Path("/proc")
_DEAD = frozenset({b"Z", b"X"})


class Warden:
    """Looks after one group while it runs. This one watches nothing, and ends the group by signals; a sandbox knows more."""

    descriptors: tuple[int, ...] = ()
    """Open files that the program inherits beside its output."""

    def started(self) -> None:
        """Take note that the program runs and has its own copies of the descriptors, or that it could not be started."""

    async def watch(self, process: int) -> None:  # noqa: ARG002  the contract's word
        """Return when the group must end before its time."""
        await asyncio.get_running_loop().create_future()

    async def ask(self, process: int) -> None:
        """Ask everything in the group to end."""
        signal_group(process, signal.SIGTERM)

    async def kill(self, process: int) -> None:
        """End what is left, also where the program itself has ended."""
        signal_group(process, signal.SIGKILL)


class Ended(NamedTuple):
    """How a program ended; ``exit_code`` is the negative number of the signal that killed it, as in ``subprocess``."""

    exit_code: int
    seconds: float
    timed_out: bool
    stopped: bool
    """Whether the receiver of its output had enough, or the warden ended it."""


async def run_group(
    arguments: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    seconds: float,
    receive: Callable[[bytes], bool],
    grace: float = GRACE,
    warden: Warden | None = None,
) -> Ended:
    """Run a program in ``folder`` with this environment and nothing else; ``receive`` returns False when it has enough.

    It is asked to end after ``seconds``, or when ``warden`` says so, and killed after ``grace`` more. However this ends, by
    time-out, cancellation or an error of ``receive``, the group is gone when it returns.

    Raises ``CommandFailed`` where the program cannot be started.
    """
    if any("\0" in argument for argument in arguments):  # not every event loop looks, and the command would end there
        raise CommandFailed("The command could not be started: it has a NUL character. Leave it out.")
    warden = warden or Warden()
    read_end, write_end = os.pipe()
    pipe = _Pipe(read_end, receive)
    try:
        try:
            process = await _start(arguments, folder, environment, write_end, warden.descriptors)
        finally:
            warden.started()
        started = monotonic()
        leaving = asyncio.ensure_future(process.wait())
        watching = asyncio.ensure_future(warden.watch(process.pid))
        waited: set[asyncio.Future[Any]] = {leaving, pipe.stopped, watching}
        try:
            done, _ = await asyncio.wait(waited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            lasted = monotonic() - started
            watching.cancel()
            await _end_group(process.pid, leaving, grace, warden)
        await asyncio.wait({pipe.closed}, timeout=_DRAIN)
        return Ended(await leaving, lasted, timed_out=not done, stopped=pipe.enough() or (watching in done and _had_enough(watching)))
    finally:
        pipe.close()


def _had_enough(watching: asyncio.Future[None]) -> bool:
    """Return that the warden ended the group; raises what it raised."""
    watching.result()
    return True


class _Pipe:
    """Passes on what comes out of the pipe until the receiver has enough, and closes the end it reads: once.

    uvloop's ``connect_read_pipe`` closes a file's descriptor a second time, when a thread may have opened another by that number.
    """

    def __init__(self, read_end: int, receive: Callable[[bytes], bool]) -> None:
        self._loop = asyncio.get_running_loop()
        self.stopped: asyncio.Future[Exception | None] = self._loop.create_future()
        self.closed: asyncio.Future[None] = self._loop.create_future()
        self._receive = receive
        self._read_end = read_end
        os.set_blocking(read_end, False)
        self._loop.add_reader(read_end, self._read)

    def close(self) -> None:
        """Read no more."""
        if not self.closed.done():
            self.closed.set_result(None)
            self._loop.remove_reader(self._read_end)
            os.close(self._read_end)

    def _read(self) -> None:
        try:
            data = os.read(self._read_end, _CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        if not data:
            self.close()
        elif not self.stopped.done():
            self._pass_on(data)

    def _pass_on(self, data: bytes) -> None:
        try:
            wants_more = self._receive(data)
        except Exception as error:  # noqa: BLE001  the event loop would only log it; ``enough`` raises it where it belongs
            self.stopped.set_result(error)
            return
        if not wants_more:
            self.stopped.set_result(None)

    def enough(self) -> bool:
        """Whether the receiver stopped; raises what it raised."""
        error = self.stopped.result() if self.stopped.done() else None
        if error is not None:
            raise error
        return self.stopped.done()


async def _start(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], output: int, kept: tuple[int, ...]
) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            env=environment,
            start_new_session=True,
            pass_fds=kept,
        )
    except (OSError, ValueError) as error:
        raise CommandFailed(f"The command could not be started: {error}. Check it, or make it shorter.") from error
    finally:
        os.close(output)


async def _end_group(group: int, leaving: asyncio.Future[int], grace: float, warden: Warden) -> None:
    """Ask a running group to end, then kill it; kill at once what a program that has ended left behind."""
    try:
        if not leaving.done():
            await warden.ask(group)
            await _until_empty(group, grace)
    finally:
        await warden.kill(group)
    await asyncio.wait({leaving})
    await _until_empty(group, _DRAIN)


async def _until_empty(group: int, seconds: float) -> None:
    until = monotonic() + seconds
    # Nobody tells when a group is empty, so it is asked.
    while signal_group(group, 0) and await asyncio.to_thread(_has_living, group) and monotonic() < until:  # noqa: ASYNC110  see above
        await asyncio.sleep(_POLL)


def signal_group(group: int, number: int) -> bool:
    """Send a signal; False where nobody is left. The kernel gives the number to no other while the group has a member."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
        return False
    return True


def _has_living(group: int) -> bool:
    """Whether the group has more than zombies, which on Linux answer signals until somebody reaps them."""
    if not _PROCESSES.is_dir():
        return True
    return any(_belongs(process, group) for process in _PROCESSES.iterdir() if process.name.isdecimal())


def _belongs(process: Path, group: int) -> bool:
    try:
        state, _, of_group, *_ = (process / "stat").read_bytes().rpartition(b")")[2].split()
    except (OSError, ValueError):  # it ended while we looked
        return False
    return int(of_group) == group and state not in _DEAD
