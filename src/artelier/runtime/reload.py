"""Settings, agents' files and plugins that change while the house is open: looked at each second, checked whole, then put in force."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from artelier.domain.errors import ArtelierError, SettingsError, StoreError
from artelier.ports.clock import Clock
from artelier.runtime.mcp_servers import plans_of
from artelier.runtime.model_supply import ModelSupply
from artelier.runtime.plugin_places import Mark, marks
from artelier.runtime.plugins import Plugins
from artelier.runtime.standing import Standing
from artelier.runtime.trust import Trust
from artelier.settings import AGENTS, Read, Settings
from artelier.stores.operator_files import write_whole
from artelier.tools.mcp.servers import McpServers

_log = logging.getLogger(__name__)
SECONDS = 0.5
"""Between two looks. A file is read once two looks have found it the same, so that nobody reads half of it."""
_TOOLS_AT_ONCE = ("concurrency", "families", "mcp")
_LOOKED_FOR = "models.find_local"
"""Servers of this machine are looked for once."""
_AT_START = ("server", "database", "sandbox", "undo", "workers", "webhooks", "telemetry", "cache")
"""Sections that are read once; of ``tools`` all but the names above."""


class Source(Struct, frozen=True):
    """Where settings come from, and how they are read again."""

    file: Path
    read: Callable[[], Read]
    read_as: Callable[[str], Read] | None = None
    """What would be read if the file held a text; None where the file is not to be changed."""


class Report(Struct, frozen=True):
    """How the newest reading went."""

    problems: tuple[str, ...] = ()
    """Why what the files say is not in force."""
    at_start: tuple[str, ...] = ()
    """Changed settings that take effect at the next start."""


class Reloader:
    """Watches the operator's files, never those of a workspace; those of a trusted workspace tell of that workspace alone."""

    def __init__(
        self,
        source: Source | None,
        standing: Standing,
        servers: McpServers,
        clock: Clock,
        trust: Trust,
        plugins: Plugins,
        supply: ModelSupply,
    ) -> None:
        self._source = source
        self._standing = standing
        self._servers = servers
        self._clock = clock
        self._trust = trust
        self._plugins = plugins
        self._supply = supply
        self._seen: Mark = ()
        self._taken: Mark = ()
        self._one_at_a_time = asyncio.Lock()
        self._changing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self.report = Report()
        self.untrusted: tuple[str, ...] = ()
        """Why some trusted workspaces bring nothing along."""

    async def start(self) -> None:
        """Take note of how the files are, and watch them in the background where there are any to watch."""
        await self.furnish()
        if self._source is not None:
            self._seen = self._taken = await asyncio.to_thread(self._mark, self._source)
            self._task = asyncio.create_task(self._watch(), name="reload")

    async def stop(self) -> None:
        """Watch no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def furnish(self) -> None:
        """Look at what trusted workspaces bring along; what is as it was trusted is in force, and nothing else."""
        rooms, self.untrusted = await self._trust.rooms()
        if rooms != self._standing.rooms:
            self._standing.furnish(rooms)
            for why in self.untrusted:
                _log.warning("%s", why)

    async def look(self) -> None:
        """Look once; read the files again if they have changed and are as they were at the look before."""
        await self.furnish()
        await self._plugins.tidy()
        await self._supply.tidy()
        if self._source is None:
            return
        mark = await asyncio.to_thread(self._mark, self._source)
        settled, self._seen = mark == self._seen, mark
        if settled and mark != self._taken:
            self._taken = mark
            await self.reload()

    async def reload(self) -> Report:
        """Read everything again and put it in force; what has a problem changes nothing, and is logged and reported."""
        async with self._one_at_a_time:
            read = await asyncio.to_thread(self._source.read) if self._source is not None else None
            try:
                self.report = await self._take(read)
            except ArtelierError as failure:
                self.report = Report(problems=(failure.message,))
            for problem in self.report.problems:
                _log.warning("settings stay as they were: %s", problem)
            for name in self.report.at_start:
                _log.warning("settings: %s takes effect at the next start", name)
            return self.report

    async def change(self, edit: Callable[[str], str]) -> Report:
        """Change the settings' file and put it in force; the text is checked whole before it is written.

        Raises ``SettingsError`` for a text that would not be taken, which stays unwritten, and where there is no file; ``StoreError``.
        """
        async with self._changing:
            source, changed, read = await self._edited(edit)
            if read.problems:
                raise SettingsError("\n".join(map(str, read.problems)))
            await asyncio.to_thread(self._standing.agents_of, read, self._standing.now.plugins)
            await self._supply.check(read.settings)
            await asyncio.to_thread(write_whole, source.file, changed)
        return await self.reload()

    async def read_as(self, edit: Callable[[str], str]) -> Read:
        """Return what the file would say if it were changed so. Raises ``SettingsError`` where it cannot be, ``StoreError``."""
        return (await self._edited(edit))[2]

    async def _edited(self, edit: Callable[[str], str]) -> tuple[Source, str, Read]:
        source = self._source
        if source is None or source.read_as is None:
            raise SettingsError("This server has no settings file that could be changed. Start it by `artelier serve`.")
        changed = edit(await asyncio.to_thread(_text_of, source.file))
        return source, changed, await asyncio.to_thread(source.read_as, changed)

    async def read(self) -> tuple[Source, Read] | None:
        """Return what the file says now, in force or not; None where there is no file."""
        return None if self._source is None else (self._source, await asyncio.to_thread(self._source.read))

    async def _take(self, read: Read | None) -> Report:
        before = self._standing.now
        if read is None:
            read = Read(before.settings, (), before.outside.settings_digest)
        if read.problems:
            return Report(problems=tuple(map(str, read.problems)))
        settings, at_start = _kept(before.settings, read.settings)
        read = msgspec.structs.replace(read, settings=settings)
        models = self._supply.of(settings)
        plugins = await self._plugins.gather(settings, models)
        try:
            agents = await asyncio.to_thread(self._standing.agents_of, read, plugins)
        except ArtelierError:
            await self._plugins.drop(plugins)
            await self._supply.drop(models)
            raise
        plans = plans_of(settings)
        gone = self._servers.replace(plans)
        self._standing.take(read, agents, self._servers.known_tools(), plugins)
        self._plugins.keep(plugins)
        self._supply.keep(models, settings)
        await self._servers.end(gone)
        _log.info("settings, agents and plugins were read again and are in force")
        return Report(at_start=at_start)

    async def _watch(self) -> None:
        while True:
            await self._clock.sleep(SECONDS)
            try:
                await self.look()
            except Exception as failure:  # noqa: BLE001  whatever it is, the next look may go well; it is logged and told
                _log.exception("the settings could not be looked at; they stay as they are")
                self.report = Report(problems=(f"The files could not be looked at: {type(failure).__name__}: {failure}",))

    def _mark(self, source: Source) -> Mark:
        """Return what tells one state of the files from another."""
        settings = self._standing.now.settings
        folders = {*(Path(folder) for folder in settings.agents.paths), source.file.parent / AGENTS}
        own = marks([source.file, *(file for folder in sorted(folders) for file in _files(folder))])
        return (*own, *self._plugins.mark(settings))


def at_start(name: str) -> bool:
    """Return whether a setting takes effect at the next start alone."""
    section, _, rest = name.partition(".")
    return section in _AT_START or name == _LOOKED_FOR or (section == "tools" and rest.partition(".")[0] not in _TOOLS_AT_ONCE)


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return ""
    except (OSError, UnicodeDecodeError) as failure:
        raise StoreError(f"{file} cannot be read: {failure}. Look at its owner and its mode.") from failure


def _files(folder: Path) -> list[Path]:
    try:
        return [folder, *sorted(folder.glob("*.md"))]
    except OSError:
        return [folder]


def _kept(before: Settings, after: Settings) -> tuple[Settings, tuple[str, ...]]:
    """Return settings with what is read at the start alone left as it was, and what of it has changed."""
    changed = [name for section in _AT_START for name in _differing(section, getattr(before, section), getattr(after, section))]
    tools = {name: getattr(after.tools, name) for name in _TOOLS_AT_ONCE}
    changed += [name for name in _differing("tools", before.tools, after.tools) if name.split(".")[1] not in _TOOLS_AT_ONCE]
    kept: dict[str, Any] = {section: getattr(before, section) for section in _AT_START}
    return after.model_copy(update={**kept, "tools": before.tools.model_copy(update=tools)}), tuple(changed)


def _differing(section: str, before: Any, after: Any) -> list[str]:
    return [f"{section}.{name}" for name in type(before).model_fields if getattr(before, name) != getattr(after, name)]
