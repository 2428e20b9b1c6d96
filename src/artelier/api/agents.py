"""Routes of single agents: where one comes from, whether a text describes one, and the operator's own files."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from artelier.api.bodies import Body
from artelier.api.guard import find_commander, find_person
from artelier.api.views import house_of
from artelier.domain.errors import SettingsError
from artelier.runtime.agent_files import LONGEST, AgentFile, AgentFiles, Origin

router = APIRouter(prefix="/api/v1", tags=["catalogue"])
Name = Annotated[str, InPath(max_length=32, pattern=r"^[a-z][a-z0-9_-]*$")]
NameText = Annotated[str, StringConstraints(max_length=64)]
FileText = Annotated[str, StringConstraints(max_length=LONGEST)]


class OwnLimitsView(BaseModel):
    """The limits that an agent's file says itself; null leaves one to ``[limits]``, 0 is none."""

    model_config = ConfigDict(from_attributes=True)

    steps: int | None
    money: float | None
    """US dollars."""
    wall_seconds: float | None


class AgentFieldsView(BaseModel):
    """What an agent's file says in fields; null where it leaves that to the settings."""

    model_config = ConfigDict(from_attributes=True)

    model: str | None
    max_tokens: int | None
    writes: list[str]
    limits: OwnLimitsView
    tools: list[str]
    """Written out: each tool that its words and patterns stand for now."""
    patterns: dict[str, list[str]]
    """Words of its list that stand for more than themselves, such as ``git_*`` and ``mcp``, and what for."""


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
    fields: AgentFieldsView | None
    """What can be changed by ``PATCH``; null where the agent has no file here, or one that cannot be read."""


class AgentTextBody(Body):
    """An agent's file, whole: front matter and prompt."""

    text: FileText


class OwnLimitsBody(Body):
    """Limits of one run; null leaves one to ``[limits]``, 0 is none, what is left out stays."""

    steps: Annotated[int | None, Field(ge=0)] = None
    money: Annotated[float | None, Field(ge=0, description="US dollars.")] = None
    wall_seconds: Annotated[float | None, Field(ge=0)] = None


class AgentFieldsBody(Body):
    """Fields of an agent's file that shall change; what is left out stays, null takes a field out of the file."""

    model: Annotated[str | None, Field(max_length=256)] = None
    max_tokens: Annotated[int | None, Field(ge=16)] = None
    writes: Annotated[list[str] | None, Field(max_length=256)] = None
    limits: OwnLimitsBody | None = None
    tools: Annotated[list[str] | None, Field(max_length=2000, description="The tools that it shall have, each by its own name.")] = None


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


@router.patch("/agents/{name}", dependencies=[Depends(find_commander)])
async def change_agent(request: Request, name: Name, body: AgentFieldsBody) -> AgentFileView:
    """Change fields of an agent's file and keep the rest of it to the letter, comments included; it is in force for the next run.

    The text that comes of it is checked whole before it is stored, as by ``PUT``; a built-in agent gets a copy that takes its place.
    A pattern among its tools stays where all that it stands for is wanted, otherwise it is written out. A field that the settings
    change for this agent is refused: they win over the file.
    """
    changes = body.model_dump(exclude_unset=True)
    given = {field: value if field == "tools" else value or None for field, value in changes.items()}
    return await _view(request, await _files(request).change(name, given))


def _files(request: Request) -> AgentFiles:
    house = house_of(request)
    return AgentFiles(house.standing, house.reloader)


async def _view(request: Request, file: AgentFile) -> AgentFileView:
    house = house_of(request)
    changes = (house.settings.agents.model_extra or {}).get(file.name)
    files = _files(request)
    folder, fields = await files.folder(), files.fields(file)
    return AgentFileView(
        name=file.name,
        origin=file.origin,
        path=file.path,
        text=file.text,
        changed=sorted(changes.model_fields_set) if changes is not None else [],
        folder="" if folder is None else str(folder),
        problems=list(house.reloader.report.problems),
        fields=None if fields is None else AgentFieldsView.model_validate(fields),
    )
