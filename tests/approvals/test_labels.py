"""Which calls are called destructive, whatever sort of tool makes them."""

import pytest

from artelier.approvals.judge import JudgeFacts, judge
from artelier.approvals.labels import deeds_of
from artelier.domain.calls import Access, ToolCall, ToolSpec
from artelier.domain.verdicts import Rule, Ruling
from artelier.runtime.catalogue import all_tools
from artelier.settings import Settings
from artelier.tools.docker import DockerExec, DockerPs, DockerStop

BUILT_IN = {name: tool.spec for name, tool in all_tools(Settings(), ()).items()}
DOCKER = {each.spec.name: each.spec for each in (DockerExec, DockerPs, DockerStop)}


def deeds(tool: str, **arguments: object) -> tuple[str, ...]:
    return deeds_of(ToolCall("c", tool, arguments), (BUILT_IN | DOCKER)[tool])


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("delete_path", {"path": "build"}),
        ("git_restore", {"paths": ["a.py"]}),
        ("git_restore", {"paths": ["a.py"], "staged": False}),
        ("git_branch", {"name": "old", "delete": True}),
        ("docker_stop", {"container": "db"}),
        ("docker_exec", {"container": "db", "command": ["rm", "-rf", "/data"]}),
        ("docker_exec", {"container": "db", "command": ["psql", "-c", "drop table users"]}),
        ("execute_command", {"command": "rm -rf build"}),
    ],
)
def test_what_takes_away_is_destructive(tool: str, arguments: dict[str, object]) -> None:
    assert "destructive" in deeds(tool, **arguments)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("write_file", {"path": "a", "content": ""}),
        ("move_path", {"source": "a", "target": "b"}),
        ("git_restore", {"paths": ["a.py"], "staged": True}),
        ("git_branch", {"name": "new"}),
        ("git_checkout", {"target": "main"}),
        ("docker_ps", {}),
        ("docker_exec", {"container": "db", "command": ["ls"]}),
        ("execute_command", {"command": "touch a"}),
    ],
)
def test_what_can_be_undone_or_refuses_to_lose_anything_is_not(tool: str, arguments: dict[str, object]) -> None:
    assert "destructive" not in deeds(tool, **arguments)


def test_deleting_is_asked_after_strangers_words_whatever_a_rule_allows() -> None:
    facts = JudgeFacts(
        "coder", (Rule(Ruling.ALLOW),), BUILT_IN["delete_path"], Access(writes=frozenset({"a"})), True, frozenset({"untrusted"})
    )
    assert judge(ToolCall("c", "delete_path", {"path": "a"}), facts).ruling is Ruling.ASK


def test_a_servers_own_warning_counts() -> None:
    spec = ToolSpec("s__wipe", "", {}, repeatable=False, effect="outbound", trusted=False, destructive=True)
    assert deeds_of(ToolCall("c", "s__wipe", {}), spec) == ("outbound", "destructive")
