"""What a path may look like: lexical refusals, and names that file tools never read or write. Nothing here touches a disk."""

import re
import unicodedata

from artelier.domain.errors import PathRefused
from artelier.domain.secret_names import folded, is_secret

PATH_LIMIT = 4096
"""Bytes of a whole path in UTF-8."""
NAME_LIMIT = 255
"""Bytes of one name in UTF-8."""

PROTECTED_FOLDERS = frozenset({".git", "git~1", ".artelier", "arteli~1"})
"""Folders that file tools never write into, with the short names that FAT and NTFS know them by."""

_DEVICES = frozenset({"con", "prn", "aux", "nul", "conin$", "conout$"}) | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)}
_GIT_CONFIG = re.compile(r"(?:^|/)(?:\.git|git~1)/(?:modules/.+/)?config$")
"""Git's own settings: a token often stands in the address of a remote. Git itself must read them in the sandbox."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def normalise(path: object) -> str:
    """Return ``path`` relative to the root, with single slashes and no dots; ``.`` is the root. Raises ``PathRefused``."""
    if not isinstance(path, str):
        raise PathRefused(f"A path is text, not {type(path).__name__}: give a path relative to the workspace, such as src/main.py.")
    reason = _whole_path_refusal(path)
    if reason:
        raise _refused(path, reason)
    parts = [part for part in path.split("/") if part not in {"", "."}]
    for part in parts:
        reason = _part_refusal(part)
        if reason:
            raise _refused(path, reason)
    return "/".join(parts) or "."


def is_protected(path: str) -> bool:
    """Whether the path is, or lies in, a folder that file tools never write into."""
    return any(folded(part) in PROTECTED_FOLDERS for part in path.split("/"))


def refuse_secret(path: str) -> None:
    """Raise ``PathRefused`` where the path names a secret."""
    if is_secret(path) or _GIT_CONFIG.search(folded(path)):
        raise PathRefused(f"{path!r} may hold secrets, which agents neither read nor write. Ask the person for what is needed from it.")


def refuse_protected(path: str) -> None:
    """Raise ``PathRefused`` where the path lies in a folder that file tools never write into."""
    if is_protected(path):
        raise PathRefused(f"{path!r} lies in a folder that file tools do not write (.git, .artelier). For git, use its own commands.")


def _whole_path_refusal(path: str) -> str:
    if not path:
        return "is empty"
    if path[0] in "/~" or path[1:2] == ":":
        return "is absolute"
    if "://" in path:
        return "is an address"
    if "\\" in path:
        return "has a backslash"
    if _has_unseen_characters(path):
        return "has control, invisible or broken characters"
    return f"is longer than {PATH_LIMIT} bytes" if len(path.encode()) > PATH_LIMIT else ""


def _part_refusal(part: str) -> str:
    name = folded(part)
    if name in {".", ".."} or "/" in name or "\\" in name:
        return "leads upwards"
    if ":" in part:
        return "has a colon"
    if part[-1] in " .":
        return "has a name that ends in a dot or a space"
    if name.split(".")[0] in _DEVICES:
        return "has a name that is a device on some systems"
    return f"has a name longer than {NAME_LIMIT} bytes" if len(part.encode()) > NAME_LIMIT else ""


def _has_unseen_characters(path: str) -> bool:
    if path.isascii():
        return not path.isprintable()
    return any(unicodedata.category(character) in _UNSEEN for character in path)


def _refused(path: str, reason: str) -> PathRefused:
    shown = repr(path if len(path) <= NAME_LIMIT else path[:NAME_LIMIT] + "...")
    return PathRefused(f"{shown} {reason}: give a path relative to the workspace, such as src/main.py.")
