"""``artelier grants``: what you allowed for later, and how to take it back."""

from pathlib import Path

import typer

from artelier.cli.identifiers import id_of
from artelier.cli.listing import config_option, group, json_option, print_json, show, speak, when
from artelier.cli.look import output, visible
from artelier.cli.words import tr
from artelier.client import Grant


def build() -> typer.Typer:
    """Return the group of commands."""
    app = group()

    @app.callback(invoke_without_command=True)
    def alone(context: typer.Context, as_json: bool = json_option(), config: Path | None = config_option()) -> None:
        if context.invoked_subcommand is None:
            _list(config, as_json=as_json)

    @app.command("list", help=tr("List what is allowed for later."))
    def listed(as_json: bool = json_option(), config: Path | None = config_option()) -> None:
        _list(config, as_json=as_json)

    @app.command("revoke", help=tr("Take a grant back; it counts at once."))
    def revoked(grant: str = id_of("grant"), as_json: bool = json_option(), config: Path | None = config_option()) -> None:
        found = speak(config, lambda client: client.revoke_grant(grant))
        if as_json:
            print_json(found)
            return
        output().print(f"{tr('revoked')}  {visible(found.effect)}", markup=False)

    return app


def _list(config: Path | None, *, as_json: bool) -> None:
    found = speak(config, lambda client: client.grants(limit=200))
    if as_json:
        print_json(found.items)
        return
    rows = [(each.id, _scope(each), each.agent, each.effect, when(each.made_at)) for each in found.items]
    show(rows, ("Grant", "For", "Agent", "Effect", "Made"), "Nothing is allowed for later.")


def _scope(grant: Grant) -> str:
    if grant.revoked_at is not None:
        return tr("revoked")
    reach = tr(f"this {grant.scope}")
    return reach if grant.scope == "workspace" or not grant.session_title else f"{reach}: {visible(grant.session_title)}"
