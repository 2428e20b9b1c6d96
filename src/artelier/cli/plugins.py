"""``artelier plugins``: how they stand, and what is wrong with one, without a server."""

from pathlib import Path

import typer
import uvloop

from artelier.cli.listing import config_option, group, json_option, print_json, show, speak, state
from artelier.cli.look import glyph, output, visible
from artelier.cli.places import chosen_places, settings_or_stop
from artelier.cli.refusals import failure_words
from artelier.cli.stopping import FAILED, WRONG_USAGE, stop
from artelier.cli.words import tr
from artelier.client.additions import Plugin
from artelier.domain.errors import ArtelierError
from artelier.runtime.plugin_trial import loaded_for_a_moment
from artelier.runtime.plugins import PluginReport
from artelier.settings import Settings


def build() -> typer.Typer:
    """Return the group of commands."""
    app = group()

    @app.callback(invoke_without_command=True)
    def listed(context: typer.Context, as_json: bool = json_option(), config: Path | None = config_option()) -> None:
        if context.invoked_subcommand is None:
            _list(config, as_json=as_json)

    @app.command("list", help=tr("List the plugins, how they stand and what they give."))
    def listed_by_name(as_json: bool = json_option(), config: Path | None = config_option()) -> None:
        _list(config, as_json=as_json)

    @app.command("check", help=tr("Load plugins without a server, and say everything that is wrong with them."))
    def checked(
        path: Path | None = typer.Argument(None, help=tr("A file or folder; left out, all that are in use.")),
        as_json: bool = json_option(),
        config: Path | None = config_option(),
    ) -> None:
        if path is not None and not path.exists():
            raise stop(tr("{path} is not there.", path=path), WRONG_USAGE)
        settings = settings_or_stop(chosen_places(config)).settings
        try:
            reports = uvloop.run(_reports(settings, path and path.absolute()))
        except ArtelierError as failure:
            raise stop(failure_words(failure)) from failure
        if as_json:
            print_json(reports)
        else:
            _tell(reports)
        raise typer.Exit(FAILED if any(report.problems for report in reports) else 0)

    return app


async def _reports(settings: Settings, path: Path | None) -> tuple[PluginReport, ...]:
    async with loaded_for_a_moment(settings, path) as gathered:
        return gathered.reports


def _list(config: Path | None, *, as_json: bool) -> None:
    found = speak(config, lambda client: client.plugins())
    if as_json:
        print_json(found)
        return
    rows = [(each.name, each.version, state(each.state), _gives(each), " · ".join(each.problems)) for each in found]
    show(rows, ("Plugin", "Version", "State", "Gives", "Trouble"), "There are no plugins.")


def _gives(plugin: Plugin | PluginReport) -> str:
    """Return all that a plugin gives, by name."""
    named = (
        (tr("agents"), plugin.agents),
        (tr("tools"), plugin.tools),
        (tr("models"), plugin.providers),
        (tr("subscribers"), plugin.subscribers),
    )
    words = [f"{kind}: {', '.join(names)}" for kind, names in named if names]
    return "; ".join([*words, *([f"{tr('routers')}: {plugin.routers}"] if plugin.routers else [])])


def _tell(reports: tuple[PluginReport, ...]) -> None:
    console = output()
    if not reports:
        console.print(tr("There are no plugins."), style="dim")
    for report in reports:
        mark = glyph("failed" if report.problems else "note" if report.state == "disabled" else "done")
        about = tr("disabled") if report.state == "disabled" else _gives(report)
        line = " · ".join(filter(None, (f"{report.name} {report.version}".strip(), about)))
        console.print(f"{mark} {visible(line)}", markup=False, highlight=False)
        for problem in report.problems:
            console.print(f"  {visible(problem)}", style="bad", markup=False, highlight=False, soft_wrap=True)
