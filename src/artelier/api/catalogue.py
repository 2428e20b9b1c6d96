"""Routes of what there is: agents, tools, models, workspaces."""

import asyncio
from pathlib import Path
from typing import Annotated, Any, Literal

import uuid_utils
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from artelier.api.bodies import Identifier, WorkspaceBody
from artelier.api.guard import find_person, is_operator
from artelier.api.schemas import Listing, WorkspaceView
from artelier.api.views import house_of, workspace_view
from artelier.domain.control import CONTROL_TOOLS
from artelier.domain.errors import AccessDenied, InvalidRequest
from artelier.runtime.agent_files import AgentFiles, Origin
from artelier.settings import Settings

router = APIRouter(prefix="/api/v1", tags=["catalogue"], dependencies=[Depends(find_person)])


class LimitsView(BaseModel):
    """How far one run of an agent goes before a person is asked; 0 for no limit, ``money`` in US dollars."""

    steps: int
    calls: int
    tokens: int
    wall_seconds: float
    money: float


class AgentView(BaseModel):
    """One agent."""

    name: str
    description: str
    tools: list[str]
    writes: list[str]
    """Patterns of the paths it may write; empty for all that its tools allow."""
    model: str
    max_tokens: int
    default: bool
    prompt: str
    origin: Origin
    path: str
    """Its file, where it is the operator's own."""
    temperature: float | None
    limits: LimitsView


class ToolView(BaseModel):
    """One tool."""

    name: str
    description: str
    parameters: dict[str, Any]
    effect: str
    repeatable: bool
    family: str
    """What it belongs to: files, search, shell, git, web, browser, docker, mcp; empty for what agents do among themselves."""
    destructive: bool
    """Whether it takes away what a person may want to keep: asked each time, alone."""


class McpServerView(BaseModel):
    """One MCP server and how it stands."""

    name: str
    state: Literal["connecting", "ready", "failed", "stopped"]
    tools: int
    tokens: int
    """About how many tokens its tools take in a request."""
    last_error: str
    withheld: dict[str, str]
    """Tools that are refused until a person accepts them, and why."""


class FileView(BaseModel):
    """One name in a workspace."""

    path: str
    kind: str
    size: int


@router.get("/agents")
async def list_agents(request: Request, workspace: Identifier | None = None) -> Listing[AgentView]:
    """List the agents; those of a trusted workspace too where one is named."""
    house = house_of(request)
    agents = house.standing.outside_in(workspace or "").policy.agents
    default = house.standing.now.outside.policy.default_agent
    files = await AgentFiles(house.standing, house.reloader).origins(agents)
    return Listing(
        items=[
            AgentView(
                name=agent.name,
                description=agent.description,
                tools=list(agent.tools),
                writes=list(agent.writes),
                model=agent.model or house.models.default,
                max_tokens=agent.max_tokens,
                default=agent.name == default,
                prompt=agent.prompt,
                origin=files[agent.name].origin,
                path=files[agent.name].path,
                temperature=agent.temperature,
                limits=LimitsView.model_validate(agent.limits, from_attributes=True),
            )
            for agent in agents.values()
        ]
    )


@router.get("/tools")
async def list_tools(request: Request) -> Listing[ToolView]:
    """List the tools with their schemas."""
    specs = [*(tool.spec for tool in house_of(request).tools.values()), *CONTROL_TOOLS]
    return Listing(
        items=[
            ToolView(
                name=spec.name,
                description=spec.description,
                parameters=spec.parameters,
                effect=spec.effect,
                repeatable=spec.repeatable,
                family=spec.family,
                destructive=spec.destructive,
            )
            for spec in sorted(specs, key=lambda spec: spec.name)
        ]
    )


@router.get("/mcp-servers")
async def list_mcp_servers(request: Request) -> Listing[McpServerView]:
    """List the MCP servers that the operator has configured."""
    return Listing(
        items=[
            McpServerView(
                name=report.name,
                state=report.state.value,
                tools=report.tools,
                tokens=report.tokens,
                last_error=report.last_error,
                withheld=report.withheld,
            )
            for report in house_of(request).servers.reports()
        ]
    )


@router.get("/workspaces")
async def list_workspaces(request: Request) -> Listing[WorkspaceView]:
    """List the folders agents may work in."""
    house = house_of(request)
    return Listing(items=[workspace_view(record, house.workspace.id) for record in await house.store.list_workspaces()])


@router.post("/workspaces", status_code=201)
async def register_workspace(request: Request, body: WorkspaceBody) -> WorkspaceView:
    """Register a folder under those the operator allows (``workspaces.roots`` in the settings)."""
    house = house_of(request)
    roots = ["/"] if is_operator(request) else house.settings.workspaces.roots
    root = await asyncio.to_thread(_allowed_root, body.path, roots, house.state_folder, _of_the_operator(house.settings))
    record = await house.store.register_workspace(str(uuid_utils.uuid7()), body.name or root.name, str(root), house.workspace.place)
    house.workspaces.open(record)
    return workspace_view(record, house.workspace.id)


@router.get("/workspaces/{workspace_id}")
async def get_workspace(request: Request, workspace_id: Identifier) -> WorkspaceView:
    """Show one folder."""
    house = house_of(request)
    return workspace_view(await house.store.get_workspace(workspace_id), house.workspace.id)


@router.delete("/workspaces/{workspace_id}", status_code=204)
async def remove_workspace(request: Request, workspace_id: Identifier) -> Response:
    """Forget a folder no session uses; its files stay."""
    await house_of(request).store.remove_workspace(workspace_id)
    return Response(status_code=204)


@router.get("/workspaces/{workspace_id}/files")
async def list_files(
    request: Request,
    workspace_id: Identifier,
    path: Annotated[str, Query(max_length=4096)] = ".",
    depth: Annotated[int, Query(ge=1, le=10)] = 1,
) -> Listing[FileView]:
    """List names in a folder of a workspace."""
    house = house_of(request)
    listing = await house.workspaces.open(await house.store.get_workspace(workspace_id)).list_folder(path, depth)
    return Listing(items=[FileView(path=entry.path, kind=entry.kind, size=entry.size) for entry in listing.entries])


def _of_the_operator(settings: Settings) -> list[Path]:
    """Return folders from which agents and plugins are taken up: whoever can write there commands the server."""
    plugins = settings.plugins.place
    return [*map(Path, settings.agents.paths), *([plugins] if plugins is not None else [])]


def _allowed_root(path: str, roots: list[str], state_folder: Path, own: list[Path]) -> Path:
    try:
        root = Path(path).resolve()
        is_folder = root.is_dir()
    except (OSError, ValueError, RuntimeError) as failure:
        raise InvalidRequest("This is no path of a folder: it is too long, runs in a circle, or holds a NUL.") from failure
    if not Path(path).is_absolute() or not any(root.is_relative_to(Path(folder).expanduser().resolve()) for folder in roots):
        raise AccessDenied(
            "This folder is not under a folder that the operator allows. Add its parent to workspaces.roots in the settings."
        )
    if state_folder.resolve().is_relative_to(root):
        raise AccessDenied("The server's state folder lies in this folder, where agents would reach it. Choose a folder without it.")
    if any(folder.resolve().is_relative_to(root) for folder in own):
        raise AccessDenied("A folder of agents' files or plugins (agents.paths, plugins.folder) lies in this folder. Choose another.")
    if not is_folder:
        raise InvalidRequest("There is no folder at this path. Create it first, or name another one.")
    return root
