"""``artelier serve``: the server, until it is told to stop."""

import asyncio
import os
import sys
import webbrowser
from functools import partial
from pathlib import Path

import msgspec
import typer
import uvloop
from rich.text import Text

from artelier.api.serving import Served, serving
from artelier.cli.look import output
from artelier.cli.own_server import found_models
from artelier.cli.places import chosen_places, chosen_workspace, settings_or_stop
from artelier.cli.refusals import failure_words
from artelier.cli.stopping import WRONG_USAGE, stop
from artelier.cli.words import tr
from artelier.domain.errors import ArtelierError, SettingsError
from artelier.runtime.ground import Plan
from artelier.runtime.models import REHEARSAL
from artelier.runtime.reload import Source
from artelier.settings import read_settings
from artelier.telemetry.logs import set_up_logs


def serve_command(
    workspace: Path | None = typer.Option(
        None, "--workspace", help=tr("The folder agents work in; the current one by default."), show_default=False
    ),
    host: str | None = typer.Option(None, "--host", help=tr("The address to listen on; loopback only."), show_default="127.0.0.1"),
    port: int | None = typer.Option(
        None, "--port", min=0, max=65535, help=tr("The port to listen on; 0 takes a free one."), show_default="8700"
    ),
    workers: int = typer.Option(1, "--workers", help=tr("Processes; more than one needs Postgres."), min=1),
    profile: str = typer.Option("dev", "--profile", help=tr("dev or production: how logs look.")),
    config: Path | None = typer.Option(None, "--config", help=tr("The settings file, instead of the user's own."), show_default=False),
) -> None:
    """Serve on loopback, print a one-time link, and work on runs until Ctrl-C."""
    if workers > 1:
        raise stop(
            tr("More than one worker process needs Postgres, which this version does not speak yet. Leave --workers out."), WRONG_USAGE
        )
    if profile not in {"dev", "production"}:
        raise stop(tr("The profile is dev or production."), WRONG_USAGE)
    folder = chosen_workspace(workspace)
    places = chosen_places(config, folder)
    overrides = {name: value for name, value in {"server.host": host, "server.port": port}.items() if value is not None}
    read = settings_or_stop(places, overrides)
    reading = partial(read_settings, places, os.environ, overrides)
    source = Source(places.settings_file, reading, lambda text: reading(text=text))
    telemetry = read.settings.telemetry
    as_json = telemetry.log_format == "json" or (telemetry.log_format == "auto" and profile == "production")
    set_up_logs(telemetry.level, telemetry.levels, as_json=as_json)
    try:
        uvloop.run(_serve(Plan(read, places.state_folder, folder, source=source)))
    except SettingsError as failure:
        raise stop(failure_words(failure), WRONG_USAGE) from failure
    except ArtelierError as failure:
        raise stop(failure_words(failure)) from failure


async def _serve(plan: Plan) -> None:
    server = plan.read.settings.server
    plan = msgspec.structs.replace(plan, found=await found_models(plan.read))
    async with serving(plan, server.host, server.port, handle_signals=True) as served:
        link = f"{served.address}/#link={served.house.access.make_link_code()}"
        _greet(served, link)
        if server.open_browser and _has_browser():
            await asyncio.to_thread(webbrowser.open, link)
        await asyncio.wait((served.stopped,))


def _greet(served: Served, link: str) -> None:
    console = output()
    house = served.house
    console.print(Text.assemble(("Artelier ", "name"), tr("serves on"), " ", (served.address, "accent")))
    console.print(Text.assemble((tr("Workspace") + "  ", "dim"), house.workspace.root))
    if house.models.default == REHEARSAL:
        console.print(
            Text.assemble(
                (tr("Model") + "      ", "dim"),
                tr("rehearsal: a program with rules, not a language model. `artelier init` sets up a model."),
            )
        )
    else:
        console.print(Text.assemble((tr("Model") + "      ", "dim"), house.models.default))
    console.print(Text.assemble((tr("Open once") + "  ", "dim"), (link, "accent")))
    console.print(tr("Talk here: `artelier chat` in another terminal. Stop with Ctrl-C."), style="dim")
    sys.stdout.flush()


def _has_browser() -> bool:
    """Return whether a person sits at a desktop here: never over ssh, in a container, or into a pipe."""
    if not sys.stdout.isatty() or os.environ.get("SSH_CONNECTION") or os.environ.get("CI"):
        return False
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
