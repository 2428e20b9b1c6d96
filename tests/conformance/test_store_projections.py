"""Rows that follow from events: what every store must hold."""

from datetime import timedelta

import pytest
from store_stage import NOON, OWNER, Stage, stage_fixture  # noqa: F401  pytest finds it here

from artelier.domain.calls import ToolCall
from artelier.domain.errors import NotFound, StoreError
from artelier.domain.events import (
    AgentChosen,
    ApprovalAnswered,
    ApprovalAsked,
    BudgetReached,
    MessageReceived,
    ModelReplied,
    RunCancelled,
    RunFailed,
    RunFinished,
    RunQueued,
    RunStarted,
    RunWaiting,
    SessionOpened,
)
from artelier.domain.questions import Answer, Decision, Question, QuestionKind, QuestionStatus
from artelier.domain.runs import RunRecord, RunStatus, SessionRecord, WaitReason
from artelier.domain.usage import Usage
from artelier.ports.journal import WhileOpen, WhileRun
from artelier.ports.runs import Claim, Page

SPENT = Usage(input_tokens=100, output_tokens=20, cached_tokens=50, model_calls=1)


def answered(question: str, decision: Decision = Decision.APPROVE, by: str = "person:mira") -> ApprovalAnswered:
    return ApprovalAnswered(question, QuestionKind.APPROVAL, Answer(decision, "Well.", {"path": "a"}, by))


async def ask(stage: Stage, claim: Claim) -> str:
    question = Question(stage.new("question"), QuestionKind.APPROVAL, "May it?")
    await stage.own(claim, ApprovalAsked(question))
    return question.id


async def run_of(stage: Stage, claim: Claim) -> RunRecord:
    return await stage.store.get_run(claim.run.id)


# Sessions


async def test_a_session_follows_its_events(stage: Stage) -> None:
    session = await stage.open()
    assert await stage.store.get_session(session) == SessionRecord(session, OWNER, "project", "", "idle", "", 1, NOON, NOON)
    stage.clock.step(7)
    await stage.submit(session, "  Fix the build\nand then rest")
    later = NOON + timedelta(seconds=7)
    expected = SessionRecord(session, OWNER, "project", "Fix the build", "queued", "", 3, NOON, later)
    assert await stage.store.get_session(session) == expected


@pytest.mark.parametrize(
    ("text", "title"),
    [("x" * 81, "x" * 80), ("\n\n  Привет  \nмир", "Привет"), ("   ", ""), ("a\r\nb", "a")],
)
async def test_a_title_is_the_first_line_of_the_first_message(stage: Stage, text: str, title: str) -> None:
    submission = stage.submission(text=text)
    await stage.store.submit(submission)
    assert (await stage.store.get_session(submission.session)).title == title


async def test_a_title_that_was_given_stays(stage: Stage) -> None:
    session = await stage.open("Mine")
    await stage.submit(session, "Fix the build")
    assert (await stage.store.get_session(session)).title == "Mine"
    opening = await stage.submit(opening=SessionOpened(OWNER, "project", "Given"))
    assert (await stage.store.get_session(opening.events[0].session)).title == "Given"


async def test_a_session_shows_its_active_run_and_otherwise_its_next(stage: Stage) -> None:
    session = await stage.open()
    seen = [(await stage.store.get_session(session)).status]

    async def look() -> None:
        seen.append((await stage.store.get_session(session)).status)
        assert (await stage.store.list_sessions(OWNER, Page()))[0].status == seen[-1]

    claim = await stage.running(session)
    await look()
    await stage.submit(session)
    await look()
    await stage.own(claim, RunWaiting(WaitReason.PERSON))
    await look()
    await stage.append(session, claim.run.id, RunCancelled(), condition=WhileRun(claim.run.id, frozenset({RunStatus.WAITING})))
    await look()
    following = await stage.store.claim(stage.worker)
    await look()
    await stage.own(following, RunFinished("Done."))
    await look()
    assert seen == ["idle", "running", "running", "waiting", "queued", "running", "idle"]


# Runs


async def test_a_new_run_remembers_what_was_asked(stage: Stage) -> None:
    text = "Please " + "x" * 300
    submission = stage.submission(message=MessageReceived(text, agent="coder", model="vendor/model"))
    await stage.store.submit(submission)
    run = await stage.store.get_run(submission.run)
    assert (run.session, run.workspace, run.status, run.agent, run.model) == (
        submission.session,
        "project",
        RunStatus.QUEUED,
        "coder",
        "vendor/model",
    )
    assert (run.request, run.position, run.fence, run.created_at) == (text[:200], 2, 0, NOON)
    assert (run.started_at, run.ended_at, run.wake_at, run.wait_reason, run.usage) == (None, None, None, "", Usage())


async def test_a_start_is_remembered_once(stage: Stage) -> None:
    claim = await stage.running()
    stage.clock.step(1)
    await stage.own(claim, RunStarted("worker-1", 1))
    stage.clock.step(1)
    await stage.own(claim, RunStarted("worker-1", 1))
    assert (await run_of(stage, claim)).started_at == NOON + timedelta(seconds=1)


async def test_the_agent_is_shown_with_run_and_session(stage: Stage) -> None:
    claim = await stage.running()
    await stage.own(claim, AgentChosen("debug", "classifier", 0.9), ModelReplied(step=1, attempt=1, text="Hm."))
    assert (await run_of(stage, claim)).agent == "debug"
    assert (await stage.store.get_session(claim.run.session)).agent == "debug"


async def test_a_waiting_run_holds_no_lease(stage: Stage) -> None:
    claim = await stage.running()
    wake_at = NOON + timedelta(hours=24, microseconds=3)
    await stage.own(claim, RunWaiting(WaitReason.BUDGET, wake_at, SPENT))
    run = await run_of(stage, claim)
    assert (run.status, run.wake_at, run.wait_reason, run.usage, run.fence) == (RunStatus.WAITING, wake_at, "budget", SPENT, 1)
    assert await stage.store.extend(stage.worker, ((run.id, 1),)) == {run.id}


async def test_a_finished_run_keeps_its_reply(stage: Stage) -> None:
    claim = await stage.running()
    stage.clock.step(3)
    await stage.own(claim, RunFinished("Готово.", SPENT, 2, 3))
    run = await run_of(stage, claim)
    ended = NOON + timedelta(seconds=3)
    assert (run.status, run.reply, run.usage, run.ended_at, run.code) == (RunStatus.FINISHED, "Готово.", SPENT, ended, "")
    assert (await stage.store.next_wake(stage.worker)) is None


async def test_a_failed_run_says_why_until_it_is_taken_up_again(stage: Stage) -> None:
    claim = await stage.running()
    await stage.own(claim, RunFailed("LLM_UNAVAILABLE", "No answer.", SPENT))
    run = await run_of(stage, claim)
    assert (run.status, run.code, run.message, run.usage, run.ended_at) == (RunStatus.FAILED, "LLM_UNAVAILABLE", "No answer.", SPENT, NOON)
    condition = WhileRun(run.id, frozenset({RunStatus.FAILED}))
    await stage.append(run.session, run.id, RunQueued(resumed=True), condition=condition)
    run = await run_of(stage, claim)
    assert (run.status, run.code, run.message, run.usage, run.ended_at) == (RunStatus.QUEUED, "", "", SPENT, None)


async def test_a_run_cancelled_from_outside_keeps_what_it_consumed(stage: Stage) -> None:
    claim = await stage.running()
    await stage.own(claim, RunWaiting(WaitReason.PERSON, NOON, SPENT))
    condition = WhileRun(claim.run.id, frozenset({RunStatus.WAITING}))
    await stage.append(claim.run.session, claim.run.id, RunCancelled("Not now."), condition=condition)
    run = await run_of(stage, claim)
    assert (run.status, run.message, run.usage, run.ended_at) == (RunStatus.CANCELLED, "Not now.", SPENT, NOON)
    assert (run.wake_at, run.wait_reason) == (None, "")


async def test_a_session_never_has_two_active_runs(stage: Stage) -> None:
    claim = await stage.running()
    behind = await stage.submit(claim.run.session)
    condition = WhileRun(behind.run, frozenset({RunStatus.QUEUED}))
    with pytest.raises(StoreError, match="contradicts"):
        await stage.append(claim.run.session, behind.run, AgentChosen("coder", "rule"), RunWaiting(WaitReason.PERSON), condition=condition)
    assert (await stage.store.get_run(behind.run)).status is RunStatus.QUEUED
    assert (await stage.store.get_session(claim.run.session)).agent == ""
    assert len(await stage.store.read(claim.run.session)) == 5


# Questions


@pytest.mark.parametrize("asked", [ApprovalAsked, BudgetReached])
async def test_a_question_stands_open_as_it_was_asked(stage: Stage, asked: type[ApprovalAsked] | type[BudgetReached]) -> None:
    claim = await stage.running()
    call = ToolCall("run/1/0", "write_file", {"path": "a.py"})
    question = Question(stage.new("question"), QuestionKind.APPROVAL, "Write a.py?", "coder", call, expires_at=NOON + timedelta(days=1))
    await stage.own(claim, asked(question))
    record = await stage.store.get_question(question.id)
    assert (record.question, record.session, record.run) == (question, claim.run.session, claim.run.id)
    assert (record.status, record.asked_at, record.answered_at, record.answer) == (QuestionStatus.OPEN, NOON, None, None)


@pytest.mark.parametrize(
    ("decision", "by", "status"),
    [
        (Decision.APPROVE, "person:mira", QuestionStatus.APPROVED),
        (Decision.REJECT, "person:mira", QuestionStatus.REJECTED),
        (Decision.REJECT, "timeout", QuestionStatus.TIMED_OUT),
    ],
)
async def test_an_answer_settles_the_question_and_wakes_the_run(stage: Stage, decision: Decision, by: str, status: QuestionStatus) -> None:
    claim = await stage.running()
    question = await ask(stage, claim)
    await stage.own(claim, RunWaiting(WaitReason.PERSON, NOON + timedelta(days=1)))
    stage.clock.step(60)
    await stage.append(claim.run.session, claim.run.id, answered(question, decision, by), condition=WhileOpen(question))
    record = await stage.store.get_question(question)
    assert (record.status, record.answered_at) == (status, NOON + timedelta(seconds=60))
    assert record.answer == Answer(decision, "Well.", {"path": "a"}, by)
    assert (await run_of(stage, claim)).wake_at == NOON + timedelta(seconds=60)
    assert (await run_of(stage, claim)).wait_reason == "", "nobody is waited for any more"
    assert (await stage.store.claim(stage.worker)).run.id == claim.run.id


async def test_an_answer_to_a_run_at_work_does_not_wake_it(stage: Stage) -> None:
    claim = await stage.running()
    question = await ask(stage, claim)
    await stage.append(claim.run.session, claim.run.id, answered(question), condition=WhileOpen(question))
    assert (await run_of(stage, claim)).wake_at is None
    assert await stage.store.claim(stage.worker) is None


async def test_a_question_settled_once_stays_as_it_is(stage: Stage) -> None:
    claim = await stage.running()
    question = await ask(stage, claim)
    await stage.own(claim, answered(question), answered(question, Decision.REJECT))
    assert (await stage.store.get_question(question)).status is QuestionStatus.APPROVED


@pytest.mark.parametrize("end", [RunFinished("Done."), RunFailed("X", "Broken."), RunCancelled()], ids=lambda payload: payload.type)
async def test_the_end_of_a_run_closes_its_open_questions_alone(stage: Stage, end: RunFinished | RunFailed | RunCancelled) -> None:
    claim, other = await stage.running(), await stage.running()
    settled, open_, elsewhere = await ask(stage, claim), await ask(stage, claim), await ask(stage, other)
    await stage.own(claim, answered(settled))
    await stage.own(claim, end)
    statuses = [(await stage.store.get_question(question)).status for question in (settled, open_, elsewhere)]
    assert statuses == [QuestionStatus.APPROVED, QuestionStatus.CLOSED, QuestionStatus.OPEN]


async def test_a_question_asked_twice_under_one_id_is_refused_whole(stage: Stage) -> None:
    claim = await stage.running()
    question = await ask(stage, claim)
    with pytest.raises(StoreError, match="contradicts"):
        await stage.own(claim, AgentChosen("coder", "rule"), ApprovalAsked(Question(question, QuestionKind.WORDS, "Again?")))
    assert (await stage.store.get_session(claim.run.session)).head == 4
    assert (await run_of(stage, claim)).agent == ""


async def test_unknown_runs_sessions_and_questions_are_not_found(stage: Stage) -> None:
    for missing in (stage.store.get_run("x"), stage.store.get_session("x"), stage.store.get_question("x"), stage.store.get_workspace("x")):
        with pytest.raises(NotFound):
            await missing
