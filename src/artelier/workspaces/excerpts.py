"""Reading again, through the root's own door, the lines that a foreign search says it found."""

import os
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from artelier.domain.errors import FileMissing, FileUnreadable, PathRefused
from artelier.ports.workspace import Match
from artelier.workspaces.beneath import Opened
from artelier.workspaces.encoding import ALL, Encoding
from artelier.workspaces.pattern_worker import excerpt
from artelier.workspaces.reading import WHOLE_LIMIT, read_whole, sample_encoding
from artelier.workspaces.root import Root
from artelier.workspaces.searching import TEXT_LIMIT

_BEFORE = 400
"""Bytes looked back for the line's beginning."""
_AFTER = TEXT_LIMIT * 4
"""Bytes read on: no character has more than four."""


class Hit(NamedTuple):
    """A match in a file: the line counted from 1, the match's offset in the bytes that were searched."""

    path: str
    line: int
    offset: int


def matches_at(root: Root, hits: Sequence[Hit], searched_as: Encoding | None = None, *, one_of: Sequence[Encoding] = ALL) -> list[Match]:
    """Return what stands at the hits, in their order; those in files that may not be read are left out. Blocking.

    ``searched_as`` is the encoding that the search took all files to have; None where it took UTF-8 unless a mark said
    otherwise. Only files that truly have an encoding in ``one_of`` count; those to be decoded only up to ``WHOLE_LIMIT``.
    """
    matches: list[Match] = []
    for path, group in groupby(hits, key=lambda hit: hit.path):
        try:
            with root.opened_file(path) as opened:
                matches += _matches_in(opened, path, group, searched_as, one_of)
        except (FileMissing, FileUnreadable, PathRefused):  # the search looked where we do not, or the file is gone
            continue
    return matches


def _matches_in(opened: Opened, path: str, hits: Iterable[Hit], searched_as: Encoding | None, one_of: Sequence[Encoding]) -> list[Match]:
    encoding = _encoding(opened, path)
    if encoding is None or encoding not in one_of:
        return []
    shift = len(encoding.mark)  # it is not among the bytes that were counted
    source = _Source(lambda size, offset: os.pread(opened.descriptor, size, offset + shift), encoding.codec)
    if searched_as is not None or encoding.codec.startswith("utf-16"):  # the search counted bytes of its own decoding
        decoded = read_whole(opened.descriptor, opened.status.st_size, path).text.encode()
        source = _Source(lambda size, offset: decoded[offset : offset + size], "utf-8")
    return [Match(path, hit.line, source.line_at(hit.offset)) for hit in hits]


def _encoding(opened: Opened, path: str) -> Encoding | None:
    size = opened.status.st_size
    return read_whole(opened.descriptor, size, path).encoding if size <= WHOLE_LIMIT else sample_encoding(opened.descriptor)


class _Source(NamedTuple):
    """Bytes to be read piece by piece, and what they mean."""

    read: Callable[[int, int], bytes]
    codec: str

    def line_at(self, offset: int) -> str:
        """Return what can be shown of the line around an offset."""
        look_from = max(0, offset - _BEFORE)
        data = self.read(offset - look_from + _AFTER, look_from)
        position = offset - look_from
        start = data.rfind(b"\n", 0, position) + 1
        end = data.find(b"\n", position)
        before = data[start:position].decode(self.codec, "ignore")
        after = data[position : end if end >= 0 else len(data)].decode(self.codec, "ignore")
        shown = excerpt((before + after).rstrip("\r"), len(before), TEXT_LIMIT)
        return shown if start or look_from == 0 else "…" + shown.removeprefix("…")
