"""Puts the house together: the only place where concrete meets concrete. Constructors, no logic."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from artelier.access.budgets import SpendingBudgets
from artelier.access.local import OWNER, SECRET_FILE, LocalAccess, read_secret
from artelier.caches.memory import MemoryCache
from artelier.domain.events import FORMAT
from artelier.engine.experience import Experiences
from artelier.engine.outside import Outside
from artelier.engine.prefix import PrefixCounts
from artelier.network.guard import AddressGuard
from artelier.network.sender import GuardedSender
from artelier.ports.blobs import Blobs
from artelier.ports.cache import Cache
from artelier.ports.clock import Clock, Identifiers
from artelier.ports.runs import Worker
from artelier.ports.tool import Tool
from artelier.runtime.caching import Caches, open_caches
from artelier.runtime.catalogue import all_tools
from artelier.runtime.corrections import Corrections
from artelier.runtime.deciders import deciders_by
from artelier.runtime.experience import Learning, machine_is_idle, never
from artelier.runtime.folders import LocalFolders
from artelier.runtime.ground import PLACE, Ground, Plan, lay
from artelier.runtime.house import House
from artelier.runtime.mcp_servers import build_mcp_servers
from artelier.runtime.model_sources import Kept, build_models
from artelier.runtime.model_supply import ModelSupply
from artelier.runtime.plugins import PLUGINS, Gathered, Plugins
from artelier.runtime.post import Post
from artelier.runtime.pricing import build_prices
from artelier.runtime.reload import Reloader
from artelier.runtime.remembering import Remembering
from artelier.runtime.sandboxing import open_sandbox
from artelier.runtime.semantics import Semantics, open_semantics
from artelier.runtime.service import Service
from artelier.runtime.standing import Standing
from artelier.runtime.subscribers import Subscribers
from artelier.runtime.trust import Trust
from artelier.runtime.undo import Undo
from artelier.runtime.web import Web
from artelier.runtime.webhooks import WebhookDesk
from artelier.runtime.workers import Workforce
from artelier.settings import Settings
from artelier.stores.blobs import FolderBlobs
from artelier.stores.examples import Examples
from artelier.stores.sqlite import SqliteStore
from artelier.stores.trusted_folders import TrustedFolders
from artelier.tools.mcp.servers import McpServers
from artelier.workspaces.sandbox.levels import Sandbox
from artelier.workspaces.shadow import ShadowLimits

EXAMPLES = "routing.jsonl"
TRUSTED = "trusted.json"


@asynccontextmanager
async def open_house(plan: Plan) -> AsyncIterator[House]:
    """Open everything, work until the block ends, and close everything in order. The state folder's lock is the caller's."""
    async with AsyncExitStack() as closing:
        yield await _open(plan, closing)


async def _open(plan: Plan, closing: AsyncExitStack) -> House:
    ground = await lay(plan, closing)
    settings, state_folder, clock, store, blobs = ground.settings, plan.state_folder, ground.clock, ground.store, ground.blobs
    web = _web(settings, plan.port, blobs, closing)
    sandbox = await open_sandbox(settings, state_folder, await web.open_proxy(settings.sandbox, state_folder))
    caches = _caches(ground, closing)
    supply, semantics = _models(ground, caches, closing)
    experiences, examples = _experiences(settings, store, closing), Examples(state_folder / EXAMPLES, clock)
    tools, budgets = all_tools(settings, (*web.tools, *plan.tools)), SpendingBudgets(store)
    standing = _standing(ground, experiences, tools.values(), caches, sandbox, budgets)
    servers = build_mcp_servers(settings, state_folder, clock, blobs, standing.add_mcp)
    plugins = Plugins(state_folder / PLUGINS, clock, tools, partial(_roots, store))
    closing.push_async_callback(plugins.stop)
    standing.on_take = _feeding(ground, Corrections(examples), closing)
    gathered = await plugins.gather(settings, supply.of(settings))
    plugins.keep(gathered)
    standing.take(plan.read, standing.agents_of(plan.read, gathered), servers.known_tools(), gathered)
    folders = _folders(settings, sandbox, blobs, _file_cache(settings, clock))
    trust = Trust(store, folders, TrustedFolders(state_folder / TRUSTED), standing)
    reloader, undo = Reloader(plan.source, standing, servers, clock, trust, plugins, supply), Undo(store, folders, blobs)
    workforce = Workforce(store, standing, folders, _worker(ground.identifiers), settings.workers.runs_at_once)
    await reloader.start()
    _start(workforce, Post(store, workforce), servers, settings, closing)
    closing.push_async_callback(reloader.stop)
    return House(
        standing=standing,
        reloader=reloader,
        trust=trust,
        store=store,
        bus=ground.bus,
        clock=clock,
        service=Service(store, ground.bus, workforce, ground.identifiers, standing, undo),
        remembering=Remembering(store, workforce, ground.identifiers, standing, sandbox.level),
        undo=undo,
        blobs=blobs,
        workforce=workforce,
        workspaces=folders,
        servers=servers,
        access=LocalAccess(read_secret(state_folder / SECRET_FILE), clock),
        workspace=ground.workspace,
        state_folder=state_folder,
        sandbox=sandbox,
        experiences=experiences,
        examples=examples,
        webhooks=await _webhooks(ground, closing),
        readings=store,
        caches=caches,
        semantics=semantics,
        budgets=budgets,
    )


def _standing(
    ground: Ground,
    experiences: Experiences,
    tools: Iterable[Tool],
    caches: Caches,
    sandbox: Sandbox,
    budgets: SpendingBudgets,
) -> Standing:
    store, clock = ground.store, ground.clock
    outside = partial(Outside, journal=store, runs=store, bus=ground.bus, clock=clock, identifiers=ground.identifiers)
    outside = partial(outside, experiences=experiences, prefixes=PrefixCounts(), grants=store, budgets=budgets)
    kept = caches.tiers if ground.settings.tools.cache.enabled else None
    workspace, routing = ground.plan.workspace, deciders_by(caches.tiers)
    return Standing(outside, tools, kept, workspace, sandboxed=sandbox.contains, sandbox=sandbox.level, routing=routing)


def _feeding(ground: Ground, corrections: Corrections, closing: AsyncExitStack) -> Callable[[Gathered], None]:
    subscribers = Subscribers(ground.bus, ground.store)
    closing.push_async_callback(subscribers.stop)
    return lambda plugins: subscribers.set((corrections, *plugins.subscribers))


async def _roots(store: SqliteStore) -> list[Path]:
    return [Path(record.root) for record in await store.list_workspaces()]


def _models(ground: Ground, caches: Caches, closing: AsyncExitStack) -> tuple[ModelSupply, Semantics | None]:
    prices, found = build_prices(ground.settings), ground.plan.found
    semantics = open_semantics(ground.settings, found, caches, prices, ground.clock)
    kept = Kept(caches.replies, semantics)
    supply = ModelSupply(ground.settings, lambda settings: build_models(settings, ground.clock, found, kept, prices), prices)
    if semantics is not None:
        closing.push_async_callback(semantics.likes.close)
    closing.push_async_callback(supply.stop)
    return supply, semantics


def _caches(ground: Ground, closing: AsyncExitStack) -> Caches:
    caches = open_caches(ground.settings.cache, ground.plan.state_folder, ground.clock, ground.identifiers)
    closing.push_async_callback(caches.close)
    return caches


def _web(settings: Settings, port: int, blobs: Blobs, closing: AsyncExitStack) -> Web:
    web = Web(settings.tools, port, blobs)
    closing.push_async_callback(web.close)
    return web


async def _webhooks(ground: Ground, closing: AsyncExitStack) -> WebhookDesk:
    guard = AddressGuard(ground.settings.webhooks.allowed, setting="webhooks.allowed")
    guard.reserve(ground.plan.port)
    desk = WebhookDesk(ground.store, ground.bus, GuardedSender(guard), ground.clock, ground.identifiers)
    closing.push_async_callback(desk.stop)
    await desk.start()
    return desk


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


def _file_cache(settings: Settings, clock: Clock) -> Cache | None:
    return MemoryCache(settings.tools.cache.bytes, clock) if settings.tools.cache.enabled else None


def _folders(settings: Settings, sandbox: Sandbox, blobs: FolderBlobs, cache: Cache | None) -> LocalFolders:
    limits = ShadowLimits(settings.undo.files, settings.undo.bytes)
    return LocalFolders(sandbox.runner, blobs.keep, limits, cache, frozenset(settings.tools.cache.file_systems))
