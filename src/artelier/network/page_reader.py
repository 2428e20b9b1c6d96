"""Readable text of pages. Texts are decoded here; HTML is read by processes of their own, which are killed when it hurts.

A process stays for the pages that follow, since its start costs half a second; it ends after a while without pages, after
many pages, and whenever one of them failed.
"""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path
from typing import Any

from artelier.domain.errors import FetchFailed
from artelier.network.charsets import decode_page
from artelier.ports.web import Article, FetchedPage

PAGE_SECONDS = 15.0
HTML_TYPES = ("text/html", "application/xhtml+xml")
# Named by its path: what it imports costs half a second and stays out of the server.
_COMMAND = (sys.executable, "-I", str(Path(__file__).with_name("page_worker.py")))
_AT_ONCE = 2
_PAGES = 100
_IDLE_SECONDS = 120.0
_ANSWER_LIMIT = 64 * 1024 * 1024


class ProcessPageReader:
    """Reads pages, two at once. Satisfies the ``PageReader`` port; ``close`` ends its processes.

    ``seconds`` is how long one page may take, its process's start included.
    """

    def __init__(self, *, seconds: float = PAGE_SECONDS, command: tuple[str, ...] = _COMMAND) -> None:
        self._seconds = seconds
        self._command = command
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._free: list[_Reader] = []
        self._idle: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()

    async def read(self, page: FetchedPage) -> Article:
        """Return the readable text. Raises ``FetchFailed`` when none can be made."""
        if page.media_type not in HTML_TYPES:
            return _plain(page)
        decoded = decode_page(page.content, page.charset, markup=True)
        async with self._turns:
            answer = await self._asked(page.url, decoded.text.encode("utf-8", "replace"))
        if "error" in answer:
            raise FetchFailed(f"{page.url} could not be read as a page ({answer['error']}). Try another one.")
        return Article(answer["text"], answer["title"], decoded.encoding)

    async def close(self) -> None:
        """End all processes."""
        if self._idle is not None:
            self._idle.cancel()
        self._end_idle()
        await asyncio.gather(*self._ending)

    async def _asked(self, url: str, page: bytes) -> dict[str, Any]:
        reader = self._free.pop() if self._free else None
        kept = False
        try:
            async with asyncio.timeout(self._seconds):
                reader = reader or await _start(self._command)
                answer = await reader.ask(url, page)
            kept = "error" not in answer and reader.pages < _PAGES
        except TimeoutError as failure:
            raise FetchFailed(f"{url} could not be read within {self._seconds:g} s: its HTML is too much. Try another page.") from failure
        finally:
            if reader is not None:
                await self._give_back(reader, kept=kept)
        return answer

    async def _give_back(self, reader: "_Reader", *, kept: bool) -> None:
        if not kept:
            await reader.end()
            return
        self._free.append(reader)
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._end_idle)

    def _end_idle(self) -> None:
        for reader in self._free:
            task = asyncio.ensure_future(reader.end())
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
        self._free.clear()


class _Reader:
    """One process and how many pages it has read."""

    def __init__(self, process: Process, source: asyncio.StreamWriter, answers: asyncio.StreamReader) -> None:
        self.pages = 0
        self._process = process
        self._source = source
        self._answers = answers

    async def ask(self, url: str, page: bytes) -> dict[str, Any]:
        self.pages += 1
        self._source.write(json.dumps({"url": url, "size": len(page)}).encode() + b"\n" + page)
        return await self.hear(url)

    async def hear(self, url: str = "") -> dict[str, Any]:
        line = await self._answers.readline()
        if not line:
            raise FetchFailed(f"{url or 'The page'} could not be read: the reader ended over it. Try another page.")
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def end(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        self._source.close()
        await self._process.wait()


async def _start(command: tuple[str, ...]) -> _Reader:
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}, start_new_session=True, limit=_ANSWER_LIMIT
        )
    except OSError as failure:
        raise FetchFailed(f"The reader of pages could not be started ({failure.strerror}). Try again later.") from failure
    if process.stdin is None or process.stdout is None:
        raise FetchFailed("The reader of pages was started without pipes. Try again later.")
    reader = _Reader(process, process.stdin, process.stdout)
    try:
        await reader.hear()
    except BaseException:
        await reader.end()
        raise
    return reader


def _plain(page: FetchedPage) -> Article:
    decoded = decode_page(page.content, page.charset, markup=page.media_type.endswith("xml"))
    if "\0" in decoded.text:
        raise FetchFailed(f"{page.url} calls itself {page.media_type} and is no text. Try another page.")
    return Article(decoded.text, encoding=decoded.encoding)
