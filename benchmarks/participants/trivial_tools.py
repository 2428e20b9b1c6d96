"""Three tools that do nothing but answer, for our own participants."""

from typing import Any

from artelier.domain.calls import Access, ResultStatus, ToolCall, ToolResult, ToolSpec
from artelier.ports.tool import ToolScope

_SCHEMA = {"type": "object", "properties": {"x": {"type": "integer"}}}


class Trivial:
    """Answers with its argument."""

    def __init__(self, name: str) -> None:
        self.spec = ToolSpec(name, "Do it.", _SCHEMA, repeatable=True, effect="read")

    def access(self, arguments: dict[str, Any]) -> Access:
        return Access()

    def describe(self, arguments: dict[str, Any]) -> str:
        return self.spec.name

    def check(self, arguments: dict[str, Any]) -> None:
        return

    async def run(self, call: ToolCall, scope: ToolScope) -> ToolResult:
        return ToolResult(ResultStatus.DONE, str((call.arguments or {})["x"]))


NAMES = ("tool_a", "tool_b", "tool_c")
TOOLS = tuple(Trivial(name) for name in NAMES)
