"""Writing text files: whole or not at all, and never over what somebody else wrote since it was read."""

import os
import secrets
import stat
import threading
from collections import OrderedDict
from typing import NamedTuple

from artelier.domain.errors import ArgumentsInvalid, FileChanged, FileMissing, ToolError
from artelier.ports.workspace import FileView, Written
from artelier.workspaces.beneath import READ
from artelier.workspaces.encoding import UTF8, encode
from artelier.workspaces.paths import normalise
from artelier.workspaces.reading import WHOLE_LIMIT, Fingerprint, Text, fingerprint_of, read_whole, read_window
from artelier.workspaces.replacing import replaced
from artelier.workspaces.root import Place, Root

_REMEMBERED = 10_000
"""Files whose fingerprints are kept; the longest unused is forgotten first."""
_PERMISSIONS = 0o777
_NEW_FILE_MODE = 0o666


class _Old(NamedTuple):
    text: Text
    status: os.stat_result


class Memory:
    """The fingerprints of files as they were last read or written here."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, Fingerprint] = OrderedDict()
        self._lock = threading.Lock()

    def remember(self, path: str, status: os.stat_result) -> None:
        """Note how a file was."""
        with self._lock:
            self._seen[path] = fingerprint_of(status)
            self._seen.move_to_end(path)
            if len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)

    def forget(self, path: str) -> None:
        """Drop what was noted of a file."""
        with self._lock:
            self._seen.pop(path, None)

    def refuse_changed(self, path: str, status: os.stat_result) -> None:
        """Raise ``FileChanged`` where the file was seen and is another now."""
        if self._seen.get(path, fingerprint_of(status)) != fingerprint_of(status):
            raise FileChanged(f"{path!r} has changed since it was read. Read it again, then write.")


class Texts:
    """The text files beneath a root; blocking, for threads. Writes go one at a time."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._memory = Memory()
        self._lock = threading.Lock()

    def read(self, path: str, first_line: int, max_lines: int) -> FileView:
        """Read a window and remember how the file was. Raises ``PathRefused``, ``FileMissing``, ``FileUnreadable``."""
        with self._root.opened_file(path) as opened:
            view = read_window(opened, normalise(path), first_line, max_lines)
            self._memory.remember(opened.path, opened.status)
        return view

    def write(self, path: str, text: str, *, dry: bool = False) -> Written:
        """Create or replace a file. Raises ``PathRefused``, ``FileChanged``, ``FileUnreadable``, ``ArgumentsInvalid``."""
        try:
            with self._lock, self._root.place(path, create=not dry) as place:
                return self._write(place, self._old(place), text, dry=dry)
        except FileMissing:
            if not dry:
                raise
            return Written(path=normalise(path), before=None, after=text)

    def replace(self, path: str, old: str, new: str, *, every: bool, dry: bool = False) -> Written:
        """Replace a passage. Raises as ``write`` does, ``FileMissing``, and ``ToolError`` where the passage is not to be found."""
        with self._lock, self._root.place(path, create=False) as place:
            found = self._old(place)
            if found is None:
                raise FileMissing(f"There is no {place.path!r}. List its folder, or write the whole file.")
            return self._write(place, found, replaced(found.text.text, old, new, place.path, every=every), dry=dry)

    def _old(self, place: Place) -> _Old | None:
        try:
            self._root.refuse_unreadable(os.stat(place.name, dir_fd=place.folder, follow_symlinks=False), place.path)
            descriptor = os.open(place.name, READ | os.O_NOFOLLOW, dir_fd=place.folder)
        except FileNotFoundError:
            self._memory.forget(place.path)
            return None
        try:
            status = os.fstat(descriptor)
            self._root.refuse_unreadable(status, place.path)
            self._memory.refuse_changed(place.path, status)
            return _Old(read_whole(descriptor, status.st_size, place.path), status)
        finally:
            os.close(descriptor)

    def _write(self, place: Place, old: _Old | None, text: str, *, dry: bool) -> Written:
        data = encode(text, old.text.encoding if old else UTF8, place.path)
        if len(data) > WHOLE_LIMIT:
            raise ArgumentsInvalid(f"{place.path!r} would have {len(data)} bytes; at most {WHOLE_LIMIT} are written at once. Write less.")
        if not dry:
            self._memory.remember(place.path, _put(place, data, old.status if old else None))
        return Written(path=place.path, before=old.text.text if old else None, after=text)


def _put(place: Place, data: bytes, old: os.stat_result | None) -> os.stat_result:
    """Write beside the place and rename over it, so that a reader sees the old file or the new, never half of one."""
    temporary = f".artelier-{secrets.token_hex(8)}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(temporary, flags, _NEW_FILE_MODE, dir_fd=place.folder)
    try:
        _fill(descriptor, data, old)
        _refuse_replaced(place, old)
        os.rename(temporary, place.name, src_dir_fd=place.folder, dst_dir_fd=place.folder)
        os.fsync(place.folder)
        return os.fstat(descriptor)
    except BaseException:
        _remove(temporary, place.folder)
        raise
    finally:
        os.close(descriptor)


def _fill(descriptor: int, data: bytes, old: os.stat_result | None) -> None:
    if old is not None:
        os.fchmod(descriptor, stat.S_IMODE(old.st_mode) & _PERMISSIONS)
        if os.geteuid() == 0:  # only root can, and only root would take the file from its owner
            os.fchown(descriptor, old.st_uid, old.st_gid)
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
    os.fsync(descriptor)


def _refuse_replaced(place: Place, old: os.stat_result | None) -> None:
    """Look once more, right before the rename."""
    try:
        status = os.stat(place.name, dir_fd=place.folder, follow_symlinks=False)
    except FileNotFoundError:
        return
    if old is None or fingerprint_of(status) != fingerprint_of(old):
        raise FileChanged(f"{place.path!r} has been written by somebody else just now. Read it again, then write.")


def _remove(temporary: str, folder: int) -> None:
    try:
        os.unlink(temporary, dir_fd=folder)
    except FileNotFoundError:  # it was renamed before the failure
        return
    except OSError as error:
        raise ToolError(f"The file was not written, and {temporary!r} was left beside it ({error.strerror}). Remove it.") from error
