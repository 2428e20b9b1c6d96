"""``artelier exec``: one run, for scripts and for people in a hurry."""

import asyncio
import signal
import sys
from pathlib import Path

import msgspec
import typer
import uvloop

from artelier.cli.connection import Connection, joined_or_own
from artelier.cli.identifiers import checked
from artelier.cli.one_run import OneRun, Style
from artelier.cli.opening import open_session
from artelier.cli.places import chosen_workspace
from artelier.cli.refusals import refusal_words
from artelier.cli.stopping import CANCELLED, NO_MODEL, WRONG_USAGE, stop
from artelier.cli.words import tr
from artelier.client import Client, ClientError, Refused
from artelier.client.values import Accepted

REHEARSAL = "rehearsal"


def exec_command(
    text: str = typer.Argument(..., help=tr("What should be done; - reads it from standard input."), show_default=False),
    agent: str = typer.Option("", "--agent", help=tr("The agent that should do it."), show_default=False),
    model: str = typer.Option("", "--model", help=tr("provider/model, rehearsal, or scripted:FILE."), show_default=False),
    workspace: Path | None = typer.Option(
        None, "--workspace", help=tr("The folder to work in; the current one by default."), show_default=False
    ),
    session: str = typer.Option("", "--session", help=tr("Go on with this session."), show_default=False, callback=checked("session")),
    as_json: bool = typer.Option(False, "--json", help=tr("Print one JSON object at the end.")),
    stream_json: bool = typer.Option(False, "--stream-json", help=tr("Print every event as a line of JSON, as it comes.")),
    yes: bool = typer.Option(False, "--yes", help=tr("Approve what is asked, but nothing destructive, outbound or without a sandbox.")),
    patience: float = typer.Option(60.0, "--patience", min=0.0, help=tr("Seconds to wait for a model that is away; then it ends with 5.")),
    debug: bool = typer.Option(
        False, "--debug", help=tr("Show each request to a model, each decision and how long it took, once the run rests.")
    ),
    config: Path | None = typer.Option(None, "--config", help=tr("The settings file, instead of the user's own."), show_default=False),
) -> None:
    """Do one run. Ends with 0 finished, 1 failed, 2 wrong usage, 3 waits for a person, 4 limit reached, 5 no model, 130 cancelled."""
    message = _clean(sys.stdin.buffer.read().decode("utf-8", "surrogateescape") if text == "-" else text)
    if not message.strip():
        raise stop(tr("There is nothing to do: the text is empty."), WRONG_USAGE)
    if as_json and stream_json:
        raise stop(tr("Choose one of --json and --stream-json."), WRONG_USAGE)
    interactive = not (as_json or stream_json or yes) and sys.stdin.isatty()
    style = Style(as_json=as_json, stream_json=stream_json, yes=yes, interactive=interactive, debug=debug, patience=patience)
    folder = chosen_workspace(workspace)
    raise typer.Exit(uvloop.run(_run(config, folder, session, message, agent, model, style)))


async def _run(config: Path | None, folder: Path, session: str, message: str, agent: str, model: str, style: Style) -> int:
    overrides, model = scripted_overrides(model)
    try:
        async with joined_or_own(config, folder, overrides) as connection:
            if not model and await only_rehearsal(connection.client, agent):
                raise stop(
                    tr("No model is configured. Run `artelier init`, set a key such as OPENAI_API_KEY, or say --model rehearsal."), NO_MODEL
                )
            identifier = session or await open_session(connection, str(folder))
            accepted = await _send(connection.client, identifier, message, agent, model, fresh=not session)
            run = OneRun(connection.client, identifier, accepted.run_id, _in_house(style, connection))
            return await _until_interrupted(run, accepted.seq - 1)
    except Refused as failure:
        raise stop(refusal_words(failure), WRONG_USAGE) from failure
    except ClientError as failure:
        raise stop(refusal_words(failure)) from failure


def _in_house(style: Style, connection: Connection) -> Style:
    return msgspec.structs.replace(style, own=connection.own, server=connection.lasting_address)


async def _send(client: Client, session: str, message: str, agent: str, model: str, *, fresh: bool) -> Accepted:
    """Send the message; a session that was opened for it alone goes again when it is refused."""
    try:
        return await client.send(session, message, agent=agent, model=model)
    except Refused:
        if fresh:
            await client.delete_session(session)
        raise


def _clean(text: str) -> str:
    """Return the text; bytes that are no UTF-8 come from the terminal or a pipe as lone surrogates, and end the command."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as failure:
        raise stop(tr("The text is not UTF-8. Convert it and try again."), WRONG_USAGE) from failure
    return text


def scripted_overrides(model: str) -> tuple[dict[str, object], str]:
    """Return the settings that ``scripted:FILE`` stands for, and the name of the model in them."""
    kind, _, file = model.partition(":")
    if kind != "scripted" or not file:
        return {}, model
    return {"models.providers": {"scripted": {"kind": "scripted", "file": str(Path(file).absolute())}}}, "scripted"


async def only_rehearsal(client: Client, agent: str) -> bool:
    """Return whether nothing but the rehearsal would answer: no model is configured for the agent."""
    return any(each.model == REHEARSAL for each in await client.agents() if (each.name == agent if agent else each.default))


async def _until_interrupted(run: OneRun, after: int) -> int:
    """Follow the run; Ctrl-C stops it, and a second one leaves at once."""
    working = asyncio.ensure_future(run.follow(after))
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, lambda: run.cancel_soon() or working.cancel())
    loop.add_signal_handler(signal.SIGTERM, run.cancel_soon)
    try:
        return await working
    except asyncio.CancelledError:
        return CANCELLED
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        loop.remove_signal_handler(signal.SIGTERM)
