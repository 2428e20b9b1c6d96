"""``artelier open``, ``token`` and ``openapi``: ways into the running server."""

import json
import sys
from pathlib import Path

import typer
import uvloop

from artelier.access.local import SECRET_FILE, LocalAccess, read_secret
from artelier.cli.connection import joined
from artelier.cli.places import chosen_places
from artelier.cli.refusals import failure_words, refusal_words
from artelier.cli.stopping import stop
from artelier.cli.words import tr
from artelier.client import ClientError
from artelier.domain.errors import StoreError
from artelier.runtime.clock import SystemClock
from artelier.stores.state_folder import StateFolder


def open_command(
    config: Path | None = typer.Option(None, "--config", help=tr("The settings file, instead of the user's own."), show_default=False),
    show: bool = typer.Option(True, "--browser/--no-browser", help=tr("Open it in the browser as well.")),
) -> None:
    """Print a new one-time link for the running server, and open it where there is a browser."""

    async def make() -> str:
        async with joined(config) as client:
            return await client.make_link()

    try:
        link = uvloop.run(make())
    except ClientError as failure:
        raise stop(refusal_words(failure)) from failure
    sys.stdout.write(f"{link}\n")
    if show and sys.stdout.isatty():
        typer.launch(link)


def token_command(
    config: Path | None = typer.Option(None, "--config", help=tr("The settings file, instead of the user's own."), show_default=False),
) -> None:
    """Print the token that programs say: curl -H "Authorization: Bearer $(artelier token)" ..."""
    try:
        folder = StateFolder(chosen_places(config).state_folder)
    except StoreError as failure:
        raise stop(failure_words(failure)) from failure
    sys.stdout.write(LocalAccess(read_secret(folder.path / SECRET_FILE), SystemClock()).token + "\n")


def openapi_command(
    config: Path | None = typer.Option(None, "--config", help=tr("The settings file, instead of the user's own."), show_default=False),
) -> None:
    """Print the API's description as JSON; a server must be running."""

    async def fetch() -> dict[str, object]:
        async with joined(config) as client:
            return await client.openapi()

    try:
        sys.stdout.write(json.dumps(uvloop.run(fetch()), indent=2) + "\n")
    except ClientError as failure:
        raise stop(refusal_words(failure)) from failure
