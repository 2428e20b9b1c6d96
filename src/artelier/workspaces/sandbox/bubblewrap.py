"""Walls of Linux namespaces, put up by bubblewrap, with a filter of system calls.

Inside are the system's programs read-only, the folders of the command at their own paths, so that messages with paths mean the
same inside and outside, and a home, /tmp and /dev/shm that live in memory. Each wall can be left out by name: so the tests
show that what it should stop does happen without it.
"""

import os
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from artelier.domain.errors import CommandFailed
from artelier.workspaces.sandbox.door import ENVIRONMENT, Door
from artelier.workspaces.sandbox.enclosed import Launch, Space
from artelier.workspaces.sandbox.limits import CommandLimits, limited
from artelier.workspaces.sandbox.seccomp import filter_program
from artelier.workspaces.sandbox.surveying import Sight
from artelier.workspaces.sandbox.warden import NamespaceWarden

HOME = "/run/home"
"""Where a command's empty home is; no workspace lies there."""
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
MOUNT_LIMIT = 1500
"""Secrets and protected things that can be covered one by one; each is a mount."""

_SYSTEM = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32")
_ETC = (
    *("ld.so.cache", "passwd", "group", "nsswitch.conf", "alternatives", "localtime", "mime.types", "os-release"),
    *("ssl/certs", "ssl/openssl.cnf", "pki/tls/certs", "pki/tls/cert.pem", "pki/ca-trust/extracted"),  # and no private keys
)
"""Each is a mount, and a mount costs a command a quarter of a millisecond."""
_ETC_OF_NETWORK = ("resolv.conf", "hosts")


class Wall(StrEnum):
    """One wall of the sandbox."""

    NETWORK = "network"
    PROCESSES = "processes"
    ENVIRONMENT = "environment"
    SYSTEM_VIEW = "system view"
    """Only chosen folders of the system are there."""
    READ_ONLY = "read-only"
    """What is there of the system, and the root itself, cannot be written."""
    HOME = "home"
    SIZES = "sizes"
    SECRETS = "secrets"
    PROTECTED = "protected"
    PIVOT = "pivot"
    """``.git`` cannot be renamed."""
    CALLS = "calls"
    """The filter of system calls."""
    NAMESPACES = "namespaces"
    """No further user namespaces."""
    CAPABILITIES = "capabilities"
    LIMITS = "limits"
    DEATH = "death"
    """It dies with the server."""


class Features(Struct, frozen=True):
    """What the bubblewrap that is here can do; versions before 0.8 lack both."""

    no_user_namespaces: bool = True
    sizes: bool = True


class Bubblewrap:
    """Walls by ``program``, the path of ``bwrap``.

    ``tool_folders`` are readable and stand first on the path; ``hidden`` folders are empty inside, wherever they lie;
    with ``proxy_socket``, a proxy outside, each command reaches that and nothing else, unless the network was approved;
    ``without`` leaves out walls.
    """

    level = "bubblewrap"
    holds_protected = True

    def __init__(
        self,
        program: str,
        limits: CommandLimits,
        *,
        tool_folders: tuple[Path, ...] = (),
        hidden: tuple[Path, ...] = (),
        proxy_socket: Path | None = None,
        features: Features | None = None,
        without: frozenset[Wall] = frozenset(),
    ) -> None:
        self._program = program
        self._limits = limits
        self._tools = tuple(folder for folder in tool_folders if folder.is_dir())
        self._hidden = hidden
        self._features = features or Features()
        self._without = without
        self._proxy = proxy_socket
        self._filter = filter_program()
        self._etc = tuple(word for name in _ETC for word in _system_place(f"/etc/{name}"))

    def enclose(self, space: Space) -> Launch:
        """Return the call of bubblewrap. Raises ``CommandFailed`` where there is too much to cover."""
        mounts = list(self._mounts(space))
        if len(mounts) > MOUNT_LIMIT:
            raise CommandFailed(
                f"There are {len(mounts)} secret or protected files here, more than can be covered ({MOUNT_LIMIT}). "
                "Work in a smaller folder."
            )
        door = None if self._proxy is None or space.network else Door(self._proxy)
        warden = NamespaceWarden(self._limits, self._filter if self._has(Wall.CALLS) else b"", door)
        words = [
            *(self._program, *self._separations(space), *self._system(space)),
            *(word for _, mount in sorted(mounts, key=_depth) for word in mount),
            *(word for path, mount in sorted(mounts, key=_depth) if mount[0] == "--perms" for word in ("--remount-ro", path)),
            *(("--remount-ro", "/", "--remount-ro", "/dev") if self._has(Wall.READ_ONLY) else ()),
            *self._environment(ENVIRONMENT if door else {}),
            *(("--block-fd", str(warden.blocked)) if door else ()),
            *("--chdir", str(space.folder), "--info-fd", str(warden.information)),
            *(("--seccomp", str(warden.filter)) if warden.filter is not None else ()),
            "--",
            *(limited(space.words, self._limits) if self._has(Wall.LIMITS) else space.words),
        ]
        # The first process of the namespace keeps this environment, and it can be read inside.
        return Launch(words, {"PATH": SYSTEM_PATH} if self._has(Wall.ENVIRONMENT) else dict(os.environ), warden)

    def _has(self, wall: Wall) -> bool:
        return wall not in self._without

    def _separations(self, space: Space) -> Iterator[str]:
        yield from ("--unshare-user", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "sandbox", "--new-session")
        if self._has(Wall.PROCESSES):
            yield "--unshare-pid"
        if self._has(Wall.NETWORK) and not space.network:
            yield "--unshare-net"
        if self._has(Wall.NAMESPACES) and self._features.no_user_namespaces:
            yield from ("--disable-userns", "--assert-userns-disabled")
        if self._has(Wall.CAPABILITIES):
            yield from ("--cap-drop", "ALL")
        if self._has(Wall.DEATH):
            yield "--die-with-parent"

    def _system(self, space: Space) -> Iterator[str]:
        if self._has(Wall.SYSTEM_VIEW):
            for name in _SYSTEM:
                yield from _system_place(f"/{name}")
            yield from self._etc
            for name in _ETC_OF_NETWORK if space.network else ():
                yield from ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")
        else:
            yield from ("--ro-bind", "/", "/")
        yield from (("--proc", "/proc") if self._has(Wall.PROCESSES) else ("--ro-bind", "/proc", "/proc"))
        yield from ("--dev", "/dev")
        for place in ("/dev/shm", "/tmp", *(() if self._has(Wall.SYSTEM_VIEW) else ("/run",))):  # noqa: S108  paths inside
            yield from (*self._size(), "--tmpfs", place)
        yield from ("--symlink", "/tmp", "/var/tmp") if self._has(Wall.SYSTEM_VIEW) else ()  # noqa: S108  same
        yield from (*self._size(), "--tmpfs", HOME)
        home = str(Path.home())
        if not self._has(Wall.HOME):
            yield from ("--ro-bind", home, home)

    def _size(self) -> tuple[str, ...]:
        return ("--size", str(self._limits.temporary_bytes)) if self._has(Wall.SIZES) and self._features.sizes else ()

    def _mounts(self, space: Space) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Return what is bound and covered, by path: a folder comes before what lies in it."""
        for tool in self._tools:
            yield str(tool), ("--ro-bind" if self._has(Wall.READ_ONLY) else "--bind", str(tool), str(tool))
        roots = [survey.root for survey in space.surveys]
        for survey in space.surveys:
            yield survey.root, ("--bind", survey.root, survey.root)
            for sight in survey.sights:
                mount = self._cover(sight)
                if mount:
                    yield sight.path, mount
        for folder in (str(each) for each in self._hidden if each.is_dir()):  # for what is not there a folder would be made
            if any(folder.startswith(f"{root}/") or folder == root for root in roots):
                yield folder, ("--perms", "0555", "--tmpfs", folder)

    def _cover(self, sight: Sight) -> tuple[str, ...]:
        if sight.is_link:  # a mount would land on what it points to; what is new in its place is set aside
            return ()
        if sight.kind == "secret":
            covered = ("--perms", "0555", "--tmpfs", sight.path) if sight.is_folder else ("--ro-bind", "/dev/null", sight.path)
            return covered if self._has(Wall.SECRETS) else ()
        if sight.path.endswith("/.git") and sight.is_folder:
            return ("--bind", sight.path, sight.path) if self._has(Wall.PIVOT) else ()
        return ("--ro-bind", sight.path, sight.path) if self._has(Wall.PROTECTED) else ()

    def _environment(self, more: dict[str, str]) -> Iterator[str]:
        if self._has(Wall.ENVIRONMENT):
            yield "--clearenv"
        for name, value in (command_environment(self._tools, HOME) | more).items():
            yield from ("--setenv", name, value)


def command_environment(tools: tuple[Path, ...], home: str) -> dict[str, str]:
    """Return all that a command sees of an environment."""
    folders = [str(place) for tool in tools for place in (tool / "bin", tool) if place.is_dir()]
    return {
        "PATH": ":".join([*folders, SYSTEM_PATH]),
        "HOME": home,
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "CI": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_TEMPLATE_DIR": "",
        "GIT_CONFIG_NOSYSTEM": "1",
    }


def _system_place(path: str) -> tuple[str, ...]:
    """Return a place of the system as it is here: a link where the host has one, nothing where it has none."""
    if Path(path).is_symlink():
        return ("--symlink", str(Path(path).readlink()), path)
    return ("--ro-bind", path, path) if Path(path).exists() else ()


def _depth(mount: tuple[str, tuple[str, ...]]) -> int:
    return mount[0].count("/")
