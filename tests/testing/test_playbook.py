"""A decision about one's own agent and tools, without a model."""

from artelier.domain.agents import AgentSpec, Limits
from artelier.domain.events import ToolFinished
from artelier.engine.commands import CallModel
from artelier.testing.playbook import Playbook, replied, result, tool_call
from artelier.tools.files import ReadFile

READER = AgentSpec("reader", "Reads.", "You read.", ("read_file",), limits=Limits(steps=2))


def test_what_follows_is_decided_with_what_tools_touch():
    playbook = Playbook.of(READER, tools=[ReadFile()], max_tokens_cap=100)
    assert isinstance(playbook.given(), CallModel)
    state = playbook.state_of(replied(tool_call(0, "read_file", path="a.txt")))
    assert playbook.facts_for(state).access["r1/0/0"].reads == {"a.txt"}
    assert playbook.policy.max_tokens_cap == 100
    done = (replied(tool_call(0, "read_file", path="a.txt")), ToolFinished("r1/0/0", "read_file", result()))
    assert isinstance(playbook.given(*done), CallModel)
