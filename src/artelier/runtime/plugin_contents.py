"""What one plugin gives, checked and behind guards; and which names are taken already."""

import asyncio
from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from random import SystemRandom

from msgspec import Struct

from artelier.agents.loader import BUILT_IN, load_agent
from artelier.domain.agents import AgentSpec
from artelier.domain.control import CONTROL_TOOLS
from artelier.domain.errors import SettingsError
from artelier.ports.clock import Clock
from artelier.ports.plugin import Plugin
from artelier.ports.provider import Provider
from artelier.ports.router import Router
from artelier.ports.subscriber import Subscriber
from artelier.ports.tool import Tool
from artelier.providers.retry import RetryingProvider
from artelier.runtime.catalogue import KnownTools, limits_of
from artelier.runtime.load import load
from artelier.runtime.offering import MCP, PLUGINS
from artelier.runtime.plugin_checks import problems_of
from artelier.runtime.plugin_guards import GuardedProvider, GuardedRouter, GuardedTool
from artelier.settings import Settings
from artelier.tools.mcp.finding import FindTools, UseTool

_SCHEMAS = "artelier.tools.mcp.schemas"


class Contents(Struct, frozen=True):
    """All that a plugin gives, by name; nothing where there are problems."""

    tools: tuple[Tool, ...] = ()
    agents: Mapping[str, AgentSpec] = {}
    providers: Mapping[str, Provider] = {}
    routers: tuple[Router, ...] = ()
    subscribers: tuple[Subscriber, ...] = ()
    files: tuple[Path, ...] = ()
    """Files of agents, wherever they lie."""
    problems: tuple[str, ...] = ()


class Taken:
    """The names that belong to somebody: to the house itself, to the settings, to plugins that came before."""

    def __init__(self, tools: Iterable[str], providers: Iterable[str]) -> None:
        own = (*(spec.name for spec in CONTROL_TOOLS), FindTools.spec.name, UseTool.spec.name, MCP, PLUGINS)
        self._names: dict[str, set[str]] = {
            "tool": {*tools, *own},
            "provider": set(providers),
            "agent": {file.stem for file in BUILT_IN.glob("*.md")},
            "subscriber": set(),
        }

    def take(self, contents: Contents) -> tuple[str, ...]:
        """Take the names of one more plugin, unless one of them is taken; return which are."""
        wanted = {
            "tool": {tool.spec.name for tool in contents.tools},
            "provider": set(contents.providers),
            "agent": set(contents.agents),
            "subscriber": {each.name for each in contents.subscribers},
        }
        problems = tuple(
            f"{kind} {name}: there is one of this name already. Rename it."
            for kind in wanted
            for name in sorted(wanted[kind] & self._names[kind])
        )
        for kind in wanted if not problems else ():
            self._names[kind] |= wanted[kind]
        return problems


async def contents_of(name: str, plugin: Plugin, clock: Clock, settings: Settings, tools: Iterable[str]) -> Contents:
    """Return what a plugin gives, with every problem of it."""
    is_schema = await load(_SCHEMAS, "checker")
    problems = problems_of(plugin, is_schema)
    if problems:
        return Contents(problems=problems)
    own = [tool.spec.name for tool in plugin.tools]
    known = KnownTools((*tools, *own), (server.name for server in settings.tools.mcp))
    agents, problems = await asyncio.to_thread(_agents_of, plugin, known, settings)
    if problems:
        return Contents(problems=problems)
    return Contents(
        tools=tuple(GuardedTool(name, tool) for tool in plugin.tools),
        agents=agents,
        providers={each: _provider(name, provider, clock, settings) for each, provider in plugin.providers.items()},
        routers=tuple(GuardedRouter(name, router) for router in plugin.routers),
        subscribers=tuple(plugin.subscribers),
        files=tuple(path for path in plugin.agents if isinstance(path, Path)),
    )


def _provider(name: str, provider: Provider, clock: Clock, settings: Settings) -> Provider:
    return RetryingProvider(GuardedProvider(name, provider), clock, SystemRandom(), attempts=settings.models.attempts)


def _agents_of(plugin: Plugin, known: Container[str], settings: Settings) -> tuple[dict[str, AgentSpec], tuple[str, ...]]:
    """Return a plugin's agents by name, and what is wrong with some."""
    agents: dict[str, AgentSpec] = {}
    problems = []
    for each in plugin.agents:
        try:
            agent = load_agent(each, known, limits_of(settings.limits)) if isinstance(each, Path) else each
        except SettingsError as failure:
            problems.append(failure.message)
            continue
        if unknown := sorted(name for name in agent.tools if name not in known):
            problems.append(f"agent {agent.name}: there is no tool {', '.join(unknown)}. These are known: {known}.")
        if agent.name in agents:
            problems.append(f"agent {agent.name}: it is there twice.")
        agents[agent.name] = agent
    return agents, tuple(problems)
