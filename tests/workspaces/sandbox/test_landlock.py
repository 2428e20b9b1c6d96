"""The weaker walls: what they hold, and what is put right afterwards."""

import asyncio
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from walled import LIMITS, MINUTE, PYTHON, living

from artelier.domain.errors import CommandFailed
from artelier.ports.workspace import CommandOutcome, CommandRequest
from artelier.workspaces.sandbox import keeping
from artelier.workspaces.sandbox.enclosed import Enclosed
from artelier.workspaces.sandbox.landlock import Landlock
from artelier.workspaces.sandbox.limits import CommandLimits
from artelier.workspaces.sandbox.quarantine import Quarantine


async def works() -> str:
    runner = Enclosed(Landlock(LIMITS), None)
    return (await runner.run(CommandRequest("echo works", seconds=MINUTE), Path("/var/tmp"), lambda _: None)).output


pytestmark = pytest.mark.skipif(
    platform.system() != "Linux" or asyncio.run(works()) != "works\n", reason="this kernel has no Landlock, or hides it"
)
Run = Callable[..., "asyncio.Future[CommandOutcome]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "ws").mkdir()

    async def run_one(command: str, *, limits: CommandLimits = LIMITS, seconds: float = MINUTE, **wishes) -> CommandOutcome:
        runner = Enclosed(Landlock(limits, tool_folders=(PYTHON,)), Quarantine(tmp_path / "aside"), grace=0.5)
        return await runner.run(CommandRequest(command, seconds=seconds, **wishes), tmp_path / "ws", lambda _: None)

    return run_one


async def test_the_workspace_can_be_worked_in(run: Run, tmp_path: Path) -> None:
    outcome = await run("pwd; mkdir a; echo new >a/b; mv a c; rm -r c; echo kept >d; ls; cd; pwd; touch mine")
    assert outcome.output.splitlines()[:2] == [str(tmp_path / "ws"), "d"]
    assert "artelier-home-" in outcome.output.splitlines()[2]
    assert not list(Path("/tmp").glob(Path(outcome.output.splitlines()[2]).name))  # noqa: ASYNC240  a look
    assert outcome.sandbox == "landlock"


@pytest.mark.parametrize(
    "script",
    [
        "cat /etc/shadow",
        "cat ../secret",
        "ls /root",
        "echo evil >../secret",
        "touch /usr/written",
        "cat /proc/{server}/environ",
        "kill -0 {server}",
        "ls /var",
        "unshare -U true",
        "ln -s ../secret link && cat link",
        "{python} -c 'import socket; socket.socket()'",
        "{python} -c 'import ctypes, sys; sys.exit(ctypes.CDLL(None).syscall(250, 0, 0, 0) == -1)'",
    ],
)
async def test_what_lies_outside_is_out_of_reach(run: Run, tmp_path: Path, script: str) -> None:
    (tmp_path / "secret").write_text("secret")
    text = script.format(server=os.getpid(), python=PYTHON / "bin" / "python3")
    assert (await run(f"{{ {text}; }} >/dev/null 2>&1 && echo through || echo stopped")).output == "stopped\n"


async def test_a_secret_is_not_granted_and_its_neighbours_are(run: Run, tmp_path: Path) -> None:
    workspace = tmp_path / "ws"
    (workspace / "sub").mkdir()
    (workspace / "sub" / ".env").write_text("secret")
    (workspace / "sub" / "near").write_text("near\n")
    (workspace / "beside").mkdir()
    outcome = await run("cat sub/.env; cat sub/near; echo more >>sub/near; echo new >beside/new && cat beside/new; mv sub gone; cat */.env")
    assert "secret" not in outcome.output
    assert (workspace / "gone" / "near").read_text() == "near\nmore\n"
    assert {"near", "new"} <= set(outcome.output.splitlines())


async def test_what_is_protected_is_put_back(run: Run, tmp_path: Path) -> None:
    workspace = tmp_path / "ws"
    (workspace / ".vscode").mkdir()
    (workspace / ".vscode" / "tasks.json").write_text("mine")
    (workspace / ".vscode" / "tasks.json").chmod(0o600)
    (workspace / ".envrc").write_text("mine")
    outcome = await run("echo evil >.vscode/tasks.json; echo evil >.vscode/more; rm .envrc; echo evil >.mcp.json")
    assert {path.name: path.read_text() for path in workspace.rglob("*") if path.is_file()} == {"tasks.json": "mine", ".envrc": "mine"}
    assert (workspace / ".vscode" / "tasks.json").stat().st_mode & 0o777 == 0o600
    assert outcome.output.count("was put back") == 3
    assert outcome.output.count("was set aside") == 1


async def test_more_than_can_be_kept_is_refused(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_BYTES", 3)
    (tmp_path / "ws" / ".envrc").write_text("four")
    with pytest.raises(CommandFailed, match="bubblewrap"):
        await run("true")


async def test_approved_wishes_are_granted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "beside").mkdir()
    outcome = await run(
        f"echo new >{tmp_path}/beside/file; {PYTHON}/bin/python3 -c 'import socket; socket.socket(); print(1)'",
        network=True,
        folders=(str(tmp_path / "beside"),),
    )
    assert outcome.output == "1\n"
    assert (tmp_path / "beside" / "file").read_text() == "new\n"


@pytest.mark.parametrize("background", ["{} &", "setsid {} &", "(setsid nohup {} >/dev/null 2>&1 &)"])
@pytest.mark.parametrize("late", [False, True])
async def test_nothing_outlives_it(run: Run, background: str, late: bool) -> None:
    mark = f"370.{os.getpid()}"
    script = background.format(f"sleep {mark}")
    outcome = await run(f"{script}\n{'sleep 300' if late else 'true'}", seconds=0.7 if late else MINUTE)
    assert outcome.timed_out is late
    assert not living(mark)


async def test_memory_is_counted(run: Run) -> None:
    small = msgspec.structs.replace(LIMITS, memory_bytes=100 << 20)
    script = f"{PYTHON}/bin/python3 -c 'import time; a = bytearray(b\"x\") * (130 << 20); time.sleep(300)'"
    assert "it took more than 100 MiB" in (await run(script, limits=small)).output


async def test_its_exit_code_is_the_command_s(run: Run) -> None:
    assert (await run("exit 7")).exit_code == 7
    assert (await run("kill -9 $$")).exit_code == 128 + 9


def test_the_guardian_runs_on_the_standard_library_alone() -> None:
    text = (Path(keeping.__file__).parent / "guardian.py").read_text()
    imported = {line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imported <= sys.stdlib_module_names
