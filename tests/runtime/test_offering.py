import pytest

from artelier.domain.agents import AgentSpec
from artelier.domain.calls import ToolSpec
from artelier.engine.context import Contexts
from artelier.runtime.catalogue import KnownTools
from artelier.runtime.offering import SHOWN_AT_ONCE, Offering
from artelier.tools.catalogue import built_in_tools


class Named:
    """A tool that has a name and nothing else."""

    def __init__(self, name: str) -> None:
        self.spec = ToolSpec(name, f"Does {name}.", {"type": "object"}, repeatable=False)


def tools_of(server: str, number: int) -> list[Named]:
    return [Named(f"{server}__t{index}") for index in range(number)]


def agent(*tools: str) -> AgentSpec:
    return AgentSpec("a", "", "You work.", tools)


def offering_with(*tools: str) -> Offering:
    offering = Offering(built_in_tools())
    offering.employ({"a": agent(*tools)})
    return offering


@pytest.mark.parametrize(
    ("wanted", "has"),
    [
        (("read_file", "mcp"), ("read_file", "one__t0", "one__t1", "two__t0")),
        (("one__*",), ("one__t0", "one__t1")),
        (("two__t0",), ("two__t0",)),
        (("git_st*",), ("git_status",)),
        (("docker_*",), ()),
        (("read_file",), ("read_file",)),
    ],
)
def test_lists_are_written_out_as_servers_become_known(wanted: tuple[str, ...], has: tuple[str, ...]) -> None:
    offering = offering_with(*wanted)
    agents = offering.agents
    offering.add_mcp(tools_of("one", 2))
    offering.add_mcp(tools_of("two", 1))
    assert agents["a"].tools == has


def test_everything_is_everything() -> None:
    offering = offering_with("*")
    offering.add_mcp(tools_of("one", 1))
    assert {"read_file", "one__t0", "ask_user", "finish"} <= set(offering.agents["a"].tools)


def shown(offering: Offering) -> list[str]:
    return [spec.name for spec in Contexts(offering.specs, 20)._offer(offering.agents["a"])]


def test_many_tools_are_looked_for() -> None:
    offering = offering_with("read_file", "mcp")
    offering.add_mcp(tools_of("one", SHOWN_AT_ONCE))
    assert len(shown(offering)) == SHOWN_AT_ONCE + 1
    offering.add_mcp(tools_of("two", 1))
    assert shown(offering) == ["find_tools", "read_file", "use_tool"]
    assert "two__t0" in offering.agents["a"].tools  # it may be called all the same
    assert offering.specs["one__t0"].deferred
    assert not offering.specs["read_file"].deferred


def test_an_agent_without_such_tools_keeps_its_list() -> None:
    offering = offering_with("read_file")
    offering.add_mcp(tools_of("one", 50))
    assert offering.agents["a"].tools == ("read_file",)


def test_nothing_that_is_there_changes() -> None:
    offering = offering_with("mcp")
    offering.add_mcp(tools_of("one", 1))
    first = offering.tools["one__t0"]
    offering.add_mcp([Named("one__t0"), Named("read_file")])
    assert offering.tools["one__t0"] is first
    assert offering.tools["read_file"].spec.description.startswith("Read a text file")


@pytest.mark.parametrize(
    ("name", "known"), [("read", True), ("mcp", True), ("x_*", True), ("gh__a", True), ("un__a", False), ("fly", False)]
)
def test_what_may_stand_in_a_list(name: str, known: bool) -> None:
    assert (name in KnownTools(["read"], ["gh"])) is known
