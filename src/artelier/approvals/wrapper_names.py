"""Names of programs that ``wrappers.py`` knows to run other ones."""

from collections.abc import Mapping

PLAIN: Mapping[str, tuple[int, str]] = {
    **dict.fromkeys(("nohup", "setsid", "builtin", "exec", "coproc", "busybox", "toybox", "unbuffer", "rlwrap"), (0, "-f -o -a")),
    **dict.fromkeys(("caffeinate", "proxychains", "torsocks", "torify", "dbus-run-session", "xvfb-run", "fakeroot"), (0, "-s")),
    "timeout": (1, "-s -k --signal --kill-after"),
    "gtimeout": (1, "-s -k --signal --kill-after"),
    "nice": (0, "-n --adjustment"),
    "ionice": (0, "-c -n --class --classdata"),
    "stdbuf": (0, "-i -o -e"),
    "chrt": (1, ""),
    "taskset": (1, ""),
    "prlimit": (0, ""),
    "numactl": (0, ""),
    "systemd-run": (0, "-p --unit --property"),
    "strace": (0, "-e -o -p -s"),
    "ltrace": (0, "-e -o -p -s"),
    "valgrind": (0, ""),
    "perf": (1, "-e -o"),
    "firejail": (0, ""),
    "bwrap": (0, ""),
    "unshare": (0, ""),
    "nsenter": (0, "-t --target"),
    "chroot": (1, ""),
    "entr": (0, ""),
    "direnv": (2, ""),
    "dotenv": (0, "-f"),
    "hyperfine": (0, "-w -r"),
}
"""Programs that run the words behind their own: how many words come before, and which options bring one."""
CHANGING = frozenset(
    (
        *("systemd-run", "strace", "ltrace", "perf", "chroot", "nsenter", "unshare", "dotenv", "direnv", "entr", "bwrap", "firejail"),
        *("valgrind", "rlwrap", "unbuffer", "prlimit", "hyperfine", "xvfb-run", "dbus-run-session", "fakeroot", "proxychains"),
    )
)
"""Those that do more than that."""
