"""What makes two calls the same for a grant."""

from hashlib import sha256

import msgspec

from artelier.domain.calls import ToolCall, ToolSpec
from artelier.domain.verdicts import TAINTED, UNREAD, UNSANDBOXED, WIDER

NEVER_REMEMBERED = frozenset({UNSANDBOXED, WIDER, UNREAD, TAINTED})
"""Labels of calls that are asked every time, whatever was said before."""


def grant_key(call: ToolCall, spec: ToolSpec, *, owner: str, workspace: str, agent: str, sandbox: str) -> str:
    """Return the digest of a call that a grant must share.

    It holds the person, the workspace, the agent, the tool as it is declared, the level of the sandbox and the exact arguments.
    """
    declared = (spec.name, spec.description, spec.parameters, spec.effect, spec.sandboxed, spec.trusted)
    said = (owner, workspace, agent, sandbox, declared, call.arguments or {})
    return sha256(msgspec.json.encode(said, order="sorted")).hexdigest()
