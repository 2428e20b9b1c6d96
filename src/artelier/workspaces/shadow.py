"""What a command changed: the files before and after it, with what they were kept ahead.

Nobody knows beforehand what a command will write. So the contents of a workspace are kept as they are found before a
command runs, each once, within limits; a workspace beyond them is not covered, and that is said before a command is
approved. Git's own files, files that Git ignores, secrets and links are left out.
"""

import os
import stat
import time
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from artelier.domain.calls import FileChange
from artelier.domain.errors import ArtelierError
from artelier.domain.secret_names import is_secret
from artelier.workspaces.ignoring import IGNORE_FILE, IgnoreRules, is_ignored
from artelier.workspaces.keeping import Keeping
from artelier.workspaces.names import DEPTH_LIMIT, Name, may_enter, names_in
from artelier.workspaces.reading import WHOLE_LIMIT, Fingerprint, fingerprint_of
from artelier.workspaces.root import Root
from artelier.workspaces.walking import rules_in

_RACY = 2_000_000_000
"""Nanoseconds; a file changed so shortly before it was looked at may change again without another time, as Git knows."""
_PERMISSIONS = 0o777


class ShadowLimits(NamedTuple):
    """How much is kept ahead of commands: files, bytes in all, and seconds that a look may take."""

    files: int = 10_000
    bytes: int = 64 * 1024 * 1024
    seconds: float = 10.0


USUAL = ShadowLimits()


class _Seen(NamedTuple):
    fingerprint: Fingerprint
    mode: int
    digest: str
    at: int
    """When its content was read, in nanoseconds since 1970."""


class Look(NamedTuple):
    """The files as they were at one moment, by path, and a mark for our own writes since."""

    files: Mapping[str, _Seen]
    mark: int


class _TooMuchError(Exception):
    """The workspace is beyond the limits."""


class Shadow:
    """Keeps the contents of a workspace ahead of commands; blocking, for threads."""

    def __init__(self, root: Root, keeping: Keeping, limits: ShadowLimits) -> None:
        self._root = root
        self._keeping = keeping
        self._limits = limits
        self._seen: dict[str, _Seen] = {}
        self._covers: bool | None = None

    def covers(self) -> bool:
        """Whether the workspace is within the limits, as last found."""
        if self._covers is None:
            self.before()
        return bool(self._covers)

    def before(self) -> Look | None:
        """Keep what is not kept yet and return how all files are; None where that is too much."""
        mark = self._keeping.mark()
        try:
            files = self._look()
        except (_TooMuchError, ArtelierError, OSError):
            self._covers = False
            return None
        self._covers = True
        return Look(files, mark)

    def changes_since(self, before: Look | None) -> tuple[FileChange, ...]:
        """Return what has changed since, but for what we wrote ourselves meanwhile; nothing where nothing was kept."""
        after = None if before is None else self.before()
        if before is None or after is None:
            return ()
        own = self._keeping.own_since(before.mark)
        paths = sorted(path for path in {*before.files, *after.files} if path not in own)
        changes = (_change(path, before.files.get(path), after.files.get(path)) for path in paths)
        return tuple(change for change in changes if change is not None)

    def _look(self) -> dict[str, _Seen]:
        until = time.monotonic() + self._limits.seconds
        found: dict[str, _Seen] = {}
        size = 0
        with self._root.descriptor() as root:
            for name in self._walk(root, ".", (), 1, until):
                size += name.status.st_size
                if len(found) >= self._limits.files or size > self._limits.bytes:
                    raise _TooMuchError
                seen = self._known(name) or self._read(name)
                if seen is not None:
                    found[name.path] = seen
        if time.monotonic() > until:  # the walk ends early then, with what it has
            raise _TooMuchError
        self._seen = found
        return dict(found)

    def _walk(self, root: int, folder: str, rules: tuple[IgnoreRules, ...], depth: int, until: float) -> Iterator[Name]:
        if depth > DEPTH_LIMIT:
            raise _TooMuchError
        names = names_in(root, ".", folder, self._limits.files + 1, until)
        here = (*rules, *rules_in(self._root, folder)) if any(name.path.rpartition("/")[2] == IGNORE_FILE for name in names) else rules
        for name in names:
            if is_ignored(here, name.path, folder=stat.S_ISDIR(name.status.st_mode)):
                continue
            if may_enter(name):
                yield from self._walk(root, name.path, here, depth + 1, until)
            elif stat.S_ISREG(name.status.st_mode) and name.status.st_nlink == 1 and not is_secret(name.path):
                yield name

    def _known(self, name: Name) -> _Seen | None:
        seen = self._seen.get(name.path)
        if seen is None or seen.fingerprint != fingerprint_of(name.status) or seen.at - name.status.st_mtime_ns < _RACY:
            return None
        return seen

    def _read(self, name: Name) -> _Seen | None:
        """Read and keep a file's content; None for one that vanished, a file too large to keep has no digest."""
        mode = stat.S_IMODE(name.status.st_mode) & _PERMISSIONS
        if name.status.st_size > WHOLE_LIMIT:
            return _Seen(fingerprint_of(name.status), mode, "", time.time_ns())
        at = time.time_ns()
        try:
            with self._root.opened_file(name.path) as opened:
                content = os.pread(opened.descriptor, WHOLE_LIMIT + 1, 0)
                fingerprint = fingerprint_of(os.fstat(opened.descriptor))
        except ArtelierError:
            return None
        return _Seen(fingerprint, mode, self._keeping.keep(content, durable=False), at)


def _change(path: str, before: _Seen | None, after: _Seen | None) -> FileChange | None:
    if before is None and after is not None:
        return FileChange(path, "created", after=after.digest, mode=after.mode)
    if before is not None and after is None:
        return FileChange(path, "deleted", before=before.digest, mode=before.mode)
    if before is None or after is None or (before.digest and before.digest == after.digest):
        return None
    if before.fingerprint == after.fingerprint:
        return None
    return FileChange(path, "changed", before=before.digest, after=after.digest, mode=before.mode)
