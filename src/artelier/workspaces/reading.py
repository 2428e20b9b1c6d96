"""Reading text files: whole ones to work on, windows on files of any size."""

import codecs
import hashlib
import os
from collections.abc import Iterator
from typing import NamedTuple

from artelier.domain.errors import FileUnreadable
from artelier.ports.workspace import FileView
from artelier.workspaces.beneath import Opened
from artelier.workspaces.encoding import Encoding, decode, find_encoding
from artelier.workspaces.windows import Window

WHOLE_LIMIT = 8 * 1024 * 1024
"""Bytes of a file that is read whole, written or edited."""
SCAN_LIMIT = 1024 * 1024 * 1024
"""Bytes of a larger file that are looked through for a window."""

_PIECE = 1024 * 1024
_HEAD = 8 * 1024
_HASH_LIMIT = 64 * 1024 * 1024


class Fingerprint(NamedTuple):
    """What changes when a file does."""

    modified: int
    changed: int
    size: int
    inode: int


class Text(NamedTuple):
    """A whole file."""

    text: str
    encoding: Encoding


def fingerprint_of(status: os.stat_result) -> Fingerprint:
    """Return the fingerprint of a file: times in nanoseconds, bytes, inode."""
    return Fingerprint(status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def read_whole(descriptor: int, size: int, path: str) -> Text:
    """Read a file of at most ``WHOLE_LIMIT``. Raises ``FileUnreadable``."""
    return as_text(read_bytes(descriptor, size, path), descriptor, path)


def read_bytes(descriptor: int, size: int, path: str) -> bytes:
    """Read the bytes of a file of at most ``WHOLE_LIMIT``. Raises ``FileUnreadable``."""
    if size > WHOLE_LIMIT:
        raise FileUnreadable(f"{path!r} has {size} bytes, more than the {WHOLE_LIMIT} that can be changed at once. Use a command.")
    return _read_up_to(descriptor, size)


def as_text(data: bytes, descriptor: int, path: str) -> Text:
    """Return the text that a whole file's bytes are. Raises ``FileUnreadable`` for binary."""
    encoding = find_encoding(data)
    if encoding is None:
        raise _binary(descriptor, path)
    return Text(decode(data, encoding), encoding)


def read_window(opened: Opened, path: str, first_line: int, max_lines: int) -> FileView:
    """Read some lines of a file. Raises ``FileUnreadable``."""
    window = Window(first_line, max_lines)
    size = opened.status.st_size
    if size <= WHOLE_LIMIT:
        text, encoding = read_whole(opened.descriptor, size, path)
        window.feed(text)
        return window.view(path, size, encoding.name, complete=True)
    encoding = _encoding_of_large(opened.descriptor, path)
    end = _scan(opened.descriptor, path, encoding, window)
    view = window.view(path, size, encoding.name, complete=end >= size)
    if "\0" in view.text:
        raise _binary(opened.descriptor, path)
    return view


def sample_encoding(descriptor: int) -> Encoding | None:
    """Return the encoding that a file's beginning shows, None for binary."""
    return find_encoding(os.pread(descriptor, 8 * _HEAD, 0), cut=True)


def _encoding_of_large(descriptor: int, path: str) -> Encoding:
    encoding = sample_encoding(descriptor)
    if encoding is None:
        raise _binary(descriptor, path)
    return encoding


def _scan(descriptor: int, path: str, encoding: Encoding, window: Window) -> int:
    """Feed the window until it is full; returns the offset reached."""
    decoder = codecs.getincrementaldecoder(encoding.codec)(errors="replace")
    offset = len(encoding.mark)
    for data in _pieces(descriptor, offset):
        piece = decoder.decode(data)
        offset += len(data)
        window.feed(piece)
        if window.full:
            return offset
        if "\0" in piece:
            raise _binary(descriptor, path)
    if offset >= SCAN_LIMIT:
        raise FileUnreadable(f"The lines asked for lie beyond the first {SCAN_LIMIT} bytes of {path!r}. Use a command such as sed -n.")
    return offset


def _pieces(descriptor: int, offset: int) -> Iterator[bytes]:
    while offset < SCAN_LIMIT and (data := os.pread(descriptor, _PIECE, offset)):
        yield data
        offset += len(data)


def _read_up_to(descriptor: int, limit: int) -> bytes:
    pieces = []
    offset = 0
    while offset < limit and (data := os.pread(descriptor, limit - offset, offset)):
        pieces.append(data)
        offset += len(data)
    return b"".join(pieces)


def _binary(descriptor: int, path: str) -> FileUnreadable:
    size = os.fstat(descriptor).st_size
    what = f"binary, {size} bytes"
    if size <= _HASH_LIMIT:
        digest = hashlib.sha256()
        for data in _pieces(descriptor, 0):
            digest.update(data)
        what += f", sha256 {digest.hexdigest()}"
    return FileUnreadable(f"{path!r} is no text ({what}). Use a command that understands its format.")
