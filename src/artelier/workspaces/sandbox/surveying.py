"""A look at a folder before and after a command: what it must not read, what it must not change, what it brought.

The look covers the whole tree, because a folder that holds a secret can be moved to where a narrower look would not see it.
What was seen of a folder is kept and used again while its change time stands, which nobody can set back.
"""

import os
from collections.abc import Iterator
from time import time_ns
from typing import NamedTuple

from artelier.domain.errors import CommandFailed
from artelier.domain.secret_names import SECRET_FOLDERS, folded, is_secret

PROTECTED = frozenset({".git", ".artelier", ".mcp.json", ".vscode", ".idea", ".envrc"})
"""Names that programs of the person's machine act upon, wherever they stand; a command neither changes nor creates them."""
GIT_INTERNALS = frozenset({"hooks", "config", "config.worktree", "commondir", "info", "modules", "worktrees"})
"""Parts of ``.git`` that make git run programs, or make it look for such parts elsewhere."""
ENTRY_LIMIT = 1_000_000
"""Names in a tree that are looked at; a command in a larger one is refused."""

_OF_EDITORS = frozenset({".vscode", ".idea"})
_INSTALLED = frozenset({"node_modules", "site-packages"})
"""Folders of packages, many of which bring an editor's folder along; no person opens them as a project."""
_PUBLIC = frozenset({"cacert.pem"})
_FRESH = 50_000_000
"""Nanoseconds within which a second change may leave the same change time."""


class Sight(NamedTuple):
    """One thing that was seen; ``identity`` is its device and inode, ``target`` where a link points to."""

    path: str
    kind: str
    """``secret``, ``protected``, or ``git`` for a part of a ``.git`` folder."""
    is_folder: bool
    is_link: bool
    identity: tuple[int, int]
    target: str = ""


class _Folder(NamedTuple):
    changed: int
    settled: bool
    folders: tuple[str, ...]
    sights: tuple[Sight, ...]
    entries: int


class Survey(NamedTuple):
    """What was seen beneath one root."""

    root: str
    sights: tuple[Sight, ...]

    def of(self, *kinds: str) -> Iterator[Sight]:
        """Return the sights of these kinds."""
        return (sight for sight in self.sights if sight.kind in kinds)


class Surveyor:
    """Looks at trees and remembers them."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, _Folder]] = {}

    def survey(self, root: str) -> Survey:
        """Look at everything beneath ``root``; takes time and belongs into a thread. Raises ``CommandFailed``."""
        known, seen = self._known.get(root, {}), {}
        waiting, sights, entries = [root], list[Sight](), 0
        while waiting:
            path = waiting.pop()
            folder = seen[path] = _look(path, known.get(path))
            waiting += [f"{path}/{name}" for name in folder.folders]
            sights += folder.sights
            entries += folder.entries
            if entries > ENTRY_LIMIT:
                raise CommandFailed(
                    f"{root} holds more than {ENTRY_LIMIT} files, too many to keep its secrets from a command. Work in a smaller folder."
                )
        self._known[root] = seen
        return Survey(root, tuple(sights))


def _look(path: str, known: _Folder | None) -> _Folder:
    """Look at one folder. One that cannot be read counts as secret: the command could make it readable to itself."""
    now = time_ns()
    try:
        status = os.stat(path, follow_symlinks=False)  # noqa: PTH116  many thousand times; text is enough
        if known is not None and known.settled and known.changed == status.st_ctime_ns:
            return known
        with os.scandir(path) as listing:
            entries = list(listing)
        folders = tuple(entry.name for entry in entries if entry.is_dir(follow_symlinks=False) and folded(entry.name) not in SECRET_FOLDERS)
        sights = tuple(_sight(entry, kind) for entry in entries if (kind := _kind(path, entry)))
    except FileNotFoundError:  # it went while we looked
        return _Folder(0, settled=False, folders=(), sights=(), entries=0)
    except OSError:
        return _Folder(0, settled=False, folders=(), sights=(Sight(path, "secret", True, False, (0, 0)),), entries=1)
    return _Folder(status.st_ctime_ns, now - status.st_ctime_ns > _FRESH, folders, sights, len(entries))


def _kind(path: str, entry: os.DirEntry[str]) -> str:
    name = folded(entry.name)
    if name in PROTECTED and not (name in _OF_EDITORS and not _INSTALLED.isdisjoint(path.split("/"))):
        return "protected"
    if name in GIT_INTERNALS and path.endswith("/.git"):
        return "git"
    if name in SECRET_FOLDERS and entry.is_dir():
        return "secret"
    return "secret" if is_secret(name) and name not in _PUBLIC and not entry.is_dir() else ""


def _sight(entry: os.DirEntry[str], kind: str) -> Sight:
    status = entry.stat(follow_symlinks=False)
    target = os.readlink(entry.path) if entry.is_symlink() else ""  # noqa: PTH115  as the entry says it
    return Sight(entry.path, kind, entry.is_dir(follow_symlinks=False), entry.is_symlink(), (status.st_dev, status.st_ino), target)
