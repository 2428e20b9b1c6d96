"""Finding the files that a search goes through: no links, nothing hidden, ignored, secret or special."""

import os
import stat
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from artelier.domain.errors import FileMissing, PathRefused
from artelier.domain.secret_names import is_secret
from artelier.workspaces.globs import PathFilter
from artelier.workspaces.ignoring import IGNORE_FILE, IgnoreRules, is_ignored
from artelier.workspaces.names import DEPTH_LIMIT, Name, join, may_enter, names_in
from artelier.workspaces.root import Root

FILES_LIMIT = 100_000
"""Files that one search goes through."""

_IGNORE_FILE_LIMIT = 256 * 1024
_NAMES_LIMIT = 1_000_000


class Found(NamedTuple):
    """Plain files in path order; ``complete`` is False where a limit was met."""

    paths: list[str]
    complete: bool


def find_files(root: Root, path: str, wanted: PathFilter, until: float) -> Found:
    """Find files beneath ``path``, already normalised; a file named itself is found even if hidden or ignored.

    Ends at the monotonic time ``until``. Raises ``PathRefused``, ``FileMissing``.
    """
    with root.opened(path) as opened:
        if not stat.S_ISDIR(opened.status.st_mode):
            root.refuse_unreadable(opened.status, path)
            return Found([path], complete=True)
        walk = _Walk(root, opened.descriptor, path, until)
        paths = []
        for found in walk.files(path, _rules_above(root, path), 1):
            if wanted.passes(found):
                paths.append(found)
            if len(paths) >= FILES_LIMIT:
                return Found(paths, complete=False)
    return Found(paths, complete=time.monotonic() < until)


def rules_in(root: Root, folder: str) -> list[IgnoreRules]:
    """Return the ignore rules that stand in a folder, none where it has no plain ``.gitignore``."""
    try:
        with root.opened_file(join(folder, IGNORE_FILE)) as opened:
            text = os.pread(opened.descriptor, _IGNORE_FILE_LIMIT, 0).decode(errors="replace")
    except (FileMissing, PathRefused):
        return []
    return [IgnoreRules(folder, text)]


def _rules_above(root: Root, path: str) -> list[IgnoreRules]:
    parts = [] if path == "." else path.split("/")
    folders = ["/".join(parts[:count]) or "." for count in range(len(parts))]
    return [rules for folder in folders for rules in rules_in(root, folder)]


class _Walk(NamedTuple):
    root: Root
    base: int
    base_path: str
    until: float

    def files(self, folder: str, rules: Sequence[IgnoreRules], depth: int) -> Iterator[str]:
        if depth > DEPTH_LIMIT or time.monotonic() > self.until:
            return
        names = names_in(self.base, self.base_path, folder, _NAMES_LIMIT, self.until)
        here = [*rules, *rules_in(self.root, folder)] if any(_last(name.path) == IGNORE_FILE for name in names) else rules
        for name in names:
            if _last(name.path).startswith(".") or is_ignored(here, name.path, folder=stat.S_ISDIR(name.status.st_mode)):
                continue
            if may_enter(name):
                yield from self.files(name.path, here, depth + 1)
            elif self._is_searched(name):
                yield name.path

    def _is_searched(self, name: Name) -> bool:
        return stat.S_ISREG(name.status.st_mode) and not is_secret(name.path)


def _last(path: str) -> str:
    return path.rpartition("/")[2]
