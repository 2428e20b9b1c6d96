"""What is asked of a person in the middle of a batch, and asked again when it is no longer the same."""

import asyncio

import msgspec
import pytest
from test_story import Stage

from artelier.domain.calls import Access, ResultStatus, ToolResult
from artelier.domain.errors import ToolError
from artelier.domain.events import ApprovalAnswered, Draft
from artelier.domain.questions import Answer, Decision, QuestionStatus
from artelier.engine.driver import Driver
from artelier.engine.fold import fold
from artelier.engine.ledger import Ledger
from artelier.engine.state import SessionState
from artelier.ports.journal import WhileOpen
from artelier.ports.runs import Page
from artelier.providers.scripted import ScriptedCall, ScriptedTurn
from artelier.workspaces.memory import MemoryWorkspace


class FolderStage(Stage):
    """A stage whose write tool writes into a workspace of files."""

    def __init__(self, clock, identifiers, *calls):
        super().__init__(clock, identifiers, (ScriptedTurn(calls=calls), ScriptedTurn(text="done")))
        self.workspace = MemoryWorkspace({"a": "old\n"})
        write = self.tools["write"]
        write.access = lambda arguments: Access(writes=frozenset({str(arguments["path"])}))
        write.preview = self.preview
        self.fails: ToolError | None = None

    async def preview(self, arguments, workspace):
        if self.fails is not None:
            raise self.fails
        written = await workspace.write_text(arguments["path"], "new\n", dry=True)
        return f"-{written.before}+{written.after}"

    async def driver(self):
        claim = await self.claim()
        if claim is None:
            return None
        state = fold(SessionState(self.session), await self.store.read(self.session))
        ledger = Ledger(self.store, self.clock, state, claim.run.id, claim.fence)
        return Driver(self.outside, ledger, self.workspace, f"worker-{self.lives}", claim.fence)

    async def asked(self):
        found = await self.store.list_questions("person:owner", Page(), QuestionStatus.OPEN)
        return sorted((record.question for record in found), key=lambda question: question.call.id)

    async def answer(self, question, **changes):
        answer = Answer(Decision.APPROVE, by="person:owner", **changes)
        payload = ApprovalAnswered(question.id, question.kind, answer)
        await self.store.append(self.session, (Draft(payload, "person:owner", self.run),), WhileOpen(question.id))


WRITE = ScriptedCall("write", {"path": "a"})


async def test_a_question_shows_the_change_and_whether_it_can_be_undone(clock, identifiers):
    stage = FolderStage(clock, identifiers, WRITE, ScriptedCall("execute", {"command": "make"}))

    async def keeps(paths=None):
        return paths == {"a"}

    stage.workspace.keeps_changes = keeps
    await stage.send()
    await stage.live()
    write, command = await stage.asked()
    assert (write.preview, write.undoable) == ("-old\n+new\n", True)
    assert (command.preview, command.undoable) == ("", False)
    assert stage.workspace.files == {"a": "old\n"}


async def test_a_target_that_changed_since_is_asked_about_again(clock, identifiers):
    stage = FolderStage(clock, identifiers, WRITE)
    await stage.send()
    await stage.live()
    (first,) = await stage.asked()
    stage.workspace.files["a"] = "somebody else's\n"
    await stage.answer(first)
    await stage.live()
    (second,) = await stage.asked()
    assert "changed since you were asked" in second.reason
    assert second.preview == "-somebody else's\n+new\n"
    assert stage.counts == {}
    await stage.answer(second)
    await stage.live()
    assert sum(stage.counts.values()) == 1


async def test_an_untouched_target_runs_at_once(clock, identifiers):
    stage = FolderStage(clock, identifiers, WRITE)
    await stage.send()
    await stage.live()
    await stage.answer((await stage.asked())[0])
    await stage.live()
    assert await stage.asked() == []
    assert sum(stage.counts.values()) == 1


async def test_a_call_that_would_surely_fail_fails_and_nobody_is_asked(clock, identifiers):
    stage = FolderStage(clock, identifiers, WRITE)
    stage.fails = ToolError("The old text does not occur.")
    await stage.send()
    await stage.live()
    events = await stage.store.read(stage.session)
    assert [event.payload.result.status for event in events if event.type == "tool_finished"] == [ResultStatus.FAILED]
    assert not any(event.type == "approval_asked" for event in events)
    assert events[-1].type == "run_finished"


async def test_behind_a_call_it_waits_for_nothing_is_foreseen(clock, identifiers):
    stage = FolderStage(clock, identifiers, WRITE, WRITE)
    await stage.send()
    await stage.live()
    first, second = await stage.asked()
    assert first.targets
    assert (second.preview, second.targets) == ("", {})
    await stage.answer(second)
    await stage.live()
    assert stage.counts == {}, "the second waits for the first"
    stage.workspace.files["a"] = "new\n"
    await stage.answer((await stage.asked())[0])
    await stage.live()
    (again,) = await stage.asked()
    await stage.answer(again)
    await stage.live()
    assert sum(stage.counts.values()) == 2


async def test_what_can_run_runs_while_a_person_is_asked_and_an_edited_call_is_judged_again(clock, identifiers):
    stage = FolderStage(clock, identifiers, WRITE, ScriptedCall("read", {"path": "b"}), ScriptedCall("read", {"path": "a"}))
    await stage.send()
    await stage.live()
    ran = sorted(name.rpartition("/")[2] for name in stage.counts)
    assert ran == ["1"], "the read of b runs, the read of a waits for the write"
    await stage.answer((await stage.asked())[0], arguments={"path": "c"})
    await stage.live()
    events = await stage.store.read(stage.session)
    judged = [event.payload.call for event in events if event.type == "call_judged"]
    assert judged.count(f"{stage.run}/0/0") == 2
    assert len(stage.counts) == 3
    assert events[-1].type == "run_finished"


@pytest.mark.parametrize("limit", [1, 2])
async def test_a_family_keeps_its_limit_however_early_its_calls_start(clock, identifiers, limit):
    stage = FolderStage(clock, identifiers, *(ScriptedCall("read", {"path": str(index)}) for index in range(4)))
    stage.outside = msgspec.structs.replace(stage.outside, policy=msgspec.structs.replace(stage.outside.policy, family_limits={"": limit}))
    at_once = most = 0

    async def run(call, scope):
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        for _ in range(5):
            await asyncio.sleep(0)
        at_once -= 1
        return ToolResult(ResultStatus.DONE, "read")

    stage.tools["read"].run = run
    await stage.send()
    await stage.live()
    assert most == limit
