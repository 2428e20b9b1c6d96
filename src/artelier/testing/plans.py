"""The plan of a server for tests: a scripted model, folders of its own, nothing of the user's settings or environment."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict

import msgspec

from artelier.domain.errors import SettingsError
from artelier.ports.tool import Tool
from artelier.providers.scripted import ScriptedTurn
from artelier.runtime.ground import Plan
from artelier.settings import Places, read_settings

MODEL = "scripted"
"""The name of the model that plays the script."""


class Options(TypedDict, total=False):
    """What a server for tests may be given beside a workspace and a script."""

    agents: Sequence[Path]
    """Markdown files, or folders of them."""
    tools: Sequence[Tool]
    plugins: Sequence[Path]
    """Files or folders of plugins."""
    settings: Mapping[str, Any]
    """What else would stand in ``artelier.toml``, as sections within sections."""
    state: Path
    """Where the state is kept, for a server that is started again; a temporary folder when it is left out."""


def plan_in(home: Path, workspace: Path, script: Sequence[ScriptedTurn] | Path, options: Options) -> Plan:
    """Return the plan, with everything it needs written beneath ``home``. Raises ``SettingsError`` for settings that do not fit."""
    agents = tuple(_agents(options.get("agents", ())))
    _copy(agents, home / "agents")
    _copy(options.get("plugins", ()), home / "plugins")
    state = options.get("state", home / "state")
    values = _joined(_settings(_turns(home, script), [agent.stem for agent in agents]), options.get("settings", {}))
    read = read_settings(Places(home / "artelier.toml", named=False, state_folder=state), {}, values)
    if read.problems:
        raise SettingsError("; ".join(f"{each.setting}: {each.message}" for each in read.problems))
    workspace.mkdir(parents=True, exist_ok=True)
    return Plan(read, state, workspace.absolute(), tools=tuple(options.get("tools", ())))


def _settings(turns: Path, agents: Iterable[str]) -> dict[str, Any]:
    """Return settings by which the script answers for everybody, and the agent is the one that is named, or the default one."""
    return {
        "models": {"default": MODEL, "providers": {MODEL: {"kind": "scripted", "file": str(turns)}}},
        "agents": {name: {"model": MODEL} for name in agents},
        "routing": {"learned": False},
    }


def _turns(home: Path, script: Sequence[ScriptedTurn] | Path) -> Path:
    if isinstance(script, Path):
        return script.absolute()
    file = home / "turns.json"
    file.write_bytes(msgspec.json.encode(list(script)))
    return file


def _agents(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        yield from sorted(path.glob("*.md")) if path.is_dir() else (path,)


def _copy(sources: Iterable[Path], folder: Path) -> None:
    """Copy files and folders to where nobody else can write, as it is asked of plugins."""
    folder.mkdir(mode=0o700)
    for source in sources:
        try:
            if source.is_dir():
                shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, folder / source.name)
        except OSError as failure:
            raise SettingsError(f"{source} cannot be read: {failure.strerror}. Name a file or a folder that is there.") from failure
    for path in folder.rglob("*"):
        path.chmod(path.stat().st_mode & ~0o022)


def _joined(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    both = {name: _joined(under[name], over[name]) for name in under.keys() & over.keys() if _are_sections(under[name], over[name])}
    return {**under, **over, **both}


def _are_sections(*values: object) -> bool:
    return all(isinstance(each, Mapping) for each in values)
