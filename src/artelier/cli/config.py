"""``artelier config``: check the settings, show those in force."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import typer
import uvloop

from artelier.cli.listing import config_option, group, json_option
from artelier.cli.look import glyph, output
from artelier.cli.places import chosen_places
from artelier.cli.refusals import failure_words
from artelier.cli.settings_words import problem_words
from artelier.cli.stopping import FAILED, stop
from artelier.cli.words import tr
from artelier.domain.agents import AgentSpec
from artelier.domain.errors import SettingsError
from artelier.providers.local import SETTING_NAMES
from artelier.runtime.catalogue import all_agents, all_tools
from artelier.runtime.models import Models
from artelier.runtime.plugin_trial import loaded_for_a_moment
from artelier.runtime.plugins import Gathered
from artelier.runtime.web import Web
from artelier.settings import Read, Settings, read_settings


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
        problems = [problem_words(problem) for problem in read.problems] or _deeper(read)
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
            raise stop("\n".join(map(problem_words, read.problems)), 2)
        sys.stdout.write(read.settings.model_dump_json(indent=2) + "\n")

    return app


def _deeper(read: Read) -> list[str]:
    """Return what only loading shows: plugins, agents' files, scripts, addresses."""
    try:
        return uvloop.run(_with_plugins(read.settings))
    except SettingsError as failure:
        return [failure_words(failure), *_agents(read.settings, None)]


async def _with_plugins(settings: Settings) -> list[str]:
    async with loaded_for_a_moment(settings) as plugins:
        return [*plugins.problems, *_agents(settings, plugins)]


def _agents(settings: Settings, plugins: Gathered | None) -> list[str]:
    """Return what is wrong with agents; where plugins could not be looked at, what may be theirs is passed over."""
    tools = all_tools(settings, (*Web(settings.tools).tools, *(plugins.tools if plugins else ())))
    try:
        agents = all_agents(settings, tools, plugins.agents if plugins else {}, lacking=plugins is None or plugins.lacking)
    except SettingsError as failure:
        return [failure_words(failure)]
    return [] if plugins is None or plugins.lacking else _without_model(settings, agents, plugins.models)


def _without_model(settings: Settings, agents: Mapping[str, AgentSpec], models: Models) -> list[str]:
    """Return whose model nobody offers: such an agent would fail at each message."""
    wanted = {"models.default": settings.models.default, **{f"agents.{name}.model": agent.model for name, agent in agents.items()}}
    found_at_start = (
        SETTING_NAMES.values() if settings.models.find_local and not (settings.models.default or settings.models.providers) else ()
    )
    looked_at = {who: name for who, name in wanted.items() if name.partition("/")[0] not in found_at_start}
    return [f"{who}: {problem}" for who, name in looked_at.items() if (problem := models.missing(name))]


def _tell(file: str, problems: list[str], *, found: bool) -> None:
    console = output()
    for problem in problems:
        console.print(f"{glyph('failed')} {problem}", style="bad", markup=False)
    if not problems:
        where = file if found else tr("{file} (not there: the defaults are in force)", file=file)
        console.print(f"{glyph('done')} {where}")
