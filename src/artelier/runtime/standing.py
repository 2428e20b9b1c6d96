"""What is in force: settings, tools, agents and rules, replaced whole while runs go on.

A run works with what was in force when it was taken up, until it rests; the next one works with what is in force then.
"""

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from artelier.agents.narrowing import MOST, narrowed
from artelier.domain.agents import AgentSpec
from artelier.domain.errors import SettingsError
from artelier.engine.context import Contexts
from artelier.engine.outside import Outside
from artelier.ports.cache import Cache
from artelier.ports.tool import Tool
from artelier.runtime.catalogue import all_agents, policy_of
from artelier.runtime.deciders import Decides, no_deciders
from artelier.runtime.offering import Offering
from artelier.runtime.plugins import Gathered
from artelier.settings import Read, Settings
from artelier.tools.keeping import kept


class Room(Struct, frozen=True):
    """What a trusted workspace brings along for runs in it."""

    instructions: str = ""
    agents: Mapping[str, AgentSpec] = {}


class InForce(Struct, frozen=True):
    """One state of everything, made from one reading of the settings."""

    settings: Settings
    offering: Offering
    outside: Outside
    plugins: Gathered
    rooms: Mapping[str, Outside] = {}
    """By workspace, where it brings something along."""


class Standing:
    """Holds what is in force. ``outside`` makes a run's surroundings from tools, policy, contexts and the settings' digest."""

    def __init__(
        self,
        outside: Callable[..., Outside],
        tools: Iterable[Tool],
        cache: Cache | None,
        workspace: Path,
        *,
        sandboxed: bool,
        sandbox: str = "",
        routing: Decides = no_deciders,
    ) -> None:
        self._outside = outside
        self._tools = kept(tools, cache)
        self._cache = cache
        self._workspace = workspace
        self._sandboxed = sandboxed
        self._sandbox = sandbox
        self._routing = routing
        self.on_take: Callable[[Gathered], None] = lambda _: None
        """Called with the plugins of what was just put in force."""
        self._now: InForce | None = None
        self._rooms: Mapping[str, Room] = {}

    @property
    def now(self) -> InForce:
        """What is in force at this moment. Raises ``SettingsError`` before anything is."""
        if self._now is None:
            raise SettingsError("Nothing is in force yet; the house is not open.")
        return self._now

    def outside_in(self, workspace: str) -> Outside:
        """Return the surroundings of a run that is taken up now."""
        return self.now.rooms.get(workspace, self.now.outside)

    def agents_of(self, read: Read, plugins: Gathered) -> dict[str, AgentSpec]:
        """Return the agents that settings want, which checks them. Raises ``SettingsError``."""
        for folder in read.settings.agents.paths:
            self.refuse_inside(Path(folder))
        tools = {tool.spec.name: tool for tool in (*self._tools, *plugins.tools)}
        return all_agents(read.settings, tools, plugins.agents, lacking=plugins.lacking)

    def refuse_inside(self, folder: Path) -> None:
        """Raise ``SettingsError`` for a folder of agents that lies where agents can write."""
        if folder.resolve().is_relative_to(self._workspace.resolve()):
            raise SettingsError(f"The agents' folder {folder} lies inside the workspace, where agents can write. Move it outside.")

    def take(self, read: Read, agents: dict[str, AgentSpec], mcp: Iterable[Tool], plugins: Gathered) -> None:
        """Put these in force, for every run that is taken up from now on."""
        offering = Offering(self._tools, kept(plugins.tools, self._cache))
        offering.add_mcp(kept(mcp, self._cache))
        offering.employ(agents)
        policy = policy_of(read.settings, offering.agents, offering.specs, sandboxed=self._sandboxed, sandbox=self._sandbox)
        contexts = Contexts(policy.tools, policy.history_window)
        deciders = self._routing(read.settings, plugins.models, plugins.routers)
        policy = msgspec.structs.replace(policy, route_low=deciders.low)
        outside = self._outside(
            tools=offering.tools,
            policy=policy,
            contexts=contexts,
            settings_digest=read.digest,
            router=deciders.router,
            adviser=deciders.adviser,
            providers=plugins.models,
        )
        self._now = InForce(read.settings, offering, outside, plugins)
        self.furnish(self._rooms)
        self.on_take(plugins)

    def furnish(self, rooms: Mapping[str, Room]) -> None:
        """Put in force what trusted workspaces bring along, by workspace."""
        now, self._rooms = self.now, rooms
        furnished = {name: _in_room(now.outside, now.offering, room) for name, room in rooms.items()}
        self._now = msgspec.structs.replace(now, rooms=furnished)

    @property
    def rooms(self) -> Mapping[str, Room]:
        """What trusted workspaces bring along, as it is in force."""
        return self._rooms

    def add_mcp(self, tools: Iterable[Tool]) -> None:
        """Add the tools of an MCP server that was never seen before to what is in force."""
        self.now.offering.add_mcp(kept(tools, self._cache))


def _in_room(outside: Outside, offering: Offering, room: Room) -> Outside:
    most = offering.agents[MOST]
    own = {name: narrowed(offering.write_out(agent), most) for name, agent in room.agents.items() if name not in offering.agents}
    policy = msgspec.structs.replace(outside.policy, agents=ChainMap(own, offering.agents))
    contexts = Contexts(policy.tools, policy.history_window, room.instructions)
    return msgspec.structs.replace(outside, policy=policy, contexts=contexts)
