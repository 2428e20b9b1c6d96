"""``/mcp``: streamable HTTP for clients of MCP, behind the wall that every route has.

Source: https://modelcontextprotocol.io/specification/2025-11-25/basic/transports, and 2026-07-28 beside it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from artelier.api.guard import Person
from artelier.api.problems import MEDIA_TYPE, ProblemView
from artelier.api.views import house_of
from artelier.ports.bus import Bus, Subscription
from artelier.runtime.load import load

DOOR = "artelier.api.mcp.door"
_TOPIC = "mcp"
"""No session's name: a subscription to it hears nothing but that the bus closes."""
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {}, "text/event-stream": {"schema": {"type": "string"}}}},
    202: {"description": "A notification was taken."},
    "4XX": {
        "description": "An error of JSON-RPC, or a problem where the wall refuses.",
        "content": {"application/json": {}, MEDIA_TYPE: {"schema": ProblemView.model_json_schema()}},
    },
}


class Door(Protocol):
    """What this needs of ``door.Door``, which is loaded later."""

    def open(self) -> Any:
        """Return a context in which requests are answered."""
        ...

    async def answer(self, person: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        ...

    def stop(self) -> None:
        """Note that the server stops."""
        ...


class Threshold:
    """Opens the door at the first request, and closes it with the server."""

    def __init__(self) -> None:
        self._keeper: asyncio.Task[None] | None = None
        self._opened: asyncio.Future[Door] = asyncio.get_running_loop().create_future()
        self._over = asyncio.Event()

    async def door(self, bus: Bus) -> Door:
        """Return the door. Raises what opening it raised."""
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep(bus.follow_session(_TOPIC)))
        return await asyncio.shield(self._opened)

    async def close(self) -> None:
        """End all that goes on behind the door."""
        self._over.set()
        if self._keeper is not None:
            await self._keeper

    async def _keep(self, stopping: Subscription) -> None:
        """Hold the door open in one task from beginning to end, as its task group wants it."""
        try:
            door: Door = (await load(DOOR, "Door"))()
        except ImportError as failure:
            self._opened.set_exception(failure)
            return
        async with door.open():
            self._opened.set_result(door)
            watch = asyncio.create_task(_stop(door, stopping))
            await self._over.wait()
            watch.cancel()


async def _stop(door: Door, stopping: Subscription) -> None:
    while not stopping.closed:
        await stopping.next()
    door.stop()


@asynccontextmanager
async def _threshold(app: FastAPI) -> AsyncIterator[None]:
    app.state.mcp = Threshold()
    try:
        yield
    finally:
        await app.state.mcp.close()


router = APIRouter(tags=["mcp"], lifespan=_threshold)


class _Handed(Response):
    """An answer that the door gives."""

    def __init__(self, door: Door, person: str, bus: Bus) -> None:
        super().__init__()
        self._door = door
        self._person = person
        self._bus = bus

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the door answer. A stream that waits for nothing but news ends when the server stops."""
        if scope["method"] != "GET":
            await self._door.answer(self._person, scope, receive, send)
            return
        stream = _Stream(receive, send, self._bus.follow_session(_TOPIC))
        try:
            await self._door.answer(self._person, scope, stream.receive, stream.send)
        finally:
            await stream.end()


class _Stream:
    """A stream as its server sees it: the reader leaves when it does, or when the bus closes."""

    def __init__(self, receive: Receive, send: Send, stopping: Subscription) -> None:
        self._receive = receive
        self._send = send
        self._stopping = stopping
        self._is_open = False

    async def receive(self) -> Message:
        """Return the next message, a disconnection once the bus is closed."""
        waits = [asyncio.ensure_future(self._receive()), asyncio.ensure_future(self._stopping.next())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            return waits[0].result() if waits[0].done() else {"type": "http.disconnect"}  # type: ignore[return-value]
        finally:
            for wait in waits:
                wait.cancel()

    async def send(self, message: Message) -> None:
        """Pass on a message, and note whether more must follow."""
        self._is_open = message["type"] == "http.response.start" or message.get("more_body", False)
        await self._send(message)

    async def end(self) -> None:
        """End a body that was left open."""
        self._stopping.close()
        if self._is_open:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})


@router.post("/mcp", response_class=Response, responses=_ANSWERS)
@router.get("/mcp", response_class=Response, responses=_ANSWERS)
@router.delete("/mcp", response_class=Response, responses=_ANSWERS)
async def speak_mcp(request: Request, person: Person) -> Response:
    """Speak MCP: agents as tools, sessions and files as resources. The messages are the protocol's own."""
    if request.method == "POST" and request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "Messages of MCP come as application/json.")
    bus = house_of(request).bus
    return _Handed(await request.app.state.mcp.door(bus), person, bus)
