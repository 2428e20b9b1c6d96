"""Agents' files as the operator sees and changes them: where each agent comes from, a check of a text, and its storing."""

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from artelier.agents.loader import BUILT_IN, OwnLimits, line_of, parse_agent, read_matter
from artelier.agents.rewriting import tools_for, with_fields
from artelier.domain.agents import AgentSpec
from artelier.domain.errors import AccessDenied, NotFound, SettingsError, StoreError
from artelier.domain.refusals import Refusal, RefusalCode
from artelier.runtime.catalogue import KnownTools, limits_of
from artelier.runtime.reload import Reloader
from artelier.runtime.standing import Standing
from artelier.settings import AGENTS, origin_of
from artelier.stores.operator_files import write_whole

LONGEST = 64 * 1024
"""Characters of one agent's file."""
_PATHS = "agents.paths"
Origin = Literal["built_in", "file", "plugin", "workspace"]


class AgentFile(Struct, frozen=True):
    """Where an agent comes from; ``text`` is its file's, empty where it has none."""

    name: str
    origin: Origin
    path: str = ""
    text: str = ""


class AgentFields(Struct, frozen=True):
    """What an agent's file says in fields of its own; None where it leaves that to the house."""

    model: str | None
    max_tokens: int | None
    writes: tuple[str, ...]
    limits: OwnLimits
    tools: tuple[str, ...]
    """Written out, as far as tools are known now."""
    patterns: dict[str, tuple[str, ...]]
    """Words of the list that stand for more than themselves, and what for."""


class AgentFiles:
    """Reads, checks and stores agents' files; what it stores is in force at once."""

    def __init__(self, standing: Standing, reloader: Reloader) -> None:
        self._standing = standing
        self._reloader = reloader

    @property
    def folders(self) -> tuple[Path, ...]:
        """The operator's folders of agents; later ones win."""
        return tuple(Path(folder).expanduser() for folder in self._standing.now.settings.agents.paths)

    async def folder(self) -> Path | None:
        """Return where a new file is written: the first of the operator's folders, else the one that is made beside the settings' file.

        None where neither can be: ``agents.paths`` names folders that are not there, or none, or there is no settings' file.
        """
        folders = await asyncio.to_thread(lambda: [folder for folder in self.folders if folder.is_dir()])
        if folders:
            return folders[0]
        found = await self._reloader.read()
        if found is None or origin_of(_PATHS, found[1].origins) != "default":
            return None
        return found[0].file.parent.absolute() / AGENTS

    async def origins(self, names: Iterable[str]) -> dict[str, AgentFile]:
        """Return where each of these agents comes from, without their texts."""
        return await asyncio.to_thread(lambda: {name: self._find(name) for name in names})

    async def show(self, name: str) -> AgentFile:
        """Return one agent's file with its text. Raises ``NotFound``, ``StoreError``."""
        if name not in self._standing.now.offering.agents:
            unknown = Refusal(RefusalCode.UNKNOWN, {"kind": "agent", "name": name})
            raise NotFound(f"There is no agent {name}. `artelier agents` lists them.", because=unknown)
        return await asyncio.to_thread(self._read, name)

    def fields(self, file: AgentFile) -> AgentFields | None:
        """Return what an agent's file says; None where it has none, or none that could be read."""
        if file.text == "":
            return None
        try:
            matter, _ = read_matter(f"{file.name}.md", file.text)
        except SettingsError:
            return None  # why it is not in force is said among the problems of the settings
        offering = self._standing.now.offering
        patterns = {word: names for word in matter.tools if (names := offering.stands_for(word)) != (word,)}
        has = offering.written_out(tuple(matter.tools))
        return AgentFields(matter.model or None, matter.max_tokens, tuple(matter.writes), matter.limits or OwnLimits(), has, patterns)

    async def change(self, name: str, changes: Mapping[str, Any]) -> AgentFile:
        """Change fields of an agent's file and keep the rest of it to the letter; ``tools`` are the names it shall have, written out.

        Raises what ``show`` and ``store`` raise, and ``SettingsError`` where a field is the settings', or the text must be changed by hand.
        """
        found = await self.show(name)
        if found.text == "":
            raise SettingsError(f"The agent {name} is {'a plugin' if found.origin == 'plugin' else 'a workspace'}'s own: change it there.")
        if not changes:
            return found
        theirs = (self._standing.now.settings.agents.model_extra or {}).get(name)
        settled = sorted(theirs.model_fields_set & changes.keys()) if theirs is not None else []
        if settled:
            raise SettingsError(f"agents.{name}.{settled[0]} in the settings wins over the agent's file. Change it there, or take it out.")
        return await self.store(name, with_fields(found.text, self._meant(found, changes)))

    def _meant(self, file: AgentFile, changes: Mapping[str, Any]) -> dict[str, Any]:
        if changes.get("tools") is None:
            return dict(changes)
        matter, _ = read_matter(f"{file.name}.md", file.text)
        offering = self._standing.now.offering
        stands_for = {word: offering.stands_for(word) for word in matter.tools}
        has = offering.written_out(tuple(matter.tools))
        return {**changes, "tools": tools_for(matter.tools, stands_for, changes["tools"], has)}

    def check(self, name: str, text: str) -> AgentSpec:
        """Return the agent that a text describes. Raises ``SettingsError`` that names the line, for a model of nobody too."""
        now = self._standing.now
        known = KnownTools(now.offering.tools, (server.name for server in now.settings.tools.mcp), any_more=now.plugins.lacking)
        spec = parse_agent(f"{name}.md", text, known, limits_of(now.settings.limits))
        missing = now.plugins.models.missing(spec.model)
        if missing and not now.plugins.lacking:
            raise SettingsError(f"{name}.md{line_of(text, 'model')}: {missing}")
        return spec

    async def store(self, name: str, text: str) -> AgentFile:
        """Check a text, write it into the operator's own file of this agent, or a new one, and read everything again.

        Where no folder is set, ``agents`` is made beside the settings' file, for its owner alone.

        Raises ``SettingsError`` where the text is no agent, or where there can be no folder; ``AccessDenied`` for a link; ``StoreError``.
        """
        self.check(name, text)
        folder = await self.folder()
        await asyncio.to_thread(self._write, name, text, folder)
        await self._reloader.reload()
        return await asyncio.to_thread(self._read, name)

    def _find(self, name: str) -> AgentFile:
        own = next((folder / f"{name}.md" for folder in reversed(self.folders) if (folder / f"{name}.md").is_file()), None)
        if own is not None:
            return AgentFile(name, "file", str(own))
        if (BUILT_IN / f"{name}.md").is_file():
            return AgentFile(name, "built_in")
        return AgentFile(name, "plugin" if name in self._standing.now.plugins.agents else "workspace")

    def _read(self, name: str) -> AgentFile:
        found = self._find(name)
        file = Path(found.path) if found.origin == "file" else BUILT_IN / f"{name}.md"
        if found.origin not in {"file", "built_in"}:
            return found
        try:
            return AgentFile(name, found.origin, found.path, file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as failure:
            raise StoreError(f"{file} cannot be read: {failure}. Look at its owner and its mode.") from failure

    def _write(self, name: str, text: str, folder: Path | None) -> None:
        found = self._find(name)
        if found.origin != "file" and folder is None:
            raise SettingsError(
                "There is no folder for agents of your own. Make the folder agents beside the settings file, or set agents.paths."
            )
        if found.origin != "file" and folder is not None:
            self._make(folder)
        file = Path(found.path) if found.origin == "file" or folder is None else folder / f"{name}.md"
        if file.is_symlink():
            raise AccessDenied(f"{file} is a link, and only files in the folders of agents.paths are written. Change what it points at.")
        write_whole(file, text)

    def _make(self, folder: Path) -> None:
        """Make the folder unless it is there, never where agents can write and never through a link."""
        self._standing.refuse_inside(folder)
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as failure:
            raise StoreError(f"The folder {folder} could not be made: {failure}. Look at who owns the folder above it.") from failure
