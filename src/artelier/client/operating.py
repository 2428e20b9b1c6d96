"""Routes by which the operator changes what the server is told; a token for programs does not do for those that write."""

from collections.abc import Mapping
from typing import Any

from artelier.client.connection import segment
from artelier.client.reporting import Reporting
from artelier.client.reports import AgentCheck, AgentFile, AllSettings


class Operating(Reporting):
    """The part of the client that reads and changes agents' files and settings, and writes sessions out."""

    async def export(self, session: str, form: str = "jsonl") -> str:
        """Return a session written out, ``jsonl`` or ``markdown``, with its secrets masked."""
        return (await self._send("GET", f"/api/v1/sessions/{segment(session)}/export", params={"form": form})).text

    async def agent_file(self, name: str) -> AgentFile:
        """Return one agent's file, and where it lies."""
        return await self._get(f"/api/v1/agents/{segment(name)}", AgentFile)

    async def check_agent(self, name: str, text: str) -> AgentCheck:
        """Return whether a text describes an agent; nothing is stored."""
        return await self._post("/api/v1/agents/validate", AgentCheck, {"name": name, "text": text})

    async def store_agent(self, name: str, text: str) -> AgentFile:
        """Store an agent's file in the operator's folder. Raises ``Refused`` with ``CONFIG_INVALID``, which names the line."""
        return self._decode(await self._send("PUT", f"/api/v1/agents/{segment(name)}", json={"text": text}), AgentFile)

    async def change_agent(self, name: str, changes: Mapping[str, Any]) -> AgentFile:
        """Change fields of an agent's file, None for what the settings say; the rest of it stays. Raises ``Refused``."""
        return self._decode(await self._send("PATCH", f"/api/v1/agents/{segment(name)}", json=dict(changes)), AgentFile)

    async def settings(self) -> AllSettings:
        """Return every setting with where it comes from; secrets are hidden."""
        return await self._get("/api/v1/settings", AllSettings)

    async def change_settings(self, changes: Mapping[str, Any]) -> AllSettings:
        """Change values of the settings file by dotted name, None for the default. Raises ``Refused``, and changes nothing then."""
        return self._decode(await self._send("PATCH", "/api/v1/settings", json={"changes": dict(changes)}), AllSettings)
