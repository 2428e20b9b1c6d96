"""Whatever the sizes: exchanges stay whole, the request stays, and it ends."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from artelier.domain.agents import Limits
from artelier.domain.calls import ResultStatus, ToolCall, ToolResult
from artelier.domain.compacting import ContextCompacted
from artelier.domain.errors import ContextTooLong
from artelier.domain.events import (
    AgentChosen,
    Event,
    MessageReceived,
    ModelFailed,
    ModelReplied,
    RunFailed,
    RunFinished,
    RunStarted,
    ToolFinished,
)
from artelier.domain.messages import AgentMessage, NoteMessage, ToolMessage, UserMessage
from artelier.domain.usage import Usage
from artelier.engine.commands import CallModel, Compact, Record
from artelier.engine.context import Contexts, repair
from artelier.engine.decide import decide
from artelier.engine.facts import Facts
from artelier.engine.fold import fold
from artelier.engine.sizes import tokens_of
from artelier.engine.state import SessionState
from artelier.engine.summary import instead
from playbook import CODER, NOON, POLICY, TOOLS

FREE = replace(POLICY, agents={"coder": replace(CODER, max_tokens=100, limits=Limits(0, 0, 0, 0))})
REFUSED = ModelFailed(0, 0, ContextTooLong.code, "Too long.")
SIZES = st.sampled_from([0, 3, 200, 3_000, 60_000])
TURN = st.tuples(SIZES, st.lists(st.tuples(SIZES, SIZES), max_size=3))
RUNS = st.lists(st.tuples(SIZES, st.lists(TURN, max_size=12)), min_size=1, max_size=3)


class Play:
    """A session that grows event by event; its last run is never over."""

    def __init__(self, window):
        self.state = SessionState("s1")
        self.window = window
        self.run = ""

    def add(self, *payloads):
        for payload in payloads:
            self.state = fold(self.state, (Event("s1", self.state.seq + 1, self.run, payload.type, 1, NOON, "x", "", payload),))

    def begin(self, size):
        if self.run:
            self.add(RunFinished("done"))
        self.run = f"r{len(self.state.runs) + 1}"
        self.add(MessageReceived(f"{self.run} " + "q" * size), RunStarted("w", 1), AgentChosen("coder", "default"))

    def turn(self, said, calls, reported=0):
        step = self.state.runs[self.run].step
        asked = tuple(
            ToolCall(f"{self.run}/{step}/{index}", "write", {"path": f"{step}.{index}", "content": "c" * size})
            for index, (size, _) in enumerate(calls)
        )
        self.add(ModelReplied(step, 0, f"{step} " + "ж" * said, asked, usage=Usage(reported)))
        self.add(
            *(
                ToolFinished(call.id, "write", ToolResult(ResultStatus.DONE, "r" * size))
                for call, (_, size) in zip(asked, calls, strict=True)
            )
        )

    def decide(self, context_tokens):
        facts = Facts(NOON, self.run, replace(FREE, history_window=self.window), {}, context_tokens=context_tokens, fixed_tokens=50)
        return decide(self.state, facts)

    def messages(self):
        return Contexts(TOOLS, self.window).build(self.state, self.state.runs[self.run], CODER, "m", 100).messages

    def check(self):
        """Hold what must be true of every request."""
        messages = self.messages()
        assert repair(messages) == messages
        asked = [each for each in messages if isinstance(each, UserMessage)]
        assert any(each.text.startswith(f"{self.run} ") for each in asked), "the run's own request stands there, cut in its middle at most"
        answered = [each.call_id for each in messages if isinstance(each, ToolMessage)]
        assert answered == [call.id for each in messages if isinstance(each, AgentMessage) for call in each.calls]
        turns = self.state.runs[self.run].turns
        if turns:
            assert any(isinstance(each, AgentMessage) and each.text.startswith(f"{len(turns) - 1} ") for each in messages)
        assert sum("are left out here" in each.text for each in messages if isinstance(each, NoteMessage)) <= 1


def grown(runs, window):
    play = Play(window)
    for size, turns in runs:
        play.begin(size)
        for said, calls in turns:
            play.turn(said, calls)
    return play


@settings(max_examples=80, deadline=None)
@given(RUNS, st.sampled_from([0, 300, 2_000, 20_000]), st.sampled_from([4, 20]))
def test_refusals_end_and_each_answer_is_smaller(runs, context_tokens, window):
    play = grown(runs, window)
    sizes = [tokens_of(play.messages())]
    for _ in range(40):
        play.add(REFUSED)
        command = play.decide(context_tokens)
        if isinstance(command, Record) and isinstance(command.payloads[0], RunFailed):
            return
        compacted = instead(command) if isinstance(command, Compact) else command.payloads[0]
        assert isinstance(compacted, ContextCompacted)
        play.add(compacted)
        play.check()
        sizes.append(tokens_of(play.messages()))
        assert sizes[-1] < sizes[-2]
    raise AssertionError(f"it never ends: {sizes}")


@settings(max_examples=80, deadline=None)
@given(RUNS, st.integers(300, 30_000), st.sampled_from([4, 20]), st.booleans())
def test_an_estimate_leads_to_one_answer_before_each_reply(runs, context_tokens, window, reports):
    play = Play(window)
    for size, turns in runs:
        play.begin(size)
        for said, calls in turns:
            command = play.decide(context_tokens)
            if not isinstance(command, CallModel):
                play.add(instead(command) if isinstance(command, Compact) else command.payloads[0])
                assert isinstance(play.decide(context_tokens), CallModel)
            play.check()
            play.turn(said, [*calls, (3, 3)], tokens_of(play.messages()) if reports else 0)
