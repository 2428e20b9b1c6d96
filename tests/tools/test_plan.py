import pytest

from artelier.domain.calls import Access, ToolCall
from artelier.domain.errors import ArgumentsInvalid
from artelier.ports.tool import ToolScope
from artelier.tools.plan import UpdatePlan
from artelier.workspaces.memory import MemoryWorkspace

TOOL = UpdatePlan()
SCOPE = ToolScope(MemoryWorkspace(), "session", "run", lambda _: None)


def steps(*statuses: str) -> dict:
    return {"steps": [{"title": f"Step {number}", "status": status} for number, status in enumerate(statuses)]}


async def test_a_plan_is_kept() -> None:
    arguments = steps("done", "in_progress", "pending")
    TOOL.check(arguments)
    result = await TOOL.run(ToolCall("run/1/0", "update_plan", arguments), SCOPE)
    assert (result.text, result.summary) == ("Plan kept, 1 of 3 done.", "1 of 3 done")
    assert TOOL.describe(arguments) == "plan, 1 of 3 done, now: Step 1"
    assert TOOL.access(arguments) == Access()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (steps(), "steps"),
        (steps(*["pending"] * 51), "steps"),
        (steps("in_progress", "done", "in_progress"), "2 steps are in_progress"),
        (steps("begun"), "begun"),
        ({"steps": [{"title": "", "status": "done"}]}, "title"),
        ({"steps": [{"title": "x" * 201, "status": "done"}]}, "title"),
        ({"steps": [{"title": "x"}]}, "status"),
    ],
)
async def test_what_is_no_plan(arguments: dict, named: str) -> None:
    with pytest.raises(ArgumentsInvalid, match=named):
        TOOL.check(arguments)
    with pytest.raises(ArgumentsInvalid, match=named):
        await TOOL.run(ToolCall("run/1/0", "update_plan", arguments), SCOPE)
