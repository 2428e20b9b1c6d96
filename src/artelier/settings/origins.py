"""Where each value comes from: the file, the environment, the command line, or nowhere, which is the default."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

Origin = Literal["default", "file", "environment", "command_line"]
_STRONGEST_FIRST: tuple[Origin, ...] = ("command_line", "environment", "file")


def origins_of(from_file: Mapping[str, Any], from_environment: Mapping[str, str], overrides: Mapping[str, Any]) -> dict[str, Origin]:
    """Return the origin of every value that is not a default, by its dotted name; a later origin wins, as it does in reading."""
    found: dict[str, Origin] = dict.fromkeys(_names(from_file), "file")
    found |= dict.fromkeys(from_environment, "environment")
    return found | dict.fromkeys(overrides, "command_line")


def origin_of(name: str, origins: Mapping[str, Origin]) -> Origin:
    """Return where a value comes from, or what lies in it: a table comes from where anything of it was said."""
    if name in origins:
        return origins[name]
    below = {origin for said, origin in origins.items() if said.startswith(f"{name}.")}
    found: Iterator[Origin] = (origin for origin in _STRONGEST_FIRST if origin in below)
    return next(found, "default")


def _names(values: Mapping[str, Any], before: str = "") -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _names(value, f"{before}{name}.")
        else:
            yield f"{before}{name}"
