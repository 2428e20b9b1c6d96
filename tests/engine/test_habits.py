"""A call that is approved again and again is allowed by itself, until a refusal, a revocation or the setting says otherwise."""

import msgspec
from test_story import YES, Stage

from artelier.approvals.adaptive import HABIT, is_spot_check
from artelier.domain.events import Draft
from artelier.domain.grants import Grant, GrantMade, GrantRevoked, GrantScope
from artelier.domain.questions import Answer, Decision
from artelier.domain.runs import RunStatus
from artelier.engine.context import Contexts
from artelier.ports.journal import WhileRun
from artelier.providers.scripted import ScriptedCall, ScriptedProvider, ScriptedTurn
from playbook import TOOLS

NO = Answer(Decision.REJECT, by="person:owner")
TURNS = (ScriptedTurn(calls=(ScriptedCall("write", {"path": "c"}),)), ScriptedTurn(text="done")) * 40


class HabitStage(Stage):
    """A stage where the same is done again and again, two hours apart."""

    def __init__(self, clock, identifiers, *, adaptive=True):
        super().__init__(clock, identifiers, TURNS)
        policy = msgspec.structs.replace(self.outside.policy, adaptive=adaptive)
        self.outside = msgspec.structs.replace(self.outside, policy=policy, grants=self.store, contexts=Contexts(TOOLS, 1000))
        self.seconds = 30.0
        self.session = None

    async def answer_all(self, answer=YES):
        self.clock.move(self.seconds)
        await super().answer_all(answer)

    async def once(self, answer=YES):
        """Let it be done once more; return its judgements and the questions asked."""
        self.clock.move(7200)
        await self.send(session=self.session)
        events = [event for event in await self.to_the_end(answer) if event.run == self.run]
        judged = [event.payload for event in events if event.type == "call_judged"]
        return judged, [event.payload.question for event in events if event.type == "approval_asked"]

    async def revoke(self, key):
        grant = Grant("g", "person:owner", "w", self.session, self.run, "coder", "write", key, GrantScope.RUN)
        drafts = (Draft(GrantMade(grant), "person:owner", self.run), Draft(GrantRevoked("g"), "person:owner", self.run))
        await self.store.append(self.session, drafts, WhileRun(self.run, frozenset(RunStatus)))

    async def allowed(self):
        """Do it until one comes that is no spot check; return its judgement and the questions."""
        while True:
            judged, asked = await self.once()
            if not asked or not is_spot_check(asked[0].key, judged[0].call):
                return judged[0], asked


async def taught(clock, identifiers, answers=(YES,) * 5, **more):
    stage = HabitStage(clock, identifiers, **more)
    for answer in answers:
        judged, asked = await stage.once(answer)
        assert judged[0].decision == "ask"
        assert len(asked) == 1
    return stage, asked[0].key


async def test_five_approvals_allow_the_next_call_and_one_in_some_is_asked_all_the_same(clock, identifiers):
    stage, key = await taught(clock, identifiers)
    verdicts = []
    for _ in range(16):
        judged, asked = await stage.once()
        spot = is_spot_check(key, judged[0].call)
        assert [judged[0].decision, len(asked)] == (["ask", 1] if spot else ["allow", 0])
        assert judged[0].grant == ("" if spot else f"{HABIT}{key}")
        verdicts.append(spot)
    assert set(verdicts) == {True, False}
    assert stage.counts.total() == 21


async def test_its_verdict_says_why_and_how_to_end_it(clock, identifiers):
    stage, key = await taught(clock, identifiers)
    judged, asked = await stage.allowed()
    assert asked == []
    assert judged.reason == f"You approved exactly this the last 5 times. To be asked again: artelier grants revoke {HABIT}{key}"


async def test_a_refusal_among_them_and_changed_settings_keep_it_asked(clock, identifiers):
    stage, _ = await taught(clock, identifiers, (YES, NO, YES, YES, YES, YES))
    judged, asked = await stage.allowed()
    assert (judged.decision, len(asked)) == ("ask", 1)


async def test_somebody_elses_yes_teaches_nothing_and_their_no_ends_it(clock, identifiers):
    stage, _ = await taught(clock, identifiers)
    theirs = Answer(Decision.APPROVE, by="person:guest")
    other, _ = await taught(clock, identifiers, (theirs,) * 6)
    assert (await stage.allowed())[0].decision == "allow"
    assert (await other.once())[0][0].decision == "ask"
    third, _ = await taught(clock, identifiers, (YES, YES, Answer(Decision.REJECT, by="person:guest"), YES, YES, YES))
    assert (await third.allowed())[0].decision == "ask"


async def test_where_it_is_switched_off_everything_is_asked(clock, identifiers):
    stage, _ = await taught(clock, identifiers, adaptive=False)
    judged, asked = await stage.allowed()
    assert (judged.decision, len(asked)) == ("ask", 1)


async def test_answers_that_nobody_read_teach_nothing(clock, identifiers):
    stage = HabitStage(clock, identifiers)
    stage.seconds = 1.0
    for _ in range(7):
        judged, asked = await stage.once()
        assert (judged[0].decision, len(asked)) == ("ask", 1)


async def test_commands_that_have_a_network_are_asked_and_contained_ones_are_not(clock, identifiers):
    turns = (ScriptedTurn(calls=(ScriptedCall("execute", {"command": "make"}),)), ScriptedTurn(text="done")) * 40
    for networked, decision in ((False, "allow"), (True, "ask")):
        stage = HabitStage(clock, identifiers)
        stage.provider = ScriptedProvider(turns)
        policy = msgspec.structs.replace(stage.outside.policy, sandboxed=True, networked=networked)
        stage.outside = msgspec.structs.replace(stage.outside, policy=policy)
        for _ in range(5):
            await stage.once()
        assert (await stage.allowed())[0].decision == decision


async def test_a_revocation_ends_it(clock, identifiers):
    stage, key = await taught(clock, identifiers)
    assert (await stage.allowed())[0].decision == "allow"
    await stage.revoke(key)
    judged, asked = await stage.allowed()
    assert (judged.decision, len(asked)) == ("ask", 1)


async def test_what_is_usually_refused_is_asked_with_that_word(clock, identifiers):
    stage, _ = await taught(clock, identifiers, (NO, NO, YES, NO))
    _, asked = await stage.once()
    assert asked[0].reason == "It changes files. This is usually refused: 3 of the last 4 times."
