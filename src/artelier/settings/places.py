"""Where settings and state lie: the user's own folders, never inside a workspace."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from platformdirs import user_config_path, user_state_path

from artelier.domain.errors import SettingsError

SYSTEM_FILE = Path("/etc/artelier/artelier.toml")


class Places(Struct, frozen=True):
    """The settings' file, which need not exist unless it was named, and the state folder."""

    settings_file: Path
    named: bool
    """Somebody asked for just this file, so it must exist."""
    state_folder: Path


def find_places(environment: Mapping[str, str], config: Path | None = None, workspace: Path | None = None) -> Places:
    """Return where to read and write. Raises ``SettingsError`` when either would lie inside the workspace."""
    named = config or (Path(environment["ARTELIER_CONFIG"]) if environment.get("ARTELIER_CONFIG") else None)
    own = user_config_path("artelier") / "artelier.toml"
    fallback = SYSTEM_FILE if not own.exists() and SYSTEM_FILE.exists() else own
    state = Path(environment["ARTELIER_STATE"]) if environment.get("ARTELIER_STATE") else user_state_path("artelier")
    places = Places((named or fallback).expanduser().absolute(), named is not None, state.expanduser().absolute())
    if workspace is not None:
        _refuse_inside(places.settings_file, workspace, "The settings file")
        _refuse_inside(places.state_folder, workspace, "The state folder")
    return places


def _refuse_inside(place: Path, workspace: Path, what: str) -> None:
    if place.resolve().is_relative_to(workspace.resolve()):
        raise SettingsError(
            f"{what} {place} lies inside the workspace {workspace}, where agents can write. Move it outside, or choose another workspace."
        )
