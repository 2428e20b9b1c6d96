"""Probes that run inside the sandbox. Each one runs again with its wall left out, and then it gets through."""

import os
import platform
import shlex
import socket
import threading
from pathlib import Path
from typing import NamedTuple

import pytest
from walled import LIMITS, PYTHON, Room, needs_bubblewrap

from artelier.domain.errors import CommandFailed
from artelier.workspaces.sandbox.bubblewrap import HOME, Wall

pytestmark = needs_bubblewrap

OF_HOME = next((path for path in sorted(Path.home().iterdir()) if not PYTHON.is_relative_to(path)), Path("/no/file/at/home"))
SYSTEM_CALL = """
import ctypes, os
c = ctypes.CDLL(None, use_errno=True)
result = c.syscall({})
print("stopped" if result == -1 and ctypes.get_errno() == 1 else "through")
"""
SOCKET = """
import socket
try:
    socket.socket({})
except OSError as error:
    print("stopped" if error.errno == 97 and {!r} else "no such family")
else:
    print("through")
"""


class Probe(NamedTuple):
    """A script that says "through" where it got through, and the walls that must all be away for that."""

    walls: tuple[Wall, ...]
    script: str
    prepare: str = ""


PROBES = {
    "a file of the system that is not named": Probe((Wall.SYSTEM_VIEW,), "test -r /etc/profile"),
    "another person's files": Probe((Wall.SYSTEM_VIEW,), "test -d /var/lib"),
    "the docker socket": Probe((Wall.SYSTEM_VIEW,), "ls -d /var/cache"),
    "the home of the server": Probe((Wall.HOME,), f"test -e {shlex.quote(str(OF_HOME))}"),
    "the server's environment": Probe((Wall.ENVIRONMENT,), 'test -n "$ARTELIER_PROBE"'),
    "the environment of the first process": Probe((Wall.ENVIRONMENT,), "tr '\\0' '\\n' </proc/1/environ | grep -q ARTELIER_PROBE"),
    "writing a folder of tools": Probe((Wall.READ_ONLY,), "touch ../tools/written"),
    "writing the root": Probe((Wall.READ_ONLY,), "touch /written"),
    "writing the devices' folder": Probe((Wall.READ_ONLY,), "touch /dev/written"),
    "filling the memory through /tmp": Probe((Wall.SIZES,), f"head -c {LIMITS.temporary_bytes + 65536} /dev/zero >/tmp/much"),
    "filling the memory through the home": Probe((Wall.SIZES,), f"head -c {LIMITS.temporary_bytes + 65536} /dev/zero >~/much"),
    "reading a secret": Probe((Wall.SECRETS,), "grep -q secret .env", "echo secret >.env"),
    "reading a secret far below": Probe((Wall.SECRETS,), "cat a/b/c/server.key", "mkdir -p a/b/c; echo secret >a/b/c/server.key"),
    "reading a folder of secrets": Probe((Wall.SECRETS,), "cat a/.ssh/config", "mkdir -p a/.ssh; echo secret >a/.ssh/config"),
    "replacing a secret": Probe((Wall.SECRETS,), "rm .env && echo other >.env", "echo secret >.env"),
    "writing a hook": Probe((Wall.PROTECTED,), "echo evil >.git/hooks/pre-commit", "git init -q --template= .; mkdir .git/hooks"),
    "writing git's settings": Probe((Wall.PROTECTED,), "git config core.fsmonitor evil", "git init -q ."),
    "writing git's attributes": Probe(
        (Wall.PROTECTED,), "echo evil >.git/info/attributes", "git init -q --template= .; mkdir -p .git/info"
    ),
    "renaming what git keeps settings in": Probe(
        (Wall.PROTECTED,), "mv .git/info .git/other && mkdir .git/info", "git init -q --template= .; mkdir -p .git/info"
    ),
    "renaming .git": Probe((Wall.PIVOT,), "mv .git other 2>/dev/null", "git init -q --template= .; rm .git/config"),
    "writing what is ours": Probe((Wall.PROTECTED,), "echo evil >.artelier/agents.md", "mkdir .artelier"),
    "writing an editor's tasks": Probe((Wall.PROTECTED,), "echo evil >.vscode/tasks.json", "mkdir .vscode"),
    "writing the servers of other agents": Probe((Wall.PROTECTED,), "echo evil >.mcp.json", "echo {} >.mcp.json"),
    "replacing the servers of other agents": Probe((Wall.PROTECTED,), "rm .mcp.json && echo evil >.mcp.json", "echo {} >.mcp.json"),
    "writing what runs on entering": Probe((Wall.PROTECTED,), "echo evil >.envrc", "echo >.envrc"),
    "seeing other processes": Probe((Wall.PROCESSES,), f"kill -0 {os.getpid()}"),
    "a large file": Probe((Wall.LIMITS,), f"truncate -s {LIMITS.file_bytes + 512} large"),
    "a core dump": Probe((Wall.LIMITS,), 'test "$(ulimit -H -c)" != 0'),
    "many open files": Probe((Wall.LIMITS,), f'test "$(ulimit -H -n)" != {LIMITS.open_files}'),
    "further user namespaces": Probe((Wall.NAMESPACES, Wall.CALLS), "unshare -U true"),
    "all rights in the namespace": Probe((Wall.CAPABILITIES,), "! grep -q '^CapEff:[[:space:]]*0*$' /proc/self/status"),
}

CALLS = {  # numbers of x86_64
    "keyctl": "250, 0, 0, 0",
    "userfaultfd": "323, 1",
    "ptrace": "101, 0, 0, 0, 0",
    "io_uring_setup": "425, 1, 0",
    "personality": "135, 0xffffffff",
    "process_vm_readv": "310, os.getpid(), 0, 0, 0, 0, 0",
    "name_to_handle_at": "303, -1, 0, 0, 0, 0",
    "TIOCSTI": "16, 0, 0x5412, b'x'",
    "TIOCLINUX": "16, 0, 0x541C, b'x'",
}


@pytest.mark.parametrize("name", PROBES)
async def test_a_wall_stops_what_gets_through_without_it(room: Room, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARTELIER_PROBE", "secret")
    probe = PROBES[name]
    if name == "the home of the server" and not OF_HOME.exists():
        pytest.skip("there is nothing at home here")
    if name == "all rights in the namespace" and os.geteuid() != 0:
        pytest.skip("bubblewrap gives rights to root alone")
    room.prepare(probe.prepare)
    script = f"{{ {probe.script}; }} >/dev/null 2>&1 && echo through || echo stopped"
    assert (await room.run(script)).output == "stopped\n"
    assert (await room.run(script, *probe.walls, quarantine=False)).output == "through\n"


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the numbers are those of x86_64; the filter of others is run in test_seccomp")
@pytest.mark.parametrize("name", CALLS)
async def test_the_filter_stops_a_system_call(room: Room, name: str) -> None:
    script = SYSTEM_CALL.format(CALLS[name])
    assert (await room.python(script)).output == "stopped\n"
    assert (await room.python(script, Wall.CALLS)).output == "through\n"


@pytest.mark.parametrize("family", [17, 38, 40])  # PACKET, ALG, VSOCK
async def test_the_filter_stops_rare_kinds_of_sockets(room: Room, family: int) -> None:
    script = SOCKET.format(f"{family}, socket.SOCK_SEQPACKET if {family} == 38 else socket.SOCK_STREAM", True)
    assert (await room.python(script)).output == "stopped\n"


async def test_sockets_of_the_usual_kinds_are_there(room: Room) -> None:
    for family in ("socket.AF_UNIX", "socket.AF_INET", "socket.AF_INET6", "socket.AF_NETLINK, socket.SOCK_RAW"):
        assert (await room.python(SOCKET.format(family, False))).output == "through\n", family


async def test_the_network_is_away_unless_it_was_approved(room: Room) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_answer, args=(server,), daemon=True).start()
        script = f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]})).close(); print('through')"
        assert "through" not in (await room.python(script)).output
        assert (await room.python(script, network=True)).output == "through\n"
        assert (await room.python(script, Wall.NETWORK)).output == "through\n"


async def test_abstract_sockets_of_the_machine_are_away(room: Room) -> None:
    name = f"\0artelier-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        threading.Thread(target=_answer, args=(server,), daemon=True).start()
        script = f"import socket; socket.socket(socket.AF_UNIX).connect({name!r}); print('through')"
        assert "through" not in (await room.python(script)).output
        assert (await room.python(script, Wall.NETWORK)).output == "through\n"


def _answer(server: socket.socket) -> None:
    try:
        while True:
            server.accept()[0].close()
    except OSError:  # the test is over
        return


async def test_only_the_loopback_device_is_there(room: Room) -> None:
    assert (await room.run("cut -s -d: -f1 /proc/net/dev | tail -n +1 | tr -d ' '")).output.split() == ["lo"]


async def test_the_home_is_empty_and_private(room: Room) -> None:
    outcome = await room.run("cd; pwd; ls -A; touch here && echo written; env | cut -d= -f1 | sort")
    words = outcome.output.split()
    assert words[:2] == [HOME, "written"]
    assert set(words[2:]) - {"PWD", "OLDPWD", "SHLVL", "_"} == {
        *("PATH", "HOME", "LANG", "TERM", "CI", "GIT_TERMINAL_PROMPT", "GIT_TEMPLATE_DIR", "GIT_CONFIG_NOSYSTEM")
    }


async def test_the_workspace_stands_at_its_own_path_and_can_be_written(room: Room) -> None:
    outcome = await room.run("pwd; echo new >file; mkdir deep; mv file deep/")
    assert outcome.output == f"{room.workspace}\n"
    assert (room.workspace / "deep" / "file").read_text() == "new\n"
    assert outcome.sandbox == "bubblewrap"


async def test_a_folder_beside_is_away_unless_it_was_approved(room: Room) -> None:
    (room.outside / "note").write_text("near\n")
    (room.outside / ".env").write_text("secret\n")
    script = f"cd {room.outside} && cat note; echo more >>note; cat .env; true"
    assert "near" not in (await room.run(script)).output
    outcome = await room.run(script, folders=(str(room.outside),))
    assert "near" in outcome.output
    assert "secret" not in outcome.output
    assert (room.outside / "note").read_text() == "near\nmore\n"


async def test_named_tools_are_on_the_path(room: Room) -> None:
    tool = room.tools / "bin" / "saw"
    tool.write_text("#!/bin/sh\necho cut\n")
    tool.chmod(0o755)
    assert (await room.run("saw")).output == "cut\n"


async def test_what_the_server_owns_is_empty_even_inside_a_workspace(room: Room) -> None:
    room.hidden.mkdir()
    (room.hidden / "key").write_text("secret")
    assert (await room.run("ls -A state; touch state/x; true")).output.splitlines()[0].startswith("touch:")


async def test_a_program_that_is_not_there_is_explained(room: Room) -> None:
    outcome = await room.run("nowhere-to-be-found")
    assert outcome.exit_code == 127
    assert "sandbox.tool_paths" in outcome.output


async def test_no_descriptor_of_ours_is_inside(room: Room) -> None:
    outcome = await room.run("ls /proc/self/fd")
    assert set(outcome.output.split()) == {"0", "1", "2", "3"}  # 3 is the folder it lists


@pytest.mark.parametrize(
    ("folder", "reason"),
    [("/", "no wall"), ("/proc", "no wall"), ("/no/such/folder", "exists"), ("relative", "absolute"), ("/etc/passwd", "no folder")],
)
async def test_a_folder_that_would_tear_down_the_walls_is_refused(room: Room, folder: str, reason: str) -> None:
    with pytest.raises(CommandFailed, match=reason):
        await room.run("true", folders=(folder,))


@pytest.mark.parametrize("place", ["outside/.ssh", "outside/.git/hooks", "ws/.vscode", "ws/state", "ws/state/keys"])
async def test_no_approval_opens_what_is_guarded(room: Room, place: str) -> None:
    room.prepare(f"mkdir -p ../{place}")
    with pytest.raises(CommandFailed, match="never opened"):
        await room.run("true", folders=(str(room.workspace.parent / place),))


async def test_tools_of_the_trade_work(room: Room) -> None:
    outcome = await room.run(
        "git init -q . && git -c user.name=a -c user.email=a@b.c commit -q --allow-empty -m first && git log --oneline | wc -l"
    )
    assert outcome.output == "1\n"
    threads = "import threading; t = threading.Thread(target=print, args=('thread',)); t.start(); t.join()"
    assert (await room.python(threads)).output == "thread\n"
    assert (await room.python("import multiprocessing as m; m.Lock(); print('shared')")).output == "shared\n"
