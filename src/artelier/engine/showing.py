"""What a person is shown of a call before it runs: its exact effect, the change to files, whether it can be undone."""

import logging
from collections.abc import Mapping

import msgspec

from artelier.domain.calls import Access, ToolCall
from artelier.domain.control import SWITCH_AGENT
from artelier.domain.errors import ToolError
from artelier.domain.questions import Question, QuestionKind
from artelier.engine.facts import Facts
from artelier.engine.scheduler import UNKNOWN, blockers
from artelier.engine.state import CallState, Turn
from artelier.ports.tool import Tool
from artelier.ports.workspace import Workspace

_log = logging.getLogger(__name__)
LONGEST_PREVIEW = 20_000
"""Characters of a change that a question carries."""


class Showing:
    """Asks tools what a call would do."""

    def __init__(self, tools: Mapping[str, Tool], workspace: Workspace) -> None:
        self._tools = tools
        self._workspace = workspace

    def effect(self, call: ToolCall) -> str:
        """Return a call's effect in one line."""
        if call.name == SWITCH_AGENT.name:
            said = call.arguments or {}
            return f"hand over to {said.get('agent')}: {said.get('reason', '')}".rstrip(": ")
        tool = self._tools.get(call.name)
        return "" if tool is None else tool.describe(call.arguments or {})

    async def foreseen(self, question: Question, call: CallState, turn: Turn, facts: Facts) -> Question:
        """Return the question with what can be known beforehand. Raises the ``ToolError`` that the call would surely end with.

        Behind an earlier call that it waits for, nothing can be foreseen: then it has no preview, and nothing to compare.
        """
        tool = self._tools.get(call.call.name)
        if tool is None or question.kind is not QuestionKind.APPROVAL:
            return question
        undoable = None if tool.spec.effect == "read" else await self._is_undoable(tool, facts.access.get(call.call.id, UNKNOWN))
        if blockers(_before(call, turn), call, facts.access):
            return msgspec.structs.replace(question, undoable=undoable)
        preview = await self._preview(tool, call.effective)
        stamps = dict(facts.stamps.get(call.call.id, {}))
        return msgspec.structs.replace(question, undoable=undoable, preview=_shortened(preview), targets=stamps)

    async def with_arguments(self, question: Question, access: Access) -> Question:
        """Return the question as its call's arguments are now. Raises the ``ToolError`` that the call would surely end with."""
        call = question.call
        tool = None if call is None else self._tools.get(call.name)
        if call is None or tool is None:
            return question
        undoable = None if tool.spec.effect == "read" else await self._is_undoable(tool, access)
        shown = msgspec.structs.replace(question, effect=self.effect(call), undoable=undoable)
        return msgspec.structs.replace(shown, preview=_shortened(await self._preview(tool, call)))

    async def _preview(self, tool: Tool, call: ToolCall) -> str:
        try:
            return await tool.preview(call.arguments or {}, self._workspace)
        except ToolError:
            raise
        except Exception:  # noqa: BLE001  a broken tool must not end the run, and the person can decide without a preview
            _log.exception("tool %s cannot foresee what it would do", call.name)
            return ""

    async def _is_undoable(self, tool: Tool, access: Access) -> bool:
        if tool.spec.effect not in {"write", "execute"} or not tool.spec.sandboxed:
            return False
        return await self._workspace.keeps_changes(None if access.exclusive else access.writes)


def _before(call: CallState, turn: Turn) -> tuple[CallState, ...]:
    ids = [each.call.id for each in turn.open_calls]
    return turn.open_calls[: ids.index(call.call.id)]


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_PREVIEW else text[:LONGEST_PREVIEW] + "\n[the rest of the change is not shown]\n"
