"""``artelier sessions``: list, show, fork, export, rename, delete."""

import sys
from enum import StrEnum
from pathlib import Path

import typer

from artelier.cli.identifiers import checked, id_of
from artelier.cli.listing import config_option, group, json_option, print_json, show, speak, state, when
from artelier.cli.stopping import WRONG_USAGE, stop
from artelier.cli.undoing import add_undo
from artelier.cli.words import tr


class Form(StrEnum):
    """How a session is written out."""

    MARKDOWN = "markdown"
    JSONL = "jsonl"


def build() -> typer.Typer:
    """Return the group of commands."""
    app = group()

    @app.callback(invoke_without_command=True)
    def listed(
        context: typer.Context,
        limit: int = typer.Option(50, min=1, max=200),
        as_json: bool = json_option(),
        config: Path | None = config_option(),
    ) -> None:
        if context.invoked_subcommand is not None:
            return
        found = speak(config, lambda client: client.sessions(limit))
        if as_json:
            print_json(found.items)
            return
        rows = [(each.id, state(each.status), each.title or tr("Untitled"), each.agent, when(each.updated_at)) for each in found.items]
        show(rows, ("Session", "State", "Title", "Agent", "Changed"), "Nothing here yet. The first message opens the first session.")

    @app.command("show", help=tr("Show a session's journal."))
    def shown(session: str = id_of("session"), as_json: bool = json_option(), config: Path | None = config_option()) -> None:
        events = speak(config, lambda client: client.events(session))
        if as_json:
            print_json(events)
            return
        rows = [(event.seq, event.at[:19].replace("T", " "), event.type, _about(event.payload)) for event in events]
        show(rows, ("No.", "At", "Event", "About"), "This session is empty.")

    add_undo(app)
    _add_fork(app)
    _add_export(app)

    @app.command("rename", help=tr("Give a session another title."))
    def renamed(session: str = id_of("session"), title: str = typer.Argument(), config: Path | None = config_option()) -> None:
        speak(config, lambda client: client.rename_session(session, title))

    @app.command("delete", help=tr("Remove a session with its journal."))
    def deleted(
        session: str = id_of("session"),
        yes: bool = typer.Option(False, "--yes", help=tr("Do not ask.")),
        config: Path | None = config_option(),
    ) -> None:
        if not yes and not typer.confirm(tr("Remove this session and its journal? It cannot be brought back.")):
            raise typer.Exit(1)
        speak(config, lambda client: client.delete_session(session))

    return app


def _add_fork(app: typer.Typer) -> None:
    @app.command("fork", help=tr("Copy a session, to go on in another way; the original stays as it is."))
    def forked(
        session: str = id_of("session"),
        before: str = typer.Option(
            "", metavar="RUN", callback=checked("run"), help=tr("Copy only what lies before the message of this run.")
        ),
        as_json: bool = json_option(),
        config: Path | None = config_option(),
    ) -> None:
        fork = speak(config, lambda client: client.fork_session(session, before))
        if as_json:
            print_json(fork)
        else:
            typer.echo(fork.id)


def _add_export(app: typer.Typer) -> None:
    @app.command("export", help=tr("Write a session out, to read or for programs; secrets are masked."))
    def exported(
        session: str = id_of("session"),
        form: Form = typer.Option(Form.MARKDOWN, "--form", help=tr("markdown to read, or jsonl: the journal, an event a line.")),
        file: Path | None = typer.Option(
            None, "--output", help=tr("The file to write, which must not be there yet; without it, standard output."), show_default=False
        ),
        config: Path | None = config_option(),
    ) -> None:
        text = speak(config, lambda client: client.export(session, form.value))
        if file is None:
            sys.stdout.write(text)
            return
        try:
            with file.open("x", encoding="utf-8", newline="") as new:
                new.write(text)
        except FileExistsError as failure:
            raise stop(tr("{file} is there already. Name another with --output.", file=file), WRONG_USAGE) from failure
        except OSError as failure:
            raise stop(tr("{file} cannot be written: {failure}. Name another with --output.", file=file, failure=failure)) from failure


def _about(payload: dict) -> str:  # type: ignore[type-arg]  # an event's payload is open JSON
    for name in ("target", "text", "reply", "message", "agent", "name", "decision", "reason"):
        if payload.get(name):
            return str(payload[name]).splitlines()[0][:100]
    question = payload.get("question")
    return str(question.get("effect") or question["text"])[:100] if isinstance(question, dict) else ""
