"""Grants: what a person's answer allows for later, and how they take it back."""

from collections.abc import Sequence

from msgspec.structs import replace

from artelier.approvals.adaptive import HABIT
from artelier.approvals.granting import NEVER_REMEMBERED, grant_key
from artelier.domain.errors import InvalidRequest, NotFound
from artelier.domain.events import Draft
from artelier.domain.grants import Grant, GrantMade, GrantRecord, GrantRevoked, GrantScope
from artelier.domain.questions import Answer, Decision, QuestionKind
from artelier.domain.refusals import Refusal, RefusalCode
from artelier.domain.runs import ENDED, QuestionRecord, RunStatus, SessionRecord
from artelier.ports.clock import Identifiers
from artelier.ports.journal import WhileRun
from artelier.ports.runs import Page
from artelier.ports.store import Store
from artelier.runtime.standing import Standing
from artelier.runtime.workers import Workforce


class Remembering:
    """Makes and revokes grants; ``sandbox`` is the level in which commands run here."""

    def __init__(self, store: Store, workforce: Workforce, identifiers: Identifiers, standing: Standing, sandbox: str) -> None:
        self._store = store
        self._workforce = workforce
        self._identifiers = identifiers
        self._standing = standing
        self._sandbox = sandbox

    async def wanted(self, record: QuestionRecord, answer: Answer, scope: GrantScope, labels: Sequence[str]) -> Draft:
        """Return what is to be stored with an approval so that its like is not asked about again.

        ``labels`` are those of the call as it is approved. Raises ``InvalidRequest``.
        """
        question = record.question
        if question.kind is not QuestionKind.APPROVAL or question.call is None or answer.decision is not Decision.APPROVE:
            raise InvalidRequest(
                "Only the approval of a call can be remembered: leave 'remember' out.", because=Refusal(RefusalCode.NOT_A_CALL)
            )
        grave = [label for label in labels if label in NEVER_REMEMBERED]
        tool = self._standing.now.offering.tools.get(question.call.name)
        if grave or tool is None:
            why = f"it is {grave[0]}" if grave else "its tool is not here"
            raise InvalidRequest(
                f"This call is asked every time ({why}): approve it without 'remember'.", because=Refusal(RefusalCode.NOT_KEPT)
            )
        session = await self._store.get_session(record.session)
        call = question.call if answer.arguments is None else replace(question.call, arguments=answer.arguments)
        key = grant_key(call, tool.spec, owner=session.owner, workspace=session.workspace, agent=question.agent, sandbox=self._sandbox)
        grant = Grant(
            id=self._identifiers.new(),
            owner=session.owner,
            workspace=session.workspace,
            session=record.session,
            run=record.run,
            agent=question.agent,
            tool=call.name,
            key=key,
            scope=scope,
            effect=tool.describe(call.arguments or {}),
            question=question.id,
        )
        return Draft(GrantMade(grant), answer.by, record.run)

    async def listed(self, person: str, page: Page) -> tuple[GrantRecord, ...]:
        """Return what a person allowed for later, newest first: what is in force, and what they took back.

        What was allowed for a run that has ended holds for nothing any more, and is left out.
        """
        found: list[GrantRecord] = []
        before = page.before
        while len(found) < page.limit:
            records = await self._store.list_grants(person, Page(page.limit, before))
            found += [record for record in records if not await self._is_over(record)]
            if len(records) < page.limit:
                break
            before = records[-1].grant.id
        return tuple(found[: page.limit])

    async def place(self, grant: Grant) -> SessionRecord | None:
        """Return the session in which a person was asked: the one that gave the work on, where it was given. None where it is gone."""
        try:
            question = (await self._store.get_question(grant.question)).question
            return await self._store.get_session(question.root or grant.session)
        except NotFound:
            return None

    async def _is_over(self, record: GrantRecord) -> bool:
        if record.revoked_at is not None or record.grant.scope is not GrantScope.RUN:
            return False
        return (await self._store.get_run(record.grant.run)).status in ENDED

    async def revoke(self, grant: str, person: str, trace: str = "") -> GrantRecord:
        """Take a grant back, or a habit by its name; one that is revoked already stays as it is. Calls that have not begun are judged anew.

        Raises ``NotFound``, ``ConditionFailed`` when its run is gone.
        """
        if grant.startswith(HABIT):
            return await self._revoke_habit(grant, person, trace)
        record = await self._store.get_grant(grant)
        if record.revoked_at is None:
            kept = record.grant
            condition = WhileRun(kept.run, frozenset(RunStatus))
            await self._store.append(kept.session, (Draft(GrantRevoked(grant), person, kept.run),), condition, trace)
            self._workforce.look_again(kept.run)
        return await self._store.get_grant(grant)

    async def _revoke_habit(self, name: str, person: str, trace: str) -> GrantRecord:
        """Store a grant that is revoked at once: what was answered before no longer counts."""
        key = name.removeprefix(HABIT)
        last = next(iter(await self._store.like_decisions(person, key)), None)
        if last is None or last.question.call is None:
            unknown = Refusal(RefusalCode.UNKNOWN, {"kind": "grant", "name": name})
            raise NotFound(f"There is no {name}, or it was revoked already.", because=unknown)
        session = await self._store.get_session(last.session)
        grant = Grant(
            id=self._identifiers.new(),
            owner=person,
            workspace=session.workspace,
            session=last.session,
            run=last.run,
            agent=last.question.agent,
            tool=last.question.call.name,
            key=key,
            scope=GrantScope.RUN,
            effect=last.question.effect,
            question=last.question.id,
        )
        drafts = (Draft(GrantMade(grant), person, last.run), Draft(GrantRevoked(grant.id), person, last.run))
        await self._store.append(last.session, drafts, WhileRun(last.run, frozenset(RunStatus)), trace)
        self._workforce.look_again(last.run)
        return await self._store.get_grant(grant.id)
