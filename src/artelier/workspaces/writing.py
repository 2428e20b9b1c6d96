"""Writing text files: whole or not at all, and never over what somebody else wrote since it was read."""

import os
from typing import NamedTuple

from artelier.domain.errors import ArgumentsInvalid, FileMissing
from artelier.ports.workspace import FileView, Written
from artelier.workspaces.beneath import READ
from artelier.workspaces.encoding import UTF8, encode
from artelier.workspaces.keeping import Keeping
from artelier.workspaces.paths import normalise
from artelier.workspaces.putting import put
from artelier.workspaces.reading import WHOLE_LIMIT, Text, as_text, read_bytes, read_window
from artelier.workspaces.replacing import replaced
from artelier.workspaces.root import Place, Root


class _Old(NamedTuple):
    text: Text
    data: bytes
    status: os.stat_result


class Texts:
    """The text files beneath a root; blocking, for threads. Writes go one at a time."""

    def __init__(self, root: Root, keeping: Keeping) -> None:
        self._root = root
        self._keeping = keeping

    def read(self, path: str, first_line: int, max_lines: int) -> FileView:
        """Read a window and remember how the file was. Raises ``PathRefused``, ``FileMissing``, ``FileUnreadable``."""
        with self._root.opened_file(path) as opened:
            view = read_window(opened, normalise(path), first_line, max_lines)
            self._keeping.seen.remember(opened.path, opened.status)
        return view

    def write(self, path: str, text: str, *, dry: bool = False) -> Written:
        """Create or replace a file. Raises ``PathRefused``, ``FileChanged``, ``FileUnreadable``, ``ArgumentsInvalid``."""
        try:
            with self._keeping.lock, self._root.place(path, create=not dry) as place:
                return self._write(place, self._old(place), text, dry=dry)
        except FileMissing:
            if not dry:
                raise
            return Written(path=normalise(path), before=None, after=text)

    def replace(self, path: str, old: str, new: str, *, every: bool, dry: bool = False) -> Written:
        """Replace a passage. Raises as ``write`` does, ``FileMissing``, and ``ToolError`` where the passage is not to be found."""
        with self._keeping.lock, self._root.place(path, create=False) as place:
            found = self._old(place)
            if found is None:
                raise FileMissing(f"There is no {place.path!r}. List its folder, or write the whole file.")
            return self._write(place, found, replaced(found.text.text, old, new, place.path, every=every), dry=dry)

    def _old(self, place: Place) -> _Old | None:
        try:
            self._root.refuse_unreadable(os.stat(place.name, dir_fd=place.folder, follow_symlinks=False), place.path)
            descriptor = os.open(place.name, READ | os.O_NOFOLLOW, dir_fd=place.folder)
        except FileNotFoundError:
            self._keeping.seen.forget(place.path)
            return None
        try:
            status = os.fstat(descriptor)
            self._root.refuse_unreadable(status, place.path)
            self._keeping.seen.refuse_changed(place.path, status)
            data = read_bytes(descriptor, status.st_size, place.path)
            return _Old(as_text(data, descriptor, place.path), data, status)
        finally:
            os.close(descriptor)

    def _write(self, place: Place, old: _Old | None, text: str, *, dry: bool) -> Written:
        data = encode(text, old.text.encoding if old else UTF8, place.path)
        if len(data) > WHOLE_LIMIT:
            raise ArgumentsInvalid(f"{place.path!r} would have {len(data)} bytes; at most {WHOLE_LIMIT} are written at once. Write less.")
        before_text = old.text.text if old else None
        if dry:
            return Written(place.path, before_text, text)
        before = self._keeping.keep(old.data) if old else ""
        after = self._keeping.keep(data)
        self._keeping.seen.remember(place.path, put(place, data, old.status if old else None))
        self._keeping.note_own(place.path)
        return Written(place.path, before_text, text, before, after)
