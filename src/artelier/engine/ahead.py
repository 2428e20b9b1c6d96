"""Reading ahead for one run, while its model thinks."""

import asyncio
from time import monotonic

from artelier.domain.agents import AgentSpec
from artelier.domain.calls import ToolCall
from artelier.engine.experience import Experience, foreseen
from artelier.engine.foresight import key_of
from artelier.engine.harmless import may_read_ahead
from artelier.engine.outside import Outside
from artelier.engine.state import RunState, Turn
from artelier.engine.tool_call import call_tool
from artelier.ports.tool import ToolScope
from artelier.ports.workspace import Workspace


class Ahead:
    """Foresees the next calls of one run, runs them where that pays, and learns from what came."""

    def __init__(self, outside: Outside, workspace: Workspace, session: str) -> None:
        self._outside = outside
        self._workspace = workspace.ahead()
        self._session = session
        self._foreseen: tuple[ToolCall, ...] = ()
        self._turn: Turn | None = None
        self._seconds: dict[bytes, float] = {}
        self._task: asyncio.Task[None] | None = None

    def look(self, run: RunState, agent: AgentSpec) -> None:
        """Learn from the newest reply, and foresee the next: the model is being asked for it now."""
        if self._workspace is None:
            return
        experience = self._outside.experiences.of(run.agent)
        self._settle(experience, run)
        if not run.turns:
            return
        self._turn = run.turns[-1]
        self._foreseen = foreseen(experience, self._turn)
        wanted = [call for call in self._foreseen if may_read_ahead(call, agent, self._outside)]
        if wanted and experience.pays and self._outside.experiences.idle():
            self._task = asyncio.get_running_loop().create_task(self._run(wanted, run.id, self._workspace))

    def stop(self) -> None:
        """Read no further: calls that were asked for begin."""
        if self._task is not None:
            self._task.cancel()

    async def end(self, run: RunState) -> None:
        """End for good: whatever was foreseen of a run that goes no further did not come true."""
        self.stop()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        self._settle(self._outside.experiences.of(run.agent), run)

    async def _run(self, calls: list[ToolCall], run: str, workspace: Workspace) -> None:
        scope = ToolScope(workspace, self._session, run, _unseen)
        async with self._outside.experiences.room:
            for call in calls:
                begun = monotonic()
                await call_tool(self._outside.tools[call.name], call, scope)
                self._seconds[key_of(call)] = monotonic() - begun

    def _settle(self, experience: Experience, run: RunState) -> None:
        before, self._turn = self._turn, None
        if before is None:
            return
        after = run.turns[-1] if run.turns and run.turns[-1].reply is not before.reply else None
        right = experience.settle(self._foreseen, (call.call for call in after.calls) if after is not None else ())
        tally = experience.tally
        for key, seconds in self._seconds.items():
            tally.run += 1
            tally.seconds_run += seconds
            tally.run_and_right += key in right
            tally.seconds_wasted += 0.0 if key in right else seconds
        self._seconds.clear()
        if after is not None:
            experience.learn(before, after)


def _unseen(_: str) -> None:
    """Show nothing: nobody has asked for it."""
