"""``artelier workspaces``: the folders agents work in."""

from pathlib import Path

import typer

from artelier.cli import trust
from artelier.cli.listing import config_option, group, json_option, print_json, show, speak, when
from artelier.cli.look import glyph
from artelier.cli.stopping import WRONG_USAGE, stop
from artelier.cli.words import tr


def build() -> typer.Typer:
    """Return the group of commands."""
    app = group()

    @app.callback(invoke_without_command=True)
    def listed(context: typer.Context, as_json: bool = json_option(), config: Path | None = config_option()) -> None:
        if context.invoked_subcommand is not None:
            return
        found = speak(config, lambda client: client.workspaces())
        if as_json:
            print_json(found)
            return
        rows = [(glyph("done") if each.default else "", each.id, each.name, each.root, when(each.created_at)) for each in found]
        show(rows, ("", "Workspace", "Name", "Folder", "Added"), "There are no workspaces.")

    @app.command("add", help=tr("Add a folder."))
    def added(folder: Path, name: str = typer.Option("", "--name", show_default=False), config: Path | None = config_option()) -> None:
        if not folder.is_dir():
            raise stop(tr("{folder} is not a folder.", folder=folder), WRONG_USAGE)
        found = speak(config, lambda client: client.register_workspace(str(folder.resolve()), name))
        show([(found.id, found.name, found.root)], ("Workspace", "Name", "Folder"), "")

    @app.command("remove", help=tr("Forget a folder; its files stay."))
    def removed(
        workspace: str = typer.Argument(help=tr("The folder's id, as `artelier workspaces` lists it, or its path.")),
        config: Path | None = config_option(),
    ) -> None:
        identifier = trust.identifier_of(workspace, config)
        speak(config, lambda client: client.remove_workspace(identifier))

    trust.add_to(app)
    return app
