"""The server's side of HTTP/2 for tests, on the h2 library: one ``Session`` a connection, one ``Exchange`` a request."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from typing import Any

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import ConnectionTerminated, DataReceived, PingReceived, RequestReceived, StreamEnded, StreamReset
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings

PREFACE = b"PRI * HTTP/2.0\r\n\r\n"


class Exchange:
    """One request and what is said to it."""

    def __init__(self, session: "Session", number: int, fields: list[tuple[str, str]]) -> None:
        self.session = session
        self.number = number
        self.headers = {name: value for name, value in fields if not name.startswith(":")}
        self.method = dict(fields)[":method"]
        self.target = dict(fields)[":path"]
        self.body = b""
        self.left = asyncio.Event()
        """Set when the client has reset the stream or left the connection."""
        self.code: int | None = None

    def start(self, status: int = 200, headers: dict[str, str] | None = None) -> None:
        fields = [(name.lower(), value) for name, value in (headers or {}).items()]
        self.session.wire.send_headers(self.number, [(":status", str(status)), *fields])
        self.session.flush()

    async def send(self, data: bytes) -> None:
        """Send as the client's windows allow."""
        wire = self.session.wire
        while data and not self.left.is_set():
            size = min(wire.local_flow_control_window(self.number), wire.max_outbound_frame_size, len(data))
            if size:
                wire.send_data(self.number, data[:size])
                data = data[size:]
                self.session.flush()
            else:
                self.session.moved.clear()
                await self.session.moved.wait()

    def end(self) -> None:
        if not self.left.is_set():
            self.session.wire.end_stream(self.number)
            self.session.flush()

    def reset(self, code: ErrorCodes) -> None:
        self.session.wire.reset_stream(self.number, code)
        self.session.flush()


class Session:
    """Reads a client's frames and gives each whole request to ``answer``, in a task of its own."""

    def __init__(
        self,
        reader: StreamReader,
        writer: StreamWriter,
        answer: Callable[[Exchange], Awaitable[Any]],
        settings: dict[Any, int] | None = None,
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.answer = answer
        self.wire = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.wire.local_settings = Settings(client=False, initial_values=settings or {SettingCodes.MAX_CONCURRENT_STREAMS: 1000})
        self.exchanges: dict[int, Exchange] = {}
        self.moved = asyncio.Event()
        self.pings = 0
        self.goodbye: int | None = None
        self.early = False
        """Whether requests are answered before they are whole."""
        self.taking = asyncio.Event()
        """Whether uploads are given credit for what came."""
        self.taking.set()
        self.tasks: set[asyncio.Task[Any]] = set()

    async def run(self, begun: bytes = b"") -> None:
        self.wire.initiate_connection()
        self.flush()
        try:
            while data := begun or await self.reader.read(1 << 16):
                begun = b""
                for event in self.wire.receive_data(data):
                    self._take(event)
                self.moved.set()
                self.flush()
        except (ConnectionError, ProtocolError):
            pass
        finally:
            for exchange in self.exchanges.values():
                exchange.left.set()
            self.moved.set()
            self.writer.close()

    def flush(self) -> None:
        if data := self.wire.data_to_send():
            self.writer.write(data)

    def _take(self, event: Any) -> None:
        exchange = self.exchanges.get(getattr(event, "stream_id", 0) or 0)
        match event:
            case RequestReceived():
                exchange = self.exchanges[event.stream_id] = Exchange(self, event.stream_id, event.headers)
                if self.early:
                    self._start(exchange)
            case DataReceived():
                exchange.body += event.data
                if self.taking.is_set():
                    self.wire.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            case StreamEnded() if not self.early:
                self._start(exchange)
            case StreamReset() if exchange is not None:
                exchange.code = event.error_code
                exchange.left.set()
            case PingReceived():
                self.pings += 1
            case ConnectionTerminated():
                self.goodbye = event.error_code

    def _start(self, exchange: Exchange) -> None:
        task = asyncio.ensure_future(self.answer(exchange))
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and isinstance(task.exception(), Exception) and not isinstance(task.exception(), ProtocolError):
            raise task.exception()
