import asyncio
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from artelier.domain.errors import CommandFailed
from artelier.ports.workspace import CommandRequest
from artelier.workspaces.commands import Shell
from artelier.workspaces.folder import LocalWorkspace
from artelier.workspaces.output import KEPT, TOTAL_LIMIT
from artelier.workspaces.processes import run_group

MINUTE = 60.0


@pytest.fixture
def workspace(tmp_path: Path) -> LocalWorkspace:
    (tmp_path / "ws").mkdir()
    return LocalWorkspace(tmp_path / "ws")


def ignore(_: str) -> None:
    """Take a piece of output and do nothing."""


def is_alive(process: int) -> bool:
    """Whether a process runs; a zombie does not."""
    state = subprocess.run(["ps", "-o", "state=", "-p", str(process)], capture_output=True, text=True, check=False).stdout.strip()
    return bool(state) and not state.startswith("Z")


async def test_a_command_runs_in_the_root_with_both_streams_in_order(workspace: LocalWorkspace, tmp_path: Path) -> None:
    outcome = await workspace.run_command(CommandRequest("pwd -P; echo err >&2; echo out; exit 7", seconds=MINUTE), ignore)
    assert outcome.output == f"{(tmp_path / 'ws').resolve()}\nerr\nout\n"
    assert (outcome.exit_code, outcome.truncated, outcome.timed_out) == (7, False, False)
    assert outcome.seconds >= 0


async def test_a_command_sees_nothing_of_our_environment(workspace: LocalWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-for-you")
    monkeypatch.setenv("HTTPS_PROXY", "http://user:password@proxy")
    outcome = await workspace.run_command(CommandRequest("env", seconds=MINUTE), ignore)
    seen = dict(line.split("=", 1) for line in outcome.output.splitlines())
    assert set(seen) - {"PWD", "SHLVL", "_", "OLDPWD", "__CF_USER_TEXT_ENCODING"} == {
        "PATH",
        "HOME",
        "LANG",
        "TERM",
        "CI",
        "GIT_TERMINAL_PROMPT",
    }
    assert (seen["LANG"], seen["TERM"], seen["CI"], seen["GIT_TERMINAL_PROMPT"]) == ("C.UTF-8", "dumb", "1", "0")
    assert seen["HOME"] != os.environ.get("HOME")
    assert "/usr/bin" in seen["PATH"].split(":")


async def test_a_command_gets_no_input_and_no_descriptors_of_ours(workspace: LocalWorkspace) -> None:
    ours = os.dup2(0, 60, inheritable=True)
    try:
        outcome = await workspace.run_command(CommandRequest("cat; ls /dev/fd/", seconds=MINUTE), ignore)
    finally:
        os.close(ours)
    seen = set(outcome.output.split())
    assert {"0", "1", "2"} <= seen
    assert "60" not in seen


async def test_tools_of_named_folders_come_first(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "cat").write_text("#!/bin/sh\necho ours\n")
    (tools / "cat").chmod(0o755)
    workspace = LocalWorkspace(tmp_path, shell=Shell(tool_folders=[tools], home=tmp_path))
    outcome = await workspace.run_command(CommandRequest('cat; echo "$HOME"', seconds=MINUTE), ignore)
    assert outcome.output == f"ours\n{tmp_path}\n"


async def test_the_home_of_a_shell_is_private_and_goes_with_it(workspace: LocalWorkspace, tmp_path: Path) -> None:
    shell = Shell()
    outcome = await shell.run(CommandRequest('cd "$HOME" && pwd && touch kept && ls -ld .', seconds=MINUTE), tmp_path, ignore)
    home = Path(outcome.output.splitlines()[0])
    assert outcome.output.splitlines()[1].startswith("drwx------")
    assert [path.name for path in list_of(home)] == ["kept"]
    del shell
    assert not list_of(home.parent, home.name)


def list_of(folder: Path, pattern: str = "*") -> list[Path]:
    return list(folder.glob(pattern))


@pytest.mark.parametrize(
    "background",
    [
        "sleep 300 &",
        "sleep 300 >/dev/null 2>&1 </dev/null &",
        "(trap '' TERM HUP; sleep 300; sleep 300) &",
        "nohup sleep 300 >/dev/null 2>&1 &",
    ],
)
async def test_nothing_a_command_started_outlives_it(workspace: LocalWorkspace, background: str) -> None:
    outcome = await workspace.run_command(CommandRequest(f"{background} echo $!", seconds=MINUTE), ignore)
    assert outcome.exit_code == 0
    assert not is_alive(int(outcome.output))


async def test_a_time_out_ends_the_whole_group(workspace: LocalWorkspace) -> None:
    outcome = await workspace.run_command(CommandRequest("sleep 300 & echo $!; wait", seconds=1.0), ignore)
    assert (outcome.timed_out, outcome.exit_code) == (True, -signal.SIGTERM)
    assert not is_alive(int(outcome.output))


async def end_once_it_speaks(script: str, folder: Path, grace: float) -> tuple[int, str]:
    """Run a script, ask it to end at its first words, and return its exit code and those words."""
    said: list[bytes] = []

    def listen(data: bytes) -> bool:
        said.append(data)
        return False

    ended = await run_group(
        ["/bin/sh", "-c", script], folder=folder, environment={"PATH": os.defpath}, seconds=MINUTE, receive=listen, grace=grace
    )
    assert ended.stopped
    assert not ended.timed_out
    return ended.exit_code, b"".join(said).decode()


async def test_a_command_asked_to_end_may_say_goodbye(tmp_path: Path) -> None:
    script = "trap 'echo bye > said; exit 9' TERM; echo hello; while :; do sleep 0.05; done"
    assert await end_once_it_speaks(script, tmp_path, MINUTE) == (9, "hello\n")
    assert (tmp_path / "said").read_text() == "bye\n"


async def test_a_command_that_will_not_end_is_killed(tmp_path: Path) -> None:
    exit_code, said = await end_once_it_speaks("trap '' TERM; echo $$; while :; do sleep 0.05; done", tmp_path, 0.1)
    assert exit_code == -signal.SIGKILL
    assert not is_alive(int(said))


async def test_cancellation_ends_the_group_before_it_is_over(workspace: LocalWorkspace) -> None:
    printed: asyncio.Queue[str] = asyncio.Queue()
    running = asyncio.create_task(workspace.run_command(CommandRequest("sleep 300 & echo $!; wait", seconds=MINUTE), printed.put_nowait))
    process = int(await asyncio.wait_for(printed.get(), MINUTE))
    assert is_alive(process)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not is_alive(process)


async def test_an_error_of_the_listener_ends_the_command(workspace: LocalWorkspace) -> None:
    def fail(piece: str) -> None:
        raise LookupError(piece)

    with pytest.raises(LookupError, match=r"\d+") as caught:
        await workspace.run_command(CommandRequest("echo $$; sleep 300", seconds=MINUTE), fail)
    assert not is_alive(int(str(caught.value)))


async def test_much_output_keeps_its_ends_and_does_not_block(workspace: LocalWorkspace) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    ticking = asyncio.create_task(tick())
    outcome = await workspace.run_command(
        CommandRequest("echo first; head -c 50000000 /dev/zero | tr '\\0' x; echo; echo last", seconds=MINUTE), ignore
    )
    ticking.cancel()
    assert outcome.exit_code == 0
    assert outcome.output.startswith("first\nxxx")
    assert outcome.output.endswith("xxx\nlast\n")
    assert f"[... {50_000_012 - KEPT} characters left out ...]" in outcome.output
    assert len(outcome.output) < KEPT + 100
    assert outcome.truncated
    assert ticks > 100, "the event loop had no turn meanwhile"


async def test_endless_output_ends_the_command(workspace: LocalWorkspace) -> None:
    outcome = await workspace.run_command(CommandRequest("yes artelier", seconds=MINUTE), ignore)
    assert not outcome.timed_out
    assert outcome.exit_code == -signal.SIGTERM
    assert outcome.truncated
    assert outcome.output.endswith(f"[ended: it printed more than {TOTAL_LIMIT} bytes]\n")


async def test_closing_the_output_does_not_end_a_command(workspace: LocalWorkspace, tmp_path: Path) -> None:
    outcome = await workspace.run_command(CommandRequest("exec >/dev/null 2>&1; sleep 0.1; echo done > ended", seconds=MINUTE), ignore)
    assert (outcome.exit_code, outcome.output) == (0, "")
    assert (tmp_path / "ws" / "ended").read_text() == "done\n"


@pytest.mark.parametrize("command", ["nul \0", "x" * 3_000_000])
async def test_a_command_that_cannot_be_started_is_told(workspace: LocalWorkspace, command: str) -> None:
    with pytest.raises(CommandFailed, match="could not be started"):
        await workspace.run_command(CommandRequest(command, seconds=MINUTE), ignore)


async def test_a_folder_that_is_gone_is_told(workspace: LocalWorkspace, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "ws")
    with pytest.raises(CommandFailed):
        await workspace.run_command(CommandRequest("true", seconds=MINUTE), ignore)


async def test_a_command_is_never_taken_for_an_option(workspace: LocalWorkspace) -> None:
    outcome = await workspace.run_command(CommandRequest("-x; echo here", seconds=MINUTE), ignore)
    assert outcome.output.endswith("here\n")


async def test_many_commands_leave_no_descriptors(workspace: LocalWorkspace, tmp_path: Path) -> None:
    before = len(list_of(Path("/dev/fd")))
    await asyncio.gather(*(workspace.run_command(CommandRequest("echo $0", seconds=MINUTE), ignore) for _ in range(10)))
    with pytest.raises(CommandFailed):
        await run_group(["/no/such/program"], folder=tmp_path, environment={}, seconds=1, receive=lambda _: True)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(list_of(Path("/dev/fd"))) <= before
