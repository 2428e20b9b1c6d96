"""The one door to a workspace's files: every read and write passes its checks."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from artelier.domain.errors import PathRefused, SettingsError
from artelier.workspaces.beneath import Opened, choose_opener, enter_folder
from artelier.workspaces.failures import translated
from artelier.workspaces.paths import normalise, refuse_protected, refuse_secret


class Place(NamedTuple):
    """Where a file is to be written: a name in an open folder."""

    folder: int
    name: str
    path: str


class Root:
    """A folder whose content is reached through checked paths only.

    ``use_openat2`` None takes what works here. ``allow_hard_links`` permits reading files with several names, which
    package managers such as pnpm and uv make; they could also be another name of a file outside.
    Raises ``SettingsError`` where ``folder`` is no folder.
    """

    def __init__(self, folder: Path, *, use_openat2: bool | None = None, allow_hard_links: bool = False) -> None:
        self.folder = folder.resolve()
        self._allow_hard_links = allow_hard_links
        if not self.folder.is_dir():
            raise SettingsError(f"The workspace {str(folder)!r} is no folder: create it or register another one.")
        self._opener = choose_opener(self.folder, use_openat2=use_openat2)

    @contextmanager
    def opened(self, path: object) -> Iterator[Opened]:
        """Open a plain file or a folder for reading. Raises ``PathRefused``, ``FileMissing``."""
        wanted = normalise(path)
        refuse_secret(wanted)
        with translated(wanted), self.descriptor() as root:
            found = self._opener.open(root, wanted)
            try:
                refuse_secret(found.path)
                yield found
            finally:
                os.close(found.descriptor)

    @contextmanager
    def opened_file(self, path: object) -> Iterator[Opened]:
        """Open a plain file for reading. Raises ``PathRefused``, ``FileMissing``."""
        with self.opened(path) as found:
            self.refuse_unreadable(found.status, found.path)
            yield found

    def refuse_unreadable(self, status: os.stat_result, path: str) -> None:
        """Raise ``PathRefused`` for a folder, anything special, or a file with several names."""
        if stat.S_ISDIR(status.st_mode):
            raise PathRefused(f"{path!r} is a folder, not a file.")
        if not stat.S_ISREG(status.st_mode):
            raise PathRefused(f"{path!r} is no plain file (a link, a pipe, a socket or a device). Use a plain file.")
        if status.st_nlink > 1 and not self._allow_hard_links:
            raise PathRefused(f"{path!r} is a hard link and could be a file from outside the workspace. Replace it by a copy to use it.")

    @contextmanager
    def place(self, path: object, *, create: bool) -> Iterator[Place]:
        """Open the folder a file is to be written in, with ``create`` making what is missing. Raises ``PathRefused``, ``FileMissing``."""
        wanted = self._writable(path)
        if wanted == ".":
            raise PathRefused("'.' is the workspace itself: name a file in it.")
        *folders, name = wanted.split("/")
        with translated(wanted), self.descriptor() as root:
            folder, _ = self._enter(root, folders, wanted, create=create)
            try:
                yield Place(folder, name, wanted)
            finally:
                os.close(folder)

    def make_folder(self, path: object) -> bool:
        """Create a folder and those above it; False when it was there. Raises ``PathRefused``."""
        wanted = self._writable(path)
        if wanted == ".":
            return False
        with translated(wanted), self.descriptor() as root:
            folder, created = self._enter(root, wanted.split("/"), wanted, create=True)
            os.close(folder)
        return created

    @contextmanager
    def descriptor(self) -> Iterator[int]:
        """Open the root itself."""
        root = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            yield root
        finally:
            os.close(root)

    def _writable(self, path: object) -> str:
        wanted = normalise(path)
        refuse_secret(wanted)
        refuse_protected(wanted)
        return wanted

    def _enter(self, root: int, names: list[str], path: str, *, create: bool) -> tuple[int, bool]:
        try:
            return enter_folder(root, names, create=create)
        except OSError as error:
            if error.errno in {errno.ENOTDIR, errno.ELOOP}:
                raise PathRefused(f"{path!r}: a folder in it is a link or a file. Write through real folders only.") from error
            raise
