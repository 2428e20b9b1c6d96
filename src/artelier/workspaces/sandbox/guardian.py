"""Stands over one command where there is no namespace: puts up Landlock and the filter, and ends what is left behind.

Started by file name as ``python -I -S guardian.py ORDER WORDS...`` with nothing but the standard library; ORDER is an open
file with what to grant, as JSON. The guardian is the reaper of all that the command starts, wherever it goes, and dies with
the server; the command dies with the guardian. Structures and numbers are those of ``linux/landlock.h`` and ``linux/prctl.h``.
"""

import ctypes
import json
import os
import signal
import struct
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

_LIBRARY = ctypes.CDLL(None, use_errno=True)
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH, _ASK_VERSION = 1, 1
_DEATH_SIGNAL, _NO_NEW_PRIVILEGES, _REAPER, _SECCOMP, _DUMPABLE = 1, 38, 36, 22, 4
_READ = 0b1101
"""EXECUTE, READ_FILE, READ_DIR."""
_OF_FILES = 0b111 | 1 << 14 | 1 << 15
"""EXECUTE, WRITE_FILE, READ_FILE, TRUNCATE, IOCTL_DEV: what may be granted of something that is no folder."""
_MAKE = 0b1111111110000 & ~(1 << 6) & ~(1 << 11) | 1 << 13
"""REMOVE_*, MAKE_* without devices, REFER."""
_RIGHTS = (0, 13, 14, 15, 15, 16)
"""How many rights over files each version of Landlock knows."""
_SCOPED_FROM, _NETWORK_FROM = 6, 4
_FAILED = 125


def main() -> None:
    """Put up the walls, run the command, wait for it, and end what is left."""
    descriptor, words = int(sys.argv[1]), sys.argv[2:]
    with os.fdopen(descriptor, encoding="utf-8") as file:
        order = json.load(file)
    _control(_REAPER, 1)
    _control(_DEATH_SIGNAL, signal.SIGTERM)
    signal.signal(signal.SIGTERM, lambda *_: _leave(_FAILED))
    if os.getppid() != order["server"]:  # it died before we asked to be told
        os._exit(_FAILED)
    guardian = os.getpid()
    command = os.fork()
    if command == 0:
        _become(order, words, guardian)
    while True:
        ended, status = os.wait()
        if ended == command:
            _leave(os.waitstatus_to_exitcode(status))


def _become(order: dict[str, Any], words: list[str], guardian: int) -> None:
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.setsid()
        _control(_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != guardian:
            os._exit(_FAILED)
        os.chdir(order["folder"])
        _control(_NO_NEW_PRIVILEGES, 1)
        _restrict(order)
        _filter(bytes.fromhex(order["filter"]))
        os.execvp(words[0], words)  # noqa: S606  the command itself
    except BaseException as failure:  # noqa: BLE001  nothing of ours may go on behind half a wall
        sys.stderr.write(f"the sandbox could not be put up: {failure}\n")
        sys.stderr.flush()
        os._exit(_FAILED)


def _leave(code: int) -> None:
    """Kill everything below us until nobody is left, and end as the command did."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while children := _below(os.getpid()):
        for process in children:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
    os._exit(code if code >= 0 else 128 - code)


def _below(ancestor: int) -> list[int]:
    parents: dict[int, int] = {}
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            with suppress(OSError):
                parents[int(process.name)] = int((process / "stat").read_bytes().rpartition(b")")[2].split()[1])
    found = {ancestor}
    while more := {process for process, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found - {ancestor})


def _restrict(order: dict[str, Any]) -> None:
    version = _LIBRARY.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)
    if version < 1:
        raise OSError(ctypes.get_errno(), "this kernel has no Landlock")
    rights = (1 << _RIGHTS[min(version, len(_RIGHTS) - 1)]) - 1
    network = 0 if order["network"] or version < _NETWORK_FROM else 0b11
    scoped = 0b11 if version >= _SCOPED_FROM else 0
    parts = [rights, network, scoped][: 1 + (version >= _NETWORK_FROM) + (version >= _SCOPED_FROM)]
    attributes = struct.pack(f"={len(parts)}Q", *parts)
    ruleset = _call(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    for path in order["read"]:
        _grant(ruleset, path, _READ & rights)
    for path in order["write"]:
        _grant(ruleset, path, rights & ~(1 << 6) & ~(1 << 11))
    for path in order["make"]:
        _grant(ruleset, path, (_MAKE | 1 << 3) & rights)
    _call(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _grant(ruleset: int, path: str, rights: int) -> None:
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not every system has each of them
        return
    try:
        if not Path(path).is_dir():
            rights &= _OF_FILES
        _call(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, target), 0)
    finally:
        os.close(target)


def _filter(program: bytes) -> None:
    steps = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(steps))
    if _LIBRARY.prctl(_SECCOMP, 2, ctypes.c_char_p(header), 0, 0):
        raise OSError(ctypes.get_errno(), "the filter of system calls was refused")


def _control(what: int, value: int) -> None:
    if _LIBRARY.prctl(what, ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)):
        raise OSError(ctypes.get_errno(), "prctl was refused")


def _call(*words: Any) -> int:
    result = int(_LIBRARY.syscall(*words))
    if result < 0:
        raise OSError(ctypes.get_errno(), "Landlock was refused")
    return result


if __name__ == "__main__":
    main()
