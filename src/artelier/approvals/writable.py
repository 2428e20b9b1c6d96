"""May this agent write there? Some agents have patterns of the paths that they may write; what lies outside is refused.

A pattern is a path relative to the workspace: ``*``, ``?`` and ``[abc]`` stand for letters within one name, ``**`` for any
number of folders. Names are compared as ``Access`` compares them, whatever file system they lie on. Matching takes time
in proportion to pattern times path.
"""

import fnmatch
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from msgspec import Struct

from artelier.approvals.examine import examine
from artelier.approvals.read_only import only_reads
from artelier.domain.calls import Access, ToolCall, ToolSpec, folded
from artelier.domain.reasons import Because, ReasonCode

_LONGEST = 500
_NO_PATH = "//"


class Refusal(Struct, frozen=True):
    """Why an agent may not make a call, in words and as a code."""

    reason: str
    because: Because


def unwritable(call: ToolCall, spec: ToolSpec | None, access: Access, writes: Sequence[str]) -> Refusal | None:
    """Return why an agent with these patterns may not make a call, None where it may; without patterns everything may be written."""
    if not writes or (spec is not None and spec.effect == "read"):
        return None
    patterns = ", ".join(writes)
    allowed = f"This agent writes only {patterns}"
    if spec is None or spec.effect == "execute":
        if _is_harmless(call):
            return None
        reason = f"{allowed}, so it may run only commands that are known to read only, and this is none."
        return Refusal(reason, Because(ReasonCode.NOT_READING, {"patterns": patterns}))
    paths = sorted(path for path in access.writes if not path.startswith(_NO_PATH))
    if spec.effect == "write" and (access.exclusive or not paths):
        reason = f"{allowed}, and which files this call would change cannot be told from it: name them plainly, and none behind a link."
        return Refusal(reason, Because(ReasonCode.PATHS_UNCLEAR, {"patterns": patterns}))
    outside = ", ".join(path for path in paths if not matches_any(path, writes))
    if not outside:
        return None
    return Refusal(f"{allowed}, and {outside} lies outside.", Because(ReasonCode.OUTSIDE, {"patterns": patterns, "paths": outside}))


def matches_any(path: str, patterns: Iterable[str]) -> bool:
    """Return whether a path, relative to the workspace, is one that some pattern means."""
    names = folded(path).split("/")
    return any(_match(_parts(pattern), names) for pattern in patterns)


def is_pattern(pattern: str) -> bool:
    """Return whether a text can be a pattern: relative, without empty names, ``.`` or ``..``."""
    if not 0 < len(pattern) <= _LONGEST or any(letter < " " for letter in pattern):
        return False
    return not any(name in {"", ".", ".."} or ("**" in name and name != "**") for name in pattern.split("/"))


def _is_harmless(call: ToolCall) -> bool:
    arguments = call.arguments or {}
    command = arguments.get("command")
    wider = arguments.get("network") or arguments.get("folders")
    return isinstance(command, str) and not wider and (only_reads(command) or _is_read(command))


def _is_read(command: str) -> bool:
    """Whether a person would say that it only reads: it is asked about then, as everybody's commands are."""
    found = examine(command)
    return found.read_only and not found.fed


@lru_cache(maxsize=1024)
def _parts(pattern: str) -> tuple[re.Pattern[str] | None, ...]:
    return tuple(None if name == "**" else re.compile(fnmatch.translate(name)) for name in folded(pattern).split("/"))


def _match(parts: Sequence[re.Pattern[str] | None], names: Sequence[str]) -> bool:
    """Match greedily, stepping back to the last ``**`` only, which is enough and keeps it linear."""
    part = name = 0
    stars = resume = -1
    while name < len(names):
        expression = parts[part] if part < len(parts) else None
        if part < len(parts) and expression is None:
            stars, resume = part, name
            part += 1
        elif expression is not None and expression.match(names[name]):
            part += 1
            name += 1
        elif stars >= 0:
            resume += 1
            part, name = stars + 1, resume
        else:
            return False
    return all(rest is None for rest in parts[part:])
