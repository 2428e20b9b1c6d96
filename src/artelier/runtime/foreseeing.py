"""What a call that waits for approval would do with other arguments: nothing is run, and nothing is stored."""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from artelier.approvals.judge import JudgeFacts, judge
from artelier.domain.calls import Access, ToolCall
from artelier.domain.errors import InvalidRequest, SettingsError, ToolError
from artelier.domain.questions import Question, QuestionKind
from artelier.domain.runs import QuestionRecord
from artelier.domain.verdicts import Ruling, Verdict
from artelier.engine.delegation import Bounds, acting
from artelier.engine.fold import fold
from artelier.engine.outside import Outside
from artelier.engine.showing import Showing
from artelier.engine.state import SessionState
from artelier.ports.store import Store
from artelier.ports.tool import Tool
from artelier.runtime.folders import LocalFolders
from artelier.runtime.standing import Standing

_NO_PATH = "//"


class Foreseen(Struct, frozen=True):
    """What would happen now: the question as it would be asked, the judgement, and the failure that the call would surely end with."""

    question: Question
    ruling: Ruling
    failure: ToolError | None = None


class Foreseeing:
    """Shows calls with other arguments as their questions would show them."""

    def __init__(self, store: Store, standing: Standing, folders: LocalFolders) -> None:
        self._store = store
        self._standing = standing
        self._folders = folders

    async def with_arguments(self, record: QuestionRecord, arguments: dict[str, Any]) -> Foreseen:
        """Return what approving with these arguments would do.

        Raises ``InvalidRequest`` for a question that is not the approval of a call with a tool, and for arguments that do not fit.
        """
        question, session = record.question, await self._store.get_session(record.session)
        outside = self._standing.outside_in(session.workspace)
        tool = outside.tools.get(question.call.name) if question.call is not None else None
        if question.kind is not QuestionKind.APPROVAL or question.call is None or tool is None:
            raise InvalidRequest("Only the approval of a call whose tool is here can be foreseen with other arguments.")
        try:
            tool.check(arguments)
        except ToolError as failure:
            raise InvalidRequest(f"These arguments do not fit {tool.spec.name}: {failure.message}") from failure
        call, access = replace(question.call, arguments=arguments), tool.access(arguments)
        verdict = judge(call, await self._facts(record, call, tool, outside))
        workspace = self._folders.open(await self._store.get_workspace(session.workspace))
        said = replace(question, call=call, effect=tool.describe(arguments), **_judged(verdict, access))
        try:
            return Foreseen(await Showing(outside.tools, workspace).with_arguments(said, access), verdict.ruling)
        except ToolError as failure:
            return Foreseen(said, verdict.ruling, failure)

    async def _facts(self, record: QuestionRecord, call: ToolCall, tool: Tool, outside: Outside) -> JudgeFacts:
        state = fold(SessionState(record.session), await self._store.read(record.session))
        run, agent = state.runs[record.run], outside.policy.agents.get(record.question.agent)
        if agent is None:
            raise SettingsError(f"The agent {record.question.agent} is not there any more. Reject the call, or bring the agent back.")
        return JudgeFacts(
            agent=agent.name,
            rules=outside.policy.rules,
            spec=tool.spec,
            access=tool.access(call.arguments or {}),
            sandboxed=outside.policy.sandboxed,
            seen=state.seen,
            writes=acting(agent, Bounds(run.rights, run.allowance, run.writes)).writes,
        )


def _judged(verdict: Verdict, access: Access) -> dict[str, Any]:
    """Return what a question shows of a judgement, and no change to files yet."""
    targets = {path: "" for path in access.writes if not path.startswith(_NO_PATH)}
    return {"reason": verdict.reason, "because": verdict.because, "labels": verdict.labels, "preview": "", "targets": targets}
