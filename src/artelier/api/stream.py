"""Server-sent events: the journal as it grows, and what is being said right now.

``id`` is the event's sequence, so ``Last-Event-ID`` resumes without a hole; deltas carry no id.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from fastapi import APIRouter, Header, Request
from fastapi.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from artelier.api.bodies import Identifier
from artelier.api.conversations import MOST, Sequence
from artelier.api.following import HEARTBEAT_SECONDS, followed
from artelier.api.guard import Person
from artelier.api.pictures import event_body
from artelier.api.views import house_of, own_session
from artelier.domain.errors import InvalidRequest, NotFound
from artelier.domain.events import Event
from artelier.domain.frames import DelegateFrame, Delta, Frame, ReplySoFar, Resync
from artelier.runtime.house import House

router = APIRouter(prefix="/api/v1", tags=["streams"])
RAW_SEND = "artelier.raw_send"
"""Where ``StraightSend`` leaves the server's own ``send`` in a request's scope."""
_HEARTBEAT = b": still here\n\n"
_RESYNC = b"event: resync\ndata: {}\n\n"
_ENCODER = msgspec.json.Encoder()


class EventStream(Response):
    """An answer of server-sent events that ends when its source or its reader does."""

    media_type = "text/event-stream"

    def __init__(self, chunks: AsyncIterator[bytes], status_code: int = 200) -> None:
        super().__init__(status_code=status_code, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._chunks = chunks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send chunks until they end or the reader leaves.

        The start goes through every layer of middleware; chunks go straight to the server, for no layer has a say in them.
        """
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        sending = asyncio.ensure_future(self._send(scope.get(RAW_SEND, send)))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        finally:
            sending.cancel()
            leaving.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)

    async def _send(self, send: Send) -> None:
        async for chunk in self._chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class StraightSend:
    """The outermost layer: keeps the server's own ``send`` at hand for streams."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on the request with the server's ``send`` in its scope."""
        scope[RAW_SEND] = send
        await self._app(scope, receive, send)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@router.get("/sessions/{session_id}/stream", response_class=EventStream)
async def stream_session(
    request: Request,
    person: Person,
    session_id: Identifier,
    after: Sequence = 0,
    last_event_id: Annotated[str, Header(alias="Last-Event-ID", max_length=20)] = "",
) -> Response:
    """Follow a session: its events after a sequence number, then everything as it comes."""
    if last_event_id and not (last_event_id.isdecimal() and int(last_event_id) <= MOST):
        raise InvalidRequest("Last-Event-ID is the sequence number of the last event you have seen, such as 12.")
    house = house_of(request)
    await own_session(house, session_id, person)
    return EventStream(session_chunks(house, session_id, int(last_event_id or after)))


@router.get("/events/stream", response_class=EventStream)
async def stream_person(request: Request, person: Person) -> Response:
    """Follow the events of all your sessions from now on, without the text of replies; one connection for everything."""
    return EventStream(_person_chunks(house_of(request), person))


async def session_chunks(house: House, session: str, after: int, run: str = "", known: tuple[Event, ...] = ()) -> AsyncIterator[bytes]:
    """Yield what ``followed`` tells, as server-sent events."""
    async for frames in followed(house, session, after, run, known):
        yield b"".join([_encoded(frame) for frame in frames]) if frames else _HEARTBEAT


def _encoded(frame: Frame) -> bytes:
    match frame:
        case Event():
            return b"id: %d\nevent: %s\ndata: %s\n\n" % (frame.seq, frame.type.encode(), event_body(frame))
        case Delta():
            kind = b"reply_so_far" if isinstance(frame, ReplySoFar) else b"delta"
            return b"event: %s\ndata: %s\n\n" % (kind, _ENCODER.encode(frame))
        case DelegateFrame(frame=Event() as event):
            return b"event: delegate_event\ndata: %s\n\n" % event_body(event)
        case DelegateFrame(frame=delta):
            return b"event: delegate_delta\ndata: %s\n\n" % _ENCODER.encode(delta)
        case Resync():
            return _RESYNC


async def _person_chunks(house: House, person: str) -> AsyncIterator[bytes]:
    subscription = house.bus.follow_events()
    owners: dict[str, str] = {}
    try:
        yield _HEARTBEAT
        while (frames := await subscription.next(HEARTBEAT_SECONDS)) or not subscription.closed:
            parts = [await _person_part(house, frame, person, owners) for frame in frames]
            chunk = b"".join(parts) if frames else _HEARTBEAT
            if chunk:
                yield chunk
    finally:
        subscription.close()


async def _person_part(house: House, frame: Frame, person: str, owners: dict[str, str]) -> bytes:
    if isinstance(frame, Resync):
        return _RESYNC
    if not isinstance(frame, Event):
        return b""
    if frame.session not in owners:
        owners[frame.session] = await _owner(house, frame.session)
    if owners[frame.session] != person:
        return b""
    return b"event: %s\ndata: %s\n\n" % (frame.type.encode(), event_body(frame))


async def _owner(house: House, session: str) -> str:
    """Return whose session it is, nobody's when it has been deleted since."""
    try:
        return (await house.store.get_session(session)).owner
    except NotFound:
        return ""
