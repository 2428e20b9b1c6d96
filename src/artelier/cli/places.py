"""Where a command reads its settings and which folder it means, from its options and the environment."""

import os
from pathlib import Path
from typing import Any

import typer

from artelier.cli.russian_problems import failure_in_russian
from artelier.cli.settings_words import problem_words
from artelier.cli.stopping import WRONG_USAGE, stop
from artelier.cli.words import language, tr
from artelier.domain.errors import SettingsError
from artelier.settings import Places, Read, find_places, read_settings


def chosen_workspace(workspace: Path | None) -> Path:
    """Return the folder to work in: the option, ``ARTELIER_WORKSPACE``, or the current folder."""
    named = workspace or (Path(os.environ["ARTELIER_WORKSPACE"]) if os.environ.get("ARTELIER_WORKSPACE") else Path.cwd())
    folder = named.expanduser().absolute()
    if not folder.is_dir():
        raise stop(tr("The workspace {folder} is not a folder. Create it, or choose another with --workspace.", folder=folder), WRONG_USAGE)
    return folder.resolve()


def chosen_places(config: Path | None, workspace: Path | None = None) -> Places:
    """Return where settings and state lie; ends the command when they would lie inside the workspace."""
    try:
        return find_places(os.environ, config, workspace)
    except SettingsError as failure:
        raise stop(failure_in_russian(failure.code, failure.message) if language() == "ru" else failure.message, WRONG_USAGE) from failure


def settings_or_stop(places: Places, overrides: dict[str, Any] | None = None) -> Read:
    """Return the settings in force; ends the command and lists every problem when there is any."""
    read = read_settings(places, os.environ, {name: value for name, value in (overrides or {}).items() if value is not None})
    if read.problems:
        lines = "\n".join(f"  {problem_words(problem)}" for problem in read.problems)
        raise stop(tr("The settings cannot be used:") + f"\n{lines}", WRONG_USAGE)
    return read


ConfigOption = typer.Option(None, "--config", help=tr("The settings file, instead of the user's own."), show_default=False)
