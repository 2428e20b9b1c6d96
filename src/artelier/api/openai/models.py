"""``/v1/models``: each agent is a model, and ``artelier/auto`` is whoever suits.

Source: https://platform.openai.com/docs/api-reference/models
"""

from typing import Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from artelier.api.guard import find_person
from artelier.api.openai.talk import AUTO, OWNER, agent_of
from artelier.api.views import house_of

router = APIRouter(prefix="/v1", tags=["openai"], dependencies=[Depends(find_person)])
CREATED = 1_767_225_600
"""Agents are files without a date; programs want one: the beginning of 2026, UTC."""


class OpenAIModelView(BaseModel):
    """One agent, as OpenAI shows a model."""

    id: str
    object: Literal["model"] = "model"
    created: int = CREATED
    owned_by: str = OWNER


class OpenAIModelsView(BaseModel):
    """All of them."""

    object: Literal["list"] = "list"
    data: list[OpenAIModelView]


@router.get("/models")
async def list_openai_models(request: Request) -> OpenAIModelsView:
    """List the agents as models."""
    return OpenAIModelsView(
        data=[OpenAIModelView(id=AUTO), *(OpenAIModelView(id=f"{OWNER}/{name}") for name in sorted(house_of(request).agents))]
    )


@router.get("/models/{name:path}")
async def get_openai_model(request: Request, name: str) -> OpenAIModelView:
    """Show one agent as a model."""
    found = agent_of(house_of(request), name)
    return OpenAIModelView(id=f"{OWNER}/{found}" if found else AUTO)
