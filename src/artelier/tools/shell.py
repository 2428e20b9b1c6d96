"""Commands in the workspace."""

from typing import Annotated

from msgspec import Meta, Struct

from artelier.domain.calls import Access, ResultStatus, ToolResult, ToolSpec
from artelier.ports.tool import ToolScope
from artelier.tools.declaration import DeclaredTool, schema_of, visible

LONGEST_COMMAND = 20_000
MOST_SECONDS = 600.0


class ExecuteCommandArguments(Struct, frozen=True, forbid_unknown_fields=True):
    """What to run."""

    command: Annotated[
        str, Meta(min_length=1, max_length=LONGEST_COMMAND, description="A command line for /bin/sh, run in the workspace's root.")
    ]
    timeout: Annotated[float, Meta(gt=0, le=MOST_SECONDS, description="Seconds after which it is ended.")] = 120.0


class ExecuteCommand(DeclaredTool[ExecuteCommandArguments]):
    """Runs a command."""

    def __init__(self) -> None:
        words = "Run a shell command in the workspace's root and return what it prints. It has no terminal and no input; everything it starts is ended with it."
        spec = ToolSpec(
            "execute_command",
            words,
            schema_of(ExecuteCommandArguments),
            repeatable=False,
            family="shell",
            effect="execute",
            deadline=MOST_SECONDS + 10,
        )
        super().__init__(ExecuteCommandArguments, spec)

    def touches(self, arguments: ExecuteCommandArguments) -> Access:
        """Return exclusive: nobody knows what a command touches."""
        del arguments
        return Access(exclusive=True)

    def effect(self, arguments: ExecuteCommandArguments) -> str:
        """Return the command, every character of it visible."""
        return f"$ {visible(arguments.command)}"

    async def work(self, arguments: ExecuteCommandArguments, scope: ToolScope) -> ToolResult:
        """Run it and tell how it ended."""
        outcome = await scope.workspace.run_command(arguments.command, arguments.timeout, scope.progress)
        told = f"exit {outcome.exit_code} · {outcome.seconds:.1f} s"
        output = outcome.output or "(it printed nothing)"
        if outcome.timed_out:
            text = f"It did not end within {arguments.timeout:g} s and was stopped.\n{output}"
            return ToolResult(
                ResultStatus.TIMED_OUT,
                text,
                code="COMMAND_TIMED_OUT",
                summary=told,
                exit_code=outcome.exit_code,
                truncated=outcome.truncated,
            )
        status = ResultStatus.DONE if outcome.exit_code == 0 else ResultStatus.FAILED
        code = "" if status is ResultStatus.DONE else "EXIT_CODE"
        return ToolResult(
            status,
            f"exit code {outcome.exit_code}\n{output}",
            code=code,
            summary=told,
            exit_code=outcome.exit_code,
            truncated=outcome.truncated,
        )
