"""The server a command speaks to: the one that owns the state folder, or one of its own on a free port until it ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct

from artelier.cli.commands import load
from artelier.cli.places import chosen_places, settings_or_stop
from artelier.cli.stopping import WRONG_USAGE, stop
from artelier.cli.words import tr
from artelier.client import Client
from artelier.settings import Places
from artelier.stores.state_folder import ServerRecord, StateFolder


class Connection(Struct, frozen=True):
    """A client of a server that answers; ``own`` when this command serves itself."""

    client: Client
    own: bool

    @property
    def lasting_address(self) -> str:
        """The server's address where it outlives this command, else nothing."""
        return "" if self.own else self.client.address


def running_server(places: Places) -> ServerRecord | None:
    """Return the server that owns the state folder, None when there is none."""
    return StateFolder(places.state_folder).read_server()


@asynccontextmanager
async def joined(config: Path | None) -> AsyncIterator[Client]:
    """Speak to the running server; ends the command when there is none."""
    server = running_server(chosen_places(config))
    if server is None:
        raise stop(tr("No server is running. Start one with `artelier serve`."))
    async with Client(server.address, server.token) as client:
        yield client


@asynccontextmanager
async def joined_or_own(config: Path | None, workspace: Path, overrides: dict[str, object]) -> AsyncIterator[Connection]:
    """Speak to the running server, or serve over ``workspace`` in this process until the block ends."""
    places = chosen_places(config, workspace)
    server = running_server(places)
    if server is None:
        # Serving needs FastAPI, which takes a while to load: only now is it known to be needed.
        async with load("own_server").own_server(places, settings_or_stop(places, overrides), workspace) as client:
            yield Connection(client, own=True)
        return
    if overrides:
        raise stop(
            tr(
                "A server runs on {address} with models of its own. Stop it, or set ARTELIER_STATE to another folder.",
                address=server.address,
            ),
            WRONG_USAGE,
        )
    async with Client(server.address, server.token) as client:
        yield Connection(client, own=False)
