"""A container as the wall: looks whether the one we run in holds, and runs commands by the shell inside it."""

import os
from collections.abc import Iterator
from pathlib import Path

from artelier.workspaces.sandbox.warnings import CAPABILITIES, CONTAINER_ROOT, MORE_RIGHTS, WRITABLE

_SOCKETS = ("/var/run/docker.sock", "/run/docker.sock", "/run/podman/podman.sock", "/run/containerd/containerd.sock")
_FILTERED = "2"


def weaknesses(root: Path = Path("/"), *, user: int | None = None) -> tuple[str, ...]:
    """Return what is wrong with the container we run in, and what to do about each; looks at ``root`` as its file system."""
    return tuple(_weaknesses(root, os.geteuid() if user is None else user))


def holds(found: tuple[str, ...]) -> bool:
    """Whether the container may be taken for a wall: weaknesses are told, but a way out of it is none."""
    return not any(weakness.startswith("FATAL: ") for weakness in found)


def _weaknesses(root: Path, user: int) -> Iterator[str]:
    if not _is_container(root):
        yield 'FATAL: this is no container: neither /.dockerenv nor /run/.containerenv is here. Use sandbox.mode = "auto".'
    for socket in _SOCKETS:
        if (root / socket.lstrip("/")).exists():
            yield f"FATAL: {socket} is mounted, which gives the whole machine to every command. Take it out of the volumes."
    status = _status(root)
    if status.get("Seccomp") != _FILTERED:
        yield "FATAL: no filter of system calls is on. Leave out --privileged and seccomp=unconfined."
    if user == 0:
        yield CONTAINER_ROOT
    if status.get("NoNewPrivs") != "1":
        yield MORE_RIGHTS
    if int(status.get("CapEff", "0"), 16):
        yield CAPABILITIES
    if not _root_is_read_only(root):
        yield WRITABLE


def _is_container(root: Path) -> bool:
    return (root / ".dockerenv").exists() or (root / "run/.containerenv").exists() or "KUBERNETES_SERVICE_HOST" in os.environ


def _status(root: Path) -> dict[str, str]:
    try:
        lines = (root / "proc/self/status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _root_is_read_only(root: Path) -> bool:
    try:
        lines = (root / "proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    options = [line.split()[3] for line in lines if line.split()[1:2] == ["/"]]
    return bool(options) and "ro" in options[-1].split(",")
