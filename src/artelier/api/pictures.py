"""Pictures that calls made: their route, and their addresses in the events that name them."""

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response

from artelier.api.bodies import Identifier
from artelier.api.guard import Person
from artelier.api.views import house_of, own_session
from artelier.domain.codec import encode_event
from artelier.domain.events import Event, ToolFinished
from artelier.runtime.pictures import find_picture, is_shown

router = APIRouter(prefix="/api/v1", tags=["sessions"])
_HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Disposition": "inline",
    "Content-Security-Policy": "sandbox",
}
"""The bytes are a stranger's: a browser shows them as a picture or not at all. The guard adds the rest, ``nosniff`` among it."""
_BINARY = {"schema": {"type": "string", "format": "binary"}}


@router.get(
    "/sessions/{session_id}/pictures/{digest}",
    response_class=Response,
    responses={200: {"description": "The picture.", "content": {"image/png": _BINARY, "image/jpeg": _BINARY}}},
)
async def get_picture(request: Request, person: Person, session_id: Identifier, digest: str) -> Response:
    """Show a picture that an event of this session names, such as a screenshot; PNG and JPEG alone."""
    house = house_of(request)
    await own_session(house, session_id, person)
    shot = await find_picture(house.store, house.blobs, session_id, digest)
    return Response(shot.content, media_type=shot.media_type, headers=_HEADERS)


def event_body(event: Event) -> bytes:
    """Return an event as JSON for readers: as it is stored, and each picture that can be shown with its ``address``."""
    payload = event.payload
    if not isinstance(payload, ToolFinished) or not payload.result.pictures:
        return encode_event(event)
    body = msgspec.to_builtins(event)
    for picture, shown in zip(payload.result.pictures, body["payload"]["result"]["pictures"], strict=True):
        if is_shown(picture):
            shown["address"] = f"/api/v1/sessions/{event.session}/pictures/{picture.digest}"
    return msgspec.json.encode(body)
