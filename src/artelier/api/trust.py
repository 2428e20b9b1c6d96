"""Routes of trusting a folder: see what it brings along for agents, use it, use it no more."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, StringConstraints

from artelier.api.bodies import Body, Identifier
from artelier.api.guard import find_person
from artelier.api.views import house_of

router = APIRouter(prefix="/api/v1", tags=["catalogue"], dependencies=[Depends(find_person)])


class TextView(BaseModel):
    """One file of the workspace."""

    path: str
    content: str


class TrustView(BaseModel):
    """What a workspace brings along, and whether it is used: ``changed`` was trusted once, and is not used."""

    workspace_id: str
    state: Literal["nothing", "untrusted", "changed", "trusted"]
    digest: str
    """Identifies the texts; trusting needs it, so that nothing is trusted that nobody saw."""
    texts: list[TextView]
    instructions: str
    """What agents are shown after their prompt, once it is trusted."""
    agents: list[str]
    problems: list[str]


class TrustBody(Body):
    """What was seen and is trusted."""

    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


@router.get("/workspaces/{workspace_id}/trust")
async def show_trust(request: Request, workspace_id: Identifier) -> TrustView:
    """Show the instructions and agents that a workspace brings along, and whether they are used."""
    house = house_of(request)
    shown = await house.trust.show(await house.store.get_workspace(workspace_id))
    return TrustView(
        workspace_id=workspace_id,
        state=shown.state,
        digest=shown.belongings.digest,
        texts=[TextView(path=text.path, content=text.content) for text in shown.belongings.texts],
        instructions=shown.instructions,
        agents=list(shown.agents),
        problems=list(shown.problems),
    )


@router.post("/workspaces/{workspace_id}/trust")
async def trust_workspace(request: Request, workspace_id: Identifier, body: TrustBody) -> TrustView:
    """Use what the workspace brings along, as it was shown; when it changes, it is not used until it is trusted again."""
    house = house_of(request)
    await house.trust.trust(await house.store.get_workspace(workspace_id), body.digest)
    await house.reloader.furnish()
    return await show_trust(request, workspace_id)


@router.delete("/workspaces/{workspace_id}/trust")
async def distrust_workspace(request: Request, workspace_id: Identifier) -> TrustView:
    """Use nothing that the workspace brings along any more."""
    house = house_of(request)
    await house.trust.distrust(await house.store.get_workspace(workspace_id))
    await house.reloader.furnish()
    return await show_trust(request, workspace_id)
