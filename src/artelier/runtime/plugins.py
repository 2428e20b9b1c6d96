"""Plugins of the operator: found, loaded, checked as a whole, and let go once no run knows them any more."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

from artelier.domain.agents import AgentSpec
from artelier.domain.errors import PluginError
from artelier.ports.clock import Clock
from artelier.ports.plugin import PluginContext
from artelier.ports.provider import Provider
from artelier.ports.router import Router
from artelier.ports.subscriber import Subscriber
from artelier.ports.tool import Tool
from artelier.runtime.models import Models
from artelier.runtime.outlived import Outlived
from artelier.runtime.plugin_contents import Contents, Taken, contents_of
from artelier.runtime.plugin_loading import Loading, load_plugin
from artelier.runtime.plugin_places import Found, Mark, files_beneath, find_in, find_installed_named, marks
from artelier.settings import Settings

PLUGINS = "plugins"
"""The folder in the state folder where each plugin has one for its data."""
_CLOSING_SECONDS = 10.0
_log = logging.getLogger(__name__)
State = Literal["ready", "stale", "failed", "disabled"]
Roots = Callable[[], Awaitable[Iterable[Path]]]


class PluginReport(Struct, frozen=True):
    """How one plugin stands. ``stale``: an earlier version is in force, because of the problems of the present one."""

    name: str
    origin: str
    state: State
    version: str = ""
    problems: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    routers: int = 0
    subscribers: tuple[str, ...] = ()


class Loaded:
    """One version of a plugin, loaded. ``told`` are the settings it was loaded with."""

    def __init__(self, loading: Loading, contents: Contents, told: Mapping[str, object]) -> None:
        self.name = loading.found.name
        self.contents = contents
        self._loading = loading
        self._told = told
        self._mark = _mark(loading.found, contents)

    def is_still(self, found: Found, told: Mapping[str, object]) -> bool:
        """Whether loading it again would give the same."""
        return self._told == told and self._mark == _mark(found, self.contents)

    def report(self, state: State, found: Found, problems: Iterable[str] = ()) -> PluginReport:
        """Return how it stands."""
        contents = self.contents
        return PluginReport(
            name=self.name,
            origin=found.origin,
            state=state,
            version=self._loading.plugin.version,
            problems=tuple(problems),
            agents=tuple(contents.agents),
            tools=tuple(tool.spec.name for tool in contents.tools),
            providers=tuple(contents.providers),
            routers=len(contents.routers),
            subscribers=tuple(each.name for each in contents.subscribers),
        )

    async def close(self) -> None:
        """End what it holds and forget it; what goes wrong meanwhile is logged."""
        for provider in self.contents.providers.values():
            await provider.close()
        close = self._loading.plugin.close
        try:
            if close is not None:
                async with asyncio.timeout(_CLOSING_SECONDS):
                    await close()
        except (Exception, SystemExit):  # noqa: BLE001  a plugin may raise anything; it is logged
            _log.exception("the plugin %s could not be closed", self.name)
        self._loading.forget()


class Gathered:
    """What all plugins give at one moment, and how each of them stands."""

    def __init__(self, models: Models, loaded: Iterable[Loaded] = (), reports: Iterable[PluginReport] = ()) -> None:
        self.loaded = tuple(loaded)
        self.reports = tuple(reports)
        self.models = models.joined(self.providers)
        """The operator's models, and those of plugins."""

    @property
    def tools(self) -> tuple[Tool, ...]:
        """Their tools."""
        return tuple(tool for each in self.loaded for tool in each.contents.tools)

    @property
    def agents(self) -> dict[str, AgentSpec]:
        """Their agents by name."""
        return {name: agent for each in self.loaded for name, agent in each.contents.agents.items()}

    @property
    def providers(self) -> dict[str, Provider]:
        """Their sources of models by name."""
        return {name: provider for each in self.loaded for name, provider in each.contents.providers.items()}

    @property
    def routers(self) -> tuple[Router, ...]:
        """Their routers, in the order they are asked."""
        return tuple(router for each in self.loaded for router in each.contents.routers)

    @property
    def subscribers(self) -> tuple[Subscriber, ...]:
        """Those of them who want to hear of events; as the plugins made them."""
        return tuple(subscriber for each in self.loaded for subscriber in each.contents.subscribers)

    @property
    def lacking(self) -> bool:
        """Whether there are plugins of which nothing is in force, though it should be."""
        return any(report.state == "failed" for report in self.reports)

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong, each with the plugin's name."""
        return tuple(f"plugin {each.name}: {problem}" for each in self.reports for problem in each.problems)


class Plugins:
    """Loads the plugins that settings want; ``roots`` tells the folders agents work in, from which nothing is ever loaded."""

    def __init__(self, data: Path, clock: Clock, tools: Iterable[str], roots: Roots) -> None:
        self._data = data
        self._clock = clock
        self._tools = frozenset(tools)
        self._roots = roots
        self._now = Gathered(_NO_MODELS)
        self._earlier: Outlived[tuple[Loaded, ...]] = Outlived()

    async def gather(self, settings: Settings, models: Models, only: Iterable[Found] | None = None) -> Gathered:
        """Return what the plugins give beside these models, without putting it in force: ``keep`` or ``drop`` it.

        Never raises for a broken plugin.
        """
        found, refused = (tuple(only), ()) if only is not None else await self._found(settings)
        taken = Taken(self._tools, models.names)
        before = {each.name: each for each in self._now.loaded}
        reports: list[PluginReport] = list(refused)
        loaded: list[Loaded] = []
        for each in sorted(found, key=lambda each: (self._rank(each, settings), each.name)):
            new, report = await self._taken_up(each, settings, taken, before.get(each.name))
            reports.append(report)
            loaded += [new] if new is not None else []
        if refused:
            kept = [each for each in before.values() if each.name not in {one.name for one in found} and not taken.take(each.contents)]
            loaded += kept
            reports += [each.report("stale", Found(each.name, settings.plugins.folder), ("It cannot be looked at now.",)) for each in kept]
        return Gathered(models, sorted(loaded, key=lambda each: each.name), sorted(reports, key=lambda each: each.name))

    def keep(self, gathered: Gathered) -> None:
        """Note that this is in force now; what is not any more is let go once no run has it."""
        before, self._now = self._now, gathered
        self._earlier.add(before.models, before.loaded)
        for report in gathered.reports:
            for problem in report.problems if report not in before.reports else ():
                _log.warning("plugin %s: %s", report.name, problem)

    async def drop(self, gathered: Gathered) -> None:
        """Let go of what was gathered and is not put in force."""
        await _close(each for each in gathered.loaded if each not in self._now.loaded)

    async def tidy(self) -> None:
        """Close the plugins that neither are in force nor known to a run at work."""
        gone = self._earlier.pop_gone()
        if gone:
            used = {*self._now.loaded, *(each for loaded in self._earlier.things for each in loaded)}
            await _close({each for loaded in gone for each in loaded} - used)

    async def stop(self) -> None:
        """Close all of them."""
        every = {*self._now.loaded, *(each for loaded in self._earlier.pop_all() for each in loaded)}
        self._now = Gathered(_NO_MODELS)
        await _close(every)

    def mark(self, settings: Settings) -> Mark:
        """Return what tells one state of the plugins' files from another."""
        place = settings.plugins.place
        files = {file for each in self._now.loaded for file in each.contents.files}
        return tuple(marks(sorted({*(files_beneath(place) if place is not None else ()), *files})))

    async def _found(self, settings: Settings) -> tuple[tuple[Found, ...], tuple[PluginReport, ...]]:
        wanted = settings.plugins
        refused: tuple[PluginReport, ...] = ()
        there: tuple[Found, ...] = ()
        roots = tuple(await self._roots())
        try:
            if wanted.place is not None:
                there = await asyncio.to_thread(find_in, wanted.place, roots, wanted.disabled)
        except PluginError as failure:
            refused = (PluginReport("*", wanted.folder, "failed", problems=(failure.message,)),)
        names = {each.name for each in there}
        installed = [await asyncio.to_thread(find_installed_named, name) for name in dict.fromkeys(wanted.installed)]
        clashing = [PluginReport(each.name, each.origin, "failed", problems=(_BOTH,)) for each in installed if each.name in names]
        return (*there, *(each for each in installed if each.name not in names)), (*refused, *clashing)

    def _rank(self, found: Found, settings: Settings) -> int:
        """Return 0 for what is as it was, 1 for what has changed, 2 for what is new: names belong to who has them."""
        before = next((each for each in self._now.loaded if each.name == found.name), None)
        return 2 if before is None else 1 - before.is_still(found, settings.plugins.told_to(found.name))

    async def _taken_up(self, found: Found, settings: Settings, taken: Taken, before: Loaded | None) -> tuple[Loaded | None, PluginReport]:
        """Return the plugin, or its earlier version, and how it stands."""
        if found.name in settings.plugins.disabled:
            return None, PluginReport(found.name, found.origin, "disabled")
        told = settings.plugins.told_to(found.name)
        if before is not None and before.is_still(found, told) and not found.problems:
            problems = taken.take(before.contents)
            return (before, before.report("ready", found)) if not problems else (None, before.report("failed", found, problems))
        new, problems = await self._loaded(found, told, settings, taken)
        if new is not None:
            return new, new.report("ready", found)
        if before is not None and not taken.take(before.contents):
            return before, before.report("stale", found, problems)
        return None, PluginReport(found.name, found.origin, "failed", problems=problems)

    async def _loaded(
        self, found: Found, told: Mapping[str, object], settings: Settings, taken: Taken
    ) -> tuple[Loaded | None, tuple[str, ...]]:
        if found.problems:
            return None, found.problems
        context = PluginContext(name=found.name, settings=told, folder=self._data / found.name, clock=self._clock)
        try:
            loading = await load_plugin(found, context)
        except PluginError as failure:
            return None, (failure.message,)
        contents = await contents_of(found.name, loading.plugin, self._clock, settings, self._tools)
        problems = contents.problems or taken.take(contents)
        new = Loaded(loading, contents, told)
        if problems:
            await new.close()
            return None, problems
        return new, ()


_NO_MODELS = Models({}, "")
_BOTH = "A plugin of this name is in the plugins' folder too. Remove one of them."


async def _close(loaded: Iterable[Loaded]) -> None:
    for each in loaded:
        await each.close()
        _log.info("the plugin %s is not used any more and was let go", each.name)


def _mark(found: Found, contents: Contents) -> tuple[str, Mark]:
    return found.origin, (*found.mark, *marks(contents.files))
