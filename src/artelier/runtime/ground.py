"""What the rest of the house stands on: time, names, the bus, the store and the blobs."""

from contextlib import AsyncExitStack
from pathlib import Path

from msgspec import Struct, field

from artelier.domain.errors import SettingsError
from artelier.domain.runs import WorkspaceRecord
from artelier.ports.clock import Clock, Identifiers
from artelier.ports.tool import Tool
from artelier.providers.local import LocalServer
from artelier.runtime.bus import LocalBus
from artelier.runtime.clock import SystemClock, UuidSevens
from artelier.runtime.reload import Source
from artelier.settings import Read, Settings
from artelier.stores.blobs import FolderBlobs
from artelier.stores.sqlite import SqliteStore

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
    source: Source | None = None
    """Where the settings are watched; None for a house that is open for a moment only."""
    port: int = 0
    """Where this house will be served on this machine: its own agents never reach it."""
    clock: Clock = field(default_factory=SystemClock)


class Ground(Struct, frozen=True):
    """What everything else is given."""

    plan: Plan
    clock: Clock
    identifiers: Identifiers
    bus: LocalBus
    store: SqliteStore
    blobs: FolderBlobs
    workspace: WorkspaceRecord

    @property
    def settings(self) -> Settings:
        """The settings that the house is opened with."""
        return self.plan.read.settings


async def lay(plan: Plan, closing: AsyncExitStack) -> Ground:
    """Open the store, and register the plan's workspace. Raises ``SettingsError``, ``StoreError``."""
    clock, identifiers, bus = plan.clock, UuidSevens(), LocalBus()
    store = await _open_store(plan, clock, bus, closing)
    workspace = await store.register_workspace(identifiers.new(), plan.workspace.name or "workspace", str(plan.workspace), PLACE)
    return Ground(plan, clock, identifiers, bus, store, FolderBlobs(plan.state_folder / BLOBS), workspace)


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
