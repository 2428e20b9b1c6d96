"""What is loaded by name, because most houses never need it and it takes long: one function for each."""

import asyncio
import importlib  # noqa: TID251  one of the two files that may
from typing import cast

from artelier.tools.mcp.session import Connector


async def load_mcp() -> Connector:
    """Load the MCP SDK in a thread, so that nobody waits for it, and return what connects by it."""
    module = await asyncio.to_thread(importlib.import_module, "artelier.tools.mcp.sdk")
    return cast("Connector", module.SdkConnector())
