import asyncio
import stat
from pathlib import Path

import pytest

from artelier.approvals.judge import JudgeFacts, judge
from artelier.domain.calls import ResultStatus, ToolCall
from artelier.domain.errors import ArgumentsInvalid, ToolError
from artelier.domain.verdicts import Rule, Ruling
from artelier.ports.tool import ToolScope
from artelier.tools.docker import docker_tools
from artelier.tools.docker_program import KEPT, DockerProgram, Printed, ScriptedDocker
from artelier.workspaces.memory import MemoryWorkspace

FINE = Printed(0, "fine\n")
SCOPE = ToolScope(MemoryWorkspace(), "session", "run", lambda _: None)


async def call(docker, name: str, /, **arguments):
    tools = {tool.spec.name: tool for tool in docker_tools(docker)}
    return await tools[name].run(ToolCall("0190/3/0", name, arguments), SCOPE)


@pytest.mark.parametrize(
    ("name", "arguments", "asked"),
    [
        ("docker_ps", {}, ("ps", "--format", "table {{.Names}}\t{{.Image}}\t{{.Status}}\t{{.Ports}}")),
        ("docker_logs", {"container": "web", "lines": 5}, ("logs", "--tail", "5", "web")),
        ("docker_exec", {"container": "web", "command": ["ls", "-l; rm"]}, ("exec", "web", "ls", "-l; rm")),
        ("docker_stop", {"container": "web"}, ("stop", "--time", "10", "web")),
    ],
)
async def test_what_is_asked_of_docker(name: str, arguments: dict, asked: tuple[str, ...]) -> None:
    docker = ScriptedDocker(FINE)
    result = await call(docker, name, **arguments)
    assert (result.text, result.status, docker.asked) == ("fine", ResultStatus.DONE, [asked])


async def test_a_container_runs_within_walls() -> None:
    docker = ScriptedDocker(FINE)
    await call(docker, "docker_run", image="python:3.13-slim", command=["python", "-c", "print(1)"])
    (words,) = docker.asked
    assert words[:3] == ("run", "--rm", "--name=artelier-0190-3-0")
    assert words[-4:] == ("python:3.13-slim", "python", "-c", "print(1)")
    walls = {"--network=none", "--memory=512m", "--memory-swap=512m", "--pids-limit=256", "--cap-drop=ALL", "--pull=never"}
    assert walls <= set(words)
    options = words[: words.index("python:3.13-slim")]
    assert not any(word.startswith(("--privileged", "-v", "--volume", "--mount", "--device", "--pid=", "--userns")) for word in options)
    await call(docker, "docker_run", image="a", network=True, pull=True)
    assert {"--network=bridge", "--pull=missing"} <= set(docker.asked[1])


def test_the_person_sees_what_it_may() -> None:
    tool = docker_tools(ScriptedDocker(FINE))[2]
    effect = tool.describe({"image": "alpine", "command": ["id"], "network": True})
    assert effect == "docker run alpine: id (with network, 512 MiB, 256 processes, removed afterwards)"
    assert "no network" in tool.describe({"image": "alpine"})


@pytest.mark.parametrize("tool", docker_tools(ScriptedDocker(FINE)), ids=lambda tool: tool.spec.name)
def test_every_call_is_asked_whatever_the_rules_say(tool) -> None:
    rules = (Rule(Ruling.ALLOW, "docker_*"),)
    facts = JudgeFacts("coder", rules, tool.spec, tool.access({}), sandboxed=True)
    assert judge(ToolCall("1", tool.spec.name, {}), facts).ruling is Ruling.ASK


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("docker_run", {"image": "--privileged"}),
        ("docker_run", {"image": "a b"}),
        ("docker_run", {"image": ""}),
        ("docker_run", {"image": "a", "memory": 1_000_000}),
        ("docker_run", {"image": "a", "volumes": ["/:/host"]}),
        ("docker_logs", {"container": "--follow"}),
        ("docker_exec", {"container": "-u", "command": ["root"]}),
        ("docker_exec", {"container": "web", "command": []}),
        ("docker_exec", {"container": "web", "command": ["--privileged", "sh"]}),
        ("docker_stop", {"container": "a;b"}),
    ],
)
async def test_no_argument_is_an_option(name: str, arguments: dict) -> None:
    docker = ScriptedDocker(FINE)
    with pytest.raises(ArgumentsInvalid):
        await call(docker, name, **arguments)
    assert docker.asked == []


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?", "No Docker daemon answers"),
        ("permission denied while trying to connect to the Docker daemon socket", "does not let this user in"),
        ("Error response from daemon: No such container: web", "no such container"),
        ("Unable to find image 'a:latest' locally", "The image is not here"),
    ],
)
async def test_failures_say_what_to_do(printed: str, said: str) -> None:
    with pytest.raises(ToolError, match=said):
        await call(ScriptedDocker(Printed(1, printed)), "docker_logs", container="web")


async def test_a_commands_own_failure_is_a_result() -> None:
    result = await call(ScriptedDocker(Printed(3, "oh\n")), "docker_exec", container="web", command=["false"])
    assert (result.status, result.exit_code, result.text) == (ResultStatus.FAILED, 3, "oh\n[exit 3]")


async def test_a_container_whose_time_is_over_is_removed() -> None:
    docker = ScriptedDocker(Printed(None, "begun\n"), FINE)
    result = await call(docker, "docker_run", image="a", timeout=1)
    assert (result.status, docker.asked[1]) == (ResultStatus.TIMED_OUT, ("rm", "--force", "artelier-0190-3-0"))


def program(folder: Path, script: str) -> DockerProgram:
    file = folder / "docker"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return DockerProgram(str(file), {"PATH": "/usr/bin:/bin", "DOCKER_HOST": "unix:///there"})


async def test_the_program_sees_its_environment_alone(tmp_path: Path) -> None:
    printed = await program(tmp_path, 'echo "$DOCKER_HOST $HOME $*"; echo err >&2; exit 4').run(["ps"], 20, lambda _: None)
    assert printed == Printed(4, "unix:///there  ps\nerr\n")


async def test_the_program_is_ended(tmp_path: Path) -> None:
    docker = program(tmp_path, "echo begun; sleep 60")
    assert await docker.run([], 0.5, lambda _: None) == Printed(None, "begun\n")
    begun = asyncio.Event()
    running = asyncio.ensure_future(docker.run([], 60, lambda _: begun.set()))
    await asyncio.wait_for(begun.wait(), 20)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_long_output_is_cut(tmp_path: Path) -> None:
    printed = await program(tmp_path, "head -c 1000000 /dev/zero | tr '\\0' x").run([], 20, lambda _: None)
    assert (len(printed.text), printed.truncated, printed.exit_code) == (KEPT, True, 0)


async def test_no_docker_at_all(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="install it"):
        await DockerProgram(str(tmp_path / "none"), {}).run(["ps"], 5, lambda _: None)
