"""The route that shows what a call would do with other arguments, before anybody approves them."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from artelier.api.bodies import Body, Identifier
from artelier.api.guard import Person
from artelier.api.schemas import ApprovalView
from artelier.api.views import approval_view, house_of, own_question
from artelier.domain.verdicts import Ruling
from artelier.runtime.foreseeing import Foreseeing

router = APIRouter(prefix="/api/v1")


class ForeseenBody(Body):
    """The call's arguments as they might be."""

    arguments: dict[str, Any]


class ForeseenView(BaseModel):
    """What approving with other arguments would do; nothing was run."""

    question: Annotated[ApprovalView, Field(description="The question as it would be asked.")]
    decision: Annotated[Ruling, Field(description="`forbid` where the call would be refused even if it is approved.")]
    code: Annotated[str, Field(description="The error that the call would surely end with; empty for none.")]
    detail: str


@router.post("/approvals/{approval_id}/foresee", tags=["approvals"])
async def foresee_approval(request: Request, person: Person, approval_id: Identifier, body: ForeseenBody) -> ForeseenView:
    """Show what approving with changed arguments would do: effect, change to files, and what is judged of it. Nothing is run."""
    house = house_of(request)
    record = await own_question(house, approval_id, person)
    found = await Foreseeing(house.store, house.standing, house.workspaces).with_arguments(record, body.arguments)
    code, detail = ("", "") if found.failure is None else (found.failure.code, found.failure.message)
    view = approval_view(msgspec.structs.replace(record, question=found.question))
    return ForeseenView(question=view, decision=found.ruling, code=code, detail=detail)
