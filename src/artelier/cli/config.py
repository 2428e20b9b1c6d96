"""``artelier config``: check the settings, show those in force."""

import json
import os
import sys
from pathlib import Path

import typer

from artelier.cli.listing import config_option, group, json_option
from artelier.cli.look import glyph, output
from artelier.cli.places import chosen_places
from artelier.cli.stopping import FAILED, stop
from artelier.cli.words import tr
from artelier.domain.errors import SettingsError
from artelier.runtime.catalogue import all_agents, all_tools
from artelier.runtime.clock import SystemClock
from artelier.runtime.model_sources import build_models
from artelier.runtime.web import Web
from artelier.settings import Read, read_settings


def build() -> typer.Typer:
    """Return the group of commands."""
    app = group()

    @app.callback(invoke_without_command=True)
    def alone(context: typer.Context) -> None:
        if context.invoked_subcommand is None:
            raise stop(tr("Say `artelier config check` or `artelier config show`."), 2)

    @app.command("check", help=tr("Say every problem with file, line, and what to do."))
    def checked(as_json: bool = json_option(), config: Path | None = config_option()) -> None:
        places = chosen_places(config)
        read = read_settings(places, os.environ)
        problems = [str(problem) for problem in read.problems] or _deeper(read)
        if as_json:
            sys.stdout.write(
                json.dumps({"file": str(places.settings_file), "found": read.file_found, "problems": problems}, ensure_ascii=False) + "\n"
            )
        else:
            _tell(str(places.settings_file), problems, found=read.file_found)
        raise typer.Exit(FAILED if problems else 0)

    @app.command("show", help=tr("Show the settings in force, without secrets, as JSON."))
    def shown(config: Path | None = config_option()) -> None:
        read = read_settings(chosen_places(config), os.environ)
        if read.problems:
            raise stop("\n".join(str(problem) for problem in read.problems), 2)
        sys.stdout.write(read.settings.model_dump_json(indent=2) + "\n")

    return app


def _deeper(read: Read) -> list[str]:
    """Return what only loading shows: agents' files, scripts, addresses."""
    found = []
    settings = read.settings
    for attempt in (
        lambda: all_agents(settings, all_tools(settings, Web(settings.tools).tools)),
        lambda: build_models(settings, SystemClock()),
    ):
        try:
            attempt()
        except SettingsError as failure:
            found.append(failure.message)
    return found


def _tell(file: str, problems: list[str], *, found: bool) -> None:
    console = output()
    for problem in problems:
        console.print(f"{glyph('failed')} {problem}", style="bad", markup=False)
    if not problems:
        where = file if found else tr("{file} (not there: the defaults are in force)", file=file)
        console.print(f"{glyph('done')} {where}")
