"""Putting bytes where a file is: whole or not at all, and never over what somebody else put there meanwhile."""

import os
import secrets
import stat

from artelier.domain.errors import FileChanged, ToolError
from artelier.workspaces.reading import fingerprint_of
from artelier.workspaces.root import Place

_PERMISSIONS = 0o777
_NEW_FILE_MODE = 0o666


def put(place: Place, data: bytes, old: os.stat_result | None, mode: int = 0) -> os.stat_result:
    """Write beside the place and rename over it, so that a reader sees the old file or the new, never half of one.

    A new file gets the permission bits ``mode``, if any, an old one keeps its own. Raises ``FileChanged``, ``ToolError``.
    """
    temporary = f".artelier-{secrets.token_hex(8)}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(temporary, flags, _NEW_FILE_MODE, dir_fd=place.folder)
    try:
        if old is None and mode:
            os.fchmod(descriptor, mode & _PERMISSIONS)
        _fill(descriptor, data, old)
        refuse_replaced(place, old)
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


def refuse_replaced(place: Place, old: os.stat_result | None) -> None:
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
