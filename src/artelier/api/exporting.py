"""The route by which a session leaves as a file."""

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from artelier.api.bodies import Identifier
from artelier.api.guard import Person
from artelier.api.views import house_of, own_session
from artelier.runtime.exporting import Exporting

router = APIRouter(prefix="/api/v1", tags=["sessions"])
_LINES, _MARKDOWN = "application/x-ndjson", "text/markdown"


@router.get(
    "/sessions/{session_id}/export",
    response_class=StreamingResponse,
    responses={200: {"description": "The session as a file.", "content": {_LINES: {}, _MARKDOWN: {}}}},
)
async def export_session(
    request: Request, person: Person, session_id: Identifier, form: Literal["jsonl", "markdown"] = "jsonl"
) -> StreamingResponse:
    """Write a session out: its journal as a line of JSON for each event, or as Markdown to read; secrets are masked."""
    house = house_of(request)
    record = await own_session(house, session_id, person)
    exporting = Exporting(house.store, house.settings)
    body = exporting.lines(session_id) if form == "jsonl" else exporting.markdown(session_id, record.title)
    name = f"artelier-{session_id}.{'jsonl' if form == 'jsonl' else 'md'}"
    media = _LINES if form == "jsonl" else f"{_MARKDOWN}; charset=utf-8"
    return StreamingResponse(body, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})
