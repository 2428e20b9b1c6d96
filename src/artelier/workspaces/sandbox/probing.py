"""Which sandbox works here: found by running a command in it, never by looking for a program."""

import asyncio
import os
import platform
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from artelier.domain.errors import CommandFailed
from artelier.ports.workspace import CommandRequest
from artelier.workspaces.commands import Shell
from artelier.workspaces.sandbox.bubblewrap import SYSTEM_PATH, Bubblewrap, Features
from artelier.workspaces.sandbox.container import holds, weaknesses
from artelier.workspaces.sandbox.enclosed import Enclosed, Walls
from artelier.workspaces.sandbox.landlock import Landlock
from artelier.workspaces.sandbox.levels import HOW_TO, Refusing, Sandbox, Wish
from artelier.workspaces.sandbox.quarantine import Quarantine
from artelier.workspaces.sandbox.seatbelt import Seatbelt
from artelier.workspaces.sandbox.seccomp import MACHINES
from artelier.workspaces.sandbox.warnings import OLD_BUBBLEWRAP, ROOT, WEAKER

_SECONDS = 20.0
_OUTPUT_SHOWN = 300
_LAST_STANDARD = 2


async def find_sandbox(wish: Wish) -> Sandbox:
    """Return the sandbox that the operator wants, or the strongest that works; one that refuses commands where none does."""
    if wish.mode == "off":
        return Sandbox("off", Shell(tool_folders=wish.tool_folders), "commands run without a sandbox; every one asks")
    keep_descriptors_to_ourselves()
    failures = []
    for level in _levels(wish.mode):
        found = await _LEVELS[level](wish)
        if isinstance(found, Sandbox):
            return found._replace(warnings=(*_warnings(found.level), *found.warnings))
        failures.append(f"{level}: {found}")
    reason = " ".join(failures)
    return Sandbox("none", Refusing(reason), f"no sandbox works, and commands are refused: {reason} {HOW_TO}")


def keep_descriptors_to_ourselves() -> None:
    """Let no file that we were started with, open by the will of others, reach a command."""
    for name in os.listdir("/dev/fd"):  # noqa: PTH208  names are enough
        with suppress(OSError):  # the one that listed them is closed by now
            if int(name) > _LAST_STANDARD:
                os.set_inheritable(int(name), False)


def _levels(mode: str) -> tuple[str, ...]:
    if mode != "auto":
        return (mode,)
    return ("seatbelt",) if platform.system() == "Darwin" else ("bubblewrap", "landlock")


async def _bubblewrap(wish: Wish) -> Sandbox | str:
    program = shutil.which("bwrap", path=SYSTEM_PATH)
    if program is None:
        return "bwrap is not installed."
    failure = ""
    for features in (Features(), Features(no_user_namespaces=False, sizes=False)):
        walls = Bubblewrap(
            program, wish.limits, tool_folders=wish.tool_folders, hidden=wish.hidden, proxy_socket=wish.proxy_socket, features=features
        )
        failure = await _tried(walls, wish)
        if not failure:
            return Sandbox(walls.level, _enclosed(walls, wish), f"bubblewrap, {program}", _lacking(features))
    return failure


async def _tried(walls: Walls, wish: Wish) -> str:
    """Run a command behind the walls; return why that failed, or nothing."""
    with tempfile.TemporaryDirectory(prefix="artelier-probe-") as folder:
        try:
            outcome = await _enclosed(walls, wish).run(CommandRequest("echo works", seconds=_SECONDS), Path(folder), lambda _: None)
        except CommandFailed as failure:
            return failure.message
    return "" if outcome.output == "works\n" else f"exit {outcome.exit_code}, {outcome.output.strip()[:_OUTPUT_SHOWN]!r}."


async def _landlock(wish: Wish) -> Sandbox | str:
    if platform.machine() not in MACHINES:
        return f"the system calls of {platform.machine()} are not known to it."
    walls = Landlock(wish.limits, tool_folders=wish.tool_folders, hidden=wish.hidden)
    failure = await _tried(walls, wish)
    return failure or Sandbox(walls.level, _enclosed(walls, wish), "Landlock and a filter of system calls", (WEAKER,))


async def _seatbelt(wish: Wish) -> Sandbox | str:
    walls = Seatbelt(wish.limits, tool_folders=wish.tool_folders, hidden=wish.hidden)
    failure = await _tried(walls, wish)
    return failure or Sandbox(walls.level, _enclosed(walls, wish), "sandbox-exec of macOS")


async def _container(wish: Wish) -> Sandbox | str:
    found = await asyncio.to_thread(weaknesses)
    if not holds(found):
        return " ".join(found)
    return Sandbox("container", Shell(tool_folders=wish.tool_folders, sandbox="container"), "the container is the wall", found)


def _enclosed(walls: Walls, wish: Wish) -> Enclosed:
    return Enclosed(walls, None if wish.quarantine is None else Quarantine(wish.quarantine), hidden=wish.hidden)


def _lacking(features: Features) -> tuple[str, ...]:
    return () if features.sizes else (OLD_BUBBLEWRAP,)


def _warnings(level: str) -> tuple[str, ...]:
    if level == "container" or os.geteuid() != 0:
        return ()
    return (ROOT,)


_LEVELS = {"bubblewrap": _bubblewrap, "landlock": _landlock, "seatbelt": _seatbelt, "container": _container}
