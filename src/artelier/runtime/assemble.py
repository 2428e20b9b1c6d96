"""Puts the house together: the only place where concrete meets concrete. Constructors, no logic."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from msgspec import Struct

from artelier.access.local import OWNER, SECRET_FILE, LocalAccess, read_secret
from artelier.caches.memory import MemoryCache
from artelier.domain.errors import SettingsError
from artelier.domain.events import FORMAT
from artelier.engine.experience import Experiences
from artelier.engine.outside import Outside
from artelier.engine.prefix import PrefixCounts
from artelier.ports.blobs import Blobs
from artelier.ports.cache import Cache
from artelier.ports.clock import Clock, Identifiers
from artelier.ports.runs import Worker
from artelier.ports.tool import Tool
from artelier.providers.local import LocalServer
from artelier.runtime.bus import LocalBus
from artelier.runtime.catalogue import all_tools
from artelier.runtime.clock import SystemClock, UuidSevens
from artelier.runtime.deciders import CACHE_BYTES, deciders_by
from artelier.runtime.experience import Learning, machine_is_idle, never
from artelier.runtime.folders import LocalFolders
from artelier.runtime.house import House
from artelier.runtime.mcp_servers import build_mcp_servers
from artelier.runtime.model_sources import build_models
from artelier.runtime.plugins import PLUGINS, Plugins
from artelier.runtime.post import Post
from artelier.runtime.reload import Reloader, Source
from artelier.runtime.remembering import Remembering
from artelier.runtime.sandboxing import open_sandbox
from artelier.runtime.service import Service
from artelier.runtime.standing import Standing
from artelier.runtime.trust import Trust
from artelier.runtime.undo import Undo
from artelier.runtime.web import Web
from artelier.runtime.workers import Workforce
from artelier.settings import Read, Settings
from artelier.stores.blobs import FolderBlobs
from artelier.stores.examples import Examples
from artelier.stores.sqlite import SqliteStore
from artelier.stores.trusted_folders import TrustedFolders
from artelier.tools.mcp.servers import McpServers
from artelier.workspaces.sandbox.levels import Sandbox
from artelier.workspaces.shadow import ShadowLimits

PLACE = "local"
DATABASE = "artelier.sqlite3"
BLOBS = "blobs"
EXAMPLES = "routing.jsonl"
TRUSTED = "trusted.json"


class Plan(Struct, frozen=True):
    """What a house is made from."""

    read: Read
    state_folder: Path
    workspace: Path
    found: tuple[LocalServer, ...] = ()
    tools: tuple[Tool, ...] = ()
    """Tools beside the built-in ones."""
    source: Source | None = None
    """Where the settings are watched; None for a house that is open for a moment only."""
    port: int = 0
    """Where this house will be served on this machine: its own agents never reach it."""


@asynccontextmanager
async def open_house(plan: Plan) -> AsyncIterator[House]:
    """Open everything, work until the block ends, and close everything in order. The state folder's lock is the caller's."""
    async with AsyncExitStack() as closing:
        yield await _open(plan, closing)


async def _open(plan: Plan, closing: AsyncExitStack) -> House:
    settings, state_folder = plan.read.settings, plan.state_folder
    clock, identifiers, bus = SystemClock(), UuidSevens(), LocalBus()
    store = await _open_store(plan, clock, bus, closing)
    workspace = await store.register_workspace(identifiers.new(), plan.workspace.name or "workspace", str(plan.workspace), PLACE)
    blobs = FolderBlobs(state_folder / BLOBS)
    web, cache = _web(settings, plan.port, blobs, closing), _tool_cache(settings, clock)
    sandbox = await open_sandbox(settings, state_folder, await web.open_proxy(settings.sandbox, state_folder))
    models = build_models(settings, clock, plan.found)
    closing.push_async_callback(models.close)
    experiences = _experiences(settings, store, closing)
    outside = partial(Outside, journal=store, runs=store, bus=bus, providers=models, clock=clock, identifiers=identifiers)
    outside = partial(outside, experiences=experiences, prefixes=PrefixCounts(), grants=store)
    tools = all_tools(settings, (*web.tools, *plan.tools))
    routing, level = deciders_by(MemoryCache(CACHE_BYTES, clock)), sandbox.level
    standing = Standing(outside, tools.values(), cache, plan.workspace, sandboxed=sandbox.contains, sandbox=level, routing=routing)
    servers = build_mcp_servers(settings, state_folder, clock, blobs, standing.add_mcp)
    plugins = Plugins(state_folder / PLUGINS, clock, models, tools, partial(_roots, store))
    closing.push_async_callback(plugins.stop)
    gathered = await plugins.gather(settings)
    plugins.keep(gathered)
    standing.take(plan.read, standing.agents_of(plan.read, gathered), servers.known_tools(), gathered)
    folders = _folders(settings, sandbox, blobs, cache)
    trust = Trust(store, folders, TrustedFolders(state_folder / TRUSTED), standing)
    reloader = Reloader(plan.source, standing, servers, clock, trust, plugins)
    workforce = Workforce(store, standing, folders, _worker(identifiers), settings.workers.runs_at_once)
    await reloader.start()
    _start(workforce, Post(store, workforce), servers, settings, closing)
    closing.push_async_callback(reloader.stop)
    return House(
        standing=standing,
        reloader=reloader,
        trust=trust,
        store=store,
        bus=bus,
        clock=clock,
        service=Service(store, bus, workforce, identifiers, standing),
        remembering=Remembering(store, workforce, identifiers, standing, sandbox.level),
        undo=Undo(store, folders, blobs),
        blobs=blobs,
        workforce=workforce,
        workspaces=folders,
        servers=servers,
        access=LocalAccess(read_secret(state_folder / SECRET_FILE), clock),
        workspace=workspace,
        state_folder=state_folder,
        sandbox=sandbox,
        experiences=experiences,
        examples=Examples(state_folder / EXAMPLES, clock),
    )


async def _roots(store: SqliteStore) -> list[Path]:
    return [Path(record.root) for record in await store.list_workspaces()]


def _web(settings: Settings, port: int, blobs: Blobs, closing: AsyncExitStack) -> Web:
    web = Web(settings.tools, port, blobs)
    closing.push_async_callback(web.close)
    return web


def _experiences(settings: Settings, store: SqliteStore, closing: AsyncExitStack) -> Experiences:
    experiences = Experiences(machine_is_idle if settings.tools.read_ahead else never)
    closing.push_async_callback(Learning(store, OWNER, experiences).stop)
    return experiences


def _start(workforce: Workforce, post: Post, servers: McpServers, settings: Settings, closing: AsyncExitStack) -> None:
    closing.push_async_callback(servers.stop)
    closing.push_async_callback(workforce.stop, float(settings.workers.drain_seconds))
    closing.push_async_callback(post.stop)
    workforce.on_rest = post.wake
    workforce.start()
    post.start()
    servers.start()


def _worker(identifiers: Identifiers) -> Worker:
    return Worker(f"{PLACE}-{identifiers.new()}", frozenset({PLACE}), format=FORMAT)


def _tool_cache(settings: Settings, clock: Clock) -> Cache | None:
    return MemoryCache(settings.tools.cache.bytes, clock) if settings.tools.cache.enabled else None


def _folders(settings: Settings, sandbox: Sandbox, blobs: FolderBlobs, cache: Cache | None) -> LocalFolders:
    limits = ShadowLimits(settings.undo.files, settings.undo.bytes)
    return LocalFolders(sandbox.runner, blobs.keep, limits, cache, frozenset(settings.tools.cache.file_systems))


async def _open_store(plan: Plan, clock: Clock, bus: LocalBus, closing: AsyncExitStack) -> SqliteStore:
    store = SqliteStore(_database(plan.read.settings.database.url, plan.state_folder), clock, tell=bus.tell)
    await store.open()
    closing.push_async_callback(store.close)
    await store.take_over(PLACE)
    return store


def _database(url: str, state_folder: Path) -> Path:
    """Return the file of the embedded database. Raises ``SettingsError`` for any other kind."""
    if not url:
        return state_folder / DATABASE
    if not url.startswith("sqlite:///"):
        raise SettingsError(
            f"database.url is '{url}', and this version keeps its truth in SQLite alone: leave it out, or say sqlite:///PATH."
        )
    return Path(url.removeprefix("sqlite:///")).expanduser()
