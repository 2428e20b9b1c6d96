"""Watches a sandboxed command: ends it when its tree takes too much, and knows when all of it is gone."""

import asyncio
import json
import os
import signal
from contextlib import suppress
from pathlib import Path

from artelier.workspaces.processes import Warden
from artelier.workspaces.sandbox.limits import CommandLimits
from artelier.workspaces.sandbox.trees import descendants, memory_of

_LOOK = 0.2
"""Seconds between two looks at a tree."""
_GONE = 5.0
"""Seconds that the kernel has for ending a tree of processes."""


class SandboxWarden(Warden):
    """Looks at the tree of one command; ``reason`` says why it was ended."""

    def __init__(self, limits: CommandLimits) -> None:
        self.reason = ""
        self._limits = limits

    async def watch(self, process: int) -> None:
        """Return when the tree takes more memory, or has more processes, than it may."""
        while not self.reason:
            await asyncio.sleep(_LOOK)
            self.reason = await asyncio.to_thread(self._too_much, process)

    def ask(self, process: int) -> None:
        """Ask each process of the tree to end, but not the sandbox around them."""
        for member in descendants(process):
            with suppress(ProcessLookupError, PermissionError):  # it ended while we looked
                os.kill(member, signal.SIGTERM)

    def close(self) -> None:
        """Close what is still open."""

    def _too_much(self, process: int) -> str:
        tree = descendants(process)
        if len(tree) > self._limits.processes:
            return f"it had more than {self._limits.processes} processes"
        if sum(map(memory_of, tree)) > self._limits.memory_bytes:
            return f"it took more than {self._limits.memory_bytes // 2**20} MiB of memory"
        return ""


class NamespaceWarden(SandboxWarden):
    """Also knows the first process of the sandbox's PID namespace: when that is gone, the kernel has ended everything in it."""

    def __init__(self, limits: CommandLimits, filter_program: bytes = b"") -> None:
        super().__init__(limits)
        self._reading, self.information = os.pipe()
        os.set_blocking(self._reading, False)
        self.filter = _memory_file(filter_program) if filter_program else None
        self.descriptors = (self.information,) if self.filter is None else (self.information, self.filter)

    def started(self) -> None:
        """Close our copies of what the sandbox has inherited."""
        for descriptor in self.descriptors:
            os.close(descriptor)

    async def kill(self, process: int) -> None:
        """Kill the first process of the namespace, and wait until the kernel has ended all others."""
        first = self._first()
        if first is not None:
            try:
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(first, signal.SIGKILL)
                    await _until_readable(first, _GONE)
            finally:
                os.close(first)
        await super().kill(process)

    def close(self) -> None:
        """Close what is still open."""
        os.close(self._reading)

    def _first(self) -> int | None:
        """Return a descriptor of the first process; None where the sandbox did not come so far, or all of it is gone."""
        try:
            process = int(json.loads(os.read(self._reading, 4096))["child-pid"])
            descriptor = os.pidfd_open(process)
        except (BlockingIOError, ValueError, KeyError, ProcessLookupError):
            return None
        if _is_first(process):
            return descriptor
        os.close(descriptor)
        return None


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
