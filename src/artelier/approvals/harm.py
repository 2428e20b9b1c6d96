"""Which commands destroy: files, history, data, processes, machines; what a person would want to be asked about whatever the rules say."""

import re
from collections.abc import Callable, Mapping, Sequence

from artelier.approvals.git_effects import git_destroys
from artelier.approvals.options import has, operands, starts_with

Check = Callable[[Sequence[str]], bool]
_STATEMENTS = re.compile(
    r"\b(drop\s+(table|database|schema|index|view|user|role|column|collection)|truncate\s+(table\s+)?\w|delete\s+from|alter\s+table\s.*\bdrop\b"
    r"|flushall|flushdb|dropdatabase|deletemany|\.drop\s*\(|\.remove\s*\(\s*\{)",
    re.IGNORECASE | re.DOTALL,
)
_WHOLESALE_UPDATE = re.compile(r"\bupdate\s+\w+\s+set\b(?!.*\bwhere\b)", re.IGNORECASE | re.DOTALL)
_CODE = re.compile(
    r"rmtree|os\.(remove|unlink|rmdir|removedirs|truncate|kill)|\.unlink\(|unlinkSync|rmSync|rmdirSync|fs\.(rm|unlink|rmdir)|\bunlink\b|"
    r"FileUtils\.rm|File\.delete|remove_dir|rm\s+-\w*[rf]|mkfs|shutil\.move\(.*/dev/null|\brmdir\b|drop\s+table|delete\s+from",
    re.IGNORECASE,
)
_DISKS = re.compile(r"/dev/(sd|hd|vd|xvd|nvme|mmcblk|disk|mapper|md|loop)\w*")


def destroys(program: str, texts: Sequence[str], writes: Sequence[str], told: str | None) -> bool:
    """Return whether a command destroys something; ``told`` is what it reads where the text says it."""
    if any(_DISKS.match(path) for path in writes):
        return True
    if program in _STATEMENT_PROGRAMS:
        return any(states_harm(text) for text in (*texts, told or "")) or _CHECKED.get(program, _never)(texts)
    if program in _INTERPRETERS:
        says = not _INTERPRETERS[program] or has(texts, *_INTERPRETERS[program]) or bool(told)
        return (says and any(_CODE.search(text) for text in (*texts, told or ""))) or _CHECKED.get(program, _never)(texts)
    if program in {"fdisk", "sfdisk", "parted", "hdparm"} and has(texts, "-l", "-I", "--list"):
        return False
    if program in _ALWAYS or program.startswith("mkfs"):
        return list(texts) not in (["--version"], ["--help"])
    return _CHECKED.get(program, _never)(texts)


def states_harm(text: str) -> bool:
    """Return whether a text holds a statement that drops, empties or rewrites data wholesale."""
    return bool(_STATEMENTS.search(text) or _WHOLESALE_UPDATE.search(text))


def _never(texts: Sequence[str]) -> bool:  # noqa: ARG001  a check like the others
    return False


def _options(*options: str) -> Check:
    return lambda texts: has(texts, *options)


def _said(*phrases: str) -> Check:
    return lambda texts: starts_with(operands(texts), phrases)


def _anywhere(pattern: str) -> Check:
    """Meet any word of this shape."""
    expression = re.compile(pattern)
    return lambda texts: any(expression.fullmatch(text) for text in texts)


def _dd(texts: Sequence[str]) -> bool:
    return any(text.startswith("of=") and text not in {"of=/dev/null", "of=/dev/stdout"} for text in texts)


def _find(texts: Sequence[str]) -> bool:
    return "-delete" in texts


def _kill(texts: Sequence[str]) -> bool:
    return not texts or texts[0] not in {"-0", "-l", "-L", "--list", "--version", "--help"}


def _copy(texts: Sequence[str]) -> bool:
    """Meet copies of nothing, which empty a file, and moves into nothing, which lose one."""
    return "/dev/null" in operands(texts) or any(_DISKS.match(text) for text in operands(texts)[-1:])


def _kubectl(texts: Sequence[str]) -> bool:
    words = operands(texts, "-n", "--namespace", "--context", "--kubeconfig", "-f", "-l")
    return starts_with(words, ("delete", "drain")) or (words[:1] == ["replace"] and has(texts, "--force")) or "--replicas=0" in texts


def _docker(texts: Sequence[str]) -> bool:
    words = [word for word in operands(texts, "-f", "--file", "-p", "--project-name", "--context", "-H") if word != "compose"]
    removing = ("rm", "rmi", "kill", "prune", "down")
    if words[:1] and words[0] in removing:
        return True
    objects = {"container", "image", "volume", "network", "system", "builder", "buildx", "stack", "service", "secret", "config", "swarm"}
    return len(words) > 1 and words[0] in objects and words[1] in {"rm", "remove", "prune", "kill", "leave", "reset"}


def _terraform(texts: Sequence[str]) -> bool:
    gone = ("destroy", "state rm", "workspace delete", "force-unlock", "taint")
    return starts_with(operands(texts), gone) or has(texts, "-destroy", "-auto-approve") or "-destroy" in texts or "-auto-approve" in texts


def _tools(texts: Sequence[str]) -> bool:
    """Meet the deleting verbs of clouds' own programs."""
    verbs = r"(delete|terminate|destroy|remove|purge|deregister|rm|rb|prune|drop|wipe|erase)(-[\w-]+)?|[\w-]+:(destroy|delete|remove)"
    return any(re.fullmatch(verbs, word) for word in operands(texts)) or "--delete" in texts


def _curl(texts: Sequence[str]) -> bool:
    return any(text.upper() in {"DELETE", "-XDELETE", "--REQUEST=DELETE"} for text in texts)


def _manage(texts: Sequence[str]) -> bool:
    gone = ("manage.py", "artisan", "console", "rails", "rake")
    return any(text.endswith(gone) for text in texts) and any(text in _WIPING for text in texts)


_WIPING = frozenset({"flush", "reset_db", "sqlflush", "db:drop", "db:reset", "db:wipe", "migrate:fresh", "migrate:reset", "db:purge"})
"""What frameworks call the emptying of a database."""
_INTERPRETERS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("python", "python2", "python3", "pypy", "pypy3"), ("-c",)),
    **dict.fromkeys(("node", "nodejs", "deno", "bun"), ("-e", "-p", "--eval", "--print")),
    **dict.fromkeys(("perl",), ("-e", "-E")),
    **dict.fromkeys(("ruby", "lua", "osascript"), ("-e",)),
    "php": ("-r",),
    **dict.fromkeys(("awk", "gawk", "mawk", "nawk"), ()),
}
"""Programs that run a text, and the options that bring it."""

_STATEMENT_PROGRAMS = frozenset(
    (
        "psql",
        "mysql",
        "mariadb",
        "sqlite3",
        "sqlite",
        "sqlcmd",
        "mongo",
        "mongosh",
        "redis-cli",
        "valkey-cli",
        "cqlsh",
        "clickhouse-client",
        "duckdb",
    )
)
_ALWAYS = frozenset(
    (
        *("rm", "unlink", "shred", "srm", "wipe", "truncate", "wipefs", "fdisk", "sfdisk", "cfdisk", "gdisk", "sgdisk", "parted", "mkswap"),
        *("blkdiscard", "userdel", "deluser", "groupdel", "delgroup", "lvremove", "vgremove", "pvremove", "dropdb", "dropuser", "killall"),
        *(
            "pkill",
            "killall5",
            "xkill",
            "shutdown",
            "reboot",
            "poweroff",
            "halt",
            "init",
            "telinit",
            "sudo",
            "doas",
            "su",
            "pkexec",
            "runuser",
        ),
        *("del", "erase", "rd", "format", "trash-empty", "mke2fs", "newfs", "hdparm", "flashrom", "badblocks", "kexec", "logrotate"),
    )
)
_CHECKED: Mapping[str, Check] = {
    **dict.fromkeys(("chmod", "chown", "chgrp", "setfacl", "chattr"), _options("-R", "--recursive")),
    **dict.fromkeys(("docker", "podman", "docker-compose", "nerdctl"), _docker),
    **dict.fromkeys(("terraform", "tofu", "terragrunt"), _terraform),
    **dict.fromkeys(("cp", "mv", "install"), _copy),
    **dict.fromkeys(
        ("aws", "gcloud", "az", "gh", "glab", "gsutil", "heroku", "doctl", "flyctl", "fly", "s3cmd", "vercel", "netlify"), _tools
    ),
    "php": _manage,
    **dict.fromkeys(("rails", "rake"), lambda texts: any(text in _WIPING for text in texts)),
    **dict.fromkeys(("apt", "apt-get", "aptitude", "yum", "dnf"), _said("remove", "purge", "autoremove", "erase", "autopurge")),
    **dict.fromkeys(("virsh",), _said("destroy", "undefine", "vol-delete")),
    **dict.fromkeys(("zfs", "zpool", "vagrant", "pulumi", "cdk"), _said("destroy")),
    **dict.fromkeys(("python", "python3"), _manage),
    "git": git_destroys,
    "dd": _dd,
    "find": _find,
    "kill": _kill,
    "rsync": lambda texts: any(text.startswith("--delete") or text == "--remove-source-files" for text in texts),
    "kubectl": _kubectl,
    "oc": _kubectl,
    "helm": _said("uninstall", "delete", "rollback"),
    "crontab": _options("-r"),
    "iptables": _options("-F", "-X", "--flush"),
    "nft": _said("flush", "delete"),
    "ufw": _said("reset", "disable"),
    "systemctl": _said("poweroff", "reboot", "halt", "kexec", "kill", "rescue", "emergency", "isolate"),
    "journalctl": _options("--vacuum-size", "--vacuum-time", "--vacuum-files"),
    "history": _options("-c"),
    "curl": _curl,
    "http": lambda texts: "DELETE" in texts,
    "rclone": _said("delete", "purge", "sync", "deletefile", "rmdirs", "cleanup"),
    "dpkg": _options("-r", "-P", "--remove", "--purge"),
    "rpm": _options("-e", "--erase"),
    "pacman": lambda texts: any(text.startswith("-R") for text in texts),
    "apk": _said("del"),
    "snap": _said("remove"),
    "brew": _said("uninstall", "remove", "zap"),
    "tmux": _said("kill-server", "kill-session"),
    "diskutil": lambda texts: any(text.casefold().startswith(("erase", "partition", "zero")) for text in texts),
    "cryptsetup": _anywhere(r"luksFormat|erase|luksErase"),
    "mdadm": _options("--zero-superblock", "--stop"),
    "btrfs": _anywhere(r"delete"),
    "etcdctl": _said("del", "rm"),
    "consul": _said("kv delete"),
    "vault": _said("delete", "kv delete", "kv destroy", "secrets disable"),
    "mysqladmin": _anywhere(r"drop|shutdown"),
    "npm": _said("unpublish"),
    "cargo": _said("yank"),
    "prisma": _said("migrate reset", "db push"),
    "alembic": _said("downgrade"),
    "fuser": _options("-k", "--kill"),
    "sqlite": _never,
    "svn": _said("revert", "delete", "rm"),
    "hg": _said("strip", "purge", "rollback"),
    "tar": _options("--remove-files"),
    "zip": _options("-m", "--move"),
    "xattr": _options("-r"),
    "redis-cli": _anywhere(r"(?i)flushall|flushdb|del|unlink|shutdown"),
    "valkey-cli": _anywhere(r"(?i)flushall|flushdb|del|unlink|shutdown"),
}
