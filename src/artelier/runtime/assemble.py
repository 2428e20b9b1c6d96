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
from artelier.ports.runs import Worker
from artelier.ports.tool import Tool
from artelier.providers.local import LocalServer
from artelier.runtime.bus import LocalBus
from artelier.runtime.catalogue import all_agents, all_tools, policy_of
from artelier.runtime.clock import SystemClock, UuidSevens
from artelier.runtime.folders import LocalFolders
from artelier.runtime.house import House
from artelier.runtime.model_sources import build_models
from artelier.runtime.sandboxing import open_sandbox
from artelier.runtime.service import Service
from artelier.runtime.undo import Undo
from artelier.runtime.web import Web
from artelier.runtime.workers import Workforce
from artelier.settings import Read
from artelier.stores.blobs import FolderBlobs
from artelier.stores.sqlite import SqliteStore
from artelier.workspaces.shadow import ShadowLimits

PLACE = "local"
DATABASE = "artelier.sqlite3"
BLOBS = "blobs"


class Plan(Struct, frozen=True):
    """What a house is made from."""

    read: Read
    state_folder: Path
    workspace: Path
    found: tuple[LocalServer, ...] = ()
    tools: tuple[Tool, ...] = ()
    """Tools beside the built-in ones."""
    port: int = 0
    """Where this house will be served on this machine: its own agents never reach it."""


@asynccontextmanager
async def open_house(plan: Plan) -> AsyncIterator[House]:
    """Open everything, work until the block ends, and close everything in order. The state folder's lock is the caller's."""
    settings = plan.read.settings
    clock, identifiers, bus = SystemClock(), UuidSevens(), LocalBus()
    web = Web(settings.tools, plan.port)
    store = SqliteStore(_database(settings.database.url, plan.state_folder), clock, tell=bus.tell)
    await store.open()
    try:
        await store.take_over(PLACE)
        workspace = await store.register_workspace(identifiers.new(), plan.workspace.name or "workspace", str(plan.workspace), PLACE)
        sandbox = await open_sandbox(settings, plan.state_folder)
        tools = all_tools((*web.tools, *plan.tools))
        agents = all_agents(settings, tools)
        models = build_models(settings, clock, plan.found)
        policy = policy_of(settings, agents, tools, sandboxed=sandbox.contains)
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
        blobs = FolderBlobs(plan.state_folder / BLOBS)
        folders = LocalFolders(sandbox.runner, blobs.keep, ShadowLimits(settings.undo.files, settings.undo.bytes))
        worker = Worker(f"{PLACE}-{identifiers.new()}", frozenset({PLACE}), format=FORMAT)
        workforce = Workforce(store, outside, folders, worker, settings.workers.runs_at_once)
        service = Service(store, bus, workforce, identifiers, tools, frozenset(agents))
        access = LocalAccess(read_secret(plan.state_folder / SECRET_FILE), clock)
        house = House(
            settings=settings,
            store=store,
            bus=bus,
            clock=clock,
            service=service,
            undo=Undo(store, folders, blobs),
            blobs=blobs,
            workforce=workforce,
            workspaces=folders,
            models=models,
            agents=agents,
            tools=tools,
            access=access,
            workspace=workspace,
            state_folder=plan.state_folder,
            sandbox=sandbox,
        )
        workforce.start()
        try:
            yield house
        finally:
            await workforce.stop(float(settings.workers.drain_seconds))
            await models.close()
    finally:
        await web.close()
        await store.close()


def _database(url: str, state_folder: Path) -> Path:
    """Return the file of the embedded database. Raises ``SettingsError`` for any other kind."""
    if not url:
        return state_folder / DATABASE
    if not url.startswith("sqlite:///"):
        raise SettingsError(
            f"database.url is '{url}', and this version keeps its truth in SQLite alone: leave it out, or say sqlite:///PATH."
        )
    return Path(url.removeprefix("sqlite:///")).expanduser()
