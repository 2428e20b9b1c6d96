"""Opening a session over the folder a command means."""

from artelier.cli.connection import Connection


async def open_session(connection: Connection, folder: str) -> str:
    """Return a new session; a server that ran already learns of the folder first. Raises ``ClientError``."""
    workspace = None if connection.own else (await connection.client.register_workspace(folder)).id
    return (await connection.client.open_session(workspace)).id
