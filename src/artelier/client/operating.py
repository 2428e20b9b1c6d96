"""Routes by which the operator changes what the server is told; a token for programs does not do for those that write."""

from artelier.client.reporting import Reporting
from artelier.client.reports import AgentCheck, AgentFile


class Operating(Reporting):
    """The part of the client that reads and changes agents' files."""

    async def agent_file(self, name: str) -> AgentFile:
        """Return one agent's file, and where it lies."""
        return await self._get(f"/api/v1/agents/{name}", AgentFile)

    async def check_agent(self, name: str, text: str) -> AgentCheck:
        """Return whether a text describes an agent; nothing is stored."""
        return await self._post("/api/v1/agents/validate", AgentCheck, {"name": name, "text": text})

    async def store_agent(self, name: str, text: str) -> AgentFile:
        """Store an agent's file in the operator's folder. Raises ``Refused`` with ``CONFIG_INVALID``, which names the line."""
        return self._decode(await self._send("PUT", f"/api/v1/agents/{name}", json={"text": text}), AgentFile)
