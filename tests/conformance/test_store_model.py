"""The same random script on every store: the same outcomes, and what must never break does not."""

import asyncio
import random
import tempfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from store_stage import HERE, NOON, OWNER, STORES, Stage

from artelier.domain.errors import ArtelierError
from artelier.domain.events import (
    AgentChosen,
    ApprovalAnswered,
    ApprovalAsked,
    CancelRequested,
    MessageReceived,
    ModelReplied,
    Payload,
    RunCancelled,
    RunFailed,
    RunFinished,
    RunQueued,
    RunStarted,
    RunWaiting,
    SessionOpened,
)
from artelier.domain.questions import Answer, Decision, Question, QuestionKind
from artelier.domain.runs import ACTIVE, RunStatus, WaitReason
from artelier.ports.journal import OwnedBy, WhileOpen, WhileRun
from artelier.ports.runs import Page, Submission, Worker

WORKERS = (Worker("one", HERE), Worker("two", HERE, lease_seconds=3), Worker("away", frozenset({"there"})))
SESSIONS = ("s1", "s2", "s3")
KEYS = ("", "", "k1", "k2")
PAYLOADS: tuple[Payload, ...] = (
    ModelReplied(step=1, attempt=1, text="Hm."),
    RunStarted("one", 1),
    AgentChosen("coder", "rule"),
    AgentChosen("debug", "rule"),
    RunWaiting(WaitReason.PERSON),
    RunWaiting(WaitReason.MODEL, NOON + timedelta(seconds=5)),
    RunFinished("Done."),
    RunFailed("X", "Broken."),
    RunCancelled("Enough."),
    RunQueued(resumed=True),
    CancelRequested(),
)


class Act(Struct, frozen=True):
    """One line of a script: what is done, and numbers that choose among what is there."""

    verb: str
    picks: tuple[int, ...]


OFTEN = {"submit": 3, "claim": 3, "own": 6, "ask": 2, "answer": 2}
SELDOM = ("answer_as_owner", "intrude", "cancel", "resume", "cancel_queued", "extend", "release", "take_over")
ALSO = ("step", "step_back", "next_wake", "delete", "rename", "list", "fork")
VERBS = (*(verb for verb, times in OFTEN.items() for _ in range(times)), *SELDOM, *ALSO)
CALM = tuple(verb for verb in VERBS if verb != "delete")
acts = st.builds(Act, st.sampled_from(VERBS), st.tuples(*[st.integers(0, 11)] * 4))


class Player:
    """Plays a script on one store. It knows only what the store answered, so equal stores make equal scripts."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.store = stage.store
        self.runs: list[tuple[str, str]] = []
        self.claims: list[Any] = []
        self.questions: list[tuple[str, str, str]] = []

    async def play(self, act: Act) -> Any:
        verb: Callable[..., Awaitable[Any]] = getattr(self, act.verb)
        try:
            return await verb(*act.picks)
        except ArtelierError as refusal:
            return type(refusal).__name__

    async def submit(self, session: int, key: int, worker: int, digest: int) -> Any:
        name = SESSIONS[session % 3]
        opening = SessionOpened(OWNER, "project") if session % 2 else None
        run = self.stage.new("run")
        submission = Submission(
            name, run, MessageReceived(f"Do {run}"), "person:mira", "", opening, KEYS[key % 4], str(digest % 2), reject_when_busy=key == 11
        )
        submitted = await self.store.submit(submission, WORKERS[worker % 4] if worker % 4 < 3 else None)
        self.runs.append((name, submitted.run))
        if submitted.claim is not None:
            self.claims.append(submitted.claim)
        return submitted

    async def claim(self, worker: int, *_: int) -> Any:
        claim = await self.store.claim(WORKERS[worker % 3])
        if claim is not None:
            self.claims.append(claim)
        return claim

    async def own(self, claim: int, fence: int, expected: int, payload: int) -> Any:
        chosen = pick(self.claims, claim)
        if chosen is None:
            return None
        head = (await self.store.get_session(chosen.run.session)).head
        condition = OwnedBy(chosen.run.id, chosen.fence - (fence == 0), head - (expected == 0))
        payloads = (ModelReplied(step=2, attempt=1, text=""), PAYLOADS[payload % len(PAYLOADS)])[payload % 2 :]
        return await self.stage.append(chosen.run.session, chosen.run.id, *payloads, condition=condition)

    async def ask(self, claim: int, *_: int) -> Any:
        chosen = pick(self.claims, claim)
        if chosen is None:
            return None
        question = Question(self.stage.new("question"), QuestionKind.APPROVAL, "May it?")
        asked = await self.stage.own(chosen, ApprovalAsked(question), RunWaiting(WaitReason.PERSON))
        self.questions.append((chosen.run.session, chosen.run.id, question.id))
        return asked

    async def answer(self, question: int, decision: int, *_: int) -> Any:
        return await self._answer(question, decision, None)

    async def answer_as_owner(self, question: int, decision: int, claim: int, *_: int) -> Any:
        return await self._answer(question, decision, pick(self.claims, claim))

    async def _answer(self, question: int, decision: int, claim: Any) -> Any:
        chosen = pick(self.questions, question)
        if chosen is None:
            return None
        session, run, asked = chosen
        said = Answer((Decision.APPROVE, Decision.REJECT)[decision % 2], by=("person:mira", "timeout")[decision % 2])
        payload = ApprovalAnswered(asked, QuestionKind.APPROVAL, said)
        if claim is not None:
            return await self.stage.own(claim, payload)
        return await self.stage.append(session, run, payload, condition=WhileOpen(asked))

    async def intrude(self, run: int, other: int, payload: int, status: int) -> Any:
        """Append to one run on the strength of another's status, whatever it is."""
        chosen, named = pick(self.runs, run), pick(self.runs, other)
        if chosen is None or named is None:
            return None
        condition = WhileRun(named[1], frozenset({list(RunStatus)[status % 6], RunStatus.QUEUED}))
        return await self.stage.append(chosen[0], chosen[1], PAYLOADS[payload % len(PAYLOADS)], condition=condition)

    async def cancel(self, run: int, *_: int) -> Any:
        return await self._alone(run, ACTIVE, CancelRequested())

    async def cancel_queued(self, run: int, *_: int) -> Any:
        return await self._alone(run, frozenset({RunStatus.QUEUED, RunStatus.WAITING}), RunCancelled())

    async def resume(self, run: int, *_: int) -> Any:
        return await self._alone(run, frozenset({RunStatus.FAILED, RunStatus.WAITING}), RunQueued(resumed=True))

    async def _alone(self, run: int, statuses: frozenset[RunStatus], payload: Payload) -> Any:
        chosen = pick(self.runs, run)
        return chosen and await self.stage.append(*chosen, payload, condition=WhileRun(chosen[1], statuses))

    async def extend(self, worker: int, *_: int) -> Any:
        return await self.store.extend(WORKERS[worker % 3], tuple((claim.run.id, claim.fence) for claim in self.claims[-5:]))

    async def release(self, worker: int, *_: int) -> Any:
        return await self.store.release(WORKERS[worker % 3])

    async def take_over(self, place: int, *_: int) -> Any:
        return await self.store.take_over(("here", "there")[place % 2])

    async def step(self, seconds: int, *_: int) -> None:
        self.stage.clock.step(seconds)

    async def step_back(self, seconds: int, *_: int) -> None:
        self.stage.clock.step(-seconds)

    async def next_wake(self, worker: int, *_: int) -> Any:
        return await self.store.next_wake(WORKERS[worker % 3])

    async def delete(self, session: int, *_: int) -> Any:
        return await self.store.delete_session(SESSIONS[session % 3])

    async def rename(self, session: int, *_: int) -> Any:
        return await self.store.rename_session(SESSIONS[session % 3], "Renamed")

    async def fork(self, session: int, copy: int, before: int, run: int, *_: int) -> Any:
        chosen = pick(self.runs, run) if before % 2 else None
        return await self.store.fork_session(SESSIONS[session % 3], SESSIONS[copy % 3], "person:mira", chosen[1] if chosen else "")

    async def list(self, limit: int, before: int, *_: int) -> Any:
        page = Page(limit, f"{before:06}" if before % 2 else "")
        return (
            await self.store.list_runs(page),
            await self.store.list_questions(OWNER, page, "open"),
            await self.store.list_sessions(OWNER, page),
        )

    async def everything(self) -> dict[str, Any]:
        sessions = await self.store.list_sessions(OWNER, Page(1000))
        return {
            "sessions": sessions,
            "runs": await self.store.list_runs(Page(1000)),
            "questions": await self.store.list_questions(OWNER, Page(1000)),
            "events": {session.id: await self.store.read(session.id) for session in sessions},
        }


def pick(things: list[Any], number: int) -> Any:
    """Return one of the newest things, None when there is none."""
    return things[-1 - number % min(len(things), 6)] if things else None


def check_laws(state: dict[str, Any]) -> None:
    for session in state["sessions"]:
        events = state["events"][session.id]
        assert [event.seq for event in events] == list(range(1, session.head + 1))
        assert all(earlier.at <= later.at for earlier, later in pairwise(events))
        statuses = [run.status for run in state["runs"] if run.session == session.id]
        active = [status for status in statuses if status in ACTIVE]
        assert len(active) <= 1
        assert session.status == (active[0] if active else "queued" if RunStatus.QUEUED in statuses else "idle")


async def outcomes(kind: str, script: list[Act]) -> list[Any]:
    """Return what every act of a script gave on a fresh store, and the rows after every few of them."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(kind, Path(folder))
        await stage.open_store()
        try:
            player, seen = Player(stage), []
            for number, act in enumerate(script):
                seen.append((act, await player.play(act)))
                if number % 7 == 0:
                    check_laws(await player.everything())
            state = await player.everything()
            check_laws(state)
            return [*seen, state, stage.told]
        finally:
            await stage.store.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(acts, min_size=15, max_size=60))
async def test_the_same_script_has_the_same_outcome_on_every_store(script: list[Act]) -> None:
    expected = await outcomes(STORES[0], script)
    for kind in STORES[1:]:
        assert await outcomes(kind, script) == expected


@pytest.mark.parametrize("kind", STORES)
async def test_a_long_day_of_work_reaches_every_state(kind: str) -> None:
    """Without luck: the script that random ones should resemble does reach claims, waits, answers and ends."""
    script = [
        Act("submit", (1, 2, 0, 0)),
        Act("ask", (0, 0, 0, 0)),
        Act("submit", (4, 0, 0, 0)),
        Act("answer", (0, 0, 0, 0)),
        Act("claim", (1, 0, 0, 0)),
        Act("own", (0, 1, 1, 7)),
        Act("resume", (1, 0, 0, 0)),
        Act("step", (11, 0, 0, 0)),
        Act("claim", (0, 0, 0, 0)),
        Act("own", (0, 1, 1, 6)),
        Act("delete", (1, 0, 0, 0)),
    ]
    *_, state, told = await outcomes(kind, script)
    assert [(run.status, run.fence) for run in state["runs"]] == [(RunStatus.QUEUED, 0), (RunStatus.FINISHED, 3)]
    assert [question.status for question in state["questions"]] == ["approved"]
    assert [event.type for event in told][-1] == "run_finished"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", STORES)
async def test_a_storm_of_work_at_once_breaks_no_law(kind: str, seed: int, tmp_path: Path) -> None:
    stage, chance = Stage(kind, tmp_path), random.Random(seed)
    await stage.open_store()

    async def play(player: Player) -> None:
        for _ in range(40):
            await player.play(Act(chance.choice(CALM), tuple(chance.randrange(12) for _ in range(4))))

    try:
        players = [Player(stage) for _ in range(12)]
        await asyncio.gather(*map(play, players))
        state = await players[0].everything()
        check_laws(state)
        for session, events in state["events"].items():
            assert tuple(event for event in stage.told if event.session == session) == events
        claims = [(claim.run.id, claim.fence) for player in players for claim in player.claims]
        assert len(claims) == len(set(claims)) > 0
    finally:
        await stage.store.close()
