"""The tools and agents of a running house.

It grows when an MCP server that was never seen before has told its tools. Nothing in it is ever taken back or changed
otherwise, so a decision made a moment before stays right; other settings make another one.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase

import msgspec

from artelier.domain.agents import AgentSpec
from artelier.domain.calls import ToolSpec
from artelier.domain.control import CONTROL_TOOLS
from artelier.ports.tool import Tool
from artelier.tools.mcp.finding import FindTools, UseTool

MCP = "mcp"
"""In an agent's list of tools: every tool of every MCP server."""
PLUGINS = "plugins"
"""In an agent's list of tools: every tool of every plugin."""
SHOWN_AT_ONCE = 20
"""So many tools of MCP servers are shown to models as they are; with more, models look for them."""


class Offering:
    """Tools by name, their declarations, and agents with their lists written out; the same objects for as long as the house is open."""

    def __init__(self, tools: Iterable[Tool], of_plugins: Iterable[Tool] = ()) -> None:
        self.tools: dict[str, Tool] = {}
        self.specs: dict[str, ToolSpec] = {}
        self.agents: dict[str, AgentSpec] = {}
        self._wanted: dict[str, AgentSpec] = {}
        self._mcp: set[str] = set()
        self._take(tools)
        added = tuple(of_plugins)
        self._of_plugins = sorted(tool.spec.name for tool in added)
        self._take(added)

    def employ(self, agents: dict[str, AgentSpec]) -> None:
        """Take the agents as they are defined, with ``mcp`` and patterns in their lists of tools."""
        self._wanted = agents
        self._write_out()

    def add_mcp(self, tools: Iterable[Tool]) -> None:
        """Add tools of MCP servers, and give them to the agents that want them."""
        new = {tool.spec.name: tool for tool in tools if tool.spec.name not in self.tools}
        self._mcp |= new.keys()
        self._take(new.values())
        if len(self._mcp) > SHOWN_AT_ONCE:
            self._take((FindTools(self._deferred), UseTool()))
            self.specs.update({name: msgspec.structs.replace(self.specs[name], deferred=True) for name in self._mcp})
        self._write_out()

    def _take(self, tools: Iterable[Tool]) -> None:
        for tool in tools:
            self.tools.setdefault(tool.spec.name, tool)
            self.specs.setdefault(tool.spec.name, self.tools[tool.spec.name].spec)

    def _deferred(self) -> Iterable[ToolSpec]:
        return (self.specs[name] for name in self._mcp)

    def _write_out(self) -> None:
        for name, agent in self._wanted.items():
            self.agents[name] = self.write_out(agent)

    def write_out(self, agent: AgentSpec) -> AgentSpec:
        """Return an agent with its list of tools written out, as far as they are known now."""
        return msgspec.structs.replace(agent, tools=self.written_out(agent.tools))

    def stands_for(self, word: str) -> tuple[str, ...]:
        """Return the tools that one word of a list means, as far as they are known now."""
        if word == MCP:
            return tuple(sorted(self._mcp))
        if word == PLUGINS:
            return tuple(self._of_plugins)
        known = (*self.specs, *(spec.name for spec in CONTROL_TOOLS))
        return tuple(sorted(name for name in known if fnmatchcase(name, word))) if "*" in word else (word,)

    def written_out(self, wanted: tuple[str, ...]) -> tuple[str, ...]:
        """Return every tool that the words of a list mean, as far as they are known now."""
        found: dict[str, None] = {}
        for each in wanted:
            found.update(dict.fromkeys(self.stands_for(each)))
        if any(name in self._mcp for name in found) and len(self._mcp) > SHOWN_AT_ONCE:
            found.update(dict.fromkeys((FindTools.spec.name, UseTool.spec.name)))
        return tuple(found)
