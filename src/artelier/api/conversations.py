"""Routes of sessions: open, list, talk, read the journal."""

from typing import Annotated

import uuid_utils
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse, Response

from artelier.api.bodies import Identifier, MessageBody, RenameBody, SessionBody
from artelier.api.guard import Person
from artelier.api.pictures import event_body
from artelier.api.schemas import AcceptedView, EventView, Listing, SessionView
from artelier.api.views import cache_wishes, house_of, own_session, session_view
from artelier.ports.runs import Page
from artelier.runtime.service import Message

router = APIRouter(prefix="/api/v1", tags=["sessions"])
MOST = 2**63 - 1
"""The largest number the journal can count to."""
Limit = Annotated[int, Query(ge=1, le=200)]
Sequence = Annotated[int, Query(ge=0, le=MOST)]
Search = Annotated[str, Query(max_length=200)]
Cursor = Annotated[str, Query(max_length=64)]
IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", max_length=200)]
Correlation = Annotated[str, Header(alias="X-Correlation-ID", max_length=128, pattern=r"^[\x21-\x7e]*$")]


@router.post("/sessions", status_code=201)
async def open_session(request: Request, person: Person, body: SessionBody, correlation: Correlation = "") -> SessionView:
    """Open an empty session over a workspace, the server's own when none is named."""
    house = house_of(request)
    workspace = body.workspace_id or house.workspace.id
    return session_view(await house.store.open_session(str(uuid_utils.uuid7()), person, workspace, body.title, correlation))


@router.get("/sessions")
async def list_sessions(
    request: Request, person: Person, limit: Limit = 50, cursor: Cursor = "", search: Search = ""
) -> Listing[SessionView]:
    """List your sessions, newest first; with ``search`` those whose title or messages hold these words, capitals or not."""
    records = await house_of(request).store.list_sessions(person, Page(limit, cursor), search)
    return Listing(items=[session_view(record) for record in records], next=records[-1].id if len(records) == limit else None)


@router.get("/sessions/{session_id}")
async def get_session(request: Request, person: Person, session_id: Identifier) -> SessionView:
    """Show one session."""
    return session_view(await own_session(house_of(request), session_id, person))


@router.patch("/sessions/{session_id}")
async def rename_session(request: Request, person: Person, session_id: Identifier, body: RenameBody) -> SessionView:
    """Give a session another title."""
    house = house_of(request)
    await own_session(house, session_id, person)
    return session_view(await house.store.rename_session(session_id, body.title))


@router.delete("/sessions/{session_id}", status_code=204)
async def delete_session(request: Request, person: Person, session_id: Identifier) -> Response:
    """Remove a session with its journal; refused while a run is active."""
    house = house_of(request)
    await own_session(house, session_id, person)
    await house.store.delete_session(session_id)
    return Response(status_code=204)


@router.post("/sessions/{session_id}/messages", status_code=202)
async def send_message(
    request: Request, person: Person, session_id: Identifier, body: MessageBody, key: IdempotencyKey = "", correlation: Correlation = ""
) -> AcceptedView:
    """Send a message; it is stored before the answer, and its run tells the rest in the session's stream."""
    house = house_of(request)
    await own_session(house, session_id, person)
    accepted = await house.service.send(
        Message(
            text=body.text,
            person=person,
            session=session_id,
            agent=body.agent,
            model=body.model,
            multitask=body.multitask,
            idempotency_key=key,
            trace=correlation,
            cache=cache_wishes(request, body.cache),
        )
    )
    return AcceptedView(run_id=accepted.run, seq=accepted.seq)


@router.get("/sessions/{session_id}/events", response_model=Listing[EventView])
async def list_events(
    request: Request,
    person: Person,
    session_id: Identifier,
    after: Sequence = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
) -> Response:
    """Read the journal after a sequence number, oldest first; ``next`` is the number to go on after."""
    house = house_of(request)
    await own_session(house, session_id, person)
    events = await house.store.read(session_id, after, limit)
    following = f'"{events[-1].seq}"' if len(events) == limit else "null"
    body = b'{"items":[' + b",".join(event_body(event) for event in events) + b'],"next":' + following.encode() + b"}"
    return Response(body, media_type=JSONResponse.media_type)
