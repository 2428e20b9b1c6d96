"""What a result was made from, so that it can be told later whether it would still be the same.

Each file and folder that was looked at is held by times, size, inode and device, as ``lstat`` tells them; the folders on
the way by what they are. Three things make that a proof on a local file system:

* nothing was changed since shortly before the work began, so what the evidence shows is what the work saw;
* what had changed not long before is compared by its content too (git's rule of the racily clean);
* no link is on the way and nothing lies on another device.

One thing is not seen: a store through ``mmap`` into a page that was dirty already changes no time.
"""

import hashlib
import os
import stat
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from artelier.workspaces.root import Root

FRESH = 2_000_000_000
"""Nanoseconds within which a change counts as recent; file systems that keep whole seconds cannot tell two changes apart in it."""
TICK = 20_000_000
"""Nanoseconds by which a file's time may lie before the change: the slowest clock of the kernels in use ticks each 10 ms."""
_MILLISECOND = 1_000_000
NAMES_LIMIT = 5_000
_CONTENT_LIMIT = 1024 * 1024


class NoEvidenceError(Exception):
    """What was looked at cannot be held by its times: a link, another device, too much, or changed just now."""


class Seen(Struct, frozen=True, array_like=True):
    """One name as it was: ``path`` in bytes beneath the root, empty for the root. On the way to others, only its kind and inode."""

    path: bytes
    device: int
    inode: int
    mode: int
    size: int = 0
    modified: int = 0
    changed: int = 0
    content: bytes = b""
    """Digest of what it held, where it was so fresh that times alone prove nothing."""


class Evidence(Struct, frozen=True, array_like=True):
    """All that a result depends on."""

    seen: tuple[Seen, ...]


class Named(NamedTuple):
    """A name that was looked at."""

    path: str
    whole: bool = True
    """False for a folder that was only passed through: what else is in it does not matter."""
    followed: bool = False
    """A link would have been followed, so there may be none."""


def gather(root: Root, names: Iterable[Named], begun: int, until: float) -> Evidence:
    """Hold what these names are now, if that is what they were at the wall time ``begun``, in nanoseconds.

    Gives up at the monotonic time ``until``. Raises ``NoEvidenceError``.
    """
    folder = os.fsencode(root.folder)
    device = os.lstat(folder).st_dev
    seen: list[Seen] = []
    for name in names:
        if len(seen) >= NAMES_LIMIT or time.monotonic() > until:
            raise NoEvidenceError
        seen.append(_look(folder, name, device, begun))
    return Evidence(tuple(seen))


def still_holds(root: Root, evidence: Evidence) -> bool:
    """Whether everything is as it was."""
    folder = os.fsencode(root.folder)
    return all(_is_as_it_was(folder, each) for each in evidence.seen)


def _is_as_it_was(folder: bytes, seen: Seen) -> bool:
    try:
        status = os.lstat(folder + b"/" + seen.path)
    except OSError:
        return seen.inode == 0
    if status.st_ino != seen.inode or status.st_mode != seen.mode or status.st_dev != seen.device:
        return False
    if not seen.changed:
        return True
    if status.st_ctime_ns != seen.changed or status.st_mtime_ns != seen.modified or status.st_size != seen.size:
        return False
    return not seen.content or _content_of(folder + b"/" + seen.path, status) == seen.content


def _look(folder: bytes, name: Named, device: int, begun: int) -> Seen:
    path = os.fsencode(name.path)
    where = folder + b"/" + path
    try:
        status = os.lstat(where)
    except FileNotFoundError:
        return Seen(path, 0, 0, 0)
    except OSError as error:
        raise NoEvidenceError from error
    if status.st_dev != device or (name.followed and stat.S_ISLNK(status.st_mode)):
        raise NoEvidenceError
    if not name.whole:
        return Seen(path, status.st_dev, status.st_ino, status.st_mode)
    changed = status.st_ctime_ns
    if changed >= begun - (TICK if changed % _MILLISECOND else FRESH):
        raise NoEvidenceError
    content = _content_of(where, status) if changed >= begun - FRESH else b""
    if content is None:
        raise NoEvidenceError
    return Seen(path, status.st_dev, status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns, content)


def _content_of(where: bytes, status: os.stat_result) -> bytes | None:
    """Return a digest of what is in a file, a folder or a link; None for what has none or has too much."""
    try:
        if stat.S_ISLNK(status.st_mode):
            return _digest(os.fsencode(Path(os.fsdecode(where)).readlink()))
        if stat.S_ISDIR(status.st_mode):
            with os.scandir(where) as entries:
                return _digest(b"\0".join(sorted(b"%d/%s" % (entry.inode(), os.fsencode(entry.name)) for entry in entries)))
        if stat.S_ISREG(status.st_mode) and status.st_size <= _CONTENT_LIMIT:
            descriptor = os.open(where, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                return _digest(os.pread(descriptor, _CONTENT_LIMIT + 1, 0))
            finally:
                os.close(descriptor)
    except OSError:
        return None
    return None


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()
