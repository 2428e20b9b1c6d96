"""The filter, run by a small machine of our own, for both kinds of processors."""

import errno
import struct

import pytest

from artelier.workspaces.sandbox.seccomp import filter_program

ALLOW, KILL = 0x7FFF0000, 0x80000000
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
CALLS = {
    "x86_64": {"read": 0, "execve": 59, "socket": 41, "clone": 56, "ioctl": 16, "ptrace": 101, "keyctl": 250, "unshare": 272, "mount": 165},
    "aarch64": {
        "read": 63,
        "execve": 221,
        "socket": 198,
        "clone": 220,
        "ioctl": 29,
        "ptrace": 117,
        "keyctl": 219,
        "unshare": 97,
        "mount": 40,
    },
}
REFUSED = {"ptrace": errno.EPERM, "keyctl": errno.EPERM, "unshare": errno.EPERM, "mount": errno.EPERM}


def run(program: bytes, architecture: int, number: int, *arguments: int) -> int:
    """Return what the kernel's machine would."""
    data = struct.pack("IIQ6Q", number, architecture, 0, *[*arguments, 0, 0, 0, 0, 0, 0][:6])
    steps = [struct.unpack("HBBI", program[place : place + 8]) for place in range(0, len(program), 8)]
    held = place = 0
    for _ in range(len(steps)):
        code, if_true, if_false, value = steps[place]
        place += 1
        match code:
            case 0x20:
                (held,) = struct.unpack_from("I", data, value)
            case 0x06:
                return value
            case _:
                holds = {0x15: held == value, 0x35: held >= value, 0x45: bool(held & value)}[code]
                place += if_true if holds else if_false
    raise AssertionError("it does not end")


@pytest.fixture(params=CALLS)
def machine(request: pytest.FixtureRequest) -> str:
    return request.param


def result(machine: str, call: str | int, *arguments: int, **options: bool) -> int:
    number = CALLS[machine][call] if isinstance(call, str) else call
    return run(filter_program(machine, **options), ARCHITECTURES[machine], number, *arguments)


def error(number: int) -> int:
    return 0x50000 | number


def test_usual_calls_pass(machine: str) -> None:
    assert {result(machine, call) for call in ("read", "execve")} == {ALLOW}
    assert result(machine, "ioctl", 0, 0x5401) == ALLOW
    assert result(machine, "clone", 0x1200011) == ALLOW  # what fork asks for
    assert result(machine, "clone", 0x3D0F00) == ALLOW  # what a thread asks for


@pytest.mark.parametrize("call", REFUSED)
def test_dangerous_calls_are_refused(machine: str, call: str) -> None:
    assert result(machine, call) == error(REFUSED[call])


@pytest.mark.parametrize("number", [425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442, 467])
def test_new_calls_are_refused_by_the_same_number(machine: str, number: int) -> None:
    assert result(machine, number) == error(errno.EPERM)


def test_clone3_does_not_exist(machine: str) -> None:
    assert result(machine, 435) == error(errno.ENOSYS)


@pytest.mark.parametrize("flag", [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000])
def test_no_call_makes_a_namespace(machine: str, flag: int) -> None:
    assert result(machine, "clone", flag | 17) == error(errno.EPERM)


@pytest.mark.parametrize("request_number", [0x5412, 0x541C])
def test_nobody_types_into_a_terminal(machine: str, request_number: int) -> None:
    assert result(machine, "ioctl", 0, request_number) == error(errno.EPERM)
    assert result(machine, "ioctl", 0, request_number | 1 << 40) == error(errno.EPERM), "the kernel looks at the low half alone"


def test_few_kinds_of_sockets_pass(machine: str) -> None:
    assert {family for family in range(64) if result(machine, "socket", family) == ALLOW} == {1, 2, 10, 16}
    assert {family for family in range(64) if result(machine, "socket", family, only_local_sockets=True) == ALLOW} == {1}
    assert result(machine, "socket", 40) == error(errno.EAFNOSUPPORT)


def test_another_architecture_ends_the_program(machine: str) -> None:
    assert run(filter_program(machine), 0x40000003, 4) == KILL


def test_x32_does_not_slip_through() -> None:
    assert result("x86_64", 0x40000000 | 101) == error(errno.EPERM)


def test_an_unknown_machine_has_no_filter() -> None:
    with pytest.raises(KeyError):
        filter_program("vax")
