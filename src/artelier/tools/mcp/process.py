"""The stdio transport of MCP: a program in a group of its own, one JSON-RPC message a line.

https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#stdio. The SDK's own transport hands on more of the
environment than the operator named and keeps a line of any length in memory; otherwise this one does the same.
"""

import asyncio
import contextlib
import logging
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
import mcp_types as types
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage

from artelier.domain.errors import McpUnavailable
from artelier.tools.mcp.session import ServerPlan

LONGEST_LINE = 32 * 1024 * 1024
"""Bytes of one message; more ends the connection."""
STDERR_LINE = 500
STDERR_LINES = 200
"""Lines of a program's standard error that are logged, each cut after ``STDERR_LINE`` characters."""
_CHUNK = 65_536
_log = logging.getLogger(__name__)
Incoming = MemoryObjectSendStream[SessionMessage | Exception]
Streams = tuple[MemoryObjectReceiveStream[SessionMessage | Exception], MemoryObjectSendStream[SessionMessage]]


@asynccontextmanager
async def program(plan: ServerPlan, lost: Callable[[str], None]) -> AsyncIterator[Streams]:
    """Start the program and yield its streams; ``lost`` is told when it ends by itself. Raises ``McpUnavailable``."""
    process = await _start(plan)
    incoming, read = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    write, outgoing = anyio.create_memory_object_stream[SessionMessage](0)
    tasks = [
        asyncio.create_task(_read(process, incoming, plan, lost)),
        asyncio.create_task(_write(process, outgoing, incoming)),
        asyncio.create_task(_log_errors(process, plan)),
    ]
    try:
        yield read, write
    finally:
        with anyio.CancelScope(shield=True):  # whoever cancels this leaves no program behind
            for stream in (read, write):  # who waits to hand something on, waits no longer
                stream.close()
            await _end(process, plan.grace_seconds)
            await asyncio.wait(tasks, timeout=plan.grace_seconds)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for stream in (incoming, outgoing):
                stream.close()


async def _start(plan: ServerPlan) -> Process:
    try:
        return await asyncio.create_subprocess_exec(
            *plan.command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=dict(plan.environment), cwd="/", start_new_session=True, limit=_CHUNK
        )
    except (OSError, ValueError) as failure:
        raise McpUnavailable(f"{plan.command[0]} could not be started: {failure}. Correct its command in the settings.") from failure


async def _read(process: Process, incoming: Incoming, plan: ServerPlan, lost: Callable[[str], None]) -> None:
    """Hand on each line that is a message; what is none is logged and passed over, as the specification forbids it."""
    assert process.stdout is not None  # noqa: S101  it was asked for
    why = "its program ended"
    line = bytearray()
    with contextlib.suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
        async with incoming:
            while chunk := await process.stdout.read(_CHUNK):
                *ended, rest = chunk.split(b"\n")
                for each in ended:
                    await _hand_on(bytes(line + each), incoming, plan)
                    line.clear()
                line += rest
                if len(line) > LONGEST_LINE:
                    why = f"it sent a message of more than {LONGEST_LINE} bytes"
                    break
    lost(why)
    while await process.stdout.read(_CHUNK):  # who is stuck in writing would not see that it is to end
        pass


async def _hand_on(line: bytes, incoming: Incoming, plan: ServerPlan) -> None:
    if not line.strip():
        return
    try:
        message = types.jsonrpc_message_adapter.validate_json(line, by_name=False)
    except ValueError:
        _log.info("MCP server %s: this is no message: %r", plan.name, line[:STDERR_LINE])
        return
    await incoming.send(SessionMessage(message))


async def _write(process: Process, outgoing: MemoryObjectReceiveStream[SessionMessage], incoming: Incoming) -> None:
    assert process.stdin is not None  # noqa: S101  it was asked for
    try:
        async with outgoing:
            async for sent in outgoing:
                process.stdin.write(sent.message.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n")
                await process.stdin.drain()
    except OSError:  # nobody reads: the session is told by the end of what it reads
        incoming.close()


async def _log_errors(process: Process, plan: ServerPlan) -> None:
    assert process.stderr is not None  # noqa: S101  it was asked for
    lines = 0
    while chunk := await process.stderr.read(_CHUNK):
        for line in chunk.splitlines():
            lines += 1
            if lines <= STDERR_LINES:
                _log.info("MCP server %s: %s", plan.name, line[:STDERR_LINE].decode(errors="replace"))
            elif lines == STDERR_LINES + 1:
                _log.info("MCP server %s: what else it writes is not logged", plan.name)


async def _end(process: Process, grace: float) -> None:
    """Close its input, ask its group to end, kill it; each with time to comply."""
    if process.stdin is not None:
        process.stdin.close()
    for number in (None, signal.SIGTERM, signal.SIGKILL):
        if number is not None:
            _signal(process.pid, number)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace):
                await process.wait()
                break
    _signal(process.pid, signal.SIGKILL)  # what it started and left behind


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
        os.killpg(group, number)
