"""The names in one folder, in order, without following links."""

import heapq
import os
import stat
import time
from collections.abc import Iterator
from typing import NamedTuple

from artelier.domain.secret_names import is_secret
from artelier.workspaces.beneath import enter_folder
from artelier.workspaces.paths import is_protected

DEPTH_LIMIT = 40
"""Levels of folders that listings and searches go down."""


class Name(NamedTuple):
    """A name in a folder; ``path`` is relative to the root of the workspace."""

    path: str
    status: os.stat_result


def path_order(path: str) -> list[str]:
    """Key that sorts a folder's content right after the folder."""
    return path.split("/")


def join(folder: str, name: str) -> str:
    """Return the path of a name in a folder; ``.`` is the root."""
    return name if folder == "." else f"{folder}/{name}"


def names_in(base: int, base_path: str, folder: str, limit: int, until: float) -> list[Name]:
    """Return the first ``limit`` names of ``folder``, which lies beneath the open folder ``base``, in order.

    Stops at the monotonic time ``until`` with what it has. A folder that vanished or may not be read has no names.
    """
    below = [part for part in folder.removeprefix(base_path).split("/") if part] if folder != base_path else []
    try:
        descriptor, _ = enter_folder(base, below)
    except OSError:  # its own name is listed by the folder above; there is nothing to tell of its inside
        return []
    try:
        names = heapq.nsmallest(limit, _scan(descriptor, until))
        return [name for name in (_look(descriptor, folder, name) for name in names) if name is not None]
    finally:
        os.close(descriptor)


def may_enter(name: Name) -> bool:
    """Whether it is a folder that listings and searches from above look into."""
    return stat.S_ISDIR(name.status.st_mode) and not is_closed(name.path)


def is_closed(path: str) -> bool:
    """Whether a folder is passed over unless it is named itself: git's, ours, and those of secrets."""
    return is_secret(path) or is_protected(path.rpartition("/")[2])


def _scan(descriptor: int, until: float) -> Iterator[str]:
    with os.scandir(descriptor) as entries:
        for entry in entries:
            if time.monotonic() > until:
                return
            yield entry.name


def _look(descriptor: int, folder: str, name: str) -> Name | None:
    try:
        return Name(join(folder, name), os.stat(name, dir_fd=descriptor, follow_symlinks=False))
    except FileNotFoundError:  # removed since the scan
        return None
