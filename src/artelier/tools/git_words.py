"""What may be said to git: revisions, branch names and paths that are checked before git reads them, and what secrets are left out."""

import re
from collections.abc import Sequence

from artelier.domain.errors import ArgumentsInvalid, PathRefused
from artelier.domain.secret_names import SECRET_FOLDERS, SECRET_NAMES, is_secret
from artelier.tools.touching import normalised

SAFE_OPTIONS = (
    *("--no-optional-locks", "--no-pager", "--git-dir=.git", "--work-tree=."),
    *(word for setting in (
        "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.pager=cat", "core.editor=false", "core.sshCommand=false",
        "core.askPass=false", "core.quotePath=false", "core.alternateRefsCommand=false", "color.ui=false",
        "protocol.allow=never", "protocol.ext.allow=never", "protocol.file.allow=never", "protocol.ssh.allow=never",
        "protocol.git.allow=never", "protocol.http.allow=never", "protocol.https.allow=never",
        "diff.external=", "diff.autoRefreshIndex=false", "diff.mnemonicPrefix=false", "diff.noprefix=false",
        "submodule.recurse=false", "log.showSignature=false", "gpg.program=false", "gpg.ssh.program=false",
        "gpg.x509.program=false", "commit.gpgSign=false", "tag.gpgSign=false", "gc.auto=0", "maintenance.auto=false",
        "advice.detachedHead=false", "credential.helper=",
    ) for word in ("-c", setting)),
)  # fmt: skip
"""Said before every git command. A repository's own configuration can name programs; none of them is to run, nothing is
to be fetched, the index is not to be refreshed by a reading command, and the repository is the workspace's own."""

_READERS = frozenset({"status", "diff", "log", "show", "cat-file", "for-each-ref"})
_REVISION = re.compile(r"[A-Za-z0-9_./@{}^~+#=%,-]+", re.ASCII)
_LETTERS = re.compile(r"[^\x00-\x20\x7f~^:?*\[\]\\@{}$`;|&<>()!\"']+")
"""What a branch is named with: no sign of git's, and none of a shell's, though no shell reads it."""
_LONGEST = 250
WITHOUT_SECRETS = (
    *(f":(exclude,top,glob,icase)**/{name}" for name in SECRET_NAMES),
    *(f":(exclude,top,glob,icase)**/{name}/**" for name in sorted(SECRET_FOLDERS)),
)
"""Pathspecs (gitglossary(7)) that leave secrets out, whatever else is named."""


def only_reads(words: Sequence[str]) -> bool:
    """Whether a git command, said after ``SAFE_OPTIONS``, changes nothing: neither files nor the index."""
    command, *rest = words
    options = rest[: rest.index("--")] if "--" in rest else rest
    if command == "config":
        return "--get-regexp" in options
    return command in _READERS and not any(option.startswith("--output") for option in options)


def revision(text: str) -> str:
    """Return a revision as git takes it: a branch, a tag, a commit, ``HEAD~2``. Raises ``ArgumentsInvalid``."""
    if not _is_word(text) or (not _REVISION.fullmatch(text) and not _is_name(text)) or ".." in text:
        raise ArgumentsInvalid(f"{text!r} names no revision. Give one branch, tag or commit, such as main, v1.2 or HEAD~2.")
    return text


def branch(text: str) -> str:
    """Return a branch's name by the rules of git-check-ref-format(1). Raises ``ArgumentsInvalid``."""
    if not _is_word(text) or not _is_name(text) or text in {"HEAD", "@"}:
        raise ArgumentsInvalid(f"{text!r} cannot be a branch's name. Use letters, digits, - and /, such as fix/empty-input.")
    return text


def pathspec(path: str) -> str:
    """Return a path of the workspace as git reads it, with nothing in it special. Raises ``PathRefused``."""
    known = _checked(path)
    return ":(top)" if known == "." else f":(top,literal){known}"


def path_in_revision(path: str) -> str:
    """Return a path of a file to be shown from history. Raises ``PathRefused`` also for what may hold secrets."""
    known = _checked(path)
    if is_secret(known):
        raise PathRefused(f"{path!r} may hold secrets, which agents do not read, in history neither. Ask the person for what is needed.")
    return known


def _checked(path: str) -> str:
    known = normalised(path)
    if known is None or path.startswith("-") or "\0" in path or "\n" in path:
        raise PathRefused(f"{path!r} is no path of the workspace: give one relative to it, not beginning with -, such as src/main.py.")
    if ".git" in known.lower().split("/"):
        raise PathRefused(f"{path!r} lies inside git's own folder. Name a file of the project.")
    return known


def _is_word(text: str) -> bool:
    return bool(text) and len(text) <= _LONGEST and not text.startswith("-")


def _is_name(text: str) -> bool:
    parts = text.split("/")
    bad_part = any(not part or part.startswith(".") or part.endswith((".lock", ".")) for part in parts)
    return not bad_part and ".." not in text and text.isprintable() and _LETTERS.fullmatch(text) is not None
