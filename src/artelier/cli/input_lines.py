"""Lines of standard input, awaited without holding the process when it wants to end."""

import asyncio
import os
import sys
import threading


class InputLines:
    """Reads in a thread of its own, which a process that ends leaves behind: a read cannot be called back."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._begun = False
        self._ended = False

    async def next(self) -> str | None:
        """Return the next line without its end; None once there are no more."""
        if self._ended:
            return None
        if not self._begun:
            self._begun = True
            threading.Thread(target=self._read, args=(sys.stdin.fileno(),), daemon=True).start()
        line = await self._lines.get()
        self._ended = line is None
        return line

    def _read(self, descriptor: int) -> None:
        left = b""
        while piece := os.read(descriptor, 65536):
            *whole, left = (left + piece).split(b"\n")
            for line in whole:
                self._put(line)
        if left:
            self._put(left)
        self._loop.call_soon_threadsafe(self._lines.put_nowait, None)

    def _put(self, line: bytes) -> None:
        self._loop.call_soon_threadsafe(self._lines.put_nowait, line.decode(errors="replace").rstrip("\r"))
