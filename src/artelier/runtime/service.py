"""What can be asked of the house: the one door behind every protocol. It appends and wakes; workers do the rest."""

import hashlib
from collections.abc import Callable

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from artelier.domain.errors import ConditionFailed, Conflict, IdempotencyMismatch, InvalidRequest
from artelier.domain.events import (
    ApprovalAnswered,
    CancelRequested,
    Draft,
    Event,
    MessageReceived,
    RunCancelled,
    RunQueued,
    SessionOpened,
)
from artelier.domain.messages import Earlier
from artelier.domain.models import CacheWishes
from artelier.domain.questions import IN_WORDS, Answer, Decision, QuestionKind, QuestionStatus
from artelier.domain.refusals import Refusal, RefusalCode
from artelier.domain.runs import ACTIVE, ENDED, QuestionRecord, RunRecord, RunStatus, WaitReason
from artelier.ports.bus import Bus
from artelier.ports.clock import Identifiers
from artelier.ports.journal import WhileOpen, WhileRun
from artelier.ports.runs import Page, Submission
from artelier.ports.store import Store
from artelier.runtime.fitting import check_arguments, check_names, check_text, is_clean
from artelier.runtime.making_way import MakingWay
from artelier.runtime.standing import Standing
from artelier.runtime.undo import Undo
from artelier.runtime.waiting import rests, wait_for_rest
from artelier.runtime.workers import Workforce


class Message(Struct, frozen=True):
    """A message on its way in; ``session`` empty opens one over ``workspace``."""

    text: str
    person: str
    session: str = ""
    workspace: str = ""
    agent: str = ""
    model: str = ""
    multitask: str = "enqueue"
    """``enqueue``, ``reject``, ``interrupt`` or ``rollback``: what becomes of a run that is at work in the session."""
    idempotency_key: str = ""
    trace: str = ""
    cache: CacheWishes = CacheWishes()
    said: tuple[Earlier, ...] = ()
    """What was said before it elsewhere; only for a session that it opens."""


class Accepted(Struct, frozen=True):
    """A message that is stored and will be worked on."""

    session: str
    run: str
    seq: int
    events: tuple[Event, ...] = ()
    """What the message's own transaction appended, where it is known."""


class Service:
    """Messages, answers, cancels: everything that others than a run's owner append."""

    def __init__(self, store: Store, bus: Bus, workforce: Workforce, identifiers: Identifiers, standing: Standing, undo: Undo) -> None:
        self._store = store
        self._bus = bus
        self._workforce = workforce
        self._identifiers = identifiers
        self._standing = standing
        self._way = MakingWay(store, undo, self.cancel, self.wait)

    async def send(self, message: Message) -> Accepted:
        """Take a message: it starts a run, queues behind one, or answers the question a run waits with.

        Raises ``InvalidRequest``, ``NotFound``, ``Conflict``, ``IdempotencyMismatch``.
        """
        workspace = await self._room_of(message)
        outside = self._standing.outside_in(workspace)
        check_text(message.text)
        check_names(message.agent, message.model, outside.policy.agents, outside.providers)
        if message.session and not await self._has_run(message):
            answered = await self._repeated_answer(message) or await self._answer_in_words(message)
            if answered is not None:
                return answered
            if message.multitask == "interrupt":
                await self._way.interrupt(message.session, message.person, message.trace)
            elif message.multitask == "rollback":
                await self._way.roll_back(message.session, message.person, message.trace)
        return await self._submit(message, workspace)

    async def answer(self, question: str, answer: Answer, trace: str = "", more: tuple[Draft, ...] = ()) -> QuestionRecord:
        """Answer an open question, and store with it what else follows from the answer.

        Raises ``NotFound``, ``Conflict`` when it is answered already, ``InvalidRequest``.
        """
        record = await self._store.get_question(question)
        self._check_answer(record, answer)
        if record.question.call is not None and answer.arguments == record.question.call.arguments:
            answer = replace(answer, arguments=None)  # looked at in an editor and left as it was
        payload = ApprovalAnswered(question, record.question.kind, answer)
        try:
            await self._store.append(record.session, (Draft(payload, answer.by, record.run), *more), WhileOpen(question), trace)
        except ConditionFailed as failure:
            told = "This question has been answered already, or its run has ended. Look at the approvals again."
            raise Conflict(told, because=Refusal(RefusalCode.ANSWERED)) from failure
        self._workforce.look_again(record.run)
        return await self._store.get_question(question)

    async def cancel(self, run: str, person: str, reason: str = "", trace: str = "") -> RunRecord:
        """Stop a run and all it delegated; one at work stops within moments, see its events.

        An ended run is returned as it is. Raises ``NotFound``.
        """
        record = await self._store.get_run(run)
        if record.status in ENDED:
            return record
        await self._cancel(record, person, reason, trace)
        for delegated in await self._store.list_delegated(run):
            await self.cancel(delegated.id, person, reason, trace)
        return await self._store.get_run(run)

    async def _cancel(self, record: RunRecord, person: str, reason: str, trace: str) -> None:
        run = record.id
        asked = Draft(CancelRequested(reason), person, run)
        try:
            drafts = (asked, Draft(RunCancelled(reason, record.usage), "system", run))
            await self._store.append(record.session, drafts, WhileRun(run, frozenset({RunStatus.QUEUED, RunStatus.WAITING})), trace)
            self._workforce.wake()
        except ConditionFailed:
            try:
                await self._store.append(record.session, (asked,), WhileRun(run, frozenset({RunStatus.RUNNING})), trace)
            except ConditionFailed:
                now = await self._store.get_run(run)
                if now.status not in ENDED:
                    await self._cancel(now, person, reason, trace)
                return
            self._workforce.look_again(run)

    async def resume(self, run: str, person: str, trace: str = "", *, raise_budget: bool = False) -> RunRecord:
        """Go on with a run that failed, waits for a model, or stopped at a limit (only with ``raise_budget``).

        Raises ``NotFound``, ``Conflict`` when there is nothing to resume.
        """
        record = await self._store.get_run(run)
        if record.status is RunStatus.WAITING:
            await self._resume_waiting(record, person, trace, raise_budget=raise_budget)
        elif record.status is RunStatus.FAILED:
            try:
                await self._store.append(
                    record.session, (Draft(RunQueued(resumed=True), person, run),), WhileRun(run, frozenset({RunStatus.FAILED})), trace
                )
            except ConditionFailed as failure:
                raise Conflict("Somebody has resumed this run already.", because=Refusal(RefusalCode.RESUMED)) from failure
            self._workforce.wake()
        else:
            status = Refusal(RefusalCode.NOT_RESUMABLE, {"status": record.status.value})
            raise Conflict(f"This run is {record.status.value}; only a failed or waiting run can be resumed.", because=status)
        return await self._store.get_run(run)

    async def wait(self, run: str, ends: Callable[[RunRecord], bool] = rests) -> RunRecord:
        """Return the run once it has ended or waits for a person, or ``ends`` says so. Raises ``NotFound``."""
        return await wait_for_rest(self._store, self._bus, run, ends)

    async def _room_of(self, message: Message) -> str:
        """Return the workspace of a message, which need not be known where none brings anything along."""
        if message.workspace or not message.session or not self._standing.now.rooms:
            return message.workspace
        return (await self._store.get_session(message.session)).workspace

    async def _submit(self, message: Message, workspace: str) -> Accepted:
        session = message.session or self._identifiers.new()
        opening = None if message.session else SessionOpened(message.person, message.workspace)
        run, received = (
            self._identifiers.new(),
            MessageReceived(message.text, message.agent, message.model, cache=message.cache, said=message.said),
        )
        submission = Submission(
            session=session,
            run=run,
            message=received,
            actor=message.person,
            trace=message.trace,
            opening=opening,
            idempotency_key=message.idempotency_key,
            idempotency_digest=_digest(message) if message.idempotency_key else "",
            reject_when_busy=message.multitask == "reject",
            begin=self._workforce.first_drafts(run, received, workspace, fresh=opening is not None),
        )
        submitted = await self._store.submit(submission, self._workforce.claimer)
        if submitted.claim is not None:
            self._workforce.take(submitted.claim, submitted.events if opening else ())
        elif not submitted.replayed:
            self._workforce.wake()
        return Accepted(session, submitted.run, submitted.seq, submitted.events)

    async def _has_run(self, message: Message) -> bool:
        """Return whether this very message, by its key, has started a run before."""
        return bool(message.idempotency_key) and await self._store.key_known(message.session, message.idempotency_key)

    async def _repeated_answer(self, message: Message) -> Accepted | None:
        """Return what this very message, by its key, has answered before; None when it has not."""
        if not message.idempotency_key:
            return None
        for record in await self._store.list_questions(message.person, Page(limit=50), session=message.session):
            if record.answer is not None and record.answer.key == message.idempotency_key:
                if record.answer.text != message.text:
                    raise IdempotencyMismatch("This Idempotency-Key came with another message before. Take a new key for a new message.")
                return await self._answered(message, record)
        return None

    async def _answer_in_words(self, message: Message) -> Accepted | None:
        """Take a message as the answer to the oldest question that waits for words; None when there is none."""
        if message.multitask != "enqueue":
            return None
        asked = await self._store.list_questions(message.person, Page(limit=50), QuestionStatus.OPEN, message.session)
        for record in reversed(asked):
            if record.question.kind in IN_WORDS and (await self._store.get_run(record.run)).status is RunStatus.WAITING:
                answer = Answer(Decision.APPROVE, message.text, by=message.person, key=message.idempotency_key)
                await self.answer(record.question.id, answer, message.trace)
                return await self._answered(message, record)
        return None

    async def _answered(self, message: Message, record: QuestionRecord) -> Accepted:
        """Return the run of the message's own session that goes on by an answer, which an agent at work for it may have asked for."""
        run, head = record.run, (await self._store.get_session(message.session)).head
        if record.session != message.session:
            found = await self._store.list_runs(Page(1), message.session, ACTIVE) or await self._store.list_runs(Page(1), message.session)
            run = found[0].id
        return Accepted(message.session, run, head)

    def _check_answer(self, record: QuestionRecord, answer: Answer) -> None:
        question = record.question
        if record.status is not QuestionStatus.OPEN:
            answered = Refusal(RefusalCode.ANSWERED)
            raise Conflict(f"This question is {record.status.value} already. Look at the approvals again.", because=answered)
        if answer.bulk and answer.decision is Decision.APPROVE and (question.labels or question.kind is not QuestionKind.APPROVAL):
            why = f"it is {question.labels[0]}" if question.labels else "it is no call"
            raise InvalidRequest(f"This question is answered alone, not among others: {why}.", because=Refusal(RefusalCode.NOT_TOGETHER))
        if question.kind in IN_WORDS and answer.decision is Decision.APPROVE and not answer.text.strip():
            words = Refusal(RefusalCode.NEEDS_WORDS)
            raise InvalidRequest("This question asks for words: answer with 'text', which may be one of its options.", because=words)
        if not is_clean(answer.text):
            unclean = Refusal(RefusalCode.TEXT_UNCLEAN)
            raise InvalidRequest(
                "The answer holds characters that are no text (lone surrogates or NUL). Send clean UTF-8.", because=unclean
            )
        if answer.arguments is None:
            return
        if question.kind is not QuestionKind.APPROVAL or question.call is None or answer.decision is Decision.REJECT:
            raise InvalidRequest("Arguments can be changed only while approving a call.", because=Refusal(RefusalCode.NOT_A_CALL))
        tool = self._standing.now.offering.tools.get(question.call.name)
        if tool is not None:
            check_arguments(tool, answer.arguments)

    async def _resume_waiting(self, record: RunRecord, person: str, trace: str, *, raise_budget: bool) -> None:
        for asked in await self._store.list_questions(person, Page(limit=50), QuestionStatus.OPEN, record.session):
            if asked.run == record.id and asked.question.kind is QuestionKind.BUDGET and raise_budget:
                await self.answer(asked.question.id, Answer(Decision.APPROVE, by=person), trace)
                return
        if not record.wait_reason:  # it was answered just now and goes on by itself
            return
        if record.wait_reason != WaitReason.MODEL:
            waits = Refusal(RefusalCode.WAITS_FOR_A_PERSON)
            raise Conflict("This run waits for a person: answer its question, or raise its limit with raise_budget.", because=waits)
        await self._store.append(
            record.session, (Draft(RunQueued(resumed=True), person, record.id),), WhileRun(record.id, frozenset({RunStatus.WAITING})), trace
        )
        self._workforce.wake()


def _digest(message: Message) -> str:
    body = msgspec.json.encode((message.text, message.agent, message.model, message.multitask))
    return hashlib.sha256(body).hexdigest()
