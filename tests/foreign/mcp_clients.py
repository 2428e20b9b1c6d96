"""The MCP SDK's own client against a served house, in both kinds of revisions."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ElicitRequestParams, ElicitResult

from api.served import PATIENCE, Served

MODES = ("legacy", "auto")
"""With a handshake (2025-11-25) and without (2026-07-28)."""


class Person:
    """Answers every form alike, and remembers what it was asked."""

    def __init__(self, action: str = "accept", **content: Any) -> None:
        self.asked: list[ElicitRequestParams] = []
        self._result = ElicitResult(action=action, content=content if action == "accept" else None)

    async def __call__(self, _context: Any, params: ElicitRequestParams) -> ElicitResult:
        """Answer a form."""
        self.asked.append(params)
        return self._result


@asynccontextmanager
async def connected(server: Served, mode: str, person: Any = None, **headers: str) -> AsyncIterator[Client]:
    """Connect as Artelier's guests do: with the token, and with forms where there is a person."""
    said = {"Authorization": f"Bearer {server.token}"} | headers
    async with httpx2.AsyncClient(headers=said, timeout=PATIENCE, trust_env=False) as http:
        transport = streamable_http_client(f"{server.address}/mcp", http_client=http)
        async with Client(transport, mode=mode, elicitation_callback=person) as client:
            yield client


def text_of(result: Any) -> str:
    """Return the words of a result."""
    return "\n".join(part.text for part in result.content)
