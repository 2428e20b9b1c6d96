"""Following a session: server-sent events to values, over breaks of the connection."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
from msgspec import Struct


class StreamEvent(Struct, frozen=True):
    """One entry of the journal; ``type`` names what ``payload`` holds."""

    session: str
    seq: int
    run: str
    type: str
    at: str
    actor: str
    payload: dict[str, Any]
    v: int = 1
    trace: str = ""


class StreamDelta(Struct, frozen=True):
    """The next piece of a reply or of a call's output; never stored. ``kind``: text reasoning arguments progress.

    ``so_far`` is all of this kind in the present attempt, sent once to a reader who joins in the middle.
    """

    session: str
    run: str
    step: int
    attempt: int
    kind: str
    offset: int
    text: str
    call: str = ""
    name: str = ""
    so_far: bool = False


class StreamDelegate(Struct, frozen=True):
    """Something of a session that was delegated from the one that is followed; it has no place in that one's journal."""

    item: StreamEvent | StreamDelta

    @property
    def run(self) -> str:
        """The run it belongs to, which is none of the followed session."""
        return self.item.run


StreamItem = StreamEvent | StreamDelta | StreamDelegate
_EVENT = msgspec.json.Decoder(StreamEvent)
_DELTA = msgspec.json.Decoder(StreamDelta)


async def read_lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """Yield the lines of a stream of server-sent events: they end at CR and LF alone, whatever else Unicode calls a line's end."""
    rest = b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.removesuffix(b"\r").decode("utf-8", "replace")


async def read_items(lines: AsyncIterator[str]) -> AsyncIterator[StreamItem]:
    """Yield what the lines of one connection say; comments and resyncs are passed over, for the journal follows anyway."""
    kind, data = "", ""
    async for line in lines:
        if line.startswith("event:"):
            kind = line[6:].strip()
        elif line.startswith("data:"):
            data = line[5:].strip()
        elif not line and data:
            item = _item(kind, data)
            kind, data = "", ""
            if item is not None:
                yield item


def _item(kind: str, data: str) -> StreamItem | None:
    if kind == "resync":
        return None
    if kind in {"delta", "reply_so_far"}:
        return msgspec.structs.replace(_DELTA.decode(data), so_far=kind == "reply_so_far")
    if kind == "delegate_delta":
        return StreamDelegate(_DELTA.decode(data))
    return StreamDelegate(_EVENT.decode(data)) if kind == "delegate_event" else _EVENT.decode(data)
