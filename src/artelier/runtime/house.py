"""The assembled house, as its protocols and commands see it."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from artelier.access.local import LocalAccess
from artelier.domain.agents import AgentSpec
from artelier.domain.runs import WorkspaceRecord
from artelier.engine.experience import Experiences
from artelier.ports.blobs import Blobs
from artelier.ports.budgets import Budgets
from artelier.ports.bus import Bus
from artelier.ports.clock import Clock
from artelier.ports.store import Store
from artelier.ports.tool import Tool
from artelier.ports.usage import Readings
from artelier.runtime.caching import Caches
from artelier.runtime.folders import LocalFolders
from artelier.runtime.models import Models
from artelier.runtime.reload import Reloader
from artelier.runtime.remembering import Remembering
from artelier.runtime.semantics import Semantics
from artelier.runtime.service import Service
from artelier.runtime.standing import Standing
from artelier.runtime.trust import Trust
from artelier.runtime.undo import Undo
from artelier.runtime.webhooks import WebhookDesk
from artelier.runtime.workers import Workforce
from artelier.settings import Settings
from artelier.stores.examples import Examples
from artelier.tools.mcp.servers import McpServers
from artelier.workspaces.sandbox.levels import Sandbox


class House(Struct, frozen=True):
    """Everything one process runs, made by ``assemble`` and nowhere else."""

    standing: Standing
    reloader: Reloader
    trust: Trust
    store: Store
    bus: Bus
    clock: Clock
    service: Service
    remembering: Remembering
    undo: Undo
    blobs: Blobs
    workforce: Workforce
    workspaces: LocalFolders
    servers: McpServers
    access: LocalAccess
    workspace: WorkspaceRecord
    """The folder a session works in when none is named."""
    state_folder: Path
    """Where secrets and the truth lie: never within reach of an agent."""
    sandbox: Sandbox
    experiences: Experiences
    examples: Examples
    caches: Caches
    semantics: Semantics | None
    """None where the cache of like questions is off."""
    webhooks: WebhookDesk
    readings: Readings
    budgets: Budgets

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.standing.now.settings

    @property
    def models(self) -> Models:
        """The models in force, those of plugins among them."""
        return self.standing.now.plugins.models

    @property
    def agents(self) -> Mapping[str, AgentSpec]:
        """The agents in force, but for those of single workspaces."""
        return self.standing.now.offering.agents

    @property
    def tools(self) -> Mapping[str, Tool]:
        """The tools in force."""
        return self.standing.now.offering.tools
