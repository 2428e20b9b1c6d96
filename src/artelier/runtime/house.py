"""The assembled house, as its protocols and commands see it."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from artelier.access.local import LocalAccess
from artelier.domain.agents import AgentSpec
from artelier.domain.runs import WorkspaceRecord
from artelier.engine.experience import Experiences
from artelier.ports.blobs import Blobs
from artelier.ports.bus import Bus
from artelier.ports.clock import Clock
from artelier.ports.store import Store
from artelier.ports.tool import Tool
from artelier.runtime.folders import LocalFolders
from artelier.runtime.models import Models
from artelier.runtime.service import Service
from artelier.runtime.undo import Undo
from artelier.runtime.workers import Workforce
from artelier.settings import Settings
from artelier.tools.mcp.servers import McpServers
from artelier.workspaces.sandbox.levels import Sandbox


class House(Struct, frozen=True):
    """Everything one process runs, made by ``assemble`` and nowhere else."""

    settings: Settings
    store: Store
    bus: Bus
    clock: Clock
    service: Service
    undo: Undo
    blobs: Blobs
    workforce: Workforce
    workspaces: LocalFolders
    models: Models
    agents: Mapping[str, AgentSpec]
    tools: Mapping[str, Tool]
    servers: McpServers
    access: LocalAccess
    workspace: WorkspaceRecord
    """The folder a session works in when none is named."""
    state_folder: Path
    """Where secrets and the truth lie: never within reach of an agent."""
    sandbox: Sandbox
    experiences: Experiences
