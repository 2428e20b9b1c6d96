"""Server-sent events out of raw chunks, by https://html.spec.whatwg.org/multipage/server-sent-events.html.

Two things are taken more kindly than there: an event that the stream's end cuts off before its blank line is given out,
and lines that are no field at all are remembered, since a body full of them is not a stream of events.
"""

from artelier.domain.errors import ReplyInvalid

EVENT_LIMIT = 8 << 20
"""Bytes an event may hold."""
_BOM = b"\xef\xbb\xbf"
_FIELDS = frozenset((b"data", b"event", b"id", b"retry"))

Event = tuple[bytes, bytes]
"""Name (empty for most) and data, its lines joined by line feeds."""


class EventParser:
    """Gives out whole events as their bytes come, however the chunks are cut."""

    def __init__(self, limit: int = EVENT_LIMIT) -> None:
        self.strange = False
        """Whether a line came that is no field of an event and no comment."""
        self._limit = limit
        self._head: bytes | None = b""
        """The first bytes while they may still be a byte order mark."""
        self._after_return = False
        self._tail: list[bytes] = []
        self._tail_size = 0
        self._name = b""
        self._data: list[bytes] = []
        self._data_size = 0
        self._between = True
        """Whether the next byte begins an event, so that the fast path may be taken."""

    def feed(self, chunk: bytes) -> list[Event]:
        """Return the events this chunk completes. Raises ``ReplyInvalid`` for an event over the limit."""
        if self._head is not None:
            chunk = self._without_mark(self._head + chunk)
        if not chunk:
            return []
        if self._between and _is_one_line(chunk) and len(chunk) <= self._limit:
            return [(b"", chunk[6:-2])]
        if self._between and b"\r" not in chunk and len(chunk) <= self._limit:
            end = chunk.rfind(b"\n\n") + 2
            events = _plain_events(chunk[:end]) if end > 1 else None
            if events is not None:
                return events + self._read_lines(chunk[end:]) if end < len(chunk) else events
        return self._read_lines(chunk)

    def finish(self) -> list[Event]:
        """Return the event that the end of the stream left without a blank line, if any."""
        rest, self._head = self._head or b"", None
        return self._read_lines(rest + b"\n\n")

    def _without_mark(self, start: bytes) -> bytes:
        if len(start) < len(_BOM) and _BOM.startswith(start):
            self._head = start
            return b""
        self._head = None
        return start.removeprefix(_BOM)

    def _read_lines(self, chunk: bytes) -> list[Event]:
        if self._after_return:
            chunk = chunk.removeprefix(b"\n")
            self._after_return = False
        if b"\r" in chunk:
            self._after_return = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, tail = chunk.split(b"\n")
        events: list[Event] = []
        for line in lines:
            self._take_line(self._with_tail(line) if self._tail else line, events)
        if tail:
            self._keep_tail(tail)
        self._between = not (self._tail or self._data or self._name or self._after_return)
        return events

    def _with_tail(self, end: bytes) -> bytes:
        line = b"".join((*self._tail, end))
        self._tail.clear()
        self._tail_size = 0
        return line

    def _keep_tail(self, tail: bytes) -> None:
        self._tail.append(tail)
        self._tail_size += len(tail)
        if self._tail_size > self._limit:
            raise self._too_large()

    def _take_line(self, line: bytes, events: list[Event]) -> None:
        if not line:
            if self._data:
                events.append((self._name, b"\n".join(self._data)))
                self._data = []
                self._data_size = 0
            self._name = b""
            return
        if len(line) > self._limit:
            raise self._too_large()
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._take_data(value)
        elif field == b"event":
            self._name = value
        elif field and field not in _FIELDS:
            self.strange = True

    def _take_data(self, value: bytes) -> None:
        self._data_size += len(value) + 1
        if self._data_size > self._limit:
            raise self._too_large()
        self._data.append(value)

    def _too_large(self) -> ReplyInvalid:
        return ReplyInvalid(
            f"The provider sent an event of more than {self._limit} bytes, which is no reply. Use another model or provider."
        )


def _is_one_line(chunk: bytes) -> bool:
    """Whether a chunk is one event of one line of data, as models send them while they speak."""
    return chunk.startswith(b"data: ") and chunk.find(b"\n") == len(chunk) - 2 and chunk.endswith(b"\n\n") and b"\r" not in chunk


def _plain_events(chunk: bytes) -> list[Event] | None:
    """Return the events of a chunk in which each is ``data: ...`` alone, or after an ``event: ...``; None where it holds anything else."""
    pieces = chunk[:-2].split(b"\n\n")
    lines = chunk.count(b"\n")
    if lines == 2 * len(pieces):
        events = [(b"", piece[6:]) for piece in pieces if piece.startswith(b"data: ")]
    elif lines == 3 * len(pieces):
        events = [_named_event(piece) for piece in pieces if piece.startswith(b"event: ") and b"\ndata: " in piece]
    else:
        return None
    return events if len(events) == len(pieces) else None


def _named_event(piece: bytes) -> Event:
    name, _, data = piece.partition(b"\ndata: ")
    return name[7:], data
