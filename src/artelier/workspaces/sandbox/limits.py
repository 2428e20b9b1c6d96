"""How much one command may use."""

import math

from msgspec import Struct

_BLOCK = 512
"""Bytes that ``ulimit -f`` counts in (POSIX)."""


class CommandLimits(Struct, frozen=True):
    """Bytes, seconds and counts; of the whole tree of processes where nothing else is said."""

    memory_bytes: int = 4 << 30
    """Proportional share of memory (PSS); looked at a few times a second, the command is ended above it."""
    processes: int = 512
    cpu_seconds: int = 900
    """Of each process."""
    file_bytes: int = 512 << 20
    """Of each file."""
    open_files: int = 4096
    """Of each process."""
    temporary_bytes: int = 512 << 20
    """Of each of the folders that live in memory: /tmp, the home, /dev/shm."""


def limited(words: tuple[str, ...], limits: CommandLimits) -> tuple[str, ...]:
    """Return the words of a program that takes on the limits and becomes ``words``.

    The shell does it and not ``prlimit``, which is not everywhere. A limit that is lower already stays. The number of processes
    is called ``-u`` by most shells and ``-p`` by dash; the kernel counts it by user namespace, and does not hold root to it.
    """
    steps = [
        "ulimit -c 0",
        f"ulimit -t {limits.cpu_seconds}",
        f"ulimit -f {math.ceil(limits.file_bytes / _BLOCK)}",
        f"ulimit -n {limits.open_files}",
        f"ulimit -u {limits.processes} || ulimit -p {limits.processes}",
    ]
    quiet = "; ".join(f"{{ {step}; }} 2>/dev/null" for step in steps)
    return ("/bin/sh", "-c", f'{quiet}; exec "$@"', "sh", *words)
