"""What Git does, told from its words."""

import re
from collections.abc import Sequence

from artelier.approvals.options import has, operands, starts_with

_VALUED = ("-C", "-c", "--git-dir", "--work-tree", "--namespace", "--exec-path", "--super-prefix", "--config-env")
_HARMLESS_CONFIGURATION = re.compile(r"(color\.\w+|core\.quotepath|core\.pager=cat|advice\.\w+|log\.\w+|diff\.renames|diff\.context)")
_READS = frozenset(
    (
        *("status", "log", "diff", "show", "blame", "annotate", "rev-parse", "rev-list", "ls-files", "ls-tree", "cat-file", "describe"),
        *("shortlog", "grep", "merge-base", "name-rev", "for-each-ref", "show-ref", "count-objects", "check-ignore", "check-attr"),
        *("diff-tree", "diff-files", "diff-index", "whatchanged", "var", "version", "help", "cherry", "range-diff", "show-branch"),
        *("fsck", "verify-commit", "verify-tag", "check-mailmap", "check-ref-format", "get-tar-commit-id", "patch-id", "stripspace"),
    )
)
_HARMFUL = ("--output", "--lost-found", "--ext-diff", "--textconv", "--open-files-in-pager", "--exec-path", "--filters")
_NETWORK = frozenset(
    (
        *("push", "fetch", "pull", "clone", "ls-remote", "fetch-pack", "send-pack", "http-fetch", "http-push", "send-email", "daemon"),
        *("request-pull", "p4", "svn", "instaweb", "imap-send"),
    )
)


def git_words(texts: Sequence[str]) -> list[str]:
    """Return Git's subcommand and what follows, without the options before it."""
    skip = False
    for index, text in enumerate(texts):
        if skip:
            skip = False
        elif text in _VALUED:
            skip = True
        elif not text.startswith("-"):
            return list(texts[index:])
    return []


def git_only_reads(texts: Sequence[str]) -> bool:
    """Return whether Git changes nothing and reaches nothing, with the repository's configuration taken for harmless."""
    words = git_words(texts)
    if list(texts) in (["--version"], ["--help"]) or not _plain_before(texts[: len(texts) - len(words)]) or not words:
        return bool(texts) and list(texts) in (["--version"], ["--help"])
    name, rest = words[0], words[1:]
    if has(rest, *_HARMFUL) or (name == "grep" and has(rest, "-O")) or (name == "help" and has(rest, "-w", "-i", "--web", "--info")):
        return False
    return name in _READS or _asks(name, rest)


def _plain_before(texts: Sequence[str]) -> bool:
    """Whether what stands before the subcommand leaves Git as it is: another folder or no pager, but no configuration that runs."""
    allowed = {"--no-pager", "-P", "--no-optional-locks", "--literal-pathspecs", "--bare", "--no-replace-objects"}
    index = 0
    while index < len(texts):
        text = texts[index]
        value = texts[index + 1] if index + 1 < len(texts) else ""
        setting = value if value.startswith("core.pager") else value.partition("=")[0]
        if text == "-C" or (text == "-c" and _HARMLESS_CONFIGURATION.fullmatch(setting)):
            index += 1
        elif text not in allowed:
            return False
        index += 1
    return True


def _asks(name: str, rest: Sequence[str]) -> bool:  # noqa: C901, PLR0911, PLR0912  a flat list of subcommands
    """Whether a subcommand that can do both is only asked something."""
    words = operands(rest)
    match name:
        case "branch":
            changing = ("-d", "-D", "-m", "-M", "-c", "-C", "-f", "-u", "--delete", "--move", "--copy", "--force", "--edit-description")
            return not has(rest, *changing, "--set-upstream-to", "--unset-upstream") and (not words or _lists(rest))
        case "tag":
            return not has(rest, "-d", "-a", "-s", "-m", "-f", "-F", "--delete", "--annotate", "--sign") and (not words or _lists(rest))
        case "remote":
            return words[:1] in ([], ["get-url"]) and not has(rest, "--push-add")
        case "stash":
            return words[:1] in (["list"], ["show"])
        case "config":
            reading = has(rest, "--get", "--get-all", "--get-regexp", "--list", "-l", "--get-urlmatch") or words[:1] in (["get"], ["list"])
            bare = len(words) == 1 and words[0] not in {"edit", "set", "unset"}
            writing = ("--unset", "--add", "--replace-all", "-e", "--edit", "--unset-all", "--remove-section", "--rename-section")
            return (reading or bare) and not has(rest, *writing)
        case "reflog":
            return words[:1] == [] or words[0] not in {"expire", "delete", "drop", "write"}
        case "clean":
            return has(rest, "-n", "--dry-run") and not has(rest, "-i")
        case "worktree" | "notes" | "bisect" | "submodule" | "sparse-checkout" | "bundle" | "lfs":
            asked = {"list", "show", "log", "status", "summary", "verify", "ls-files"}
            return words[:1] != [] and words[0] in asked
        case "symbolic-ref":
            return len(words) == 1 and not has(rest, "-d", "--delete")
        case "archive":
            return has(rest, "--list", "-l")
        case "apply":
            return has(rest, "--stat", "--check", "--numstat", "--summary") and not has(rest, "--apply", "--index", "--build-fake-ancestor")
        case "hash-object":
            return not has(rest, "-w")
        case "ls-remote":
            return False
        case _:
            return False


def _lists(rest: Sequence[str]) -> bool:
    return has(rest, "-l", "--list", "--contains", "--merged", "--no-merged", "--points-at", "--no-contains") or "--show-current" in rest


def git_destroys(texts: Sequence[str]) -> bool:  # noqa: C901, PLR0911, PLR0912  a flat list of subcommands
    """Return whether Git throws away work, history or branches."""
    words = git_words(texts)
    if not words:
        return False
    name, rest = words[0], words[1:]
    match name:
        case "push":
            forced = has(rest, "-f", "--force", "--force-with-lease", "--force-if-includes", "--delete", "-d", "--mirror", "--prune")
            return forced or any(word.startswith(("+", ":")) for word in operands(rest)[1:])
        case "reset":
            return has(rest, "--hard", "--merge")
        case "clean":
            return not has(rest, "-n", "--dry-run")
        case "checkout":
            away = "--" in rest or any(word == "." or word.startswith(("./", ":/")) for word in operands(rest))
            return has(rest, "-f", "--force") or (away and not has(rest, "-b", "-B"))
        case "restore":
            return not has(rest, "--staged", "-S") or has(rest, "--worktree", "-W")
        case "switch":
            return has(rest, "-f", "--force", "--discard-changes")
        case "branch":
            return has(rest, "-D") or (has(rest, "-d", "--delete") and has(rest, "-f", "--force"))
        case "stash":
            return operands(rest)[:1] in (["drop"], ["clear"])
        case "tag":
            return has(rest, "-d", "--delete")
        case "rm":
            return not has(rest, "--cached", "-n", "--dry-run")
        case "reflog":
            return operands(rest)[:1] in (["expire"], ["delete"])
        case "update-ref":
            return has(rest, "-d")
        case "gc":
            return has(rest, "--prune")
        case "worktree":
            return operands(rest)[:1] == ["remove"]
        case "submodule":
            return operands(rest)[:1] == ["deinit"]
        case "filter-branch" | "filter-repo" | "prune" | "fast-import":
            return True
        case _:
            return False


def git_reaches_out(texts: Sequence[str]) -> bool:
    """Return whether Git speaks with another machine."""
    words = git_words(texts)
    if not words:
        return False
    name, rest = words[0], words[1:]
    if name in {"clone", "ls-remote"}:
        source = next(iter(operands(rest, "-b", "--branch", "--depth", "-o", "--origin", "--reference", "-c", "--config")), "")
        return not source.startswith(("/", "./", "../", "file://"))
    if name == "archive":
        return has(rest, "--remote")
    asked = {"remote": ("update", "show", "prune"), "submodule": ("update", "add"), "lfs": ("fetch", "pull", "push", "clone")}
    return name in _NETWORK or starts_with(operands(rest), asked.get(name, ()))
