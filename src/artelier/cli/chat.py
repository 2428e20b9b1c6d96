"""``artelier chat``: talking with the agents in the terminal."""

import sys
from pathlib import Path

import typer
import uvloop
from rich.text import Text

from artelier.cli.commands import load
from artelier.cli.connection import Connection, joined_or_own
from artelier.cli.exec import only_rehearsal, scripted_overrides
from artelier.cli.identifiers import checked
from artelier.cli.look import output
from artelier.cli.places import chosen_places, chosen_workspace
from artelier.cli.refusals import refusal_words
from artelier.cli.stopping import WRONG_USAGE, stop
from artelier.cli.words import tr
from artelier.client import Client, ClientError, Refused


def chat_command(
    agent: str = typer.Option("", "--agent", help=tr("The agent that answers."), show_default=False),
    model: str = typer.Option("", "--model", help=tr("provider/model, rehearsal, or scripted:FILE."), show_default=False),
    workspace: Path | None = typer.Option(
        None, "--workspace", help=tr("The folder to work in; the current one by default."), show_default=False
    ),
    session: str = typer.Option("", "--session", help=tr("Go on with this session."), show_default=False, callback=checked("session")),
    newest: bool = typer.Option(False, "--continue", help=tr("Go on with the newest session.")),
    plain: bool = typer.Option(False, "--plain", help=tr("Line by line, without a moving part.")),
    config: Path | None = typer.Option(None, "--config", help=tr("The settings file, instead of the user's own."), show_default=False),
) -> None:
    """Talk until Ctrl-D; plain lines where the input or the output is no terminal."""
    if session and newest:
        raise stop(tr("Choose one of --session and --continue."), WRONG_USAGE)
    folder = chosen_workspace(workspace)
    full = not plain and sys.stdin.isatty() and sys.stdout.isatty()
    raise typer.Exit(uvloop.run(_chat(config, folder, session, agent, model, newest=newest, full=full)))


async def _chat(config: Path | None, folder: Path, session: str, agent: str, model: str, *, newest: bool, full: bool) -> int:
    overrides, model = scripted_overrides(model)
    try:
        async with joined_or_own(config, folder, overrides) as connection:
            await _check_agent(connection.client, agent)
            identifier = await _chosen_session(connection.client, session, newest=newest)
            await _greet(connection, folder, agent, model, full=full)
            surface = load("chat_screen" if full else "chat_lines")
            history = chosen_places(config, folder).state_folder / "chat_history"
            return int(await surface.converse(connection, str(folder), identifier, agent=agent, model=model, history=history))
    except Refused as failure:
        raise stop(refusal_words(failure), WRONG_USAGE) from failure
    except ClientError as failure:
        raise stop(refusal_words(failure)) from failure


async def _check_agent(client: Client, agent: str) -> None:
    known = [each.name for each in await client.agents()] if agent else []
    if agent and agent not in known:
        raise stop(tr("There is no agent {name}. These are known: {known}.", name=agent, known=", ".join(sorted(known))), WRONG_USAGE)


async def _chosen_session(client: Client, session: str, *, newest: bool) -> str:
    if session:
        return (await client.session(session)).id
    if newest:
        found = (await client.sessions(1)).items
        if not found:
            raise stop(tr("There is no session to go on with. Leave --continue out."), WRONG_USAGE)
        return found[0].id
    return ""


async def _greet(connection: Connection, folder: Path, agent: str, model: str, *, full: bool) -> None:
    console = output()
    where = tr("a server of its own") if connection.own else connection.client.address
    if not full:  # a terminal has it in its header
        console.print(Text.assemble(("artelier", "name"), (f" · {folder.name} · {where}", "dim")))
    if not model and await only_rehearsal(connection.client, agent):
        console.print(
            Text(tr("Rehearsal: a program with rules, not a language model. `artelier init` sets up a model."), "warn"), soft_wrap=False
        )
    console.print(Text(tr("/help says what can be said here."), "dim"))
