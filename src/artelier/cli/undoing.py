"""``artelier sessions diff``, ``undo`` and ``redo``."""

from collections.abc import Sequence
from pathlib import Path

import typer
from rich.text import Text

from artelier.cli.changes import change_lines, restored_lines
from artelier.cli.identifiers import checked, id_of
from artelier.cli.listing import config_option, json_option, print_json, speak
from artelier.cli.look import output
from artelier.cli.stopping import FAILED
from artelier.cli.words import tr
from artelier.client import Restored


def add_undo(app: typer.Typer) -> None:
    """Add the three commands to those of sessions."""

    @app.command("diff", help=tr("Show what a session changed in files."))
    def compared(session: str = id_of("session"), as_json: bool = json_option(), config: Path | None = config_option()) -> None:
        changes = speak(config, lambda client: client.changes(session))
        if as_json:
            print_json(changes)
            return
        _print(change_lines(changes, diffs=True) or [Text(tr("This session changed no file."), "dim")])

    @app.command("undo", help=tr("Put files back as they were before a run, or before the last that changed any."))
    def undone(
        session: str = id_of("session"),
        to_run: str = typer.Option("", callback=checked("run"), help=tr("Undo this run and all after it.")),
        path: list[str] = typer.Option([], help=tr("Only this file; may be given again.")),
        dry_run: bool = typer.Option(False, "--dry-run", help=tr("Show what would change; write nothing.")),
        as_json: bool = json_option(),
        config: Path | None = config_option(),
    ) -> None:
        _show_restored(speak(config, lambda client: client.undo(session, to_run, path, dry_run=dry_run)), as_json=as_json)

    @app.command("redo", help=tr("Do again what was undone last."))
    def redone(
        session: str = id_of("session"),
        dry_run: bool = typer.Option(False, "--dry-run", help=tr("Show what would change; write nothing.")),
        as_json: bool = json_option(),
        config: Path | None = config_option(),
    ) -> None:
        _show_restored(speak(config, lambda client: client.redo(session, dry_run=dry_run)), as_json=as_json)


def _show_restored(done: Restored, *, as_json: bool) -> None:
    if as_json:
        print_json(done)
    else:
        _print(restored_lines(done, diffs=True))
    if done.left and not done.restored:
        raise typer.Exit(FAILED)


def _print(lines: Sequence[Text]) -> None:
    console = output()
    for line in lines:
        console.print(line)
