"""How a message sets out: a session over the folder a command means, and the agent it goes to."""

from artelier.cli.connection import Connection
from artelier.client import Client
from artelier.routing.explicit import mentioned


async def open_session(connection: Connection, folder: str) -> str:
    """Return a new session; a server that ran already learns of the folder first. Raises ``ClientError``."""
    workspace = None if connection.own else (await connection.client.register_workspace(folder)).id
    return (await connection.client.open_session(workspace)).id


async def addressee(client: Client, text: str, chosen: str) -> str:
    """Return the agent to ask for: the chosen one, nobody where the text names one, which the server reads. Raises ``ClientError``."""
    if not chosen or "@" not in text:
        return chosen
    return "" if mentioned(text, [agent.name for agent in await client.agents()]) is not None else chosen
