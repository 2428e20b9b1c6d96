"""``artelier workspaces trust`` and ``distrust``: what a folder brings along for agents is shown, then used."""

import sys
from pathlib import Path

import typer

from artelier.cli.listing import config_option, json_option, print_json, speak
from artelier.cli.look import glyph, output, visible
from artelier.cli.stopping import WRONG_USAGE, stop
from artelier.cli.words import tr
from artelier.client.values import Trust


def add_to(app: typer.Typer) -> None:
    """Add both commands to the group of workspaces."""

    @app.command("trust", help=tr("Show what a folder brings along for agents, and use it."))
    def trusted(
        workspace: str = typer.Argument(help=tr("The folder's id, as `artelier workspaces` lists it, or its path.")),
        yes: bool = typer.Option(False, "--yes", help=tr("Trust it without asking, once it is shown.")),
        as_json: bool = json_option(),
        config: Path | None = config_option(),
    ) -> None:
        identifier = identifier_of(workspace, config)
        found = speak(config, lambda client: client.trust(identifier))
        if as_json and not yes:
            print_json(found)
            return
        if not as_json:
            _show_trust(found)
        if found.state in {"untrusted", "changed"} and (yes or _agreed()):
            found = speak(config, lambda client: client.trust_workspace(identifier, found.digest))
            if not as_json:
                output().print(tr("Agents use this from the next run on, until it changes."))
        if as_json:
            print_json(found)

    @app.command("distrust", help=tr("Use nothing that a folder brings along any more."))
    def distrusted(
        workspace: str = typer.Argument(help=tr("The folder's id, as `artelier workspaces` lists it, or its path.")),
        config: Path | None = config_option(),
    ) -> None:
        identifier = identifier_of(workspace, config)
        speak(config, lambda client: client.distrust_workspace(identifier))
        output().print(tr("Agents use nothing of it from the next run on."))


def identifier_of(workspace: str, config: Path | None) -> str:
    """Return the id of a registered folder that is named by id or path."""
    found = speak(config, lambda client: client.workspaces())
    path = str(Path(workspace).expanduser().resolve())
    for each in found:
        if each.id == workspace or each.root == path:
            return each.id
    raise stop(tr("There is no workspace {name}. Add it first with `artelier workspaces add`.", name=workspace), WRONG_USAGE)


def _show_trust(found: Trust) -> None:
    console = output()
    for text in found.texts:
        console.print(text.path, style="name", markup=False, highlight=False)
        console.print(visible(text.content.rstrip()), markup=False, highlight=False)
        console.print()
    for problem in found.problems:
        console.print(f"{glyph('note')} {visible(problem)}", style="warn", markup=False, highlight=False)
    told = {
        "nothing": tr("This folder brings nothing along for agents."),
        "untrusted": tr("Agents do not use this: nobody has trusted the folder yet."),
        "changed": tr("Agents do not use this: it has changed since it was trusted."),
        "trusted": tr("Agents use this."),
    }
    console.print(told[found.state], highlight=False)
    if found.digest:
        console.print(f"SHA-256 {found.digest}", style="dim", highlight=False, soft_wrap=True)


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise stop(tr("Nobody can be asked here. Read the texts, then say --yes."), WRONG_USAGE)
    return typer.confirm(tr("Trust this folder, as it is now?"))
