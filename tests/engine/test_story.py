"""The whole loop without network or disk: it tells its story, and tells the same one after a crash at any event."""

import asyncio
from collections import Counter

import pytest
from msgspec.structs import replace

from artelier.domain.calls import Access, FileChange, ResultStatus, ToolResult
from artelier.domain.errors import StaleFence, ToolError
from artelier.domain.events import ApprovalAnswered, CancelRequested, Draft, MessageReceived, SessionOpened
from artelier.domain.questions import Answer, Decision, QuestionKind, QuestionStatus
from artelier.domain.runs import ENDED, RunStatus
from artelier.engine.context import Contexts
from artelier.engine.driver import Driver
from artelier.engine.fold import fold
from artelier.engine.ledger import Ledger
from artelier.engine.outside import Outside
from artelier.engine.state import SessionState
from artelier.ports.journal import WhileOpen, WhileRun
from artelier.ports.runs import Page, Submission, Worker
from artelier.providers.scripted import ScriptedCall, ScriptedProvider, ScriptedTurn
from artelier.runtime.bus import LocalBus
from artelier.stores.memory import MemoryStore
from artelier.workspaces.memory import MemoryWorkspace
from playbook import POLICY, TOOLS

YES = Answer(Decision.APPROVE, by="person:owner")


class Crash(BaseException):
    """The process is gone."""


class Effects:
    """A tool that counts what it did; it may be made to hang or to break."""

    def __init__(self, spec, counts):
        self.spec = spec
        self.counts = counts
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.breaks: Exception | None = None
        self.changes = ()

    def access(self, arguments):
        return Access(exclusive=True) if self.spec.effect == "execute" else Access(reads=frozenset({str(arguments.get("path", "."))}))

    def check(self, arguments):
        pass

    def describe(self, arguments):
        return f"{self.spec.name} {arguments}"

    async def preview(self, arguments, workspace):
        return ""

    async def run(self, call, scope):
        self.begun.set()
        scope.changed(self.changes)
        await self.go_on.wait()
        self.counts[call.id] += 1
        if self.breaks is not None:
            raise self.breaks
        return ToolResult(ResultStatus.DONE, f"{call.name} gives {call.arguments}")


class CrashingStore(MemoryStore):
    """Stores an append and then, once, takes the process away."""

    crash_at = 10**9
    appended = 0

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.tool_started = asyncio.Event()
        """An early call is at work before it is stored, so its own beginning tells nothing of the journal."""

    async def append(self, session, drafts, condition, trace=""):
        events = await super().append(session, drafts, condition, trace)
        if any(event.type == "tool_started" for event in events):
            self.tool_started.set()
        self.appended += 1
        if self.appended == self.crash_at:
            raise Crash
        return events


class Stage:
    """A world with one session, and workers that come and go."""

    def __init__(self, clock, identifiers, turns, crash_at=10**9):
        self.clock = clock
        self.counts = Counter()
        self.tools = {name: Effects(spec, self.counts) for name, spec in TOOLS.items()}
        self.bus = LocalBus()
        self.store = CrashingStore(clock, tell=self.bus.tell)
        self.store.crash_at = crash_at
        self.provider = ScriptedProvider(turns)
        self.outside = Outside(self.store, self.store, self.bus, self, self.tools, clock, identifiers, POLICY, Contexts(TOOLS, 20))
        self.ids = identifiers
        self.lives = 0

    def find(self, name):
        return self.provider, "scripted"

    def context_tokens(self, name):
        return 0

    def priced(self, name, reply):
        return replace(reply.usage, model_calls=1)

    def estimate(self, name, input_tokens, output_tokens):
        return 0.0

    async def send(self, text="do it", session=None):
        if session is None:
            await self.store.open()
            await self.store.register_workspace(self.ids.new(), "w", "/w", "local")
            self.session = self.ids.new()
            opening = SessionOpened("person:owner", (await self.store.list_workspaces())[0].id)
        else:
            opening = None
        self.run = self.ids.new()
        await self.store.submit(Submission(self.session, self.run, MessageReceived(text), "person:owner", opening=opening))

    async def claim(self):
        self.lives += 1
        self.clock.move(11)
        return await self.store.claim(Worker(f"worker-{self.lives}", frozenset({"local"})))

    async def driver(self):
        claim = await self.claim()
        if claim is None:
            return None
        state = fold(SessionState(self.session), await self.store.read(self.session))
        ledger = Ledger(self.store, self.clock, state, claim.run.id, claim.fence)
        return Driver(self.outside, ledger, MemoryWorkspace({}), f"worker-{self.lives}", claim.fence)

    async def live(self):
        """Drive once, until rest or crash, if there is anything to drive."""
        driver = await self.driver()
        try:
            if driver is not None:
                await driver.drive()
        except Crash:
            return False
        return True

    async def answer_all(self, answer=YES):
        for record in await self.store.list_questions("person:owner", Page(), QuestionStatus.OPEN):
            payload = ApprovalAnswered(record.question.id, record.question.kind, answer)
            await self.store.append(self.session, (Draft(payload, "person:owner", self.run),), WhileOpen(record.question.id))

    async def to_the_end(self, answer=YES):
        for _ in range(30):
            await self.live()
            if (await self.store.get_run(self.run)).status in ENDED:
                return await self.store.read(self.session)
            await self.answer_all(answer)
        raise AssertionError("the story never ends")


TURNS = (
    ScriptedTurn(
        text="Looking.",
        calls=(ScriptedCall("read", {"path": "a"}), ScriptedCall("read", {"path": "b"}), ScriptedCall("execute", {"command": "x"})),
    ),
    ScriptedTurn(calls=(ScriptedCall("write", {"path": "c"}),)),
    ScriptedTurn(text="All done."),
)


def told(events):
    """What a reader remembers: everything but who worked when."""
    skipped = {"run_started", "tool_started", "run_waiting", "approval_asked", "approval_answered", "cancel_requested"}
    kept = []
    for event in events:
        if event.type in skipped:
            continue
        payload = event.payload
        if event.type == "model_replied":
            kept.append((event.type, payload.step, payload.text, tuple(each.name for each in payload.calls)))
        elif event.type == "tool_finished":
            kept.append((event.type, payload.call.split("/", 1)[1], payload.result))
        elif event.type == "run_finished":
            kept.append((event.type, payload.reply, payload.usage))
        else:
            kept.append((event.type,))
    return sorted(kept, key=str)


async def test_a_story_with_reads_a_command_and_a_write(clock, identifiers):
    stage = Stage(clock, identifiers, TURNS)
    await stage.send()
    events = await stage.to_the_end()
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert events[-1].payload.reply == "All done."
    assert set(stage.counts.values()) == {1}
    assert len(stage.counts) == 4


async def calm_story(clock, identifiers):
    stage = Stage(clock, identifiers, TURNS)
    await stage.send()
    return told(await stage.to_the_end()), stage.store.appended


@pytest.mark.parametrize("answer", ["yes", "no"])
async def test_it_crashes_after_every_append_and_ends_in_the_same_story(clock, identifiers, answer):
    calm, appends = await calm_story(clock, identifiers)
    assert appends > 8
    for point in range(1, appends + 1):
        stage = Stage(clock, identifiers, TURNS, crash_at=point)
        await stage.send()
        doubts = []
        for _ in range(30):
            try:
                await stage.live()
                if (await stage.store.get_run(stage.run)).status in ENDED:
                    break
                for record in await stage.store.list_questions("person:owner", Page(), QuestionStatus.OPEN):
                    in_doubt = record.question.kind is QuestionKind.IN_DOUBT
                    doubts += [record] * in_doubt
                    choice = Answer(Decision.REJECT, by="person:owner") if in_doubt and answer == "no" else YES
                    payload = ApprovalAnswered(record.question.id, record.question.kind, choice)
                    await stage.store.append(stage.session, (Draft(payload, "person:owner", stage.run),), WhileOpen(record.question.id))
            except Crash:
                continue
        events = await stage.store.read(stage.session)
        assert events[-1].type == "run_finished", point
        if not (doubts and answer == "no"):
            assert told(events) == calm, point
        command = (
            next(name for name in stage.counts if name.endswith("0/2")) if any(name.endswith("0/2") for name in stage.counts) else None
        )
        assert command is None or stage.counts[command] <= 1 + len(doubts), "never started twice without a person's word"
        finished = Counter(event.payload.call for event in events if event.type == "tool_finished")
        assert max(finished.values()) == 1, "a stored result is never made again"


async def test_a_cancel_reaches_a_tool_at_work(clock, identifiers):
    stage = Stage(clock, identifiers, (ScriptedTurn(calls=(ScriptedCall("read", {"path": "a"}),)), ScriptedTurn(text="no")))
    stage.tools["read"].go_on.clear()
    await stage.send()
    driver = await stage.driver()
    driving = asyncio.ensure_future(driver.drive())
    await asyncio.wait_for(stage.store.tool_started.wait(), 5)
    await stage.store.append(
        stage.session, (Draft(CancelRequested("stop"), "person:owner", stage.run),), WhileRun(stage.run, frozenset({RunStatus.RUNNING}))
    )
    driver.look_again()
    await asyncio.wait_for(driving, 5)
    events = await stage.store.read(stage.session)
    assert [event.type for event in events[-3:]] == ["cancel_requested", "tool_finished", "run_cancelled"]
    assert events[-2].payload.result.status == "cancelled"
    assert stage.counts == {}


async def test_a_cancelled_call_keeps_what_it_changed(clock, identifiers):
    stage = Stage(clock, identifiers, (ScriptedTurn(calls=(ScriptedCall("read", {"path": "a"}),)), ScriptedTurn(text="no")))
    stage.tools["read"].go_on.clear()
    stage.tools["read"].changes = (FileChange("a", "created", after="digest"),)
    await stage.send()
    driver = await stage.driver()
    driving = asyncio.ensure_future(driver.drive())
    await asyncio.wait_for(stage.store.tool_started.wait(), 5)
    await stage.store.append(
        stage.session, (Draft(CancelRequested("stop"), "person:owner", stage.run),), WhileRun(stage.run, frozenset({RunStatus.RUNNING}))
    )
    driver.look_again()
    await asyncio.wait_for(driving, 5)
    events = await stage.store.read(stage.session)
    assert [event.type for event in events[-3:]] == ["cancel_requested", "tool_finished", "run_cancelled"]
    assert (events[-2].payload.result.status, events[-2].payload.result.files) == ("cancelled", stage.tools["read"].changes)


async def test_a_zombie_cannot_write(clock, identifiers):
    stage = Stage(clock, identifiers, TURNS[2:])
    await stage.send()
    zombie = await stage.driver()
    assert await stage.live()
    with pytest.raises(StaleFence):
        await zombie.drive()
    events = await stage.store.read(stage.session)
    assert [event.type for event in events].count("model_replied") == 1


async def test_what_others_append_meanwhile_is_folded_and_no_result_is_lost(clock, identifiers):
    stage = Stage(clock, identifiers, TURNS)
    stage.tools["read"].go_on.clear()
    await stage.send()
    first = stage.run
    driver = await stage.driver()
    driving = asyncio.ensure_future(driver.drive())
    await asyncio.wait_for(stage.tools["read"].begun.wait(), 5)
    await stage.send("and another thing", session=stage.session)
    stage.tools["read"].go_on.set()
    await asyncio.wait_for(driving, 5)
    stage.run = first
    events = await stage.to_the_end()
    assert told([event for event in events if event.run == first]) == [
        each for each in (await calm_story(clock, identifiers))[0] if each[0] != "session_opened"
    ]


@pytest.mark.parametrize("failure", [ToolError("no luck"), RuntimeError("a defect")])
async def test_a_call_fails_alone(clock, identifiers, failure):
    stage = Stage(
        clock,
        identifiers,
        (ScriptedTurn(calls=(ScriptedCall("read", {"path": "a"}), ScriptedCall("write", {"path": "b"}))), ScriptedTurn(text="ok")),
    )
    stage.tools["read"].breaks = failure
    await stage.send()
    events = await stage.to_the_end()
    statuses = {event.payload.name: event.payload.result.status for event in events if event.type == "tool_finished"}
    assert statuses == {"read": "failed", "write": "done"}
    assert events[-1].type == "run_finished"


async def test_a_broken_stream_is_asked_again_and_its_text_is_void(clock, identifiers):
    stage = Stage(clock, identifiers, (ScriptedTurn(text="half a reply and the rest", fault="stream_broken", after=6, chunk=3),))
    await stage.send()
    listener = stage.bus.follow_session(stage.session)
    events = await stage.to_the_end()
    assert [event.type for event in events if event.type.startswith("model_")] == ["model_failed", "model_replied"]
    assert events[-1].payload.reply == "half a reply and the rest"
    deltas = [frame for frame in await listener.next() if hasattr(frame, "offset")]
    newest = max(each.attempt for each in deltas)
    assert "".join(each.text for each in deltas if each.attempt == newest) == "half a reply and the rest"
    assert newest == 1


async def test_draining_lets_tools_end_and_leaves_the_run_for_others(clock, identifiers):
    stage = Stage(clock, identifiers, TURNS)
    stage.tools["read"].go_on.clear()
    await stage.send()
    driver = await stage.driver()
    driving = asyncio.ensure_future(driver.drive())
    await asyncio.wait_for(stage.tools["read"].begun.wait(), 5)
    driver.drain()
    stage.tools["read"].go_on.set()
    await asyncio.wait_for(driving, 5)
    assert (await stage.store.get_run(stage.run)).status is RunStatus.RUNNING
    events = await stage.to_the_end()
    assert events[-1].type == "run_finished"
    assert max(stage.counts.values()) == 1
