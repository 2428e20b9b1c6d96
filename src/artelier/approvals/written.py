"""Which files a program writes because its words say so, as far as they do; redirections are the shell's own."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from artelier.approvals.git_effects import git_words
from artelier.approvals.options import before_end, has, operands, value_of
from artelier.approvals.text_programs import awk_only_prints, sed_only_prints

Check = Callable[[Sequence[str]], Sequence[str]]
_NOWHERE = frozenset({"", "-", "/dev/null", "/dev/stdout", "/dev/stderr"})
_SED_WRITES = re.compile(r"(?:^|[\s;{}/|,#!\d$gpIiMm])[wW]\s+([^\n;}]+)")
_AWK_WRITES = re.compile(r'>>?\s*"([^"]+)"')


def files_written(program: str, texts: Sequence[str]) -> list[str]:
    """Return the files that a command names for writing or taking away, in its own spelling; nothing for programs that nobody knows."""
    check = _CHECKED.get(program)
    found = [*(check(texts) if check else ()), *(_valued(texts, *_OPTIONS[program]) if program in _OPTIONS else ())]
    return [text for text in dict.fromkeys(found) if text not in _NOWHERE and not text.startswith((">(", "<("))]


def _valued(texts: Sequence[str], *options: str) -> list[str]:
    return [value_of(before_end(texts), option) for option in options]


def _all(*valued: str) -> Check:
    return lambda texts: operands(texts, *valued)


def _last(*valued: str) -> Check:
    def check(texts: Sequence[str]) -> Sequence[str]:
        target = value_of(texts, "-t", "--target-directory")
        words = operands(texts, *valued)
        return [target] if target else words[-1:] if len(words) > 1 else []

    return check


def _second(texts: Sequence[str]) -> Sequence[str]:
    return operands(texts, "-f", "-s", "-w", "-l", "-c", "-g", "-len", "-seek")[1:2]


def _link(texts: Sequence[str]) -> Sequence[str]:
    words = operands(texts, "-S")
    return _last()(texts) or [word.rstrip("/").rpartition("/")[2] for word in words]


def _sed(texts: Sequence[str]) -> Sequence[str]:
    if sed_only_prints(texts):
        return []
    given = has(texts, "-e", "-f", "--expression", "--file")
    words = operands(texts, "-e", "-f", "--expression", "--file", "-l")
    inside = [found for text in texts for found in _SED_WRITES.findall(text)]
    return [*(words[0 if given else 1 :] if has(texts, "-i", "--in-place") else []), *(each.strip() for each in inside)]


def _awk(texts: Sequence[str]) -> Sequence[str]:
    return [] if awk_only_prints(texts) else [found for text in texts for found in _AWK_WRITES.findall(text)]


def _tar(texts: Sequence[str]) -> Sequence[str]:
    mode = texts[0].lstrip("-") if texts and not texts[0].startswith("--") else ""
    if "x" in mode or has(texts, "--extract", "--get"):
        return [value_of(texts, "-C", "--directory") or "."]
    if not set(mode) & set("cru") and not has(texts, "--create", "--append", "--update"):
        return []
    return [value_of(texts, "--file") or next(iter(operands(texts[1:], "-C")), "")]


def _find(texts: Sequence[str]) -> Sequence[str]:
    return [after for before, after in pairwise(texts) if before in {"-fprint", "-fprint0", "-fprintf", "-fls"}]


def _git(texts: Sequence[str]) -> Sequence[str]:
    words = git_words(texts)
    name, rest = (words[0], words[1:]) if words else ("", [])
    found = [value_of(before_end(rest), "--output")]
    if name == "archive":
        found += _valued(rest, "-o")
    if name == "format-patch":
        found += [value_of(rest, "-o", "--output-directory")]
    if name == "bundle" and rest[:1] == ["create"]:
        found += operands(rest)[1:2]
    if name == "mv":
        found += operands(rest)[-1:]
    return found


def _curl(texts: Sequence[str]) -> Sequence[str]:
    named = has(texts, "-O", "--remote-name") and [text.rstrip("/").rpartition("/")[2] for text in operands(texts) if "/" in text]
    return named or []


def _packed(texts: Sequence[str]) -> Sequence[str]:
    kept = has(texts, "-c", "--stdout", "-l", "-t", "-d")
    return [] if kept else [f"{text}.gz" for text in operands(texts)]


def _unpacked(texts: Sequence[str]) -> Sequence[str]:
    return [] if has(texts, "-l", "-t", "-p", "-v", "-Z", "-c") else [value_of(texts, "-d") or "."]


_CHECKED: Mapping[str, Check] = {
    **dict.fromkeys(("rm", "rmdir", "unlink", "tee"), _all()),
    "shred": _all("-n", "-s", "--iterations", "--size"),
    "sponge": _all(),
    "touch": _all("-d", "-t", "-r", "--date", "--reference"),
    "mkdir": _all("-m", "--mode"),
    "mkfifo": _all("-m", "--mode"),
    "truncate": _all("-s", "-r", "--size", "--reference"),
    **dict.fromkeys(("cp", "mv", "install"), _last("-t", "-m", "-o", "-g", "-S")),
    **dict.fromkeys(("rsync", "scp"), _last("-e", "-P", "-i", "-p", "--exclude", "--include")),
    "ln": _link,
    "uniq": _second,
    "xxd": _second,
    "dd": lambda texts: [text.removeprefix("of=") for text in texts if text.startswith("of=")],
    "sed": _sed,
    **dict.fromkeys(("awk", "gawk", "mawk", "nawk"), _awk),
    **dict.fromkeys(("tar", "bsdtar"), _tar),
    "find": _find,
    "git": _git,
    "curl": _curl,
    "gzip": _packed,
    "unzip": _unpacked,
    "zip": lambda texts: operands(texts, "-x", "-i")[:1],
    "yq": lambda texts: operands(texts)[1:] if has(texts, "-i", "--inplace", "--in-place") else [],
    "perl": lambda texts: operands(texts, "-e", "-E") if any(re.match(r"-\w*i", text) for text in texts[:2]) else [],
}
_OUTPUT = ("-o", "--output")
_OPTIONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("sort", "shuf", "curl", "iconv", "gpg", "xmllint", "pandoc", "sdiff", "time", "gtime"), _OUTPUT),
    **dict.fromkeys(("tree", "gcc", "g++", "cc", "clang", "strace", "ltrace", "dot", "ld", "rustc"), ("-o",)),
    **dict.fromkeys(("diff", "colordiff"), ("--output",)),
    "less": ("-o", "-O", "--log-file"),
    "wget": ("-O", "--output-document"),
    "openssl": ("-out", "-keyout"),
    **dict.fromkeys(("pg_dump", "pg_dumpall"), ("-f", "--file")),
    "ssh-keygen": ("-f",),
    "go": ("-o",),
}
"""Options whose value is a file to write."""
