"""Opening names beneath a folder, and never outside it, whatever is renamed meanwhile.

Two ways, alike in what they allow: links that stay inside are followed, absolute ones and those that climb out are not.

- ``KernelOpener``: ``openat2(2)`` with ``RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS`` (Linux 5.6).
- ``WalkOpener``: name by name with ``O_NOFOLLOW``; links are read and their parts walked in the same way, and ``..``
  in a link is a step back on our own stack of open folders. For macOS, old kernels, and containers that forbid ``openat2``.

Mounted folders inside the root are the operator's choice and are followed.
"""

import ctypes
import errno
import os
import platform
import stat
import struct
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from artelier.domain.errors import PathRefused, SettingsError

READ = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
"""Non-blocking, so that a pipe that takes the place of a file cannot hang us."""
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

_OPENAT2 = 437
_RESOLVE_NO_MAGICLINKS = 0x02
_RESOLVE_BENEATH = 0x08
_ATTEMPTS = 64
_LINKS = 40
_HANDLE = getattr(os, "O_PATH", 0) | os.O_CLOEXEC
_HOW = struct.pack("QQQ", _HANDLE, 0, _RESOLVE_BENEATH | _RESOLVE_NO_MAGICLINKS)
_RETRY = frozenset({errno.EAGAIN, errno.EINTR})

_syscall = ctypes.CDLL(None, use_errno=True).syscall
_syscall.argtypes = (ctypes.c_long, ctypes.c_int, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t)
_syscall.restype = ctypes.c_long


class Opened(NamedTuple):
    """A plain file or a folder, open for reading; ``path`` is where it really lies beneath the root."""

    descriptor: int
    status: os.stat_result
    path: str


class Opener(Protocol):
    """Opens a plain file or a folder beneath an open folder."""

    def open(self, root: int, path: str) -> Opened:
        """Open ``path``, already normalised. Raises ``PathRefused`` for anything but a file or folder, and ``OSError``."""
        ...


class KernelOpener:
    """Has the kernel keep the way beneath the root, and opens a file only once it is known to be one."""

    def open(self, root: int, path: str) -> Opened:
        """Open ``path``, already normalised. Raises ``PathRefused`` and ``OSError``."""
        handle = self._resolve(root, path)
        try:
            status = os.fstat(handle)
            _refuse_special(status, path)
            where = self._where(root, handle, status, path)
            return Opened(os.open(f"/proc/self/fd/{handle}", READ), status, where)
        finally:
            os.close(handle)

    def _resolve(self, root: int, path: str) -> int:
        name = os.fsencode(path)
        error = 0
        for _ in range(_ATTEMPTS):  # EAGAIN: a rename came in between
            handle: int = _syscall(_OPENAT2, root, name, _HOW, len(_HOW))
            if handle >= 0:
                return handle
            error = ctypes.get_errno()
            if error not in _RETRY:
                break
        raise OSError(error, os.strerror(error), path)

    def _where(self, root: int, handle: int, status: os.stat_result, path: str) -> str:
        above = os.readlink(f"/proc/self/fd/{root}")  # noqa: PTH115  on the way of every read, where a Path costs as much as the call
        real = os.readlink(f"/proc/self/fd/{handle}")  # noqa: PTH115  same
        if status.st_nlink == 0:  # replaced since it was opened: the kernel marks the name
            real = real.removesuffix(" (deleted)")
        if real == above:
            return "."
        prefix = above.rstrip("/") + "/"
        if not real.startswith(prefix):
            raise PathRefused(f"{path!r} has been moved out of the workspace. List the folder again.")
        return real[len(prefix) :]


class WalkOpener:
    """Walks name by name and never lets the system follow a link."""

    def open(self, root: int, path: str) -> Opened:
        """Open ``path``, already normalised. Raises ``PathRefused`` and ``OSError``."""
        way = _Way(root, path)
        try:
            return way.walk()
        finally:
            way.close()


class _Way:
    """The folders held open from the root to where the walk stands, so that no step can be exchanged behind us."""

    def __init__(self, root: int, path: str) -> None:
        self._path = path
        self._folders = [os.dup(root)]
        self._names: list[str] = []
        self._ahead = deque(path.split("/"))
        self._links = 0

    def walk(self) -> Opened:
        while self._ahead:
            name = self._ahead.popleft()
            if name == "..":
                self._step_back()
            elif name not in {"", "."}:
                opened = self._step(name)
                if opened is not None:
                    return opened
        return Opened(os.dup(self._folders[-1]), os.fstat(self._folders[-1]), "/".join(self._names) or ".")

    def close(self) -> None:
        for descriptor in self._folders:
            os.close(descriptor)

    def _step(self, name: str) -> Opened | None:
        here = self._folders[-1]
        status = os.stat(name, dir_fd=here, follow_symlinks=False)
        if stat.S_ISLNK(status.st_mode):
            self._follow(_target(here, name))
        elif stat.S_ISDIR(status.st_mode):
            self._folders.append(os.open(name, FOLDER, dir_fd=here))
            self._names.append(name)
        elif any(part not in {"", "."} for part in self._ahead):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), self._path)
        else:
            _refuse_special(status, self._path)
            return self._open_file(name)
        return None

    def _open_file(self, name: str) -> Opened:
        descriptor = os.open(name, READ | os.O_NOFOLLOW, dir_fd=self._folders[-1])
        try:
            status = os.fstat(descriptor)
            _refuse_special(status, self._path)
        except BaseException:
            os.close(descriptor)
            raise
        return Opened(descriptor, status, "/".join([*self._names, name]))

    def _follow(self, target: str) -> None:
        self._links += 1
        if self._links > _LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), self._path)
        if target.startswith("/"):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), self._path)
        self._ahead.extendleft(reversed(target.split("/")))

    def _step_back(self) -> None:
        if not self._names:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), self._path)
        os.close(self._folders.pop())
        self._names.pop()


def _target(folder: int, name: str) -> str:
    """Return what a link says; where it is none any more, its own name, to be looked at again."""
    try:
        return os.readlink(name, dir_fd=folder)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return name


def _refuse_special(status: os.stat_result, path: str) -> None:
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        raise PathRefused(f"{path!r} is no plain file but a pipe, a socket or a device. Use another path.")


def choose_opener(root: Path, *, use_openat2: bool | None) -> Opener:
    """Return the kernel's way where it works on this machine, else the walk; a bool insists. Raises ``SettingsError``."""
    if use_openat2 is False or (use_openat2 is None and platform.system() != "Linux"):
        return WalkOpener()
    if platform.system() != "Linux":  # the number means another call elsewhere
        raise SettingsError("openat2 exists on Linux only: leave the choice to the server.")
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.close(KernelOpener().open(descriptor, ".").descriptor)
    except OSError as error:
        if use_openat2:
            raise SettingsError(f"openat2 does not work here ({error.strerror}): leave the choice to the server.") from error
        return WalkOpener()
    finally:
        os.close(descriptor)
    return KernelOpener()


def enter_folder(root: int, names: Sequence[str], *, create: bool = False) -> tuple[int, bool]:
    """Open a folder through real folders only, no links; the bool tells whether the last one was created. Raises ``OSError``."""
    current, created = os.dup(root), False
    try:
        for name in names:
            below, created = _enter(current, name, create=create)
            os.close(current)
            current = below
    except BaseException:
        os.close(current)
        raise
    return current, created


def _enter(folder: int, name: str, *, create: bool) -> tuple[int, bool]:
    try:
        return os.open(name, FOLDER, dir_fd=folder), False
    except FileNotFoundError:
        if not create:
            raise
    try:
        os.mkdir(name, dir_fd=folder)
        created = True
    except FileExistsError:  # somebody else was quicker
        created = False
    return os.open(name, FOLDER, dir_fd=folder), created


def openat2_works() -> bool:
    """Return whether the kernel's openat2 can be used here, for those who want to know."""
    return isinstance(choose_opener(Path("/"), use_openat2=None), KernelOpener)
