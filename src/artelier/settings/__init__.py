"""Settings: the one reader of files and environment."""

from artelier.settings.change import changed_text
from artelier.settings.leaves import HIDDEN, Leaf, leaves_of
from artelier.settings.model import AgentSettings, ProviderSettings, Settings
from artelier.settings.origins import Origin, origin_of
from artelier.settings.places import Places, find_places
from artelier.settings.problems import Problem
from artelier.settings.read import AGENTS, Read, read_settings
from artelier.settings.tools import McpSettings
from artelier.settings.vendors import VENDORS, Vendor

__all__ = [
    "AGENTS",
    "HIDDEN",
    "VENDORS",
    "AgentSettings",
    "Leaf",
    "McpSettings",
    "Origin",
    "Places",
    "Problem",
    "ProviderSettings",
    "Read",
    "Settings",
    "Vendor",
    "changed_text",
    "find_places",
    "leaves_of",
    "origin_of",
    "read_settings",
]
