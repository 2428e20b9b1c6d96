"""Reading again, through the root's own door, the lines that a foreign search says it found."""

import os
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from artelier.domain.errors import FileMissing, FileUnreadable, PathRefused
from artelier.ports.workspace import Match
from artelier.workspaces.beneath import Opened
from artelier.workspaces.encoding import Encoding
from artelier.workspaces.pattern_worker import excerpt
from artelier.workspaces.reading import read_whole, sample_encoding
from artelier.workspaces.root import Root
from artelier.workspaces.searching import TEXT_LIMIT

_BEFORE = 400
"""Bytes looked back for the line's beginning."""
_AFTER = TEXT_LIMIT * 4
"""Bytes read on: no character has more than four."""


class Hit(NamedTuple):
    """A match in a file: the line counted from 1, the match's offset in bytes."""

    path: str
    line: int
    offset: int


def matches_at(root: Root, hits: Sequence[Hit]) -> list[Match]:
    """Return what stands at the hits, in their order; those in files that may not be read are left out. Blocking."""
    matches: list[Match] = []
    for path, group in groupby(hits, key=lambda hit: hit.path):
        try:
            with root.opened_file(path) as opened:
                matches += _matches_in(opened, path, group)
        except (FileMissing, FileUnreadable, PathRefused):  # the search looked where we do not, or the file is gone
            continue
    return matches


def _matches_in(opened: Opened, path: str, hits: Iterable[Hit]) -> list[Match]:
    encoding = sample_encoding(opened.descriptor)
    if encoding is None:
        return []
    if encoding.codec.startswith("utf-16"):  # the search counted bytes of its own decoding
        lines = read_whole(opened.descriptor, opened.status.st_size, path).text.split("\n")
        return [Match(path, hit.line, excerpt(lines[hit.line - 1].rstrip("\r"), 0, TEXT_LIMIT)) for hit in hits if hit.line <= len(lines)]
    return [Match(path, hit.line, _line_at(opened.descriptor, hit.offset, encoding)) for hit in hits]


def _line_at(descriptor: int, offset: int, encoding: Encoding) -> str:
    look_from = max(0, offset - _BEFORE)
    data = os.pread(descriptor, offset - look_from + _AFTER, look_from)
    position = offset - look_from
    start = data.rfind(b"\n", 0, position) + 1
    end = data.find(b"\n", position)
    before = data[start:position].decode(encoding.codec, "ignore")
    after = data[position : end if end >= 0 else len(data)].decode(encoding.codec, "ignore")
    shown = excerpt((before + after).rstrip("\r"), len(before), TEXT_LIMIT)
    return shown.removeprefix("\ufeff") if start or look_from == 0 else "…" + shown.removeprefix("…")
