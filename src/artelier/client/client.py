"""The client itself: one method a route."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

import httpx2
import msgspec

from artelier.client import reports, values
from artelier.client.additions import McpServer, Plugin
from artelier.client.connection import refused, segment
from artelier.client.failures import Unreachable
from artelier.client.operating import Operating
from artelier.client.replaying import AskedModel, Replayed
from artelier.client.stream import StreamEvent, StreamItem, read_items, read_lines

RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 2.0, 2.0, 5.0)
"""Pauses before a broken stream is taken up again; the last one repeats."""


class Client(Operating):
    """Speaks to one Artelier server; use it as an asynchronous context manager."""

    async def health(self) -> reports.Health:
        """Return whether the server can work. Raises ``Unreachable``."""
        return await self._get("/health/ready", reports.Health, accept=frozenset({200, 503}))

    async def chat(self, message: str, session: str | None = None, **fields: Any) -> values.ChatReply:
        """Send a message and wait until its run rests."""
        body = {"message": message, "session_id": session, **fields}
        return await self._post("/api/v1/chat", values.ChatReply, {name: value for name, value in body.items() if value is not None})

    async def open_session(self, workspace: str | None = None, title: str = "") -> values.Session:
        """Open an empty session."""
        return await self._post("/api/v1/sessions", values.Session, {"workspace_id": workspace, "title": title})

    async def session(self, session: str) -> values.Session:
        """Return one session."""
        return await self._get(f"/api/v1/sessions/{segment(session)}", values.Session)

    async def sessions(self, limit: int = 50, cursor: str = "", search: str = "") -> values.Listing[values.Session]:
        """Return sessions, newest first; with ``search`` those whose title or messages hold these words."""
        return await self._get("/api/v1/sessions", values.Listing[values.Session], limit=limit, cursor=cursor, search=search)

    async def rename_session(self, session: str, title: str) -> values.Session:
        """Give a session another title."""
        return self._decode(await self._send("PATCH", f"/api/v1/sessions/{segment(session)}", json={"title": title}), values.Session)

    async def fork_session(self, session: str, before: str = "") -> values.Session:
        """Open a copy of a session: all of it, or what lies before the message of the run ``before``."""
        return await self._post(f"/api/v1/sessions/{segment(session)}/fork", values.Session, {"before": before} if before else {})

    async def delete_session(self, session: str) -> None:
        """Remove a session with its journal."""
        await self._send("DELETE", f"/api/v1/sessions/{segment(session)}")

    async def send(
        self, session: str, content: str, *, agent: str = "", model: str = "", multitask: str = "enqueue", idempotency_key: str = ""
    ) -> values.Accepted:
        """Send a message into a session; its run tells the rest in the stream.

        ``multitask`` says what becomes of a run at work there: ``enqueue`` waits behind it, ``reject`` is refused, ``interrupt``
        stops it, ``rollback`` stops all and puts back the files that the run and those it delegated to have changed.
        """
        body = {"content": content, "agent": agent, "model": model, "multitask": multitask}
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        return self._decode(
            await self._send("POST", f"/api/v1/sessions/{segment(session)}/messages", json=body, headers=headers), values.Accepted
        )

    async def events(self, session: str, after: int = 0) -> tuple[StreamEvent, ...]:
        """Return the journal after a sequence number, whole."""
        found: list[StreamEvent] = []
        while True:
            page = await self._get(f"/api/v1/sessions/{segment(session)}/events", values.Listing[StreamEvent], after=after, limit=1000)
            found += page.items
            if page.next is None:
                return tuple(found)
            after = int(page.next)

    async def follow(
        self, session: str, after: int = 0, *, patience: float = 60.0, connected: Callable[[bool], None] | None = None
    ) -> AsyncIterator[StreamItem]:
        """Yield a session's events after a place, and deltas as they come; each event once, over breaks of the connection.

        ``connected`` is told when the server cannot be reached, and when it answers again.
        Raises ``Unreachable`` once no server has answered for ``patience`` seconds, ``Refused``.
        """
        tries, waited = 0, 0.0
        while True:
            try:
                async with self._http.stream("GET", f"/api/v1/sessions/{segment(session)}/stream", headers=_place(after)) as answer:
                    if not answer.is_success:
                        await answer.aread()
                        raise refused(answer)
                    tries, waited = 0, 0.0
                    if connected is not None:
                        connected(True)
                    async for item in read_items(read_lines(answer.aiter_bytes())):
                        if isinstance(item, StreamEvent):
                            after = item.seq
                        yield item
            except httpx2.TransportError as failure:
                if waited >= patience:
                    raise Unreachable(f"No server answers at {self.address}.") from failure
                if connected is not None:
                    connected(False)
            pause = RETRY_SECONDS[min(tries, len(RETRY_SECONDS) - 1)]
            tries, waited = tries + 1, waited + pause
            await asyncio.sleep(pause)

    async def changes(self, session: str) -> tuple[values.Change, ...]:
        """Return what each run of a session changed in files."""
        return (await self._get(f"/api/v1/sessions/{segment(session)}/changes", values.Listing[values.Change])).items

    async def undo(self, session: str, to_run: str = "", paths: Sequence[str] = (), *, dry_run: bool = False) -> values.Restored:
        """Put files back as they were before a run, or before the last one that changed files."""
        body = {"paths": list(paths), "dry_run": dry_run, **({"to_run": to_run} if to_run else {})}
        return await self._post(f"/api/v1/sessions/{segment(session)}/undo", values.Restored, body)

    async def redo(self, session: str, *, dry_run: bool = False) -> values.Restored:
        """Do again what was undone last."""
        return await self._post(f"/api/v1/sessions/{segment(session)}/redo", values.Restored, {"dry_run": dry_run})

    async def picture(self, session: str, digest: str) -> bytes:
        """Return a picture that an event of this session names: PNG or JPEG."""
        return (await self._send("GET", f"/api/v1/sessions/{segment(session)}/pictures/{segment(digest)}")).content

    async def run(self, run: str) -> values.Run:
        """Return one run."""
        return await self._get(f"/api/v1/runs/{segment(run)}", values.Run)

    async def runs(self, session: str = "", limit: int = 50, cursor: str = "") -> values.Listing[values.Run]:
        """Return runs, newest first."""
        return await self._get("/api/v1/runs", values.Listing[values.Run], session=session, limit=limit, cursor=cursor)

    async def wait(self, run: str, timeout: float = 60.0) -> values.Run:
        """Return the run once it rests, or as it is after ``timeout`` seconds."""
        return await self._get(f"/api/v1/runs/{segment(run)}/wait", values.Run, timeout=timeout)

    async def cancel(self, run: str, reason: str = "") -> values.Run:
        """Stop a run."""
        return await self._post(f"/api/v1/runs/{segment(run)}/cancel", values.Run, {"reason": reason})

    async def resume(self, run: str, *, raise_budget: bool = False) -> values.Run:
        """Go on with a run."""
        return await self._post(f"/api/v1/runs/{segment(run)}/resume", values.Run, {"raise_budget": raise_budget})

    async def approvals(
        self, status: str = "open", session: str = "", limit: int = 50, cursor: str = ""
    ) -> values.Listing[values.Approval]:
        """Return questions, newest first."""
        return await self._get(
            "/api/v1/approvals", values.Listing[values.Approval], status=status, session=session, limit=limit, cursor=cursor
        )

    async def approval(self, approval: str) -> values.Approval:
        """Return one question."""
        return await self._get(f"/api/v1/approvals/{segment(approval)}", values.Approval)

    async def answer(
        self,
        approval: str,
        decision: str,
        *,
        text: str = "",
        reason: str = "",
        arguments: dict[str, Any] | None = None,
        remember: str | None = None,
    ) -> values.Approval:
        """Answer a question: ``approve`` or ``reject``; ``remember`` for the run, session or workspace."""
        body = {"decision": decision, "text": text, "reason": reason, "arguments": arguments, "remember": remember}
        return await self._post(f"/api/v1/approvals/{segment(approval)}", values.Approval, body)

    async def answer_all(self, approvals: Sequence[str], decision: str, *, reason: str = "") -> values.Batch:
        """Give one answer to several questions; those it cannot be given to are left open."""
        body = {"ids": list(approvals), "decision": decision, "reason": reason}
        return await self._post("/api/v1/approvals", values.Batch, body)

    async def grants(self, limit: int = 50, cursor: str = "") -> values.Listing[values.Grant]:
        """Return what you allowed for later, newest first."""
        return await self._get("/api/v1/grants", values.Listing[values.Grant], limit=limit, cursor=cursor)

    async def revoke_grant(self, grant: str) -> values.Grant:
        """Take back what you allowed."""
        return self._decode(await self._send("DELETE", f"/api/v1/grants/{segment(grant)}"), values.Grant)

    async def agents(self, workspace: str = "") -> tuple[values.Agent, ...]:
        """Return the agents, with those of a trusted workspace where one is named."""
        return (await self._get("/api/v1/agents", values.Listing[values.Agent], workspace=workspace)).items

    async def tools(self) -> tuple[values.Tool, ...]:
        """Return the tools."""
        return (await self._get("/api/v1/tools", values.Listing[values.Tool])).items

    async def mcp_servers(self) -> tuple[McpServer, ...]:
        """Return the MCP servers and how they stand."""
        return (await self._get("/api/v1/mcp-servers", values.Listing[McpServer])).items

    async def plugins(self) -> tuple[Plugin, ...]:
        """Return the plugins and how they stand."""
        return (await self._get("/api/v1/plugins", values.Listing[Plugin])).items

    async def models(self) -> tuple[values.Model, ...]:
        """Return the models."""
        return (await self._get("/api/v1/models", values.Listing[values.Model])).items

    async def workspaces(self) -> tuple[values.Workspace, ...]:
        """Return the registered folders."""
        return (await self._get("/api/v1/workspaces", values.Listing[values.Workspace])).items

    async def register_workspace(self, path: str, name: str = "") -> values.Workspace:
        """Register a folder; one that is there already is returned as it is."""
        return await self._post("/api/v1/workspaces", values.Workspace, {"path": path, "name": name})

    async def remove_workspace(self, workspace: str) -> None:
        """Forget a folder; its files stay."""
        await self._send("DELETE", f"/api/v1/workspaces/{segment(workspace)}")

    async def trust(self, workspace: str) -> values.Trust:
        """Return what a folder brings along for agents, and whether it is used."""
        return await self._get(f"/api/v1/workspaces/{segment(workspace)}/trust", values.Trust)

    async def trust_workspace(self, workspace: str, digest: str) -> values.Trust:
        """Use what a folder brings along, as long as it is what has this digest."""
        return await self._post(f"/api/v1/workspaces/{segment(workspace)}/trust", values.Trust, {"digest": digest})

    async def distrust_workspace(self, workspace: str) -> values.Trust:
        """Use nothing of a folder any more."""
        return self._decode(await self._send("DELETE", f"/api/v1/workspaces/{segment(workspace)}/trust"), values.Trust)

    async def requests(self, run: str) -> tuple[AskedModel, ...]:
        """Return what a run's models were asked, built again with what is in force now."""
        return (await self._get(f"/api/v1/runs/{segment(run)}/requests", values.Listing[AskedModel])).items

    async def replay(
        self, session: str, *, run: str = "", model: str = "", prompts: Mapping[str, str] | None = None, steps: int = 200
    ) -> AsyncIterator[Replayed]:
        """Yield what models say now to what they were asked in a session, step by step; no tool runs."""
        body = {"model": model, "prompts": dict(prompts or {}), "steps": steps, **({"run": run} if run else {})}
        async with self._http.stream("POST", f"/api/v1/sessions/{segment(session)}/replay", json=body) as answer:
            if not answer.is_success:
                await answer.aread()
                raise refused(answer)
            async for line in answer.aiter_lines():
                yield msgspec.json.decode(line, type=Replayed)

    async def make_link(self) -> str:
        """Return the address of a new one-time link."""
        answer = await self._send("POST", "/api/v1/auth/links")
        return f"{self.address}/#link={answer.json()['code']}"

    async def openapi(self) -> dict[str, Any]:
        """Return the API's description."""
        return dict((await self._send("GET", "/openapi.json")).json())


def _place(after: int) -> dict[str, str]:
    return {"Last-Event-ID": str(after), "Accept": "text/event-stream"}
