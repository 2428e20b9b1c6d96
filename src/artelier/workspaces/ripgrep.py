"""Search by ripgrep. It only finds: what a match says is read again through the root's own door.

So a link put in the place of a folder while ripgrep runs shows nothing from outside, and secrets, hard links and binaries
are judged by the same rules as everywhere. Patterns are in Rust's syntax and cannot run without end.
Letters beyond ASCII in cp1251 and KOI8-R are looked for in two more passes, whose finds count in files of that encoding.
"""

import asyncio
import os
import re
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from artelier.domain.errors import CommandFailed, FileMissing, PathRefused
from artelier.domain.secret_names import SECRET_FOLDERS, SECRET_NAMES, is_secret
from artelier.ports.workspace import SearchResult
from artelier.workspaces.encoding import ALL, CP1251, KOI8R, MARKED, UTF8, Encoding
from artelier.workspaces.excerpts import Hit, matches_at
from artelier.workspaces.globs import PathFilter
from artelier.workspaces.ignoring import IGNORE_FILE
from artelier.workspaces.names import path_order
from artelier.workspaces.processes import Ended, run_group
from artelier.workspaces.root import Root
from artelier.workspaces.searching import SEARCH_SECONDS, SearchRequest, invalid_pattern

_OPTIONS = (
    *("--no-config", "--no-messages", "--color=never", "--no-heading", "--with-filename", "--null", "--sort=path", "--stats"),
    *("--line-number", "--byte-offset", "--only-matching", "--max-columns=1"),
    *("--no-follow", "--no-require-git", "--no-ignore-parent", "--no-ignore-global", "--no-ignore-exclude", "--no-ignore-dot"),
    *(f"--iglob=!{name}" for name in (*SECRET_NAMES, *SECRET_FOLDERS) if not name.startswith(".")),  # the others are hidden
)
_RECORD = re.compile(rb"([^\0\n]+)\0(\d+):(\d+):[^\n]*\n")
_SEARCHED = re.compile(rb"(\d+) files searched")
_SIMPLE_NAME = re.compile(r"[A-Za-z0-9_.*?-]+")
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
_FAILED = 2
_LAST_WORDS = 4096


def find_ripgrep() -> Path | None:
    """Return the ``rg`` on this server's path."""
    found = shutil.which("rg")
    return Path(found) if found and Path(found).is_absolute() else None


class _Start(NamedTuple):
    """Where a search begins: the real path, and the rules of the root where it begins below."""

    path: str
    is_file: bool
    ignoring: list[str]


class Ripgrep:
    """A searcher by the ``rg`` (12 or newer) at ``executable``; ``seconds`` is its deadline."""

    def __init__(self, executable: Path, *, seconds: float = SEARCH_SECONDS) -> None:
        self._executable = executable
        self._seconds = seconds

    async def search(self, root: Root, request: SearchRequest) -> SearchResult:
        """Return matches in path and line order. Raises ``ArgumentsInvalid``, ``PathRefused``, ``FileMissing``."""
        start = await asyncio.to_thread(_look, root, request.path)
        until = monotonic() + self._seconds
        if request.pattern.isascii():
            return await self._pass(root, request, start, until)
        passes = [
            await self._pass(root, request, start, until, None, (UTF8, *MARKED)),
            await self._pass(root, request, start, until, CP1251, (CP1251,)),
            await self._pass(root, request, start, until, KOI8R, (KOI8R,)),
        ]
        matches = sorted((match for one in passes for match in one.matches), key=lambda match: (path_order(match.path), match.line))
        return SearchResult(
            matches=tuple(matches[: request.max_matches]),
            files_searched=passes[0].files_searched,
            truncated=any(one.truncated for one in passes) or len(matches) > request.max_matches,
        )

    async def _pass(
        self,
        root: Root,
        request: SearchRequest,
        start: _Start,
        until: float,
        encoding: Encoding | None = None,
        one_of: Sequence[Encoding] = ALL,
    ) -> SearchResult:
        output = _Output(request, start)
        ended = await run_group(
            self._arguments(request, start, encoding),
            folder=root.folder,
            environment=_ENVIRONMENT,
            seconds=max(until - monotonic(), 0),
            receive=output.receive,
        )
        output.refuse_failure(ended)
        matches = await asyncio.to_thread(matches_at, root, output.hits, encoding, one_of=one_of)
        return SearchResult(
            matches=tuple(matches[: request.max_matches]),
            files_searched=output.searched(),
            truncated=ended.timed_out or ended.stopped,
        )

    def _arguments(self, request: SearchRequest, start: _Start, encoding: Encoding | None) -> list[str]:
        narrowing = [] if start.is_file else [*start.ignoring, *_type_options(request.glob)]
        return [
            str(self._executable),
            *_OPTIONS,
            *narrowing,
            *([f"--encoding={encoding.name}"] if encoding else []),
            f"--regexp={request.pattern}",
            "--",
            "./" if start.path == "." else f"./{start.path}",
        ]


class _Output:
    """Reads what ripgrep prints: ``path NUL line:offset:`` for each match, then statistics, or an error."""

    def __init__(self, request: SearchRequest, start: _Start) -> None:
        self.hits: list[Hit] = []
        self._request = request
        self._start = start
        self._filter = PathFilter("" if start.is_file else request.glob)
        self._rest = b""
        self._last_words = b""

    def receive(self, data: bytes) -> bool:
        """Take the next bytes; False when enough was found."""
        text = self._rest + data
        end = text.rfind(b"\n") + 1
        for record in _RECORD.finditer(text, 0, end):
            self._add(Hit(self._path_as_asked(record[1]), int(record[2]), int(record[3])))
        self._last_words = (self._last_words + text[:end])[-_LAST_WORDS:]
        self._rest = text[end:]
        return len(self.hits) <= self._request.max_matches

    def searched(self) -> int:
        """Return how many files were searched; those with matches where it was ended early."""
        counted = _SEARCHED.search(self._last_words)
        return int(counted[1]) if counted else len({hit.path for hit in self.hits})

    def refuse_failure(self, ended: Ended) -> None:
        """Raise ``ArgumentsInvalid`` or ``CommandFailed`` where ripgrep gave up; unreadable files alone are no failure."""
        if ended.exit_code != _FAILED or _SEARCHED.search(self._last_words):
            return
        words = self._last_words.decode(errors="replace")
        if "regex" in words:
            raise invalid_pattern(self._request.pattern, words.rpartition("error: ")[2])
        raise CommandFailed(f"ripgrep could not search: {words.strip()}. Tell the person about it.")

    def _path_as_asked(self, path: bytes) -> str:
        """Return a path that begins as the request's, which may go through a link."""
        real = os.fsdecode(path).removeprefix("./")
        return real if self._start.path == self._request.path else self._request.path + real.removeprefix(self._start.path)

    def _add(self, hit: Hit) -> None:
        seen = self.hits and self.hits[-1].path == hit.path and self.hits[-1].line == hit.line
        if not seen and self._filter.passes(hit.path) and not is_secret(hit.path):
            self.hits.append(hit)


def _look(root: Root, path: str) -> _Start:
    with root.opened(path) as opened:
        is_file = not stat.S_ISDIR(opened.status.st_mode)
        if is_file:
            root.refuse_unreadable(opened.status, path)
        return _Start(opened.path, is_file, _rules_of_root(root) if opened.path != "." else [])


def _rules_of_root(root: Root) -> list[str]:
    try:
        with root.opened_file(IGNORE_FILE):
            return [f"--ignore-file={IGNORE_FILE}"]
    except (FileMissing, PathRefused):  # there are none
        return []


def _type_options(glob: str) -> list[str]:
    """Return options by which ripgrep passes over most of what the glob does not want; the filter decides."""
    name = glob.rpartition("/")[2]
    return [f"--type-add=wanted:{name}", "--type=wanted"] if _SIMPLE_NAME.fullmatch(name) and "**" not in name else []
