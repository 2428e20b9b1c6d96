"""What every tool must hold to before a call of it is run, whatever a model sends. Tools of plugins are no exception.

For a plugin of your own: `TOOLS += [*plugin(context).tools]`.
"""

import asyncio
import json
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artelier.domain.calls import Access, ToolSpec
from artelier.domain.errors import ArgumentsInvalid, ToolError
from artelier.ports.tool import Tool
from artelier.runtime.plugin_trial import loaded_for_a_moment
from artelier.settings import Settings
from artelier.tools.catalogue import built_in_tools
from artelier.tools.mcp.schemas import checker
from artelier.workspaces.memory import MemoryWorkspace

EXAMPLE = Path(__file__).parents[2] / "examples" / "plugins" / "word_count"
ARGUMENTS = st.dictionaries(
    st.sampled_from(["path", "content", "command", "steps", "pattern", "from", "to", "x"]),
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.lists(st.text(max_size=5), max_size=2),
    max_size=4,
)
TOOLS: list[Tool] = [*built_in_tools()]


def _copied(folder: Path) -> Path:
    copy = Path(shutil.copytree(EXAMPLE, folder / "word_count", ignore=shutil.ignore_patterns("__pycache__")))
    for each in (copy, *copy.iterdir()):
        each.chmod(0o755)
    return copy


async def _of_the_example(copy: Path) -> Tool:
    async with loaded_for_a_moment(Settings(), copy) as gathered:
        (found,) = gathered.tools
        return found


@pytest.fixture(scope="module", params=[*TOOLS, None], ids=lambda tool: tool.spec.name if tool else "plugin")
def tool(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Tool:
    return request.param or asyncio.run(_of_the_example(_copied(tmp_path_factory.mktemp("plugins"))))


def test_it_describes_itself_in_what_every_provider_takes(tool: Tool) -> None:
    assert isinstance(tool.spec, ToolSpec)
    json.dumps(tool.spec.parameters)
    checker(tool.spec.parameters)


@settings(max_examples=40, deadline=None)
@given(arguments=ARGUMENTS)
def test_no_arguments_break_what_is_asked_before_a_call(tool: Tool, arguments: dict[str, Any]) -> None:
    assert isinstance(tool.access(arguments), Access)
    told = tool.describe(arguments)
    assert told
    assert "\n" not in told
    with suppress(ArgumentsInvalid):
        tool.check(arguments)


@pytest.mark.parametrize("arguments", [{"path": ""}, {"path": "", "depth": 1}, {"pattern": ""}, {"command": ""}])
def test_empty_words_are_still_said(tool: Tool, arguments: dict[str, Any]) -> None:
    assert tool.describe(arguments)


def test_what_makes_no_sense_is_exclusive_and_refused(tool: Tool) -> None:
    nonsense = {"no such argument": 1}
    assert tool.access(nonsense).exclusive
    with pytest.raises(ArgumentsInvalid):
        tool.check(nonsense)


async def test_a_preview_of_nonsense_is_nothing_or_a_failure_of_the_tool(tool: Tool) -> None:
    try:
        shown = await tool.preview({"path": "nowhere"}, MemoryWorkspace())
    except ToolError:
        return
    assert isinstance(shown, str)
