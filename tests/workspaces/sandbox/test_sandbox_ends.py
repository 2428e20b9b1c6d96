"""Nothing that a command started outlives it, however it ends; and no command takes more than it may."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic

import msgspec
import pytest
import uvloop
from walled import LIMITS, MINUTE, PYTHON, Room, living, needs_bubblewrap

from artelier.ports.workspace import CommandRequest
from artelier.workspaces.output import TOTAL_LIMIT
from artelier.workspaces.sandbox.bubblewrap import Wall
from artelier.workspaces.sandbox.enclosed import Enclosed
from artelier.workspaces.sandbox.warden import NamespaceWarden

pytestmark = needs_bubblewrap

LINGERING = ["{} &", "nohup {} &", "setsid {} &", "setsid nohup {} </dev/null >/dev/null 2>&1 &", "(trap '' TERM HUP; {}) &"]


def sleeping(mark: str) -> str:
    """Return a command that sleeps and is known by how long."""
    return f"sleep {mark}"


async def until(happens, what: str) -> None:
    """Wait until something is so."""
    end = monotonic() + MINUTE
    while not happens():
        assert monotonic() < end, what
        await asyncio.sleep(0.01)


def end(processes: list[int]) -> None:
    """Kill what a test has left behind on purpose."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


@pytest.mark.parametrize("background", LINGERING)
async def test_a_command_that_ends_takes_all_with_it(room: Room, background: str) -> None:
    mark = f"300.{os.getpid()}"
    outcome = await room.run(f"{background.format(sleeping(mark))} echo started")
    assert (outcome.exit_code, outcome.output) == (0, "started\n")
    assert not living(mark)


@pytest.mark.parametrize("background", LINGERING)
async def test_a_time_out_takes_all_with_it(room: Room, background: str) -> None:
    mark = f"310.{os.getpid()}"
    outcome = await room.run(f"{background.format(sleeping(mark))} sleep 300", seconds=0.5)
    assert outcome.timed_out
    assert not living(mark)


async def test_without_the_wall_of_processes_a_daemon_escapes(room: Room) -> None:
    mark = f"320.{os.getpid()}"
    await room.run(f"setsid {sleeping(mark)} >/dev/null 2>&1 & echo started", Wall.PROCESSES)
    escaped = living(mark)
    end(escaped)
    assert escaped


async def test_a_command_is_asked_to_end_before_it_is_killed(room: Room) -> None:
    outcome = await room.run("trap 'echo bye; exit 9' TERM; while :; do :; done", seconds=0.5)
    assert (outcome.timed_out, outcome.output) == (True, "bye\n")


async def test_cancellation_takes_all_with_it_and_still_sets_aside(room: Room) -> None:
    mark = f"330.{os.getpid()}"
    running = asyncio.create_task(room.run(f"setsid {sleeping(mark)} & echo {{}} >.mcp.json; sleep 300"))
    await until((room.workspace / ".mcp.json").exists, "the command did not start")
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not living(mark)
    assert not (room.workspace / ".mcp.json").exists()


def started(*words: str) -> subprocess.Popen[bytes]:
    """Start a program."""
    return subprocess.Popen(words)


@pytest.mark.parametrize(("wall", "stays"), [(None, False), (Wall.DEATH, True)])
async def test_a_killed_server_leaves_no_command(tmp_path: Path, wall: Wall | None, stays: bool) -> None:
    mark = f"340.{os.getpid()}"
    command = f"setsid {sleeping(mark)} & touch ready; sleep 300"
    words = [sys.executable, str(Path(__file__).parent / "server_to_kill.py"), str(tmp_path), command]
    server = started(*words, *([wall.value] if wall else []))
    try:
        await until((tmp_path / "ws" / "ready").exists, "the command did not start")
        server.kill()
        server.wait()
        if not stays:
            await until(lambda: not living(mark), "a command outlives the server")
        assert bool(living(mark)) is stays
    finally:
        server.kill()
        end(living(mark))


async def test_too_many_processes_end_the_command(room: Room) -> None:
    few = msgspec.structs.replace(LIMITS, processes=20)
    mark = f"many-{os.getpid()}"
    script = (
        f"import subprocess, time\nall = [subprocess.Popen(['sh', '-c', 'sleep {{0}}; : {mark}']) for _ in range(40)]\ntime.sleep({{0}})"
    )
    outcome = await room.python(script.format(300), limits=few)
    assert not living(mark)
    assert not outcome.timed_out
    assert "more than 20 processes" in outcome.output or "Resource temporarily unavailable" in outcome.output
    assert (await room.python(script.format(0.5))).exit_code == 0


async def test_memory_is_counted_over_all_processes(room: Room) -> None:
    small = msgspec.structs.replace(LIMITS, memory_bytes=200 << 20)
    script = "import os, time; os.fork(); kept = bytearray(os.urandom(1)) * (130 << 20); print('kept', flush=True); time.sleep({})"
    outcome = await room.python(script.format(300), limits=small)
    assert "[ended: it took more than 200 MiB of memory]" in outcome.output
    assert not outcome.timed_out
    assert (await room.python(script.format(1))).output == "kept\nkept\n"


async def test_endless_output_ends_the_command(room: Room) -> None:
    outcome = await room.run("yes artelier")
    assert outcome.truncated
    assert f"[ended: it printed more than {TOTAL_LIMIT} bytes]" in outcome.output


async def test_processor_time_is_limited(room: Room) -> None:
    short = msgspec.structs.replace(LIMITS, cpu_seconds=1)
    outcome = await room.run("while :; do :; done", limits=short)
    assert not outcome.timed_out
    assert outcome.exit_code != 0


def open_descriptors() -> int:
    """Return how many files this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_many_commands_leave_no_descriptors(room: Room) -> None:
    runner = Enclosed(room.walls(), None)
    before = open_descriptors()
    await asyncio.gather(*(runner.run(CommandRequest("true", seconds=MINUTE), room.workspace, lambda _: None) for _ in range(8)))
    assert open_descriptors() <= before


def test_it_is_the_same_on_the_server_s_event_loop(room: Room) -> None:
    mark = f"350.{os.getpid()}"
    ours = os.dup2(0, 61, inheritable=True)

    async def both() -> None:
        assert (await room.run(f"setsid {sleeping(mark)} & echo here")).output == "here\n"
        assert not living(mark)
        assert (await room.run(f"{sleeping(mark)}", seconds=0.3)).timed_out
        assert not living(mark)

    try:
        uvloop.run(both())
    finally:
        os.close(ours)
    assert PYTHON.is_dir()


def test_what_is_told_in_pieces_is_put_together() -> None:
    warden = NamespaceWarden(LIMITS)
    try:
        os.write(warden.information, b'{\n    "child-pid": ')
        assert not warden._learn()
        os.write(warden.information, f'{os.getpid()},\n "pid-namespace": 7\n}}\n'.encode())
        assert warden._learn()
        assert (warden._process, warden._namespace, warden._first) == (os.getpid(), 7, None), "this is no first process"
    finally:
        warden.started()
        warden.close()
