"""The one way out of a sandbox without network: its own port 3128 leads to the socket of a proxy outside."""

import asyncio
import socket
import sys
from contextlib import suppress
from pathlib import Path

from artelier.domain.errors import CommandFailed

PORT = 3128
"""Of the loopback device inside."""
ENVIRONMENT = dict.fromkeys(
    ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"), f"http://127.0.0.1:{PORT}"
)
_LENDER = Path(__file__).with_name("lender.py")
_SECONDS = 20.0
_PIECE = 65536


class Door:
    """Passes every connection from inside on to ``proxy``, a Unix socket; nothing else is to be reached."""

    def __init__(self, proxy: Path) -> None:
        self._proxy = proxy
        self._server: asyncio.Server | None = None

    async def open(self, process: int) -> None:
        """Listen in the network that ``process`` has. Raises ``CommandFailed``."""
        ours, theirs = socket.socketpair()
        with ours:
            ours.settimeout(_SECONDS)
            with theirs:
                await self._lend(process, theirs.fileno())
            try:
                _, (descriptor, *_), _, _ = await asyncio.to_thread(socket.recv_fds, ours, 1, 1)
            except (OSError, ValueError) as error:
                raise CommandFailed(
                    "The command could not be given its way to the proxy; try again, or look at `artelier doctor`."
                ) from error
        self._server = await asyncio.start_server(self._pass_on, sock=socket.socket(fileno=descriptor))

    def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    async def _lend(self, process: int, handle: int) -> None:
        words = (sys.executable, "-I", "-S", str(_LENDER), str(process), str(PORT), str(handle))
        lender = await asyncio.create_subprocess_exec(*words, pass_fds=(handle,), env={}, stderr=asyncio.subprocess.DEVNULL)
        await lender.wait()

    async def _pass_on(self, inside: asyncio.StreamReader, to_inside: asyncio.StreamWriter) -> None:
        try:
            outside, to_outside = await asyncio.open_unix_connection(str(self._proxy))
        except OSError:  # the proxy is gone; the program inside is told by a closed connection
            to_inside.close()
            return
        await asyncio.gather(_copy(inside, to_outside), _copy(outside, to_inside))
        for writer in (to_inside, to_outside):
            writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):  # one side has gone away, which ends this direction
        while piece := await reader.read(_PIECE):
            writer.write(piece)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
