"""Tools for Docker: containers are listed, read, run, entered and stopped. Every one is asked: the daemon is above every sandbox."""

import asyncio
import re
from typing import Annotated

from msgspec import Meta

from artelier.domain.calls import Access, ResultStatus, ToolCall, ToolResult, ToolSpec
from artelier.domain.errors import ArgumentsInvalid, ToolError
from artelier.domain.gists import Gist, GistCode
from artelier.ports.tool import Tool, ToolScope
from artelier.tools.declaration import Arguments, DeclaredTool, ToolArguments, schema_of
from artelier.tools.docker_program import Docker, Printed
from artelier.tools.showing import count
from artelier.tools.touching import EXCLUSIVE

_SECONDS = 60.0
_LONGEST = 600
_MARGIN = 30.0
_PROCESSES = 256
_MEANINGS = (
    (r"cannot connect to the docker daemon|error during connect|dial unix", "No Docker daemon answers. Ask the person to start it."),
    (r"permission denied .*docker", "The Docker daemon does not let this user in. The person has to settle that."),
    (r"no such container", "There is no such container. See docker_ps with all."),
    (r"is not running", "The container is not running. See docker_ps with all."),
    (r"no such image|unable to find image|pull access denied|manifest .* not found", "The image is not here. Set pull to fetch it."),
    (r"unknown flag|unknown shorthand", "This docker is too old for what was asked."),
)
Container = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$", description="The container's name or id.")]
Command = Annotated[tuple[str, ...], Meta(max_length=200, description="The program and its words; no shell reads them.")]


def docker_tools(docker: Docker) -> tuple[Tool, ...]:
    """Return one of each over this docker."""
    return (DockerPs(docker), DockerLogs(docker), DockerRun(docker), DockerExec(docker), DockerStop(docker))


def _spec(name: str, description: str, arguments: type[ToolArguments], seconds: float = _SECONDS, *, destructive: bool = False) -> ToolSpec:
    return ToolSpec(
        name=name,
        description=description,
        parameters=schema_of(arguments),
        repeatable=False,
        family="docker",
        effect="execute",
        deadline=seconds + _MARGIN,
        sandboxed=False,
        trusted=False,
        destructive=destructive,
    )


class DockerTool(DeclaredTool[Arguments]):
    """What the tools share: the docker they speak to, and that nobody knows what a call touches."""

    def __init__(self, docker: Docker) -> None:
        self._docker = docker

    def touches(self, arguments: Arguments) -> Access:  # noqa: ARG002  whatever it is
        """Return everything."""
        return EXCLUSIVE

    async def _told(self, words: list[str], scope: ToolScope, empty: str, seconds: float = _SECONDS) -> ToolResult:
        return _result(await self._docker.run(words, seconds, scope.progress), empty, seconds)


class DockerPsArguments(ToolArguments, frozen=True):
    """Arguments of ``docker_ps``."""

    all: Annotated[bool, Meta(description="Stopped containers as well.")] = False


class DockerPs(DockerTool[DockerPsArguments]):
    """Lists containers."""

    arguments = DockerPsArguments
    spec = _spec("docker_ps", "List the Docker containers of this machine.", DockerPsArguments)

    def effect(self, arguments: DockerPsArguments) -> str:
        """Return which."""
        return f"docker ps{' --all' if arguments.all else ''}"

    async def perform(self, arguments: DockerPsArguments, scope: ToolScope) -> ToolResult:
        """List them."""
        shape = "table {{.Names}}\t{{.Image}}\t{{.Status}}\t{{.Ports}}"
        return await self._told(["ps", "--format", shape, *(["--all"] if arguments.all else [])], scope, "[no containers]")


class DockerLogsArguments(ToolArguments, frozen=True):
    """Arguments of ``docker_logs``."""

    container: Container
    lines: Annotated[int, Meta(ge=1, le=5000, description="How many of the last lines.")] = 200


class DockerLogs(DockerTool[DockerLogsArguments]):
    """Shows what a container wrote."""

    arguments = DockerLogsArguments
    spec = _spec("docker_logs", "Show the last lines that a container wrote.", DockerLogsArguments)

    def effect(self, arguments: DockerLogsArguments) -> str:
        """Return of which."""
        return f"docker logs of {arguments.container}, {count(arguments.lines, 'line')}"

    async def perform(self, arguments: DockerLogsArguments, scope: ToolScope) -> ToolResult:
        """Show them."""
        return await self._told(["logs", "--tail", str(arguments.lines), arguments.container], scope, "[it wrote nothing]")


class DockerRunArguments(ToolArguments, frozen=True):
    """Arguments of ``docker_run``."""

    image: Annotated[str, Meta(pattern=r"^[a-z0-9][A-Za-z0-9._/:@-]{0,254}$", description="The image, such as python:3.13-slim.")]
    command: Command = ()
    network: Annotated[bool, Meta(description="Let it reach the network.")] = False
    pull: Annotated[bool, Meta(description="Fetch the image where it is not here.")] = False
    memory: Annotated[int, Meta(ge=16, le=8192, description="MiB of memory it may use.")] = 512
    timeout: Annotated[int, Meta(ge=1, le=_LONGEST, description="Seconds it may take.")] = 120


class DockerRun(DockerTool[DockerRunArguments]):
    """Runs a container to its end and removes it; nothing of this machine is mounted into it."""

    arguments = DockerRunArguments
    spec = _spec(
        "docker_run",
        "Run a command in a new container and remove it afterwards. No folder of this machine is seen in it.",
        DockerRunArguments,
        _LONGEST,
    )

    def effect(self, arguments: DockerRunArguments) -> str:
        """Return the image, the command, and what it may."""
        network = "with network" if arguments.network else "no network"
        pull = ", fetched where it is not here" if arguments.pull else ""
        words = " ".join(arguments.command) or "its own command"
        return (
            f"docker run {arguments.image}{pull}: {words} ({network}, {arguments.memory} MiB, {_PROCESSES} processes, removed afterwards)"
        )

    async def run(self, call: ToolCall, scope: ToolScope) -> ToolResult:
        """Run it under a name of its own, so that it can be ended whatever happens to us."""
        arguments = self._parsed(call.arguments)
        name = "artelier-" + re.sub(r"[^A-Za-z0-9_.-]", "-", call.id)[-100:]
        try:
            printed = await self._docker.run(_run_words(arguments, name), arguments.timeout, scope.progress)
        except asyncio.CancelledError:
            await asyncio.shield(self._remove(name))
            raise
        if printed.exit_code is None:
            await self._remove(name)
        return _result(printed, "[no output]", arguments.timeout)

    async def perform(self, arguments: DockerRunArguments, scope: ToolScope) -> ToolResult:
        """Refuse: ``run`` does it, which knows the call's id."""
        raise NotImplementedError

    async def _remove(self, name: str) -> None:
        await self._docker.run(["rm", "--force", name], _MARGIN / 2, lambda _: None)


class DockerExecArguments(ToolArguments, frozen=True):
    """Arguments of ``docker_exec``."""

    container: Container
    command: Annotated[tuple[str, ...], Meta(min_length=1, max_length=200, description="The program and its words; no shell reads them.")]
    timeout: Annotated[int, Meta(ge=1, le=_LONGEST, description="Seconds it may take.")] = 120


class DockerExec(DockerTool[DockerExecArguments]):
    """Runs a command in a running container."""

    arguments = DockerExecArguments
    spec = _spec("docker_exec", "Run a command in a running container.", DockerExecArguments, _LONGEST)

    def effect(self, arguments: DockerExecArguments) -> str:
        """Return the command and where."""
        return f"docker exec in {arguments.container}: {' '.join(arguments.command)}"

    async def perform(self, arguments: DockerExecArguments, scope: ToolScope) -> ToolResult:
        """Run it."""
        if arguments.command[0].startswith("-"):
            raise ArgumentsInvalid("command: a program's name does not begin with -. Give the program first.")
        return await self._told(["exec", arguments.container, *arguments.command], scope, "[no output]", arguments.timeout)


class DockerStopArguments(ToolArguments, frozen=True):
    """Arguments of ``docker_stop``."""

    container: Container
    grace: Annotated[int, Meta(ge=0, le=30, description="Seconds it has to end by itself.")] = 10


class DockerStop(DockerTool[DockerStopArguments]):
    """Stops a container."""

    arguments = DockerStopArguments
    spec = _spec("docker_stop", "Stop a running container.", DockerStopArguments, destructive=True)

    def effect(self, arguments: DockerStopArguments) -> str:
        """Return which."""
        return f"docker stop {arguments.container}"

    async def perform(self, arguments: DockerStopArguments, scope: ToolScope) -> ToolResult:
        """Stop it."""
        return await self._told(["stop", "--time", str(arguments.grace), arguments.container], scope, "[stopped]")


def _run_words(arguments: DockerRunArguments, name: str) -> list[str]:
    memory = f"{arguments.memory}m"
    walls = ["--cap-drop=ALL", "--security-opt=no-new-privileges", f"--network={'bridge' if arguments.network else 'none'}"]
    limits = [f"--memory={memory}", f"--memory-swap={memory}", f"--pids-limit={_PROCESSES}", "--cpus=1"]
    pull = f"--pull={'missing' if arguments.pull else 'never'}"
    return ["run", "--rm", f"--name={name}", *walls, *limits, pull, arguments.image, *arguments.command]


def _result(printed: Printed, empty: str, seconds: float) -> ToolResult:
    text = printed.text.strip("\n") or empty
    if printed.exit_code is None:
        return ToolResult(
            ResultStatus.TIMED_OUT, f"{text}\n[ended after {seconds:g} s]", code="TOOL_TIMED_OUT", truncated=printed.truncated
        )
    known = (meaning for pattern, meaning in _MEANINGS if printed.exit_code and re.search(pattern, printed.text, re.IGNORECASE))
    if meaning := next(known, ""):
        raise ToolError(f"{meaning} docker says: {text[:1000]}")
    status = ResultStatus.DONE if printed.exit_code == 0 else ResultStatus.FAILED
    end = "" if printed.exit_code == 0 else f"\n[exit {printed.exit_code}]"
    return ToolResult(
        status,
        text + end,
        summary=f"exit {printed.exit_code}",
        gist=Gist(GistCode.ENDED, {"exit": printed.exit_code}),
        exit_code=printed.exit_code,
        truncated=printed.truncated,
        sandbox="off",
    )
