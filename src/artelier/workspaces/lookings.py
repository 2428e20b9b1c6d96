"""Which names an operation looks at: never fewer than it does, so that what it gave depends on nothing else."""

import stat
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from artelier.workspaces.evidence import Named, NoEvidenceError
from artelier.workspaces.ignoring import IGNORE_FILE, IgnoreRules, is_ignored
from artelier.workspaces.names import DEPTH_LIMIT, Name, join, may_enter, names_in
from artelier.workspaces.root import Root
from artelier.workspaces.walking import rules_in

_NAMES_LIMIT = 100_000


def names_of_reading(path: str) -> Iterator[Named]:
    """Return the file and the folders on the way to it."""
    yield from _way_to(path)
    yield Named(path, followed=True)


def names_of_listing(root: Root, path: str, depth: int, until: float) -> Iterator[Named]:
    """Return the folders that are listed and every name in them."""
    yield from _way_to(path)
    yield Named(path, followed=True)
    with root.descriptor() as descriptor:
        yield from _Walk(descriptor, until).listing(path, depth)


def names_of_searching(root: Root, path: str, until: float) -> Iterator[Named]:
    """Return every file that a search could go through, the folders, and the rules of what it passes over."""
    yield from _way_to(path)
    yield Named(path, followed=True)
    above = _folders_above(path)
    for folder in above:
        yield Named(join(folder, IGNORE_FILE))
    rules = [rule for folder in above for rule in rules_in(root, folder)]
    with root.descriptor() as descriptor:
        yield from _Walk(descriptor, until).searching(root, path, rules, 1)


def names_of_command(root: Root, until: float) -> Iterator[Named]:
    """Return everything in the workspace. Raises ``NoEvidenceError`` for a link: a command follows it anywhere."""
    yield Named(".")
    with root.descriptor() as descriptor:
        yield from _Walk(descriptor, until).everything(".", 1)


class _Walk(NamedTuple):
    root: int
    until: float

    def names(self, folder: str) -> list[Name]:
        names = names_in(self.root, ".", folder, _NAMES_LIMIT, self.until)
        if time.monotonic() > self.until:
            raise NoEvidenceError
        return names

    def listing(self, folder: str, depth: int) -> Iterator[Named]:
        for name in self.names(folder):
            yield Named(name.path)
            if may_enter(name) and depth > 1:
                yield from self.listing(name.path, depth - 1)

    def searching(self, root: Root, folder: str, rules: Sequence[IgnoreRules], depth: int) -> Iterator[Named]:
        if depth > DEPTH_LIMIT:
            return
        names = self.names(folder)
        here = [*rules, *rules_in(root, folder)]
        for name in names:
            last = name.path.rpartition("/")[2]
            if last == IGNORE_FILE:
                yield Named(name.path)
            if last.startswith(".") or is_ignored(here, name.path, folder=stat.S_ISDIR(name.status.st_mode)):
                continue
            yield Named(name.path)
            if may_enter(name):
                yield from self.searching(root, name.path, here, depth + 1)

    def everything(self, folder: str, depth: int) -> Iterator[Named]:
        if depth > DEPTH_LIMIT:
            raise NoEvidenceError
        for name in self.names(folder):
            yield Named(name.path, followed=True)
            if stat.S_ISDIR(name.status.st_mode):
                yield from self.everything(name.path, depth + 1)


def _way_to(path: str) -> Iterator[Named]:
    for folder in _folders_above(path):
        yield Named(folder, whole=False, followed=True)


def _folders_above(path: str) -> list[str]:
    parts = [] if path == "." else path.split("/")
    return ["/".join(parts[:count]) or "." for count in range(len(parts))]
