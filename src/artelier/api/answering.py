"""Words that come for an agent by any protocol: they open a session, go on with one, or answer what it waits for.

Whoever sends words is never left hanging. The rule, for a session in which something is asked:

- A question that asks for words takes them, the oldest first; calls beside it go on waiting.
- Where calls alone wait and the protocol has no other way to answer (``Wanted.answers``), a plain yes approves them: one that
  waits alone, or of several those that may be approved among others, which nothing grave is (``Question.labels``). A call that
  was not said yet (``told``) is said first. Any other words refuse them all and are told to the agents.
- Everywhere else they are kept as a message behind the run that waits.

What still waits then is said at once.
"""

from collections.abc import Sequence

from fastapi import Request
from msgspec import Struct

from artelier.api.away import model_away
from artelier.api.following import place_before
from artelier.api.questions import approvable, said_of
from artelier.api.told import Told, told_by
from artelier.api.views import house_of, own_session
from artelier.domain.errors import Conflict, IdempotencyMismatch, ProviderError
from artelier.domain.events import Event, RunWaiting
from artelier.domain.frames import Frame
from artelier.domain.messages import Earlier
from artelier.domain.models import CacheWishes
from artelier.domain.questions import IN_WORDS, Answer, Decision, QuestionStatus
from artelier.domain.runs import ACTIVE, QuestionRecord, RunRecord, RunStatus, WaitReason
from artelier.ports.runs import Page
from artelier.runtime.house import House
from artelier.runtime.service import Message
from artelier.runtime.waiting import waits_for_model

_YES = frozenset({"yes", "y", "ok", "approve", "approved", "да", "ок", "хорошо", "разрешить", "разрешаю"})


class Wanted(Struct, frozen=True):
    """What a request wants: words for an agent, in a session or in one that it opens."""

    text: str
    agent: str
    session: str = ""
    said: tuple[Earlier, ...] = ()
    cache: CacheWishes = CacheWishes()
    trace: str = ""
    key: str = ""
    may_approve: bool = True
    """Whether a plain yes approves a call; not where a model may have written it."""
    answers: bool = True
    """Whether words answer calls that wait; not where the protocol has another way to."""
    model: str = ""
    workspace: str = ""
    """For a session that it opens; empty for the server's own."""


class Talk(Struct, frozen=True):
    """A run that answers a request; ``after`` is the place in its session where its answer begins."""

    house: House
    person: str
    session: str
    run: str
    after: int
    address: str
    """Where the console shows the session."""
    told: Told
    known: tuple[Event, ...] = ()
    is_russian: bool = False
    goes_on: bool = True
    """Whether the run has something to say; not where its question cannot be answered in passing."""
    may_approve: bool = True
    """As in ``Wanted``."""

    async def away(self) -> ProviderError | None:
        """Return why the run waits for its model, where that takes longer than anybody holds a line."""
        record = await self.rested()
        return await model_away(self.house, record, self.after) if waits_for_model(record, self.house.clock.now()) else None

    async def is_left(self, frames: Sequence[Frame]) -> bool:
        """Return whether these frames say that the run waits for its model, and that takes longer than anybody holds a line."""
        return any(map(_waits_for_model, frames)) and await self.away() is not None

    async def rested(self) -> RunRecord:
        """Return the run as it is now."""
        return await self.house.store.get_run(self.run)

    async def waiting(self, record: RunRecord) -> list[QuestionRecord]:
        """Return the open questions of the session, where the run waits for them or stands behind the one that does."""
        if record.status not in {RunStatus.WAITING, RunStatus.QUEUED}:
            return []
        return await open_in(self.house, self.session, self.person)

    async def what_waits(self, record: RunRecord) -> str:
        """Return what a resting run waits for, with a link, or that it was stopped; empty for any other."""
        if record.status is RunStatus.CANCELLED:
            return "Запуск остановлен." if self.is_russian else "The run was stopped."
        open_questions = await self.waiting(record)
        if not open_questions:
            return ""
        self.told.say(self.session, (each.question.id for each in open_questions))
        return said_of(
            [each.question for each in open_questions],
            self.address,
            is_russian=self.is_russian,
            may_approve=self.may_approve,
            is_behind=record.status is RunStatus.QUEUED,
        )


def _waits_for_model(frame: Frame) -> bool:
    return isinstance(frame, Event) and isinstance(frame.payload, RunWaiting) and frame.payload.reason is WaitReason.MODEL


async def begin(request: Request, person: str, wanted: Wanted) -> Talk:
    """Send the words to their session, or answer with them what it waits for. Raises what ``Service.send`` raises."""
    house, told, console = house_of(request), told_by(request), f"{request.base_url}sessions/"
    is_russian = any("а" <= letter <= "я" for letter in wanted.text.lower())
    head = None
    if wanted.session:
        head = (await own_session(house, wanted.session, person)).head
        taken = await _taken(house, wanted, person, head, told.of(wanted.session)) if wanted.answers else None
        if taken is not None:
            place = f"{console}{wanted.session}"
            goes_on = taken.goes_on
            return Talk(house, person, wanted.session, taken.run, taken.after, place, told, (), is_russian, goes_on, wanted.may_approve)
    accepted = await house.service.send(
        Message(
            text=wanted.text,
            person=person,
            session=wanted.session,
            workspace="" if wanted.session else wanted.workspace or house.workspace.id,
            agent=wanted.agent,
            model=wanted.model,
            idempotency_key=wanted.key if wanted.session else "",
            trace=wanted.trace,
            cache=wanted.cache,
            said=wanted.said,
        )
    )
    known = tuple(event for event in accepted.events if event.seq >= accepted.seq)
    after = accepted.seq - 1
    if head is not None and not known:  # an answer in words: its run may be at rest again already
        after = min(after, head)
    return Talk(
        house,
        person,
        accepted.session,
        accepted.run,
        after,
        f"{console}{accepted.session}",
        told,
        known,
        is_russian,
        may_approve=wanted.may_approve,
    )


async def open_in(house: House, session: str, person: str) -> list[QuestionRecord]:
    """Return the open questions of a session and of what it gave to other agents, oldest first."""
    return list(reversed(await house.store.list_questions(person, Page(200), QuestionStatus.OPEN, session)))


class _Taken(Struct, frozen=True):
    """Words that were for questions about calls: the run that goes on, and the place where its answer begins."""

    run: str
    after: int
    goes_on: bool = True


async def _taken(house: House, wanted: Wanted, person: str, head: int, told: frozenset[str]) -> _Taken | None:
    """Give words to the calls that wait for a person; None where they are for somebody else."""
    is_yes = wanted.text.strip().strip(".!").lower() in _YES
    before = await _answered_before(house, wanted, person, is_yes=is_yes)
    if before is not None:
        return _Taken(
            await _asking_run(house, before, wanted.session),
            await place_before(house, wanted.session, before.answered_at or before.asked_at),
        )
    asked = await open_in(house, wanted.session, person)
    if not asked or any(each.question.kind in IN_WORDS for each in asked):
        return None
    meant = asked
    if is_yes:
        approved = approvable([each.question for each in asked]) if wanted.may_approve else []
        meant = [each for each in asked if each.question in approved and each.question.id in told]
    answer = Answer(
        Decision.APPROVE if is_yes else Decision.REJECT,
        "" if is_yes else wanted.text,
        by=person,
        bulk=len(asked) > 1,
        key=wanted.key,
    )
    given = [await _give(house, each, answer, wanted.trace) for each in meant]
    if not is_yes and not any(given):  # all were answered meanwhile: nobody has heard these words
        return None
    return _Taken(await _asking_run(house, asked[0], wanted.session), head, goes_on=bool(meant))


async def _give(house: House, record: QuestionRecord, answer: Answer, trace: str) -> bool:
    try:
        await house.service.answer(record.question.id, answer, trace)
    except Conflict:  # somebody was faster, and their answer stands
        return False
    return True


async def _answered_before(house: House, wanted: Wanted, person: str, *, is_yes: bool) -> QuestionRecord | None:
    """Return a call that these very words, by their key, have answered before: they answer no other."""
    if not wanted.key:
        return None
    for record in await house.store.list_questions(person, Page(200), "", wanted.session):
        answer = record.answer
        if answer is not None and answer.key == wanted.key and record.question.kind not in IN_WORDS:
            if is_yes is not (answer.decision is Decision.APPROVE) or answer.text not in {"", wanted.text}:
                raise IdempotencyMismatch("This Idempotency-Key came with another message before. Take a new key for a new message.")
            return record
    return None


async def _asking_run(house: House, record: QuestionRecord, session: str) -> str:
    """Return the run of a session that waits with a question, itself or for whom it gave work to."""
    if record.session == session:
        return record.run
    found = await house.store.list_runs(Page(1), session, ACTIVE) or await house.store.list_runs(Page(1), session)
    return found[0].id
