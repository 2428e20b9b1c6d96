"""Watches a sandboxed command: ends it when it takes too much, and knows when all of it is gone."""

import asyncio
import json
import os
import signal
import tempfile
from contextlib import suppress
from pathlib import Path
from time import monotonic

from artelier.workspaces.processes import Warden, signal_group
from artelier.workspaces.sandbox.door import Door
from artelier.workspaces.sandbox.limits import CommandLimits
from artelier.workspaces.sandbox.trees import LOOKS, descendants, members_of, memory_of, threads_of_all

_GLANCE = 0.05
"""Seconds between two looks at how many threads there are."""
_GLANCES = 4
"""After so many glances the processes themselves are looked at."""
_GUARDIAN_SECONDS = 5.0
_GONE = 30.0
"""Seconds that the kernel has for ending all processes of a namespace; there may be thousands."""


class SandboxWarden(Warden):
    """Looks at the processes of one command; ``reason`` says why it was ended."""

    def __init__(self, limits: CommandLimits) -> None:
        self.reason = ""
        self._limits = limits

    async def watch(self, process: int) -> None:
        """Return when they take more memory, or are more, than they may; for ever where there is no ``/proc`` to look at."""
        if not LOOKS:
            await super().watch(process)
        while not self.reason:
            await self._something_new()
            self.reason = await asyncio.to_thread(self._too_much, process)

    async def ask(self, process: int) -> None:
        """Ask each of the processes to end, but not the sandbox around them."""
        for member in await asyncio.to_thread(self._members, process):
            with suppress(ProcessLookupError, PermissionError):  # it ended while we looked
                os.kill(member, signal.SIGTERM)

    def close(self) -> None:
        """Close what is still open."""

    async def _something_new(self) -> None:
        """Wait until it is time to look, or there are suddenly many more threads: then every millisecond counts."""
        before = threads_of_all()
        for _ in range(_GLANCES):
            await asyncio.sleep(_GLANCE)
            if threads_of_all() - before > self._limits.processes:
                return

    def _members(self, process: int) -> list[int]:
        return descendants(process)

    def _too_much(self, process: int) -> str:
        members = self._members(process)
        if len(members) > self._limits.processes:
            return f"it had more than {self._limits.processes} processes"
        if sum(map(memory_of, members)) > self._limits.memory_bytes:
            return f"it took more than {self._limits.memory_bytes // 2**20} MiB of memory"
        return ""


class NamespaceWarden(SandboxWarden):
    """Knows the PID namespace of the sandbox, and its first process: when that is gone, the kernel has ended everything in it."""

    def __init__(self, limits: CommandLimits, filter_program: bytes = b"", door: Door | None = None) -> None:
        super().__init__(limits)
        self._door = door
        self.blocked, self._opening = os.pipe() if door else (-1, -1)
        self._reading, self.information = os.pipe()
        os.set_blocking(self._reading, False)
        self.filter = _memory_file(filter_program) if filter_program else None
        self.descriptors = tuple(each for each in (self.information, self.filter, self.blocked) if each is not None and each >= 0)
        self._first: int | None = None
        self._namespace = 0
        self._process = 0
        self._told = b""
        self._silent = False

    def started(self) -> None:
        """Close our copies of what the sandbox has inherited."""
        for descriptor in self.descriptors:
            os.close(descriptor)

    async def watch(self, process: int) -> None:
        """Open the door first where there is one; the command waits for it."""
        if self._door is not None:
            await self._told_all(_GONE)
            await self._door.open(self._process)
            os.write(self._opening, b"!")
        await super().watch(process)

    async def _told_all(self, seconds: float) -> None:
        """Wait until bubblewrap has told everything, which it does in pieces, or has closed its side without that."""
        until = monotonic() + seconds
        while not self._learn() and not self._silent and monotonic() < until:
            await _until_readable(self._reading, seconds)

    async def ask(self, process: int) -> None:
        """Ask each process to end; a command that took too much is killed at once."""
        if self.reason:
            await self.kill(process)
        else:
            await super().ask(process)

    async def kill(self, process: int) -> None:
        """Kill the first process of the namespace, and wait until the kernel has ended all others."""
        if not self._learn() and self._told:
            await self._told_all(_GLANCE)
        if self._first is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._first, signal.SIGKILL)
                await _until_readable(self._first, _GONE)
        await super().kill(process)

    def close(self) -> None:
        """Close what is still open."""
        os.close(self._reading)
        if self._door is not None:
            os.close(self._opening)
            self._door.close()
        if self._first is not None:
            os.close(self._first)

    def _members(self, process: int) -> list[int]:
        self._learn()
        return members_of(self._namespace) if self._namespace else descendants(process)

    def _learn(self) -> bool:
        """Read what bubblewrap tells of the namespace; False where it has not told everything."""
        if self._process:
            return True
        try:
            piece = os.read(self._reading, 4096)
        except BlockingIOError:
            return False
        self._silent = not piece
        self._told += piece
        try:
            told = json.loads(self._told)
            self._namespace, self._process = int(told.get("pid-namespace", 0)), int(told["child-pid"])
        except (ValueError, KeyError):
            return False
        self._hold_first()
        return True

    def _hold_first(self) -> None:
        try:
            descriptor = os.pidfd_open(self._process)
        except ProcessLookupError:  # it has come and gone
            return
        if _is_first(self._process):
            self._first = descriptor
        else:
            os.close(descriptor)


class HomeWarden(SandboxWarden):
    """Keeps an empty home for one command, where a home cannot live inside the sandbox alone."""

    def __init__(self, limits: CommandLimits) -> None:
        super().__init__(limits)
        self._home = tempfile.TemporaryDirectory(prefix="artelier-home-", ignore_cleanup_errors=True)

    @property
    def home(self) -> str:
        """The empty home of this command."""
        return self._home.name

    def close(self) -> None:
        """Remove the home."""
        self._home.cleanup()


class GuardianWarden(HomeWarden):
    """Watches where there is no namespace: a guardian is the reaper of everything, and ends it when it is asked to."""

    def __init__(self, limits: CommandLimits) -> None:
        super().__init__(limits)
        self.order = -1

    def give(self, order: bytes) -> None:
        """Put down what the guardian reads when it starts."""
        self.order = _memory_file(order)
        self.descriptors = (self.order,)

    def started(self) -> None:
        """Close our copy of what the guardian has inherited."""
        os.close(self.order)

    async def kill(self, process: int) -> None:
        """Let the guardian end everything, then end the guardian."""
        if signal_group(process, signal.SIGTERM):
            until = monotonic() + _GUARDIAN_SECONDS
            while await asyncio.to_thread(descendants, process) and monotonic() < until:  # noqa: ASYNC110  nobody tells
                await asyncio.sleep(_GLANCE)
        await super().kill(process)


def _is_first(process: int) -> bool:
    """Whether this is the first process of a PID namespace, and not somebody who got the number later."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return any(line.startswith("NSpid:") and line.split()[-1] == "1" for line in lines)


def _memory_file(content: bytes) -> int:
    descriptor = os.memfd_create("filter")
    os.write(descriptor, content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


async def _until_readable(descriptor: int, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(descriptor, readable.set)
    try:
        with suppress(TimeoutError):
            await asyncio.wait_for(readable.wait(), seconds)
    finally:
        loop.remove_reader(descriptor)
