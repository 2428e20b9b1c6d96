"""Routes of single agents: where one comes from, whether a text describes one, and the operator's own files."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi import Path as InPath
from pydantic import BaseModel, StringConstraints

from artelier.api.bodies import Body
from artelier.api.guard import find_commander, find_person
from artelier.api.views import house_of
from artelier.domain.errors import SettingsError
from artelier.runtime.agent_files import LONGEST, AgentFile, AgentFiles, Origin

router = APIRouter(prefix="/api/v1", tags=["catalogue"])
Name = Annotated[str, InPath(max_length=32, pattern=r"^[a-z][a-z0-9_-]*$")]
NameText = Annotated[str, StringConstraints(max_length=64)]
FileText = Annotated[str, StringConstraints(max_length=LONGEST)]


class AgentFileView(BaseModel):
    """One agent's file: ``path`` is empty for agents that are built in, of a plugin or of a workspace, which cannot be changed here."""

    name: str
    origin: Origin
    path: str
    text: str
    changed: list[str]
    """Fields that the settings change for this agent, as ``agents.NAME.model``; they win over the file."""
    folder: str
    """Where a copy of your own would be written; it is made then. Empty where there can be none."""
    problems: list[str]
    """Why what the files say is not in force."""


class AgentTextBody(Body):
    """An agent's file, whole: front matter and prompt."""

    text: FileText


class CheckBody(AgentTextBody):
    """A text that may become the file of an agent of this name."""

    name: NameText


class CheckView(BaseModel):
    """Whether a text describes an agent; ``line`` is 0 where the problem has none."""

    valid: bool
    line: int
    message: str
    tools: list[str]


@router.get("/agents/{name}", dependencies=[Depends(find_person)])
async def show_agent_file(request: Request, name: Name) -> AgentFileView:
    """Show one agent's file, and where it lies."""
    return await _view(request, await _files(request).show(name))


@router.post("/agents/validate", dependencies=[Depends(find_person)])
async def check_agent(request: Request, body: CheckBody) -> CheckView:
    """Tell whether a text describes an agent, and the line where it does not; nothing is stored."""
    try:
        agent = _files(request).check(body.name, body.text)
    except SettingsError as failure:
        found = re.match(r"[^:\n]*\.md:(\d+): ", failure.message)
        return CheckView(valid=False, line=int(found[1]) if found else 0, message=failure.message, tools=[])
    return CheckView(valid=True, line=0, message="", tools=list(agent.tools))


@router.put("/agents/{name}", dependencies=[Depends(find_commander)])
async def store_agent(request: Request, name: Name, body: AgentTextBody) -> AgentFileView:
    """Check an agent's text and store it in the operator's folder (``agents.paths``); it is in force for the next run.

    A built-in agent gets a copy there, which takes its place. What is wrong is refused as ``CONFIG_INVALID`` and names the line.
    """
    return await _view(request, await _files(request).store(name, body.text))


def _files(request: Request) -> AgentFiles:
    house = house_of(request)
    return AgentFiles(house.standing, house.reloader)


async def _view(request: Request, file: AgentFile) -> AgentFileView:
    house = house_of(request)
    changes = (house.settings.agents.model_extra or {}).get(file.name)
    folder = await _files(request).folder()
    return AgentFileView(
        name=file.name,
        origin=file.origin,
        path=file.path,
        text=file.text,
        changed=sorted(changes.model_fields_set) if changes is not None else [],
        folder="" if folder is None else str(folder),
        problems=list(house.reloader.report.problems),
    )
