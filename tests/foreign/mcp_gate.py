"""What stands between the public conformance suite and a served house, for two things that the suite cannot do.

It has no way to say a token, so the gate says it. And it calls tools of its own reference server by name, without
arguments, and reads resources of it by address; where an agent or a file can stand in for one, the gate names that.
Everything else passes as it is.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson
from aiohttp import ClientConnectionResetError, ClientSession, web

from api.served import Served

STAND_INS: Mapping[str, tuple[str, str]] = {
    "test_simple_text": ("ask", "say the sentence"),
    "test_error_handling": ("ask", "fail"),
    "test_tool_with_progress": ("coder", "look into it"),
    "test_elicitation": ("coder", "write a file"),
    "test_streaming_elicitation": ("coder", "write a file"),
    "test_input_required_result_elicitation": ("coder", "write a file"),
    "test_input_required_result_tampered_state": ("coder", "write a file"),
}
"""By the suite's tool, the agent that is called and its task."""
FILES: Mapping[str, str] = {"test://static-text": "notes.txt", "test://template/123/data": "123.txt"}
"""By the suite's address, the file of the workspace that is read."""
_HOP = frozenset({"connection", "content-length", "date", "keep-alive", "transfer-encoding"})


@asynccontextmanager
async def gate_to(server: Served) -> AsyncIterator[str]:
    """Yield an address at which the house is reached with its token."""
    async with ClientSession(auto_decompress=False) as session:

        async def pass_on(request: web.Request) -> web.StreamResponse:
            headers, body = _stood_in(server, {**request.headers}, await request.read())
            headers["Authorization"] = f"Bearer {server.token}"
            async with session.request(request.method, server.address + request.path_qs, headers=headers, data=body) as answer:
                passed = web.StreamResponse(status=answer.status, headers=_without_hops(answer.headers))
                try:
                    await passed.prepare(request)
                    async for piece in answer.content.iter_any():
                        await passed.write(piece)
                    await passed.write_eof()
                except ClientConnectionResetError:  # the suite has heard enough
                    return passed
            return passed

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", pass_on)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


def _stood_in(server: Served, headers: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    """Return a message with what stands in for the thing of the suite's own that it names."""
    try:
        message: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return headers, body
    params = message.get("params") if isinstance(message, dict) else None
    name, uri = (params.get("name"), params.get("uri")) if isinstance(params, dict) else (None, None)
    if isinstance(name, str) and name in STAND_INS:
        name, task = STAND_INS[name]
        params |= {"name": name, "arguments": {"task": task}}
    elif isinstance(uri, str) and uri in FILES:
        name = f"artelier://workspaces/{server.house.workspace.id}/{FILES[uri]}"
        params["uri"] = name
    else:
        return headers, body
    headers = {key: name if key.lower() == "mcp-name" else value for key, value in headers.items() if key.lower() not in _HOP}
    return headers, orjson.dumps(message)


def _without_hops(headers: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in headers.items() if key.lower() not in _HOP}
