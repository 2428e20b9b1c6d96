import asyncio

import pytest

from artelier.domain.calls import FileChange, ResultStatus, ToolCall, ToolResult, ToolSpec
from artelier.domain.errors import ToolError
from artelier.engine.tool_call import call_tool
from artelier.ports.tool import ToolScope
from artelier.workspaces.memory import MemoryWorkspace

CALL = ToolCall("run/0/0", "work", {})
CHANGE = FileChange("a", "created", after="digest")


class Work:
    """Tells of changes, then ends as it is told to."""

    def __init__(self, *changes, ending=None, deadline=60.0):
        self.spec = ToolSpec("work", "Works.", {}, repeatable=False, deadline=deadline)
        self.changes = changes
        self.ending = ending
        self.begun = asyncio.Event()

    async def run(self, call, scope):
        scope.changed(self.changes)
        self.begun.set()
        if self.ending is None:
            await asyncio.Event().wait()
        if isinstance(self.ending, Exception):
            raise self.ending
        return self.ending


def calling(tool):
    return asyncio.ensure_future(call_tool(tool, CALL, ToolScope(MemoryWorkspace({}), "session", "run", lambda _: None)))


async def cancelled(tool):
    task = calling(tool)
    await asyncio.wait_for(tool.begun.wait(), 5)
    task.cancel()
    return await asyncio.wait_for(task, 5)


async def test_a_stopped_call_says_what_it_changed():
    finished = await cancelled(Work(CHANGE))
    assert (finished.result.status, finished.result.code) == (ResultStatus.CANCELLED, "CANCELLED")
    assert finished.result.files == (CHANGE,)


async def test_a_stopped_call_that_changed_nothing_has_no_result():
    with pytest.raises(asyncio.CancelledError):
        await cancelled(Work())


@pytest.mark.parametrize(
    ("ending", "deadline", "status"),
    [(ToolError("no"), 60.0, "failed"), (RuntimeError("a defect"), 60.0, "failed"), (None, 0.01, "timed_out")],
)
async def test_a_call_that_fails_says_what_it_changed(ending, deadline, status):
    finished = await calling(Work(CHANGE, ending=ending, deadline=deadline))
    assert (finished.result.status.value, finished.result.files) == (status, (CHANGE,))


@pytest.mark.parametrize("files", [(), (FileChange("b", "deleted"),)])
async def test_a_result_knows_its_changes_itself(files):
    finished = await calling(Work(CHANGE, ending=ToolResult(ResultStatus.DONE, "done", files=files)))
    assert finished.result.files == files
