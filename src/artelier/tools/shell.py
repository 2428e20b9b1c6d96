"""The tool that runs commands."""

import signal
from typing import Annotated

from msgspec import Meta

from artelier.approvals.read_only import only_reads
from artelier.domain.calls import Access, ResultStatus, ToolResult, ToolSpec
from artelier.domain.gists import Gist, GistCode
from artelier.ports.tool import ToolScope
from artelier.ports.workspace import CommandOutcome, CommandRequest
from artelier.tools.declaration import DeclaredTool, ToolArguments, schema_of
from artelier.tools.touching import EXCLUSIVE, reading

_TIMEOUT = 120
_TIMEOUT_LIMIT = 600
_MARGIN = 15.0
"""Seconds that a command has to end in after its time, before the call itself is ended."""


class ExecuteCommandArguments(ToolArguments, frozen=True):
    """Arguments of ``execute_command``."""

    command: Annotated[str, Meta(min_length=1, description="Command for /bin/sh, run in the workspace's folder without input.")]
    timeout: Annotated[int, Meta(ge=1, le=_TIMEOUT_LIMIT, description="Seconds it may take.")] = _TIMEOUT
    network: Annotated[bool, Meta(description="Only if it cannot do without the network; a person is asked.")] = False
    folders: Annotated[
        tuple[Annotated[str, Meta(pattern="^/")], ...],
        Meta(max_length=8, description="Absolute folders outside the workspace that it must write in; a person is asked."),
    ] = ()


class ExecuteCommand(DeclaredTool[ExecuteCommandArguments]):
    """Runs a shell command."""

    arguments = ExecuteCommandArguments
    spec = ToolSpec(
        name="execute_command",
        description="Run a shell command. What it starts in the background ends with it; nobody can answer its questions.",
        parameters=schema_of(ExecuteCommandArguments),
        repeatable=False,
        family="shell",
        effect="execute",
        deadline=_TIMEOUT_LIMIT + _MARGIN,
    )

    def touches(self, arguments: ExecuteCommandArguments) -> Access:
        """Return the whole workspace as read where the command is known to read only, otherwise everything."""
        return reading(".") if only_reads(arguments.command) else EXCLUSIVE

    def effect(self, arguments: ExecuteCommandArguments) -> str:
        """Return the command word for word, after what it wants beyond the sandbox."""
        wishes = [*(["the network"] if arguments.network else []), *(f"writing in {folder}" for folder in arguments.folders)]
        return f"run with {' and '.join(wishes)}: {arguments.command}" if wishes else f"run: {arguments.command}"

    async def perform(self, arguments: ExecuteCommandArguments, scope: ToolScope) -> ToolResult:
        """Run it and show what it printed."""
        request = CommandRequest(arguments.command, seconds=arguments.timeout, network=arguments.network, folders=arguments.folders)
        outcome = await scope.workspace.run_command(request, scope.progress, scope.changed)
        end = _end_of(outcome, arguments.timeout)
        return ToolResult(
            status=_status_of(outcome),
            text="\n".join([outcome.output.removesuffix("\n") or "[no output]", *([f"[{end}]"] if end != "exit 0" else [])]),
            summary=f"{end} · {outcome.seconds:.1f} s",
            gist=_gist(outcome, arguments.timeout),
            exit_code=outcome.exit_code,
            truncated=outcome.truncated,
            sandbox=outcome.sandbox,
            files=outcome.files,
            source=outcome.source,
        )


def _status_of(outcome: CommandOutcome) -> ResultStatus:
    if outcome.timed_out:
        return ResultStatus.TIMED_OUT
    return ResultStatus.DONE if outcome.exit_code == 0 else ResultStatus.FAILED


def _end_of(outcome: CommandOutcome, timeout: int) -> str:
    if outcome.timed_out:
        return f"ended after {timeout} s"
    return f"exit {outcome.exit_code}" if outcome.exit_code >= 0 else f"killed by {_signal_name(-outcome.exit_code)}"


def _gist(outcome: CommandOutcome, timeout: int) -> Gist:
    if outcome.timed_out:
        return Gist(GistCode.OUT_OF_TIME, {"after": timeout, "seconds": outcome.seconds})
    if outcome.exit_code >= 0:
        return Gist(GistCode.ENDED, {"exit": outcome.exit_code, "seconds": outcome.seconds})
    return Gist(GistCode.KILLED, {"signal": _signal_name(-outcome.exit_code), "seconds": outcome.seconds})


def _signal_name(number: int) -> str:
    return signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
