"""Which commands change nothing and reach nothing outside, in the eyes of a careful person.

Wider than ``read_only.py``, by which commands run beside others: a person takes ``git log`` and ``awk '{print $1}'`` for reading
although a repository's own configuration, say, could make Git start a program. Nothing runs unasked because of this module alone.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from artelier.approvals.git_effects import git_only_reads
from artelier.approvals.options import has, operands, starts_with
from artelier.approvals.reader_names import ANY_WORDS, DOCKER_READS, VERSIONED
from artelier.approvals.secrets import is_secret_variable
from artelier.approvals.shell_words import Word
from artelier.approvals.text_programs import awk_only_prints, sed_only_prints

Check = Callable[[Sequence[str]], bool]


def only_reads_by_person(program: str, words: Sequence[Word]) -> bool:
    """Return whether a program with these words only reads, as far as a careful person can tell."""
    texts = [word.text for word in words]
    if program in ANY_WORDS:
        return True
    if asks_about_itself(program, texts):
        return True
    check = _CHECKED.get(program)
    if check is None or any(word.open_start for word in words):
        return False
    return check(texts)


def takes_any_word(program: str) -> bool:
    """Return whether no argument makes a program do anything but read."""
    return program in ANY_WORDS


def asks_about_itself(program: str, texts: Sequence[str]) -> bool:
    """Return whether a known program is only asked for its version or its help."""
    return len(texts) == 1 and (
        texts[0] in {"--version", "--help"}
        or ((program in VERSIONED or program in _CHECKED) and texts[0] in {"-V", "-v", "-version", "version", "-h", "help"})
    )


def _without(*options: str, most: int | None = None) -> Check:
    def check(texts: Sequence[str]) -> bool:
        return not has(texts, *options) and (most is None or len(operands(texts)) <= most)

    return check


def _said(*phrases: str, without: tuple[str, ...] = (), valued: tuple[str, ...] = ()) -> Check:
    def check(texts: Sequence[str]) -> bool:
        return starts_with(operands(texts, *valued), phrases) and not has(texts, *without)

    return check


def _find(texts: Sequence[str]) -> bool:
    harmful = ("-delete", "-fprint", "-fls", "-files0-from", "-ok")
    return not any(text.startswith(harmful) for text in texts) and not any(text[:1] in {"*", "?", "["} for text in _before_tests(texts))


def _before_tests(texts: Sequence[str]) -> Sequence[str]:
    end = next((index for index, text in enumerate(texts) if text.startswith(("-", "(", "!"))), len(texts))
    return texts[:end]


def _ripgrep(texts: Sequence[str]) -> bool:
    return not any(text.startswith(("--pre", "--hostname-bin", "--search-zip", "--generate")) for text in texts) and not has(texts, "-z")


def _date(texts: Sequence[str]) -> bool:
    valued = ("-d", "-r", "-f", "--date", "--reference", "-v")
    return not has(texts, "-s", "--set") and all(text.startswith("+") for text in operands(texts, *valued))


def _processes(texts: Sequence[str]) -> bool:
    """``ps e`` prints environments."""
    return not any(not text.startswith("-") and text.isalpha() and "e" in text for text in texts[:1]) and not has(texts, "-E")


def _tar(texts: Sequence[str]) -> bool:
    mode = texts[0].lstrip("-") if texts and not texts[0].startswith("--") else ""
    lists = ("t" in mode and not set(mode) & set("cxruAIF")) or "--list" in texts
    long = [text.partition("=")[0] for text in texts if text.startswith("--")]
    plain = all(
        text in {"--list", "--file", "--gzip", "--verbose", "--exclude", "--strip-components", "--zstd", "--xz", "--wildcards"}
        for text in long
    )
    return lists and plain and not has(texts[1:], "-I", "-F", "-x", "-c") and not any(":" in text for text in texts)


def _jq(texts: Sequence[str]) -> bool:
    return not any(re.search(r"\benv\b|\$(__prog|ENV)", text) for text in texts)


def _yq(texts: Sequence[str]) -> bool:
    if any(re.search(r"strenv|envsubst|\bload", text) for text in texts):
        return False
    return _jq(texts) and not has(texts, "-i", "--inplace", "--in-place", "-s", "--split-exp")


def _printed_variables(texts: Sequence[str]) -> bool:
    return bool(texts) and not any(text.startswith("-") or is_secret_variable(text) for text in texts)


def _python(texts: Sequence[str]) -> bool:
    """``python -m`` takes a module of the folder where it stands before its own, unless it is told not to."""
    if texts[:1] not in (["-I"], ["-P"], ["-IP"]) or texts[1:2] != ["-m"]:
        return False
    if texts[2:3] in (["pip"], ["pip3"]):
        return _pip(texts[3:])
    return texts[2:3] == ["json.tool"] and len(operands(texts[3:])) <= 1 and not has(texts[3:], "--outfile")


def _options_only(texts: Sequence[str]) -> bool:
    return bool(texts) and all(re.fullmatch(r"[-+][\w]+|pipefail|errexit|nounset", text) for text in texts)


def _pip(texts: Sequence[str]) -> bool:
    reading = ("list", "show", "freeze", "check", "help", "debug", "cache dir", "config list")
    return starts_with(operands(texts), reading) and not has(texts, "-o", "--outdated", "--log")


def _pager(texts: Sequence[str]) -> bool:
    """Refuse commands that a pager begins with."""
    harmful = has(texts, "-o", "-O", "--log-file", "--LOG-FILE", "-k", "--lesskey-file", "--lesskey-content")
    return not harmful and not any(text.startswith("+") or "!" in text for text in texts)


def _packages(texts: Sequence[str]) -> bool:
    return has(texts[:1], "-q", "--query") and not has(texts, "--pipe", "--eval", "-E", "--define", "-D", "--load", "--rcfile")


def _docker(texts: Sequence[str]) -> bool:
    words = operands(texts, "-f", "--filter", "--format", "-n", "--tail", "--since", "-p", "--project-name", "--file", "--context")
    if has(texts[:1], "-H", "--host") or not starts_with(words, DOCKER_READS):
        return False
    return starts_with(words, ("stats", "logs", "compose logs", "container logs", "compose config")) or not has(texts, "-o", "--output")


def _sqlite(texts: Sequence[str]) -> bool:
    words = operands(texts, "-separator", "-cmd", "-init", "-nullvalue")
    if len(words) != len(("file", "statement")) or any(text in {"-cmd", "-init"} for text in texts):
        return False
    statement = words[1].strip().rstrip(";").casefold()
    if ";" in statement or re.search(r"writefile|readfile|fsdir|zipfile|load_extension|edit\s*\(|fts3_tokenizer", statement):
        return False
    return bool(
        re.match(r"(select|explain|pragma (table_info|index_list|foreign_key_list|database_list))\b", statement)
        or re.fullmatch(r"\.(tables|schema|indexes|databases)(\s+\w+)?", statement)
    )


def _systemctl(texts: Sequence[str]) -> bool:
    if has(texts, "-H", "--host"):
        return False
    return starts_with(operands(texts), ("status", "show", "cat", "is-active", "is-enabled", "is-failed", "get-default")) or operands(
        texts
    )[:1] in (["list-units"], ["list-timers"], ["list-unit-files"], ["list-sockets"], ["list-dependencies"])


def _never_written(texts: Sequence[str]) -> bool:
    """``xxd`` and the like write into a second file."""
    return not has(texts, "-r", "-revert") and len(operands(texts, "-l", "-s", "-c", "-g", "-o", "-len", "-seek")) <= 1


def _addresses(texts: Sequence[str]) -> bool:
    words = operands(texts)
    return not {"-b", "-batch", "-force"} & set(texts) and (len(words) <= 1 or words[1] in {"show", "list", "ls", "s", "sh", "get"})


def _nothing(texts: Sequence[str]) -> bool:
    return not texts


def _shows_functions(texts: Sequence[str]) -> bool:
    return bool(texts) and texts[0] in {"-v", "-V"}


_CHECKED: Mapping[str, Check] = {
    **dict.fromkeys(("awk", "gawk", "mawk", "nawk"), awk_only_prints),
    **dict.fromkeys(("docker", "podman"), _docker),
    **dict.fromkeys(("python", "python3"), _python),
    **dict.fromkeys(("apt", "apt-get"), _said("list", "show", "search", "policy", "depends", "rdepends", without=("-o", "-c"))),
    **dict.fromkeys(("pip", "pip3"), _pip),
    "apt-cache": _without("-o", "-c", "--option", "--config-file"),
    **dict.fromkeys(("bat", "batcat", "ag"), _without("--pager")),
    **dict.fromkeys(("nm", "objdump", "size"), _without("--plugin")),
    **dict.fromkeys(("base64", "base32", "zstdcat"), _without("-o")),
    **dict.fromkeys(("mapfile", "readarray"), _without("-C")),
    "jobs": _without("-x"),
    "git": git_only_reads,
    "sed": sed_only_prints,
    "find": _find,
    "rg": _ripgrep,
    "jq": _jq,
    "yq": _yq,
    "diff": _without("--output"),
    "colordiff": _without("--output"),
    "sdiff": _without("-o", "--output"),
    "file": _without("-C", "--compile"),
    "sort": _without("-o", "--output", "-T", "--temporary-directory", "--compress-program"),
    "shuf": _without("-o", "--output"),
    "tree": _without("-o", "-R"),
    "uniq": _without(most=1),
    "xxd": _never_written,
    "hostname": _without("-F", "--file", "-b", "--boot", most=0),
    "domainname": _nothing,
    "date": _date,
    "ps": _processes,
    **dict.fromkeys(("less", "more"), _pager),
    "man": _without("-P", "--pager", "-H", "--html", "-X"),
    "whatis": _without(),
    "apropos": _without(),
    "tar": _tar,
    "bsdtar": _tar,
    "unzip": lambda texts: bool(texts) and texts[0] in {"-l", "-v", "-lv", "-Z", "-t", "-p"},
    "gzip": lambda texts: has(texts, "-l", "-t", "--list", "--test") or (has(texts, "-c", "--stdout") and has(texts, "-d")),
    "gunzip": lambda texts: has(texts, "-c", "--stdout", "-l"),
    "ar": lambda texts: bool(texts) and texts[0].lstrip("-") in {"t", "tv", "p"},
    "top": lambda texts: has(texts, "-b"),
    "journalctl": _without("--vacuum-size", "--vacuum-time", "--vacuum-files", "--rotate", "--flush", "--sync", "--cursor-file"),
    "dmesg": _without("-C", "--clear", "-c", "--read-clear", "-D", "-E", "-n"),
    "ss": _without("-K", "--kill", "-D", "--diag"),
    "netstat": _without(),
    "ifconfig": lambda texts: len(operands(texts)) <= 1,
    "ip": _addresses,
    "route": lambda texts: not operands(texts),
    "mount": lambda texts: not texts or list(texts) == ["-l"],
    "crontab": lambda texts: list(texts) == ["-l"],
    "printenv": _printed_variables,
    "set": _options_only,
    "shopt": _without(),
    "ulimit": lambda texts: all(text.startswith("-") for text in texts),
    "umask": _nothing,
    "hash": _nothing,
    "alias": _nothing,
    "stty": lambda texts: list(texts) in ([], ["-a"], ["size"]),
    "systemctl": _systemctl,
    "service": lambda texts: texts[-1:] == ["status"] or list(texts) == ["--status-all"],
    "command": _shows_functions,
    "kubectl": _said("config get-contexts", "config current-context", "config get-clusters", "version"),
    "sqlite3": _sqlite,
    "kill": lambda texts: bool(texts) and texts[0] in {"-0", "-l", "-L"},
    "npm": _said("ls", "list", "ll", "root", "prefix", "bin", "explain", "why", "help", "config list", "config get", "pkg get"),
    "yarn": _said("list", "why", "licenses list", "workspaces info", "config list"),
    "pnpm": _said("ls", "list", "why", "root", "licenses list"),
    "bun": _said("pm ls", "pm bin"),
    "cargo": _said(
        "tree", "metadata", "locate-project", "pkgid", "help", "read-manifest", without=("--config",), valued=("--manifest-path",)
    ),
    "go": lambda texts: starts_with(operands(texts), ("version", "list", "env", "doc", "help")) and not has(texts, "-w", "-u", "-toolexec"),
    "rustup": _said("show", "toolchain list", "target list", "component list", "which"),
    "uv": _said("pip list", "pip show", "pip freeze", "pip tree", "pip check", "python list", "python find", "tool list", "cache dir"),
    "poetry": _said("show", "env info", "env list", "check", "about", without=("-l", "--latest", "-o", "--outdated")),
    "conda": _said("list", "info", "env list", "config --show"),
    "gem": _said("list", "environment", "contents", "specification", "which", without=("-r", "--remote", "-b", "--both")),
    "bundle": _said("list", "show", "info"),
    "composer": _said("show", "licenses", "depends", "why"),
    "dpkg": lambda texts: has(texts[:1], "-l", "-L", "-s", "-S", "--list", "--listfiles", "--status", "--search", "-p", "-c", "-I"),
    **dict.fromkeys(("rpm", "rpmquery"), _packages),
    "brew": _said("list", "ls", "deps", "uses", "leaves", "config", "--prefix"),
    "snap": _said("list"),
    "flatpak": _said("list"),
    "terraform": _said("show", "validate", "output", "state list", "state show", "workspace list", "workspace show", "graph"),
    "helm": _said("lint", "show chart"),
    **dict.fromkeys(("locate", "plocate", "atq", "blkid", "pstat"), _without("-o")),
    **dict.fromkeys(("hostnamectl", "timedatectl"), lambda texts: operands(texts) in ([], ["status"])),
    **dict.fromkeys(("fdisk", "sfdisk", "parted"), lambda texts: list(texts[:1]) in (["-l"], ["--list"])),
    **dict.fromkeys(("7z", "7za"), lambda texts: list(texts[:1]) == ["l"]),
    "arp": lambda texts: list(texts) in ([], ["-a"], ["-n"], ["-an"]),
    "pacman": lambda texts: bool(texts) and texts[0].startswith("-Q"),
    "fc": lambda texts: list(texts[:1]) == ["-l"],
    "openssl": _said(
        "version", "x509", "dgst", "asn1parse", "crl", without=("-out", "-signkey", "-keyout", "-sign", "-CA", "-engine", "-provider")
    ),
    "gpg": lambda texts: has(texts, "--list-keys", "--list-public-keys", "-k", "--fingerprint") and not has(texts, "-o", "--output"),
    "ssh-keygen": lambda texts: has(texts, "-l") and not has(texts, "-f", "-R"),
    "xmllint": _without("-o", "--output", "--shell", "--load-trace"),
    "hg": _said("status", "st", "log", "diff", "branch", "branches", "summary", "root", "heads", "annotate"),
    "svn": _said("status", "st", "info", "diff"),
    "nvidia-smi": lambda texts: not texts or texts[0].startswith(("--query", "-q", "-L")),
    "fd": _without("-x", "-X", "--exec", "--exec-batch"),
    "fdfind": _without("-x", "-X", "--exec", "--exec-batch"),
    "ack": _without("--pager", "--output"),
    "history": lambda texts: all(text.isdigit() for text in texts),
    "export": lambda texts: False,  # noqa: ARG005  judged by the names it sets
    "sysctl": lambda texts: not has(texts, "-w", "--write", "-p", "--load") and not any("=" in text for text in texts),
    "make": lambda texts: False,  # noqa: ARG005  even a dry run runs parts of a makefile
}
"""Programs whose arguments decide."""
