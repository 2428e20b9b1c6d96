"""On which kind of file system a folder lies, because not every kind tells of every change."""

import os
from pathlib import Path

TESTED = frozenset({"ext4", "tmpfs"})
"""Kinds whose times, sizes and inodes were tested to show every change, but for stores through ``mmap``."""
_MOUNTS = Path("/proc/self/mountinfo")


def kind_of(folder: Path) -> str:
    """Return the kind, such as ``ext4``, by proc_pid_mountinfo(5); empty where it cannot be told."""
    try:
        device = folder.stat().st_dev
        lines = _MOUNTS.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    number = f"{os.major(device)}:{os.minor(device)}"
    for line in lines:
        before, _, after = line.partition(" - ")
        if before.split()[2:3] == [number] and after:
            return after.split()[0]
    return ""
