"""A server of this command's own, for as long as it runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from artelier.api.serving import serving
from artelier.cli.refusals import failure_words
from artelier.cli.stopping import WRONG_USAGE, stop
from artelier.client import Client
from artelier.domain.errors import ArtelierError, SettingsError
from artelier.providers.local import LocalServer, find_local_servers
from artelier.runtime.ground import Plan
from artelier.settings import Places, Read


@asynccontextmanager
async def own_server(places: Places, read: Read, workspace: Path) -> AsyncIterator[Client]:
    """Serve on a free loopback port and speak to it. Ends the command when serving is impossible."""
    plan = Plan(read, places.state_folder, workspace, await found_models(read))
    try:
        async with (
            serving(plan, "127.0.0.1", 0, handle_signals=False) as served,
            Client(served.address, served.house.access.operator_token) as client,
        ):
            await served.house.servers.settled()  # one run alone would end before it knew their tools
            yield client
    except SettingsError as failure:
        raise stop(failure_words(failure), WRONG_USAGE) from failure
    except ArtelierError as failure:
        raise stop(failure_words(failure)) from failure


async def found_models(read: Read) -> tuple[LocalServer, ...]:
    """Return model servers of this machine, looked for only when no model is configured."""
    models = read.settings.models
    if models.default or models.providers or not models.find_local:
        return ()
    return await find_local_servers()
