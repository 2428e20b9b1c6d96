"""Removing, moving and putting back files, whatever they hold: what they were is kept first."""

import os
import stat
from collections.abc import Iterator
from typing import NamedTuple

from artelier.domain.calls import FileChange
from artelier.domain.errors import FileChanged, FileMissing, PathRefused, ToolError
from artelier.domain.secret_names import is_secret
from artelier.workspaces.beneath import READ
from artelier.workspaces.keeping import Keeping
from artelier.workspaces.names import DEPTH_LIMIT, Name, join, names_in
from artelier.workspaces.paths import is_protected
from artelier.workspaces.putting import put
from artelier.workspaces.reading import WHOLE_LIMIT, read_bytes
from artelier.workspaces.root import Place, Root

FILES_AT_ONCE = 1_000
"""Files that one call removes or moves; for more, commands are there."""
_FOREVER = float("inf")
_PERMISSIONS = 0o777


class _Kept(NamedTuple):
    path: str
    digest: str
    mode: int


class Files:
    """The files beneath a root as wholes; blocking, for threads."""

    def __init__(self, root: Root, keeping: Keeping) -> None:
        self._root = root
        self._keeping = keeping

    def delete(self, path: str) -> tuple[FileChange, ...]:
        """Remove a file, or a folder with all in it. Raises ``PathRefused``, ``FileMissing``, ``FileChanged``, ``ToolError``."""
        with self._keeping.lock, self._root.place(path, create=False) as place:
            names = self._names(place)
            kept = [self._kept(name) for name in names if stat.S_ISREG(name.status.st_mode)]
            for name in reversed(names):
                self._remove(name)
        return tuple(FileChange(each.path, "deleted", before=each.digest, mode=each.mode) for each in kept)

    def move(self, source: str, target: str) -> tuple[FileChange, ...]:
        """Give a file or folder another path, where nothing may be yet. Raises as ``delete`` does."""
        with self._keeping.lock, self._root.place(source, create=False) as old:
            names = self._names(old)
            with self._root.place(target, create=True) as new:
                if new.path == old.path or new.path.startswith(old.path + "/"):
                    raise ToolError(f"{old.path!r} cannot be moved to {new.path!r}, which is the same or lies in it.")
                if _exists(new):
                    raise ToolError(f"There is something at {new.path!r} already. Remove it first, or choose another name.")
                kept = [self._kept(name) for name in names if stat.S_ISREG(name.status.st_mode)]
                os.rename(old.name, new.name, src_dir_fd=old.folder, dst_dir_fd=new.folder)
        return tuple(change for each in kept for change in self._moved(each, new.path + each.path[len(old.path) :]))

    def restore(self, path: str, expected: str, content: bytes | None, mode: int, *, dry: bool = False) -> None:
        """Put back what a file was, if it still is what it is expected to be. Raises ``FileChanged``, ``PathRefused``."""
        try:
            with self._keeping.lock, self._root.place(path, create=content is not None and not dry) as place:
                status = self._status(place)
                if self._holds(place, status, content):
                    return
                self._expect(place, status, expected)
                if not dry:
                    self._put_back(place, status, content, mode)
        except FileMissing:  # the folder it lay in is gone, or for a dry run is not made
            if expected:
                raise FileChanged(f"{path!r} has been removed by somebody since. It is left as it is.") from None

    def is_kept_whole(self, path: str) -> bool:
        """Whether everything at a path could be put back after it is changed or removed."""
        try:
            with self._root.place(path, create=False) as place:
                names = self._names(place)
        except FileMissing:
            return True
        except ToolError:
            return False
        return all(name.status.st_size <= WHOLE_LIMIT for name in names if stat.S_ISREG(name.status.st_mode))

    def _put_back(self, place: Place, status: os.stat_result | None, content: bytes | None, mode: int) -> None:
        if content is not None:
            put(place, content, status, mode)
        elif status is not None:
            os.unlink(place.name, dir_fd=place.folder)
        self._keeping.note_own(place.path)

    def _expect(self, place: Place, status: os.stat_result | None, expected: str) -> None:
        if status is None and expected:
            raise FileChanged(f"{place.path!r} has been removed by somebody since. It is left as it is.")
        if status is not None and (not stat.S_ISREG(status.st_mode) or self._digest(place, status) != expected):
            raise FileChanged(f"{place.path!r} has been changed by somebody since. It is left as it is.")

    def _holds(self, place: Place, status: os.stat_result | None, content: bytes | None) -> bool:
        if status is None or content is None:
            return status is None and content is None
        same_size = stat.S_ISREG(status.st_mode) and status.st_size == len(content)
        return same_size and _content(place.folder, place.name, status, place.path) == content

    def _status(self, place: Place) -> os.stat_result | None:
        try:
            return os.stat(place.name, dir_fd=place.folder, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def _digest(self, place: Place, status: os.stat_result) -> str:
        """Keep what is there now, so that this too can be undone, and return its digest."""
        return self._keeping.keep(_content(place.folder, place.name, status, place.path))

    def _names(self, place: Place) -> list[Name]:
        """Return what lies at a place and in it, folders before what is in them. Raises ``PathRefused``, ``ToolError``."""
        status = os.stat(place.name, dir_fd=place.folder, follow_symlinks=False)
        names = [Name(place.path, status)]
        if stat.S_ISDIR(status.st_mode):
            with self._root.descriptor() as root:
                for name in _beneath(root, place.path, 1):
                    names.append(name)
                    if len(names) > FILES_AT_ONCE:
                        raise ToolError(f"{place.path!r} holds more than {FILES_AT_ONCE} names. Use a command for so many.")
        for name in names:
            self._refuse(name)
        return names

    def _refuse(self, name: Name) -> None:
        if is_secret(name.path) or is_protected(name.path):
            raise PathRefused(f"{name.path!r} may hold secrets or is git's own; file tools leave it, and what it lies in, alone.")
        if stat.S_ISDIR(name.status.st_mode) or stat.S_ISLNK(name.status.st_mode):
            return
        self._root.refuse_unreadable(name.status, name.path)
        self._keeping.seen.refuse_changed(name.path, name.status)

    def _kept(self, name: Name) -> _Kept:
        mode = stat.S_IMODE(name.status.st_mode) & _PERMISSIONS
        if name.status.st_size > WHOLE_LIMIT:
            return _Kept(name.path, "", mode)
        with self._root.place(name.path, create=False) as place:
            return _Kept(name.path, self._keeping.keep(_content(place.folder, place.name, name.status, name.path)), mode)

    def _remove(self, name: Name) -> None:
        with self._root.place(name.path, create=False) as place:
            if stat.S_ISDIR(name.status.st_mode):
                os.rmdir(place.name, dir_fd=place.folder)
            else:
                os.unlink(place.name, dir_fd=place.folder)
        self._keeping.seen.forget(name.path)
        self._keeping.note_own(name.path)

    def _moved(self, kept: _Kept, target: str) -> tuple[FileChange, FileChange]:
        for path in (kept.path, target):
            self._keeping.seen.forget(path)
            self._keeping.note_own(path)
        return (
            FileChange(kept.path, "deleted", before=kept.digest, mode=kept.mode),
            FileChange(target, "created", after=kept.digest, mode=kept.mode),
        )


def _exists(place: Place) -> bool:
    try:
        os.stat(place.name, dir_fd=place.folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _content(folder: int, name: str, status: os.stat_result, path: str) -> bytes:
    descriptor = os.open(name, READ | os.O_NOFOLLOW, dir_fd=folder)
    try:
        return read_bytes(descriptor, status.st_size, path)
    finally:
        os.close(descriptor)


def _beneath(root: int, folder: str, depth: int) -> Iterator[Name]:
    if depth > DEPTH_LIMIT:
        raise ToolError(f"{folder!r} lies too deep. Use a command.")
    for name in names_in(root, ".", folder, FILES_AT_ONCE + 1, _FOREVER):
        yield name
        if stat.S_ISDIR(name.status.st_mode):
            yield from _beneath(root, join(".", name.path), depth + 1)
