"""The route of plugins: which there are, how they stand, what they give."""

from typing import Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from artelier.api.guard import find_person
from artelier.api.schemas import Listing
from artelier.api.views import house_of

router = APIRouter(prefix="/api/v1", tags=["catalogue"], dependencies=[Depends(find_person)])


class PluginView(BaseModel):
    """One plugin; ``stale`` when an earlier version is in force, because of the problems of the present one."""

    name: str
    version: str
    origin: str
    """The file or folder, or the installed package."""
    state: Literal["ready", "stale", "failed", "disabled"]
    problems: list[str]
    agents: list[str]
    tools: list[str]
    providers: list[str]
    routers: int
    subscribers: list[str]


@router.get("/plugins")
async def list_plugins(request: Request) -> Listing[PluginView]:
    """List the operator's plugins, those that are broken or disabled too."""
    return Listing(
        items=[
            PluginView(
                name=report.name,
                version=report.version,
                origin=report.origin,
                state=report.state,
                problems=list(report.problems),
                agents=list(report.agents),
                tools=list(report.tools),
                providers=list(report.providers),
                routers=report.routers,
                subscribers=list(report.subscribers),
            )
            for report in house_of(request).standing.now.plugins.reports
        ]
    )
