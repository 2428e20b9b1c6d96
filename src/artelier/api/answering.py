"""Words that come for an agent by a foreign protocol: they open a session, go on with one, or answer what it waits for."""

from fastapi import Request
from msgspec import Struct

from artelier.api.away import model_away
from artelier.api.views import house_of, own_session
from artelier.domain.errors import ProviderError
from artelier.domain.events import Event
from artelier.domain.messages import Earlier
from artelier.domain.models import CacheWishes
from artelier.domain.questions import Answer, Decision, QuestionKind, QuestionStatus
from artelier.domain.runs import QuestionRecord, RunRecord, RunStatus
from artelier.ports.runs import Page
from artelier.runtime.house import House
from artelier.runtime.service import Message
from artelier.runtime.waiting import waits_for_model

IN_WORDS = frozenset({QuestionKind.WORDS, QuestionKind.CLARIFICATION})
"""Questions that ask for words and not for a yes."""
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


class Talk(Struct, frozen=True):
    """A run that answers a request; ``after`` is the place in its session where its answer begins."""

    house: House
    person: str
    session: str
    run: str
    after: int
    address: str
    """Where the console shows the session."""
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

    async def rested(self) -> RunRecord:
        """Return the run as it is now."""
        return await self.house.store.get_run(self.run)

    async def what_waits(self, record: RunRecord) -> str:
        """Return what a resting run waits for, with a link, or that it was stopped; empty for any other."""
        if record.status is RunStatus.CANCELLED:
            return "Запуск остановлен." if self.is_russian else "The run was stopped."
        if record.status is not RunStatus.WAITING:
            return ""
        open_questions = await open_in(self.house, self.session, self.person)
        texts = [_said_of(each, self) for each in open_questions]
        end = f"Ответить: {self.address}" if self.is_russian else f"Answer at {self.address}"
        return "\n".join([*texts, end])


async def begin(request: Request, person: str, wanted: Wanted) -> Talk:
    """Send the words to their session, or answer with them what it waits for. Raises what ``Service.send`` raises."""
    house, console = house_of(request), f"{request.base_url}sessions/"
    is_russian = any("а" <= letter <= "я" for letter in wanted.text.lower())
    head = None
    if wanted.session:
        head = (await own_session(house, wanted.session, person)).head
        asked = await _asked(house, wanted.session, person)
        if asked is not None:
            goes_on = await _answer(house, asked, wanted, person)
            run = await _top_run(house, wanted.session) or asked.run
            return Talk(house, person, wanted.session, run, head, f"{console}{wanted.session}", (), is_russian, goes_on, wanted.may_approve)
    accepted = await house.service.send(
        Message(
            text=wanted.text,
            person=person,
            session=wanted.session,
            workspace="" if wanted.session else house.workspace.id,
            agent=wanted.agent,
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
        known,
        is_russian,
        may_approve=wanted.may_approve,
    )


async def _asked(house: House, session: str, person: str) -> QuestionRecord | None:
    """Return the one question about a call that a session waits with, if there is just one."""
    asked = await open_in(house, session, person)
    return asked[0] if len(asked) == 1 and asked[0].question.kind not in IN_WORDS else None


async def _answer(house: House, record: QuestionRecord, wanted: Wanted, person: str) -> bool:
    """Take words as the answer to a question about a call; return whether they answered it.

    A plain yes approves, unless the call is one that is never approved in passing; other words refuse it and are told to the
    agent. Questions that ask for words are answered by ``Service.send``.
    """
    is_yes = wanted.text.strip().strip(".!").lower() in _YES
    if is_yes and (record.question.labels or not wanted.may_approve):
        return False
    answer = Answer(Decision.APPROVE, by=person) if is_yes else Answer(Decision.REJECT, wanted.text, by=person)
    await house.service.answer(record.question.id, answer, wanted.trace)
    return True


async def _top_run(house: House, session: str) -> str:
    """Return the run of a session that is not at rest, if there is one."""
    active = await house.store.list_runs(Page(1), session, frozenset({RunStatus.WAITING, RunStatus.RUNNING, RunStatus.QUEUED}))
    return active[0].id if active else ""


async def open_in(house: House, session: str, person: str) -> list[QuestionRecord]:
    """Return the open questions of a session and of what it gave to other agents, oldest first."""
    records = await house.store.list_questions(person, Page(200), QuestionStatus.OPEN, "")
    return [each for each in reversed(records) if session in {each.session, each.question.root}]


def _said_of(record: QuestionRecord, talk: Talk) -> str:
    """Return what a question asks, and how it is answered in passing where it can be."""
    question = record.question
    what = question.effect or question.text
    options = f" ({' / '.join(question.options)})" if question.options else ""
    if question.kind in IN_WORDS:
        return f"{question.text}{options}"
    if question.labels or not talk.may_approve:
        return f"Ждёт вашего решения: {what}" if talk.is_russian else f"Waiting for your decision: {what}"
    if talk.is_russian:
        return f"Ждёт вашего решения: {what}. Ответьте «да» или скажите, что сделать вместо этого."
    return f"Waiting for your decision: {what}. Say yes, or say what to do instead."
