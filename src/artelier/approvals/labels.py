"""Labels of a call: what it is, ``outbound`` or ``destructive``, and what its result brings into the run, ``private`` or ``untrusted``.

A run that has seen both private and untrusted content could be led by the latter to send the former out.
"""

import shlex
from collections.abc import Callable, Mapping
from typing import Any

from artelier.approvals.examine import Examination, examine
from artelier.approvals.secrets import is_secret_file
from artelier.domain.calls import Access, ToolCall, ToolSpec
from artelier.domain.verdicts import DESTRUCTIVE, OUTBOUND, PRIVATE, UNTRUSTED

_NO_PATH = "//"
_BY_ARGUMENTS: Mapping[str, Callable[[dict[str, Any]], bool]] = {
    "git_branch": lambda arguments: bool(arguments.get("delete")),
    "git_restore": lambda arguments: not arguments.get("staged"),
}
"""Tools that destroy with some arguments only."""


def examined(call: ToolCall) -> Examination | None:
    """Return what the command of a call would do, None for a call without one."""
    command = (call.arguments or {}).get("command")
    return examine(command) if isinstance(command, str) else None


def deeds_of(call: ToolCall, spec: ToolSpec | None) -> tuple[str, ...]:
    """Return what a call does that makes it grave: ``outbound``, ``destructive``."""
    found = _run_by(call) if spec is None or spec.effect == "execute" else None
    wishes = bool((call.arguments or {}).get("network")) and (spec is None or spec.effect == "execute")
    reaches = (spec is not None and spec.effect == "outbound") or wishes or (found is not None and (found.network or found.fed))
    destroys = (spec is not None and spec.destructive) or (found is not None and found.destructive) or _destroys_so(call)
    return (*((OUTBOUND,) if reaches else ()), *((DESTRUCTIVE,) if destroys else ()))


def _run_by(call: ToolCall) -> Examination | None:
    """Return what a call runs: its shell text, or the program and its words that a container is given."""
    words = (call.arguments or {}).get("command")
    if isinstance(words, list | tuple) and words and all(isinstance(word, str) for word in words):
        return examine(shlex.join(words))
    return examined(call)


def _destroys_so(call: ToolCall) -> bool:
    check = _BY_ARGUMENTS.get(call.name)
    return check is not None and check(call.arguments or {})


def brought_by(call: ToolCall, spec: ToolSpec | None, access: Access) -> tuple[str, ...]:
    """Return what a call's result brings into its run: ``untrusted`` words of strangers, ``private`` data of the workspace."""
    found = examined(call) if spec is None or spec.effect == "execute" else None
    strange = spec is None or not spec.trusted or OUTBOUND in deeds_of(call, spec)
    inside = any(not path.startswith(_NO_PATH) for path in access.reads) or (spec is not None and spec.effect == "execute")
    secret = found is not None and found.private
    named = any(isinstance(value, str) and is_secret_file(value) for value in (call.arguments or {}).values()) if found is None else False
    return (*((UNTRUSTED,) if strange else ()), *((PRIVATE,) if inside or secret or named else ()))
