"""Listing what lies beneath a folder, for people and models. Links are named, not followed; secret files are named, not opened."""

import os
import stat
import time
from collections import deque

from artelier.domain.errors import PathRefused
from artelier.ports.workspace import Entry, Listing
from artelier.workspaces.names import DEPTH_LIMIT, Name, may_enter, names_in, path_order
from artelier.workspaces.paths import normalise
from artelier.workspaces.root import Root

ENTRIES_LIMIT = 10_000
LIST_SECONDS = 5.0
"""How long a listing looks; what it has by then is the answer."""


def list_folder(root: Root, path: str, depth: int, max_entries: int) -> Listing:
    """List level by level, so that what is near comes first. Raises ``PathRefused``, ``FileMissing``."""
    limit = max(1, min(max_entries, ENTRIES_LIMIT))
    until = time.monotonic() + LIST_SECONDS
    found: list[Name] = []
    wanted = normalise(path)
    levels = deque([(wanted, 1)])
    with root.opened(wanted) as opened:
        _refuse_file(opened.status, wanted)
        while levels and len(found) <= limit and time.monotonic() < until:
            folder, level = levels.popleft()
            names = names_in(opened.descriptor, wanted, folder, limit + 1 - len(found), until)
            found += names
            if level < min(depth, DEPTH_LIMIT):
                levels.extend((name.path, level + 1) for name in names if may_enter(name))
    entries = sorted((_entry(name) for name in found[:limit]), key=lambda entry: path_order(entry.path))
    return Listing(tuple(entries), truncated=bool(levels) or len(found) > limit or time.monotonic() >= until)


def _entry(name: Name) -> Entry:
    path = name.path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return Entry(path, _kind(name.status.st_mode), name.status.st_size if stat.S_ISREG(name.status.st_mode) else 0)


def _kind(mode: int) -> str:
    kinds = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link"}
    return kinds.get(stat.S_IFMT(mode), "other")


def _refuse_file(status: os.stat_result, path: str) -> None:
    if not stat.S_ISDIR(status.st_mode):
        raise PathRefused(f"{path!r} is a file, not a folder: read it instead.")
