"""The route that tells what the rules say of a call that nobody makes."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from artelier.api.bodies import Body, Name
from artelier.api.guard import find_person
from artelier.api.reasons import BecauseView
from artelier.api.schemas import CommandView
from artelier.api.views import house_of
from artelier.domain.errors import InvalidRequest, ToolError
from artelier.domain.verdicts import Ruling
from artelier.runtime.explaining import Surroundings, explanation

router = APIRouter(prefix="/api/v1", tags=["catalogue"], dependencies=[Depends(find_person)])


class ExplainBody(Body):
    """A call as an agent might make it; the default agent where none is named."""

    arguments: Annotated[dict[str, Any], Field(default_factory=dict)]
    agent: Name = ""


class ExplanationView(BaseModel):
    """What would be judged of a call, and what that rests on."""

    decision: Annotated[Ruling, Field(description="What would happen: run at once, ask a person, or refuse.")]
    reason: str
    because: list[BecauseView]
    rule: Annotated[str, Field(description="The rule that decided; empty for what is built in.")]
    commands: list[CommandView]
    parseable: Annotated[bool, Field(description="Whether it can be said of every part of a command what it would run.")]
    writes: list[str]
    labels: Annotated[list[str], Field(description="What the call does (outbound, destructive) and brings in (untrusted, private).")]


@router.post("/tools/{name}/explain")
async def explain_call(request: Request, name: str, body: ExplainBody) -> ExplanationView:
    """Tell what would be judged of a call of this tool, and why. Nothing is run, and no question comes of it."""
    outside = house_of(request).standing.now.outside
    tool = outside.tools.get(name)
    if tool is not None:
        try:
            tool.check(body.arguments)
        except ToolError as failure:
            raise InvalidRequest(f"These arguments do not fit {name}: {failure.message}") from failure
    policy = outside.policy
    at = Surroundings(outside.tools, policy.agents, policy.default_agent, policy.rules, policy.sandboxed)
    found = explanation(name, body.arguments, body.agent, at)
    told = msgspec.to_builtins(found)
    return ExplanationView.model_validate(told | {"labels": told["taint"], "because": [{"values": {}, **each} for each in told["because"]]})
