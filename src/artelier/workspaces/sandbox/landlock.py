"""Walls of Landlock and a filter of system calls, where namespaces are not to be had.

Weaker than bubblewrap, and said so: names and sizes of files outside can be seen though not their contents; sockets that are
files outside can be reached; without a namespace of processes a tree is held together by its guardian. Landlock grants and
cannot take back, so a folder that holds a secret, and each one above it, is granted entry by entry, and nothing new can be
written directly in it; what is protected is compared afterwards and put back.
"""

import json
import os
import sys
from pathlib import Path

from artelier.domain.errors import CommandFailed
from artelier.workspaces.sandbox.bubblewrap import command_environment
from artelier.workspaces.sandbox.enclosed import Launch, Space
from artelier.workspaces.sandbox.limits import CommandLimits, limited
from artelier.workspaces.sandbox.seccomp import filter_program
from artelier.workspaces.sandbox.surveying import Survey
from artelier.workspaces.sandbox.warden import GuardianWarden

_GUARDIAN = Path(__file__).with_name("guardian.py")
_ETC = ("alternatives", "ssl", "ld.so.cache", "localtime", "passwd", "group", "nsswitch.conf", "mime.types")
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", *(f"/etc/{name}" for name in _ETC))
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_NETWORK = ("/etc/resolv.conf", "/etc/hosts", "/etc/ca-certificates", "/etc/pki")
_GRANT_LIMIT = 20_000


class Landlock:
    """Walls by Landlock. ``tool_folders`` are readable and stand first on the path; ``hidden`` folders are never granted."""

    level = "landlock"
    holds_protected = False

    def __init__(self, limits: CommandLimits, *, tool_folders: tuple[Path, ...] = (), hidden: tuple[Path, ...] = ()) -> None:
        self._limits = limits
        self._tools = tuple(folder for folder in tool_folders if folder.is_dir())
        self._hidden = frozenset(map(str, hidden))

    def enclose(self, space: Space) -> Launch:
        """Return the call of the guardian. Raises ``CommandFailed`` where there is too much to grant."""
        warden = GuardianWarden(self._limits)
        environment = command_environment(self._tools, warden.home) | {"TMPDIR": warden.home}
        order = {
            "read": [*_SYSTEM, "/proc/self", *map(str, self._tools), *(_NETWORK if space.network else ())],
            "write": [*_DEVICES, warden.home, *self._granted(space)],
            "make": [survey.root for survey in space.surveys],
            "folder": str(space.folder),
            "network": space.network,
            "filter": filter_program(only_local_sockets=not space.network).hex(),
            "server": os.getpid(),
        }
        warden.give(json.dumps(order).encode())
        words = limited(space.words, self._limits)
        return Launch((sys.executable, "-I", "-S", str(_GUARDIAN), str(warden.order), *words), environment, warden)

    def _granted(self, space: Space) -> list[str]:
        granted = [path for survey in space.surveys for path in _without(survey, self._hidden)]
        if len(granted) > _GRANT_LIMIT:
            raise CommandFailed(f"There is too much beside secrets here to grant one by one ({len(granted)}). Work in a smaller folder.")
        return granted


def _without(survey: Survey, hidden: frozenset[str]) -> list[str]:
    """Return what to grant of a tree so that nothing secret is granted: itself, or else its parts beside the secret ones."""
    secret = {sight.path for sight in survey.of("secret")} | hidden
    on_the_way = {str(above) for path in secret for above in Path(path).parents}
    if survey.root not in on_the_way:
        return [survey.root]
    granted, waiting = [], [survey.root]
    while waiting:
        for entry in os.scandir(waiting.pop()):
            if entry.path in on_the_way and entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            elif entry.path not in secret and not entry.is_symlink():
                granted.append(entry.path)
    return granted
