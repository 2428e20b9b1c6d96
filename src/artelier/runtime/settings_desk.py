"""Settings as people see and change them: each value with where it comes from, and whether it may be changed from afar."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct

from artelier.domain.errors import AccessDenied, Conflict, InvalidRequest
from artelier.providers.masking import masked
from artelier.runtime.reload import Reloader, at_start
from artelier.runtime.standing import Standing
from artelier.settings import HIDDEN, Leaf, Origin, Settings, changed_text, leaves_of, origin_of

_FROM_AFAR = (
    *("models.default", "models.fallback", "models.find_local", "models.attempts", "agents.default", "routing."),
    *("tools.concurrency", "tools.families", "tools.read_ahead", "tools.cache.enabled", "tools.cache.bytes"),
    *("approvals.", "limits.", "money.", "sandbox.network", "sandbox.allowed_domains"),
    *("cache.memory_bytes", "cache.eviction", "cache.disk_bytes", "cache.replies.", "cache.semantic.mode", "cache.semantic.error_bound"),
    *("undo.", "workers.", "telemetry."),
)
"""What a browser may change: nothing of it starts a program, opens a folder, or sends keys to another address."""


class Value(Struct, frozen=True):
    """One setting as the file would have it."""

    leaf: Leaf
    origin: Origin
    at_start: bool
    """It takes effect at the next start."""
    from_afar: bool
    """A browser may change it."""


class Shown(Struct, frozen=True):
    """All settings; where the file has problems, what is in force."""

    file: str
    values: tuple[Value, ...]
    problems: tuple[str, ...]
    waiting: tuple[str, ...]
    """Changed settings that take effect at the next start."""


class SettingsDesk:
    """Shows settings and changes those of the file."""

    def __init__(self, standing: Standing, reloader: Reloader) -> None:
        self._standing = standing
        self._reloader = reloader

    async def show(self) -> Shown:
        """Return every setting, secrets hidden."""
        found = await self._reloader.read()
        report, settings = self._reloader.report, self._standing.now.settings
        if found is None:
            return Shown("", tuple(_values(settings, {})), report.problems, report.at_start)
        source, read = found
        values = _values(settings if read.problems else read.settings, read.origins)
        return Shown(str(source.file), tuple(values), tuple(map(str, read.problems)) or report.problems, report.at_start)

    async def change(self, changes: Mapping[str, Any], *, operator: bool) -> Shown:
        """Change values by dotted name, None for the default; all of them or none.

        Raises ``InvalidRequest`` for names there are not, ``AccessDenied`` for those that only the operator changes, ``Conflict`` where
        the environment or the command line says otherwise, ``SettingsError`` for values that do not fit.
        """
        known = {value.leaf.name: value for value in (await self.show()).values}
        for name, value in changes.items():
            _check(name, known, operator=operator)
            if HIDDEN in msgspec.json.encode(value).decode():
                raise InvalidRequest(f"{name} holds {HIDDEN}, which stands for what is not shown. Change it in the settings file.")
        await self._reloader.change(partial(changed_text, changes=changes))
        return await self.show()


def _check(name: str, known: Mapping[str, Value], *, operator: bool) -> None:
    value = known.get(name)
    if value is None:
        raise InvalidRequest(f"There is no setting {name}. GET /api/v1/settings lists them.")
    if value.leaf.secret or not (operator or value.from_afar):
        raise AccessDenied(f"{name} is changed in the settings file at the machine itself, not from a browser.")
    if value.origin in {"environment", "command_line"}:
        where = "the environment" if value.origin == "environment" else "the command line"
        raise Conflict(f"{name} comes from {where}, which wins over the file. Change it there.")


def _values(settings: Settings, origins: Mapping[str, Origin]) -> Iterable[Value]:
    for leaf in leaves_of(settings):
        hidden = Leaf(leaf.name, leaf.kind, masked(leaf.value), masked(leaf.default), leaf.choices, leaf.optional, leaf.secret)
        yield Value(hidden, origin_of(leaf.name, origins), at_start(leaf.name), leaf.name.startswith(_FROM_AFAR))
