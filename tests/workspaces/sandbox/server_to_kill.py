"""A server that runs one command in the sandbox until it is killed: words are the folder and the command."""

import asyncio
import sys
from pathlib import Path

from walled import Room

from artelier.workspaces.sandbox.bubblewrap import Wall


async def main() -> None:
    await Room(Path(sys.argv[1])).run(sys.argv[2], *map(Wall, sys.argv[3:]))


asyncio.run(main())
