"""Puts the house together: the only place where concrete meets concrete. Constructors, no logic."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct

from artelier.access.local import SECRET_FILE, LocalAccess, read_secret
from artelier.domain.errors import SettingsError
from artelier.domain.events import FORMAT
from artelier.engine.context import Contexts
from artelier.engine.outside import Outside
from artelier.ports.blobs import Blobs
from artelier.ports.clock import Clock
from artelier.ports.runs import Worker
from artelier.ports.tool import Tool
from artelier.providers.local import LocalServer
from artelier.runtime.bus import LocalBus
from artelier.runtime.catalogue import all_agents, all_tools, policy_of
from artelier.runtime.clock import SystemClock, UuidSevens
from artelier.runtime.folders import LocalFolders
from artelier.runtime.house import House
from artelier.runtime.mcp_servers import build_mcp_servers
from artelier.runtime.model_sources import build_models
from artelier.runtime.offering import Offering
from artelier.runtime.service import Service
from artelier.runtime.workers import Workforce
from artelier.settings import Read
from artelier.stores.sqlite import SqliteStore
from artelier.tools.mcp.servers import McpServers

PLACE = "local"
DATABASE = "artelier.sqlite3"


class Plan(Struct, frozen=True):
    """What a house is made from."""

    read: Read
    state_folder: Path
    workspace: Path
    found: tuple[LocalServer, ...] = ()
    tools: tuple[Tool, ...] = ()
    """Tools beside the built-in ones."""
    blobs: Blobs | None = None
    """Where tools keep pictures; without it they keep none."""


@asynccontextmanager
async def open_house(plan: Plan) -> AsyncIterator[House]:
    """Open everything, work until the block ends, and close everything in order. The state folder's lock is the caller's."""
    settings, state_folder = plan.read.settings, plan.state_folder
    clock, identifiers, bus = SystemClock(), UuidSevens(), LocalBus()
    store = SqliteStore(_database(settings.database.url, state_folder), clock, tell=bus.tell)
    await store.open()
    try:
        await store.take_over(PLACE)
        workspace = await store.register_workspace(identifiers.new(), plan.workspace.name or "workspace", str(plan.workspace), PLACE)
        offering, servers = _offering(plan, clock)
        tools, agents = offering.tools, offering.agents
        models = build_models(settings, clock, plan.found)
        policy = policy_of(settings, agents, offering.specs)
        outside = Outside(
            journal=store,
            bus=bus,
            providers=models,
            tools=tools,
            clock=clock,
            identifiers=identifiers,
            policy=policy,
            contexts=Contexts(policy.tools, policy.history_window),
            settings_digest=plan.read.digest,
        )
        folders = LocalFolders()
        worker = Worker(f"{PLACE}-{identifiers.new()}", frozenset({PLACE}), format=FORMAT)
        workforce = Workforce(store, outside, folders, worker, settings.workers.runs_at_once)
        service = Service(store, bus, workforce, identifiers, tools, frozenset(agents))
        access = LocalAccess(read_secret(state_folder / SECRET_FILE), clock)
        workforce.start()
        servers.start()
        try:
            yield House(
                settings, store, bus, clock, service, workforce, folders, models, agents, tools, servers, access, workspace, state_folder
            )
        finally:
            await workforce.stop(float(settings.workers.drain_seconds))
            await servers.stop()
            await models.close()
    finally:
        await store.close()


def _offering(plan: Plan, clock: Clock) -> tuple[Offering, McpServers]:
    """Return tools and agents, and the servers that add to them once they are started. Raises ``SettingsError``."""
    settings = plan.read.settings
    offering = Offering(all_tools(settings, plan.tools).values())
    servers = build_mcp_servers(settings, plan.state_folder, clock, plan.blobs, offering.add_mcp)
    offering.add_mcp(servers.known_tools())
    offering.employ(all_agents(settings, offering.tools))
    return offering, servers


def _database(url: str, state_folder: Path) -> Path:
    """Return the file of the embedded database. Raises ``SettingsError`` for any other kind."""
    if not url:
        return state_folder / DATABASE
    if not url.startswith("sqlite:///"):
        raise SettingsError(
            f"database.url is '{url}', and this version keeps its truth in SQLite alone: leave it out, or say sqlite:///PATH."
        )
    return Path(url.removeprefix("sqlite:///")).expanduser()
