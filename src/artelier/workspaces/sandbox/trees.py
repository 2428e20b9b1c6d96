"""Processes on Linux: who belongs together, and how much memory they hold."""

import os
from collections import defaultdict
from pathlib import Path

_PROCESSES = Path("/proc")
LOOKS = _PROCESSES.is_dir()
"""Whether this system shows its processes as files."""
_PAGE = os.sysconf("SC_PAGE_SIZE")
_KIBIBYTE = 1024


def descendants(ancestor: int) -> list[int]:
    """Return the living processes below ``ancestor``, parents before children; without itself."""
    children: dict[int, list[int]] = defaultdict(list)
    if not LOOKS:
        return []
    for name in os.listdir(_PROCESSES):  # noqa: PTH208  a look at every process a few times a second: names are enough
        if name.isdecimal() and (parent := _parent(name)) is not None:
            children[parent].append(int(name))
    found = list(children[ancestor])
    for process in found:  # it grows while we walk
        found.extend(children[process])
    return found


def members_of(namespace: int) -> list[int]:
    """Return the processes in a PID namespace, which is known by the number of its inode."""
    name = f"pid:[{namespace}]"
    return [int(process) for process in os.listdir(_PROCESSES) if process.isdecimal() and _namespace(process) == name]  # noqa: PTH208  same


def threads_of_all() -> int:
    """Return how many threads this machine has; takes a few microseconds."""
    return int((_PROCESSES / "loadavg").read_bytes().split()[3].partition(b"/")[2])


def memory_of(process: int) -> int:
    """Return the bytes of memory a process holds, what it shares counted in proportion (PSS); 0 for one that is gone."""
    try:
        for line in (_PROCESSES / str(process) / "smaps_rollup").read_bytes().splitlines():
            if line.startswith(b"Pss:"):
                return int(line.split()[1]) * _KIBIBYTE
    except OSError:
        return _resident(process)  # it may be read where the other may not
    return 0


def _resident(process: int) -> int:
    try:
        return int((_PROCESSES / str(process) / "statm").read_bytes().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def _namespace(name: str) -> str:
    try:
        return os.readlink(f"/proc/{name}/ns/pid")  # noqa: PTH115  many at once
    except OSError:  # it ended while we looked, or is another person's
        return ""


def _parent(name: str) -> int | None:
    try:
        fields = (_PROCESSES / name / "stat").read_bytes().rpartition(b")")[2].split()
    except OSError:  # it ended while we looked
        return None
    return int(fields[1]) if fields and fields[0] not in {b"Z", b"X"} else None
