"""The list of system calls that a sandboxed program is refused, as a program for the kernel's filter (seccomp, BPF).

Numbers are of Linux's tables ``syscall_64.tbl`` and ``unistd.h``; the layout is ``struct sock_filter``. Refused calls give
EPERM as a kernel without the right would, so that programs fall back; ``clone3`` gives ENOSYS because its flags cannot be
looked at, and every C library then uses ``clone``.
"""

import errno
import platform
import socket
import struct
from typing import NamedTuple

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND = 0, 4, 16, 24  # offsets in struct seccomp_data, low halves of the arguments
_X32 = 0x40000000
_NEW_NAMESPACES = 0x7E020000  # CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET}; CLONE_NEWTIME is not for clone
_TERMINAL_INPUT = (0x5412, 0x541C)  # TIOCSTI types into a terminal, TIOCLINUX pastes into it
_CLONE3 = 435


class _Calls(NamedTuple):
    """The numbers of one kind of machine."""

    architecture: int
    socket: int
    clone: int
    ioctl: int
    refused: frozenset[int]


_EVERYWHERE = frozenset({425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442, 467})
"""io_uring, the new mount calls, pidfd_getfd, process_madvise: the same numbers on every machine."""

MACHINES = {
    "x86_64": _Calls(
        0xC000003E,
        socket=41,
        clone=56,
        ioctl=16,
        # ptrace, process_vm_*, bpf, userfaultfd, perf_event_open, key calls, kcmp; personality, syslog, acct, quotactl
        # mount, umount2, pivot_root, chroot, unshare, setns, file handles; kexec, modules, swap, reboot, ports, lookup_dcookie
        refused=frozenset({101, 310, 311, 321, 323, 298, 248, 249, 250, 312, 135, 103, 163, 179})
        | {165, 166, 155, 161, 272, 308, 303, 304, 246, 320, 175, 313, 176, 167, 168, 169, 172, 173, 212, 300, 443},
    ),
    "aarch64": _Calls(
        0xC00000B7,
        socket=198,
        clone=220,
        ioctl=29,
        refused=frozenset({117, 270, 271, 280, 282, 241, 217, 218, 219, 272, 92, 116, 89, 60})
        | {40, 39, 41, 51, 97, 268, 264, 265, 104, 294, 105, 273, 106, 224, 225, 142, 18, 262, 443},
    ),
}


def filter_program(machine: str = "", *, only_local_sockets: bool = False) -> bytes:
    """Return the filter for ``machine`` (this one by default), as an array of ``struct sock_filter``.

    Sockets may be local, IPv4, IPv6 and of the kernel's routes; with ``only_local_sockets`` they may be local alone, for a
    sandbox without a network namespace. Raises ``KeyError`` for a machine whose numbers are not known.
    """
    calls = MACHINES[machine or platform.machine()]
    program = [*_start(calls)]
    for number in sorted(calls.refused | _EVERYWHERE):
        program += [_step(_EQUAL, number, 0, 1), _refuse(errno.EPERM)]
    program += [_step(_EQUAL, _CLONE3, 0, 1), _refuse(errno.ENOSYS)]
    program += _clone(calls) + _ioctl(calls) + _sockets(calls, only_local=only_local_sockets)
    return b"".join([*program, _step(_RETURN, _ALLOW)])


def _start(calls: _Calls) -> list[bytes]:
    """Return what ends programs of another architecture and refuses x32, whose numbers would slip through."""
    steps = [_step(_LOAD, _ARCHITECTURE), _step(_EQUAL, calls.architecture, 1, 0), _step(_RETURN, _KILL), _step(_LOAD, _NUMBER)]
    if calls.architecture == MACHINES["x86_64"].architecture:
        steps += [_step(_AT_LEAST, _X32, 0, 1), _refuse(errno.EPERM)]
    return steps


def _clone(calls: _Calls) -> list[bytes]:
    return [
        _step(_EQUAL, calls.clone, 0, 4),
        _step(_LOAD, _FIRST),
        _step(_ANY_BIT, _NEW_NAMESPACES, 0, 1),
        _refuse(errno.EPERM),
        _step(_RETURN, _ALLOW),
    ]


def _ioctl(calls: _Calls) -> list[bytes]:
    return [
        _step(_EQUAL, calls.ioctl, 0, 5),
        _step(_LOAD, _SECOND),
        _step(_EQUAL, _TERMINAL_INPUT[0], 1, 0),
        _step(_EQUAL, _TERMINAL_INPUT[1], 0, 1),
        _refuse(errno.EPERM),
        _step(_RETURN, _ALLOW),
    ]


def _sockets(calls: _Calls, *, only_local: bool) -> list[bytes]:
    """Return what refuses every family of sockets but these: VSOCK reaches the host of a machine, ALG and PACKET the kernel."""
    netlink = 16  # socket.AF_NETLINK is not there on every system that may ask for this text
    families = [int(socket.AF_UNIX)] if only_local else [int(socket.AF_UNIX), int(socket.AF_INET), 10, netlink]
    allowed = [_step(_EQUAL, family, len(families) - number, 0) for number, family in enumerate(families)]
    return [
        _step(_EQUAL, calls.socket, 0, len(families) + 3),
        _step(_LOAD, _FIRST),
        *allowed,
        _refuse(errno.EAFNOSUPPORT),
        _step(_RETURN, _ALLOW),
    ]


def _refuse(number: int) -> bytes:
    return _step(_RETURN, _ERROR | number)


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
