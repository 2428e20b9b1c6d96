"""The plugin that the documentation shows is a whole one."""

import re
from pathlib import Path

from artelier.domain.calls import ResultStatus, ToolCall
from artelier.ports.tool import ToolScope
from artelier.runtime.plugin_trial import loaded_for_a_moment
from artelier.settings import Settings
from artelier.workspaces.memory import MemoryWorkspace

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "plugins.md"


async def test_the_smallest_plugin_works_as_it_is_printed(tmp_path):
    printed = re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    file = tmp_path / "dice.py"
    file.write_text(printed[1])
    async with loaded_for_a_moment(Settings(), file) as gathered:
        assert gathered.problems == ()
        (throw,) = gathered.tools
        call = ToolCall("run/1/0", "throw_die", {"sides": 2})
        assert throw.describe(call.arguments) == "throw a die of 2 sides"
        result = await throw.run(call, ToolScope(MemoryWorkspace(), "session", "run", lambda _: None))
        assert (result.status, result.text in {"1", "2"}) == (ResultStatus.DONE, True)
