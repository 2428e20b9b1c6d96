"""Server-sent events: the journal as it grows, and what is being said right now.

``id`` is the event's sequence, so ``Last-Event-ID`` resumes without a hole; deltas carry no id. What a delta says of a
reply that is stored already is left out, so no text comes twice.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from fastapi import APIRouter, Header, Request
from fastapi.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from artelier.api.conversations import MOST, Sequence
from artelier.api.guard import Person
from artelier.api.pictures import event_body
from artelier.api.schemas import Identifier
from artelier.api.views import house_of, own_session
from artelier.domain.errors import InvalidRequest, NotFound
from artelier.domain.events import (
    ApprovalAsked,
    BudgetReached,
    Event,
    ModelFailed,
    ModelReplied,
    RunCancelled,
    RunFailed,
    RunFinished,
    RunStarted,
    RunWaiting,
)
from artelier.domain.frames import DelegateFrame, Delta, DeltaKind, Frame, ReplySoFar, Resync
from artelier.domain.routes import ClarificationAsked
from artelier.domain.runs import WaitReason
from artelier.runtime.house import House

router = APIRouter(prefix="/api/v1", tags=["streams"])
HEARTBEAT_SECONDS = 15.0
RAW_SEND = "artelier.raw_send"
"""Where ``StraightSend`` leaves the server's own ``send`` in a request's scope."""
_RESTS = RunFinished | RunFailed | RunCancelled | RunWaiting
PAGE = 500
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


class _Place:
    """How far one reader has come in one session."""

    def __init__(self, house: House, session: str, after: int) -> None:
        self._house = house
        self._session = session
        self.seq = after
        self.rested: set[str] = set()
        """Runs that have ended, or wait for a person, by what has passed so far."""
        self._settled: dict[tuple[str, int], int] = {}
        self._delegating: set[str] = set()
        self._asked = False

    async def history(self) -> AsyncIterator[bytes]:
        """Yield what the journal holds beyond the reader's place."""
        while events := await self._house.store.read(self._session, self.seq, PAGE):
            yield b"".join([self._pass(event) for event in events])
            if len(events) < PAGE:
                return

    async def chunk(self, frames: tuple[Frame, ...]) -> bytes:
        """Return what these frames add; gaps are filled from the journal."""
        parts: list[bytes] = []
        for frame in frames:
            if isinstance(frame, Delta):
                if not self._is_settled(frame):
                    parts.append(_delta(frame))
            elif isinstance(frame, DelegateFrame):
                parts.append(self._pass_delegated(frame.frame))
            elif isinstance(frame, Resync):
                parts.append(_RESYNC)
                parts += [chunk async for chunk in self.history()]
            elif frame.seq == self.seq + 1:
                parts.append(self._pass(frame))
            elif frame.seq > self.seq:
                parts += [chunk async for chunk in self.history()]
        return b"".join(parts)

    def _pass(self, event: Event) -> bytes:
        self.seq = event.seq
        if isinstance(event.payload, ModelReplied | ModelFailed):
            self._settled[event.run, event.payload.step] = event.payload.attempt
        elif isinstance(event.payload, RunStarted):
            self.rested.discard(event.run)
        elif isinstance(event.payload, RunWaiting) and event.payload.reason is WaitReason.DELEGATE:
            self._delegating.add(event.run)
            if self._asked:
                self.rested.add(event.run)
        elif isinstance(event.payload, _RESTS) and getattr(event.payload, "reason", "") != WaitReason.MODEL:
            self.rested.add(event.run)
        return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.seq, event.type.encode(), event_body(event))

    def _pass_delegated(self, frame: Event | Delta) -> bytes:
        """Return a frame of a delegated session, which has no id here; a question in it is one that the reader's run waits for."""
        if isinstance(frame, Delta):
            return b"event: delegate_delta\ndata: %s\n\n" % _ENCODER.encode(frame)
        if isinstance(frame.payload, ApprovalAsked | BudgetReached | ClarificationAsked):
            self._asked = True
            self.rested |= self._delegating
        return b"event: delegate_event\ndata: %s\n\n" % event_body(frame)

    def _is_settled(self, delta: Delta) -> bool:
        return delta.kind is not DeltaKind.PROGRESS and self._settled.get((delta.run, delta.step), -1) >= delta.attempt


async def session_chunks(house: House, session: str, after: int, run: str = "", known: tuple[Event, ...] = ()) -> AsyncIterator[bytes]:
    """Yield a session's events after a place and everything that follows, until the reader leaves.

    With ``run`` it ends by itself once that run has ended or waits for a person. ``known``: the events right after the
    place, where the caller has them, to spare a reading of the journal.
    """
    subscription = house.bus.follow_session(session)
    place = _Place(house, session, after)
    try:
        if known:
            yield await place.chunk(known)
        if not known or house.bus.newest(session) != place.seq:
            async for chunk in place.history():
                yield chunk
        while run not in place.rested:
            frames = await subscription.next(HEARTBEAT_SECONDS)
            if not frames and subscription.closed:
                return
            chunk = await place.chunk(frames) if frames else _HEARTBEAT
            if chunk:
                yield chunk
    finally:
        subscription.close()


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


def _delta(delta: Delta) -> bytes:
    kind = b"reply_so_far" if isinstance(delta, ReplySoFar) else b"delta"
    return b"event: %s\ndata: %s\n\n" % (kind, _ENCODER.encode(delta))
