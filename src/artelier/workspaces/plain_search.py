"""Our own search, for machines without ripgrep: Python's regular expressions in a process that can be killed.

Files are found, opened, checked and decoded here; only texts reach the process. A pattern that never ends is killed with
it at the deadline. Files above ``WHOLE_LIMIT`` are left out, which the result says by ``truncated``.
"""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from time import monotonic
from typing import Any, NamedTuple

from artelier.domain.errors import CommandFailed, FileMissing, FileUnreadable, PathRefused
from artelier.ports.workspace import Match, SearchResult
from artelier.workspaces import pattern_worker
from artelier.workspaces.globs import PathFilter
from artelier.workspaces.reading import WHOLE_LIMIT, read_whole, sample_encoding
from artelier.workspaces.root import Root
from artelier.workspaces.searching import SEARCH_SECONDS, TEXT_LIMIT, SearchRequest, invalid_pattern
from artelier.workspaces.walking import find_files

_WORKER = (sys.executable, "-I", "-S", pattern_worker.__file__)
_BATCH_BYTES = 1024 * 1024
_BATCH_FILES = 64
_ANSWER_LIMIT = 1024 * 1024
"""Bytes of one answer, far above ``TEXT_LIMIT`` characters in JSON."""


class PlainSearch:
    """A searcher in Python; ``seconds`` is its deadline."""

    def __init__(self, *, seconds: float = SEARCH_SECONDS) -> None:
        self._seconds = seconds

    async def search(self, root: Root, request: SearchRequest) -> SearchResult:
        """Return matches in path and line order. Raises ``ArgumentsInvalid``, ``PathRefused``, ``FileMissing``."""
        until = monotonic() + self._seconds
        found = await asyncio.to_thread(find_files, root, request.path, PathFilter(request.glob), until)
        texts = _Texts(root, found.paths, until)
        worker = await _start()
        conversation = _Conversation(worker, request, texts)
        try:
            async with asyncio.timeout(until - monotonic()):
                await conversation.hold()
        except TimeoutError:
            texts.complete = False
        finally:
            await _end(worker.process)
        return SearchResult(
            matches=tuple(conversation.matches[: request.max_matches]),
            files_searched=conversation.searched,
            truncated=not (found.complete and texts.complete) or monotonic() > until or len(conversation.matches) > request.max_matches,
        )


class _Texts:
    """Reads files in their order, a batch at a time; blocking, for threads."""

    def __init__(self, root: Root, paths: list[str], until: float) -> None:
        self.paths = paths
        self.complete = True
        self._until = until
        self._root = root
        self._next = 0

    def batch(self) -> list[tuple[int, bytes]]:
        """Return the next texts in UTF-8 with their numbers in ``paths``; empty after the last, and when the time is over."""
        texts: list[tuple[int, bytes]] = []
        size = 0
        while self._next < len(self.paths) and size < _BATCH_BYTES and len(texts) < _BATCH_FILES and monotonic() < self._until:
            text = self._read(self.paths[self._next])
            if text is not None:
                texts.append((self._next, text))
                size += len(text)
            self._next += 1
        return texts

    def _read(self, path: str) -> bytes | None:
        try:
            with self._root.opened_file(path) as opened:
                if opened.status.st_size > WHOLE_LIMIT:
                    self.complete = False
                    return None
                if sample_encoding(opened.descriptor) is None:
                    return None
                return read_whole(opened.descriptor, opened.status.st_size, path).text.encode()
        except (FileMissing, FileUnreadable, PathRefused):  # binary, gone, or exchanged since it was found: not searched
            return None


class _Worker(NamedTuple):
    process: Process
    source: asyncio.StreamWriter
    answers: asyncio.StreamReader


class _Conversation:
    """Hands texts to the process and gathers its answers."""

    def __init__(self, worker: _Worker, request: SearchRequest, texts: _Texts) -> None:
        self.matches: list[Match] = []
        self.searched = 0
        self._worker = worker
        self._request = request
        self._texts = texts

    async def hold(self) -> None:
        """Search until all is searched or enough is found. Raises ``ArgumentsInvalid`` for a pattern that is none."""
        limit = self._request.max_matches + 1
        self._say({"pattern": self._request.pattern, "width": TEXT_LIMIT, "limit": limit})
        answer = await self._hear()
        if "error" in answer:
            raise invalid_pattern(self._request.pattern, answer["error"])
        while len(self.matches) < limit and (batch := await asyncio.to_thread(self._texts.batch)):
            for file, text in batch:
                self._say({"file": file, "size": len(text)}, text)
            await self._gather(batch[-1][0])

    async def _gather(self, last: int) -> None:
        while True:
            answer = await self._hear()
            if "done" not in answer:
                self.matches.append(Match(self._texts.paths[answer["file"]], answer["line"], answer["text"]))
                continue
            self.searched += 1
            if answer["done"] == last:
                return

    def _say(self, header: dict[str, Any], body: bytes = b"") -> None:
        # Not drained: the process answers while it is spoken to, and only the event loop may serve both directions.
        self._worker.source.write(json.dumps(header).encode() + b"\n" + body)

    async def _hear(self) -> dict[str, Any]:
        line = await self._worker.answers.readline()
        if not line:
            raise CommandFailed("The search ended before its time. Try again, or use a simpler pattern.")
        answer: dict[str, Any] = json.loads(line)
        return answer


async def _start() -> _Worker:
    try:
        process = await asyncio.create_subprocess_exec(
            *_WORKER, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}, start_new_session=True, limit=_ANSWER_LIMIT
        )
    except OSError as error:
        raise CommandFailed(f"The search could not be started: {error.strerror}. Try again later.") from error
    if process.stdin is None or process.stdout is None:
        raise CommandFailed("The search was started without pipes. Try again later.")
    return _Worker(process, process.stdin, process.stdout)


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.communicate()  # drains what is left, without which the process is never seen to end
