"""The route by which another way is tried from an earlier moment of a session."""

import uuid_utils
from fastapi import APIRouter, Request
from pydantic import ConfigDict, Field

from artelier.api.bodies import Body, Identifier
from artelier.api.conversations import Correlation
from artelier.api.guard import Person
from artelier.api.schemas import SessionView
from artelier.api.views import house_of, own_session, session_view

router = APIRouter(prefix="/api/v1", tags=["sessions"])


class ForkBody(Body):
    """From where a copy of a session goes on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{}, {"before": "01980000-0000-7000-8000-000000000002"}]})

    before: Identifier | None = Field(
        default=None, description="Copy what lies before the message of this run; without it the whole session is copied."
    )


@router.post("/sessions/{session_id}/fork", status_code=201)
async def fork_session(
    request: Request, person: Person, session_id: Identifier, body: ForkBody | None = None, correlation: Correlation = ""
) -> SessionView:
    """Open a copy of a session to try another way: all of it, or what lies before a run's message. The original stays as it is.

    What is copied keeps its runs' ids and counts nowhere again; work under way, open questions and grants stay with the original.
    """
    house = house_of(request)
    await own_session(house, session_id, person)
    before = body.before or "" if body else ""
    return session_view(await house.store.fork_session(session_id, str(uuid_utils.uuid7()), person, before, correlation))
