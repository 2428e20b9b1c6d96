"""Routes of the settings: what is set and where, and changes of the file's own values."""

from typing import Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from artelier.api.bodies import Body
from artelier.api.guard import find_commander, find_person, is_operator
from artelier.api.views import house_of
from artelier.runtime.settings_desk import SettingsDesk, Shown, Value

router = APIRouter(prefix="/api/v1", tags=["settings"])
MOST = 100
"""Values of one change."""


class SettingView(BaseModel):
    """One setting by its dotted name; secrets are shown as ``[secret]`` where they are set."""

    name: str
    kind: Literal["boolean", "integer", "number", "duration", "text", "choice", "list", "table"]
    value: Any
    default: Any
    choices: list[str]
    optional: bool
    origin: Literal["default", "file", "environment", "command_line"]
    at_start: bool
    """A change takes effect at the next start."""
    changeable: bool
    """You may change it here; the rest is changed in the file, at the machine itself."""


class SettingsView(BaseModel):
    """All settings as the file has them; where it has problems, those in force. ``waiting`` names changes for the next start."""

    file: str
    items: list[SettingView]
    problems: list[str]
    waiting: list[str]


class ChangesBody(Body):
    """New values by dotted name; null takes a value out of the file, so that the default holds."""

    changes: dict[str, Any] = Field(min_length=1, max_length=MOST)


@router.get("/settings", dependencies=[Depends(find_person)])
async def show_settings(request: Request) -> SettingsView:
    """Show every setting with where it comes from; secrets are never told."""
    return _view(request, await _desk(request).show())


@router.patch("/settings", dependencies=[Depends(find_commander)])
async def change_settings(request: Request, body: ChangesBody) -> SettingsView:
    """Change values in the settings file, all of them or none; its comments stay. What does not fit is refused as ``CONFIG_INVALID``."""
    return _view(request, await _desk(request).change(body.changes, operator=is_operator(request)))


def _desk(request: Request) -> SettingsDesk:
    house = house_of(request)
    return SettingsDesk(house.standing, house.reloader)


def _view(request: Request, shown: Shown) -> SettingsView:
    operator = is_operator(request)
    return SettingsView(
        file=shown.file,
        items=[_setting(value, operator=operator) for value in shown.values],
        problems=list(shown.problems),
        waiting=list(shown.waiting),
    )


def _setting(value: Value, *, operator: bool) -> SettingView:
    leaf = value.leaf
    return SettingView(
        name=leaf.name,
        kind=leaf.kind,
        value=leaf.value,
        default=leaf.default,
        choices=list(leaf.choices),
        optional=leaf.optional,
        origin=value.origin,
        at_start=value.at_start,
        changeable=not leaf.secret and (operator or value.from_afar) and value.origin not in {"environment", "command_line"},
    )
