"""Settings: the one reader of files and environment."""

from artelier.settings.model import AgentSettings, ProviderSettings, Settings
from artelier.settings.places import Places, find_places
from artelier.settings.problems import Problem
from artelier.settings.read import AGENTS, Read, read_settings
from artelier.settings.tools import McpSettings

__all__ = [
    "AGENTS",
    "AgentSettings",
    "McpSettings",
    "Places",
    "Problem",
    "ProviderSettings",
    "Read",
    "Settings",
    "find_places",
    "read_settings",
]
