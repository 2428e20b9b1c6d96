"""One call of a tool: it fails alone, and what came of it is a value."""

import asyncio
import logging

import msgspec

from artelier.domain.calls import FileChange, ResultStatus, ToolCall, ToolResult
from artelier.domain.errors import ToolError
from artelier.domain.events import ToolFinished
from artelier.ports.tool import Tool, ToolScope

_log = logging.getLogger(__name__)


async def call_tool(tool: Tool, call: ToolCall, scope: ToolScope) -> ToolFinished:
    """Run one call under its deadline. Every failure becomes a result, with the changes that the call told of.

    Only cancellation passes through, and that not where it changed files: then a result says which.
    """
    loop = asyncio.get_running_loop()
    begun = loop.time()
    changes: list[FileChange] = []
    try:
        result = await _result(tool, call, msgspec.structs.replace(scope, changed=changes.extend))
    except asyncio.CancelledError:
        if not changes:
            raise
        result = stopped()
    if changes and result.status is not ResultStatus.DONE and not result.files:
        result = msgspec.structs.replace(result, files=tuple(changes))
    return ToolFinished(call.id, call.name, result, round(loop.time() - begun, 4))


def stopped() -> ToolResult:
    """Return the result of a call that was cancelled at work."""
    text = "The run was stopped while this call was at work; a part of it may be done."
    return ToolResult(ResultStatus.CANCELLED, text, code="CANCELLED")


async def _result(tool: Tool, call: ToolCall, scope: ToolScope) -> ToolResult:
    deadline = tool.spec.deadline
    try:
        async with asyncio.timeout(deadline):
            return await tool.run(call, scope)
    except TimeoutError:
        text = f"The call did not end within {deadline:g} s and was stopped; it may have done a part of its work."
        return ToolResult(ResultStatus.TIMED_OUT, text, code="TOOL_TIMED_OUT")
    except ToolError as failure:
        return ToolResult(ResultStatus.FAILED, failure.message, code=failure.code)
    except Exception as failure:  # noqa: BLE001  a broken tool must not end the run; it is logged with its trace
        _log.exception("tool %s failed in a way it should not", call.name)
        return ToolResult(ResultStatus.FAILED, f"The tool broke: {type(failure).__name__}: {failure}", code="INTERNAL")
