"""One connection of HTTP/2 with all its streams, by RFC 9113: h2 knows the protocol, this moves its bytes."""

import asyncio
from collections.abc import Callable
from typing import cast

from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    RemoteSettingsChanged,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    WindowUpdated,
)
from h2.exceptions import FlowControlError, ProtocolError
from multidict import CIMultiDict

from artelier.providers.transport_errors import NotHttp, StreamLost
from artelier.providers.transport_http2_stream import Http2Stream
from artelier.providers.transport_http2_wire import FrameSplitter, FrameTooLarge, credit, new_wire, payload

Headers = list[tuple[str, str]]

_WINDOW = 1 << 24
"""Bytes the server may send over all streams before it is told of more: a reader that is slow holds up its own stream alone."""
_KEEP_ALIVE = 30.0
"""Seconds a connection without streams is kept."""
_ANSWER_TO_PING = 1.0
"""Seconds after which no new stream is given to a connection whose ping is not answered yet."""


class Http2Connection(asyncio.Protocol):
    """Carries as many streams as the server takes; ``ready`` is done once it said how many.

    After ``probe`` seconds without a byte it is pinged, after as many more it is given up.
    """

    def __init__(self, probe: float) -> None:
        self._loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[None] = self._loop.create_future()
        self._wire = new_wire()
        self._frames = FrameSplitter()
        self._streams: dict[int, Http2Stream] = {}
        self._uploads: list[Http2Stream] = []
        """Streams whose requests wait for the server to take more."""
        self._paused = False
        self._retired = False
        self._room = 0
        self._credit = self._direct_credit = 0
        self._probe = probe
        self._heard = self._idle_since = self._loop.time()
        self._pinged: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether new streams may come, now or later."""
        return not self._retired

    @property
    def has_room(self) -> bool:
        """Whether one more stream may begin now."""
        late = self._pinged is not None and self._loop.time() - self._pinged > _ANSWER_TO_PING
        return not self._retired and not late and len(self._streams) < self._room

    def send(self, headers: Headers, body: bytes, done: Callable[[], None]) -> Http2Stream:
        """Begin a stream where ``has_room``; ``done`` is called when it is closed. Raises ``StreamLost``."""
        try:
            number = self._wire.get_next_available_stream_id()
            self._wire.send_headers(number, headers, end_stream=not body)
        except ProtocolError as error:  # no numbers are left
            self._retired = True
            raise StreamLost(str(error)) from error
        stream = self._streams[number] = Http2Stream(self, number, body, done)
        if body:
            self._upload(stream)
        self._flush()
        return stream

    def allow(self, stream: Http2Stream, size: int) -> None:
        """Let the server send so many bytes more on a stream."""
        if stream.number not in self._streams:
            return
        if stream.direct:
            stream.window += size
            self._transport.write(credit(stream.number, size))
        else:
            self._wire.increment_flow_control_window(size, stream.number)
            self._flush()

    def leave(self, stream: Http2Stream) -> None:
        """Forget a stream, and tell the server where it still goes on."""
        if self._streams.pop(stream.number, None) is not None:
            self._cancel(stream.number)
            self._flush()
        self._left(stream)

    def close(self, reason: str = "it was closed here") -> None:
        """End the connection; what still runs over it breaks."""
        if not self._retired:
            self._wire.close_connection()
            self._flush()
        self._fail(StreamLost(reason))
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say how much we take."""
        self._transport = cast("asyncio.Transport", transport)
        self._watch = self._loop.call_later(self._probe, self._look)
        self._wire.initiate_connection()
        self._wire.increment_flow_control_window(_WINDOW)
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Take frames, however they are cut."""
        self._heard = self._loop.time()
        self._pinged = None
        try:
            for number, frame in self._frames.split(data):
                stream = self._streams.get(number)
                if stream is not None and stream.direct:
                    self._take_direct(stream, payload(frame))
                else:
                    for event in self._wire.receive_data(frame):
                        self._take(event)
        except (ProtocolError, FrameTooLarge) as error:
            self._flush()
            self._fail(StreamLost(f"it broke the rules of HTTP/2 ({error!r})"), NotHttp("no frames of HTTP/2"))
            self._transport.close()
            return
        self._allow_more()
        self._flush()

    def connection_lost(self, _: Exception | None) -> None:
        """Tell all who still wait."""
        self._watch.cancel()
        self._fail(StreamLost("the connection was lost"))

    def pause_writing(self) -> None:
        """Hold uploads: the network takes no more."""
        self._paused = True

    def resume_writing(self) -> None:
        """Go on with uploads."""
        self._paused = False
        self._upload_more()

    def _take_direct(self, stream: Http2Stream, data: bytes) -> None:
        self._direct_credit += len(data)
        stream.window -= len(data)
        if stream.window < 0:
            raise FlowControlError
        if data:
            stream.take(data)

    def _allow_more(self) -> None:
        """Let the server send more over all streams, once it is worth a frame."""
        if self._credit >= _WINDOW // 4:
            self._wire.increment_flow_control_window(self._credit)
            self._credit = 0
        if self._direct_credit >= _WINDOW // 4:
            self._transport.write(credit(0, self._direct_credit))
            self._direct_credit = 0

    def _take(self, event: Event) -> None:
        match event:
            case DataReceived():
                self._take_data(event)
            case ResponseReceived():
                self._take_head(event)
            case StreamEnded():
                self._take_end(event)
            case StreamReset():
                self._take_reset(event)
            case ConnectionTerminated():
                self._take_goaway(event)
            case RemoteSettingsChanged():
                self._take_settings()
            case WindowUpdated():
                self._upload_more()
            case _:
                pass  # what h2 has answered itself, and news that change nothing here

    def _take_data(self, event: DataReceived) -> None:
        self._credit += event.flow_controlled_length or 0
        stream = self._streams.get(event.stream_id or 0)
        if stream is not None:
            stream.direct = False  # what h2 has counted it also gives credit for
            if event.data:
                stream.take(event.data)

    def _take_head(self, event: ResponseReceived) -> None:
        stream = self._streams.get(event.stream_id or 0)
        if stream is not None:
            fields = [(str(name), str(value)) for name, value in event.headers or ()]
            status = next(value for name, value in fields if name == ":status")
            stream.begin(int(status), CIMultiDict(field for field in fields if not field[0].startswith(":")))

    def _take_end(self, event: StreamEnded) -> None:
        stream = self._streams.pop(event.stream_id or 0, None)
        if stream is not None:
            if stream.rest:  # it answered without waiting for the whole request
                self._cancel(stream.number)
            self._left(stream)
            stream.end()

    def _take_reset(self, event: StreamReset) -> None:
        stream = self._streams.pop(event.stream_id or 0, None)
        if stream is not None:
            self._left(stream)
            stream.fail(StreamLost(f"it reset the stream ({_name(event.error_code)})"))

    def _take_goaway(self, event: ConnectionTerminated) -> None:
        """Give new streams to another connection; those the server has seen go on."""
        self._retired = True
        last = event.last_stream_id or 0
        for number in [number for number in self._streams if number > last]:
            stream = self._streams.pop(number)
            self._left(stream)
            stream.fail(StreamLost(f"it goes away ({_name(event.error_code)})"))
        self._close_if_over()

    def _take_settings(self) -> None:
        self._room = self._wire.remote_settings.max_concurrent_streams
        if not self.ready.done():
            self.ready.set_result(None)
        self._upload_more()

    def _upload_more(self) -> None:
        waiting, self._uploads = self._uploads, []
        for stream in waiting:
            self._upload(stream)
        self._flush()

    def _upload(self, stream: Http2Stream) -> None:
        """Send as much of a request as server and network take now."""
        wire = self._wire
        while stream.rest:
            size = min(wire.local_flow_control_window(stream.number), wire.max_outbound_frame_size, len(stream.rest))
            if size <= 0 or self._paused:
                self._uploads.append(stream)
                return
            wire.send_data(stream.number, bytes(stream.rest[:size]), end_stream=size == len(stream.rest))
            stream.rest = stream.rest[size:]
            self._flush()

    def _cancel(self, number: int) -> None:
        if not self._transport.is_closing():
            self._wire.reset_stream(number, ErrorCodes.CANCEL)

    def _left(self, stream: Http2Stream) -> None:
        """Take it that a stream is over."""
        stream.rest = stream.rest[:0]
        if stream in self._uploads:
            self._uploads.remove(stream)
        self._idle_since = self._loop.time()
        self._close_if_over()

    def _close_if_over(self) -> None:
        if self._retired and not self._streams:
            self._transport.close()

    def _fail(self, failure: StreamLost, unready: Exception | None = None) -> None:
        self._retired = True
        if not self.ready.done():
            self.ready.set_exception(unready or failure)
            self.ready.exception()  # whoever waited may have gone
        streams, self._streams = list(self._streams.values()), {}
        self._uploads.clear()
        for stream in streams:
            stream.rest = stream.rest[:0]
            stream.fail(failure)

    def _flush(self) -> None:
        data = self._wire.data_to_send()
        if data and not self._transport.is_closing():
            self._transport.write(data)

    def _look(self) -> None:
        """Ping a connection that says nothing while somebody waits, and end one that is dead or not used."""
        now = self._loop.time()
        self._watch = self._loop.call_later(self._probe, self._look)
        if not self._streams:
            if now - self._idle_since >= _KEEP_ALIVE:
                self.close()
        elif now - self._heard >= self._probe:
            if self._pinged is not None:
                self._fail(StreamLost("the connection was dead"))
                self._transport.abort()
                return
            self._pinged = now
            self._wire.ping(b"artelier")
            self._flush()


def _name(code: ErrorCodes | int | None) -> str:
    return code.name if isinstance(code, ErrorCodes) else str(code)
