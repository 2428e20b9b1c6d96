"""Routes that tell what happened: usage, insight, and the addresses that are told of events."""

from collections.abc import Sequence
from typing import Any

from artelier.client import reports, values
from artelier.client.connection import Connection, segment


class Reporting(Connection):
    """The part of the client that asks what was used, and who is told."""

    async def webhooks(self) -> tuple[reports.Webhook, ...]:
        """Return your webhooks and how they stand."""
        return (await self._get("/api/v1/webhooks", values.Listing[reports.Webhook])).items

    async def add_webhook(self, url: str, types: Sequence[str] = (), description: str = "", **more: Any) -> reports.Webhook:
        """Add an address that is told of events; the answer holds the secret, once."""
        body = {"url": url, "types": list(types), "description": description, **more}
        return await self._post("/api/v1/webhooks", reports.Webhook, body)

    async def remove_webhook(self, webhook: str) -> None:
        """Forget a webhook."""
        await self._send("DELETE", f"/api/v1/webhooks/{segment(webhook)}")

    async def test_webhook(self, webhook: str) -> reports.WebhookTest:
        """Send a message that tells of nothing, and return how it arrived."""
        return await self._post(f"/api/v1/webhooks/{segment(webhook)}/test", reports.WebhookTest, {})

    async def usage(self, by: str = "agent", since: str = "", until: str = "") -> reports.UsageReport:
        """Return what was used between two moments (RFC 3339)."""
        return await self._get("/api/v1/usage", reports.UsageReport, by=by, since=since, until=until)

    async def cache(self) -> reports.CacheReport:
        """Return what the caches keep, and how often that helped."""
        return await self._get("/api/v1/cache", reports.CacheReport)

    async def forget_replies(self, agent: str = "", *, everybody: bool = False) -> reports.CacheReport:
        """Forget the kept replies to you, to one of your agents, or to everybody, which is the operator's to say."""
        return await self._post("/api/v1/cache/forget", reports.CacheReport, {"agent": agent, "everybody": everybody})

    async def insight(self, since: str = "", until: str = "") -> reports.Insight:
        """Return how agents, tools and questions went between two moments (RFC 3339)."""
        return await self._get("/api/v1/insight", reports.Insight, since=since, until=until)

    async def report_wrong_answer(self, entry: str) -> None:
        """Say that an answer that was kept for a like question was wrong; ``entry`` stands in its event ``model_replied``."""
        await self._send("POST", "/api/v1/cache/feedback", json={"entry": entry})
