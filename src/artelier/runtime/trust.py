"""Trusting a folder: what it brings along is used as it was when a person saw it, and not after it changed."""

import asyncio
import logging
from typing import Literal

from msgspec import Struct

from artelier.agents.belongings import AGENTS, LONGEST_FILE, Belongings, Text, agents_of, instructions_of, paths_of
from artelier.domain.agents import Limits
from artelier.domain.errors import ArtelierError, Conflict, FileMissing, StoreError, ToolError
from artelier.domain.refusals import Refusal, RefusalCode
from artelier.domain.runs import WorkspaceRecord
from artelier.ports.store import Store
from artelier.ports.workspace import Workspace, Workspaces
from artelier.runtime.catalogue import KnownTools, limits_of
from artelier.runtime.standing import Room, Standing
from artelier.stores.trusted_folders import Pin, TrustedFolders

_log = logging.getLogger(__name__)
_MOST_LINES = 100_000
_MOST_AGENTS = 50
State = Literal["nothing", "untrusted", "changed", "trusted"]


class Shown(Struct, frozen=True):
    """What a folder brings along, and whether it is used."""

    state: State
    belongings: Belongings
    instructions: str
    """What agents are shown, or would be."""
    agents: tuple[str, ...]
    problems: tuple[str, ...]


class Trust:
    """Reads what folders bring along, and keeps which of it is trusted."""

    def __init__(self, store: Store, workspaces: Workspaces, folders: TrustedFolders, standing: Standing) -> None:
        self._store = store
        self._workspaces = workspaces
        self._folders = folders
        self._standing = standing
        self._pins: dict[str, Pin] | None = None
        self._made: dict[str, tuple[object, Room]] = {}

    async def show(self, record: WorkspaceRecord) -> Shown:
        """Return what a folder brings along now. Raises ``PathRefused`` when it is gone, ``StoreError``."""
        belongings = await read_belongings(self._workspaces.open(record))
        agents, problems = agents_of(belongings, *self._surroundings())
        taken = [f"{name}: there is an agent of this name already" for name in agents if name in self._standing.now.offering.agents]
        return Shown(
            state=_state(belongings, record, (await self._read()).get(record.id)),
            belongings=belongings,
            instructions=instructions_of(belongings),
            agents=tuple(name for name in agents if name not in self._standing.now.offering.agents),
            problems=(*belongings.problems, *problems, *taken),
        )

    async def trust(self, record: WorkspaceRecord, digest: str) -> None:
        """Use what a folder brings along, as long as it has this digest. Raises ``Conflict`` where it has another, ``StoreError``."""
        belongings = await read_belongings(self._workspaces.open(record))
        if not digest or belongings.digest != digest:
            raise Conflict(
                "What the folder brings along is not what was shown, or is nothing. Look at it again, then trust it.",
                because=Refusal(RefusalCode.CHANGED_SINCE_SHOWN),
            )
        await self._write({**await self._read(), record.id: Pin(record.root, digest)})

    async def distrust(self, record: WorkspaceRecord) -> None:
        """Use nothing of a folder any more. Raises ``StoreError``."""
        pins = await self._read()
        if record.id in pins:
            await self._write({name: pin for name, pin in pins.items() if name != record.id})

    async def rooms(self) -> tuple[dict[str, Room], tuple[str, ...]]:
        """Return what trusted folders bring along to runs in them, and why some bring nothing."""
        try:
            pins = await self._read()
        except StoreError as failure:
            return {}, (failure.message,)
        rooms, problems = {}, []
        for name, pin in pins.items():
            try:
                record = await self._store.get_workspace(name)
                belongings = await read_belongings(self._workspaces.open(record))
            except ArtelierError as failure:
                _log.debug("the trusted workspace %s cannot be looked at: %s", name, failure)
                continue
            if _state(belongings, record, pin) == "trusted":
                rooms[name] = self._room(name, belongings)
            elif belongings.texts:
                problems.append(
                    f"What {record.root} brings along has changed since it was trusted, and is not used. "
                    f"`artelier workspaces trust {name}` shows it."
                )
        return rooms, tuple(problems)

    def _room(self, name: str, belongings: Belongings) -> Room:
        """Return what texts come to, made anew only when they or what is in force have changed."""
        now = self._standing.now
        source = (belongings.digest, now.offering, len(now.offering.tools))
        made = self._made.get(name)
        if made is None or made[0] != source:
            agents, _ = agents_of(belongings, *self._surroundings())
            made = self._made[name] = (source, Room(instructions_of(belongings), agents))
        return made[1]

    def _surroundings(self) -> tuple[KnownTools, Limits]:
        now = self._standing.now
        return KnownTools(now.offering.tools, (server.name for server in now.settings.tools.mcp)), limits_of(now.settings.limits)

    async def _read(self) -> dict[str, Pin]:
        if self._pins is None:
            self._pins = await asyncio.to_thread(self._folders.read)
        return self._pins

    async def _write(self, pins: dict[str, Pin]) -> None:
        await asyncio.to_thread(self._folders.write, pins)
        self._pins = pins


async def read_belongings(workspace: Workspace) -> Belongings:
    """Return what a workspace brings along now; what cannot be used is named with its reason."""
    texts, problems = [], []
    for path in paths_of(await _agents_in(workspace)):
        try:
            view = await workspace.read_text(path, 1, _MOST_LINES)
        except FileMissing:
            continue
        except ToolError as failure:
            problems.append(f"{path}: {failure.message}")
            continue
        if view.size > LONGEST_FILE or view.truncated:
            problems.append(f"{path}: it is longer than {LONGEST_FILE} bytes, so it is not used.")
        elif view.text.strip():
            texts.append(Text(path, view.text))
    return Belongings(tuple(texts), tuple(problems))


async def _agents_in(workspace: Workspace) -> list[str]:
    try:
        listing = await workspace.list_folder(AGENTS, 1, _MOST_AGENTS)
    except ToolError:
        return []
    return [entry.path.rpartition("/")[2] for entry in listing.entries if entry.kind == "file"]


def _state(belongings: Belongings, record: WorkspaceRecord, pin: Pin | None) -> State:
    if not belongings.texts:
        return "nothing"
    if pin is None or pin.root != record.root:
        return "untrusted"
    return "trusted" if pin.digest == belongings.digest else "changed"
