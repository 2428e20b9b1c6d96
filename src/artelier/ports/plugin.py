"""The seam to plugins: a file, a folder or an installed package with a function ``plugin`` that gives a ``Plugin``.

    def plugin(context: PluginContext) -> Plugin:
        return Plugin(version="1.0", api=1, tools=(CountWords(),))

The function is called in a thread, when the plugin is loaded and whenever its files or its settings change.
"""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from artelier.domain.agents import AgentSpec
from artelier.ports.clock import Clock
from artelier.ports.provider import Provider
from artelier.ports.router import Router
from artelier.ports.subscriber import Subscriber
from artelier.ports.tool import Tool

SUPPORTED = frozenset({1})
"""Versions of this seam that plugins may be written for. A name that plugins use is never changed within a version."""


class PluginContext(Struct, frozen=True, kw_only=True):
    """What a plugin is told when it is loaded."""

    name: str
    """Its own: its file's, its folder's or its entry point's."""
    settings: Mapping[str, Any]
    """The table ``[plugins.NAME]`` of the operator's settings."""
    folder: Path
    """A folder for data of its own, out of reach of agents; it is there, and stays when the plugin goes."""
    clock: Clock


class Plugin(Struct, frozen=True, kw_only=True):
    """What a plugin gives. Everything in it satisfies the port it is named after; nothing in it has begun to work."""

    version: str
    """Its own, as people know it."""
    api: int
    """The version of this seam that it is written for."""
    agents: tuple[AgentSpec | Path, ...] = ()
    """Agents, or Markdown files of agents as in the operator's folder; the operator's own of the same name come before them."""
    tools: tuple[Tool, ...] = ()
    providers: Mapping[str, Provider] = {}
    """Sources of models, reached as ``NAME/model``; a name is not one that the settings use."""
    routers: tuple[Router, ...] = ()
    """Asked one after the other, after what a request itself names and before the learned classifier."""
    subscribers: tuple[Subscriber, ...] = ()
    close: Callable[[], Awaitable[None]] | None = None
    """Awaited once nothing of this plugin is used any more; its providers are closed by themselves."""
