"""What paths name at this moment: whether two of them could be the same file, and whether a file is still the one it was."""

import os
import stat
from collections.abc import Iterable

from artelier.domain.errors import PathRefused
from artelier.ports.workspace import Target
from artelier.workspaces.paths import normalise
from artelier.workspaces.reading import fingerprint_of
from artelier.workspaces.root import Root

FOLDER = "folder"
_NOTHING = Target("")
_UNCLEAR = Target("", plain=False)


def look_at(root: Root, paths: Iterable[str]) -> dict[str, Target]:
    """Return what each path names. Nothing is opened; a race here costs order or a question, never safety."""
    with root.descriptor() as descriptor:
        return {path: _target(descriptor, path) for path in paths}


def _target(root: int, path: str) -> Target:
    try:
        parts = normalise(path).split("/")
        status = _status(root, parts)
    except FileNotFoundError:
        return _NOTHING
    except (OSError, PathRefused):
        return _UNCLEAR
    if status is None or not stat.S_ISREG(status.st_mode):
        return Target(FOLDER) if status is not None and stat.S_ISDIR(status.st_mode) else _UNCLEAR
    return Target("-".join(map(str, fingerprint_of(status))), plain=status.st_nlink == 1)


def _status(root: int, parts: list[str]) -> os.stat_result | None:
    """Return the status of the last part, None where a link is on the way."""
    status = os.fstat(root)
    for count in range(1, len(parts) + 1):
        status = os.stat("/".join(parts[:count]), dir_fd=root, follow_symlinks=False)
        if stat.S_ISLNK(status.st_mode):
            return None
    return status
