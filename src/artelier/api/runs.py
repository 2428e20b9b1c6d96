"""Routes of runs and of the questions they wait with."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from artelier.api.bodies import AnswerBody, BatchBody, CancelBody, Identifier, ResumeBody, Revocable
from artelier.api.conversations import Correlation, Cursor, Limit
from artelier.api.guard import Person
from artelier.api.schemas import ApprovalView, GrantView, Listing, RunView
from artelier.api.views import approval_view, grant_view, house_of, own_question, own_run, own_session, run_view
from artelier.approvals.adaptive import HABIT
from artelier.domain.errors import ArtelierError, NotFound
from artelier.domain.grants import GrantRecord, GrantScope
from artelier.domain.questions import Answer, Decision
from artelier.domain.refusals import Refusal, RefusalCode
from artelier.domain.runs import RunStatus
from artelier.ports.runs import Page
from artelier.runtime.foreseeing import Foreseeing
from artelier.runtime.house import House

router = APIRouter(prefix="/api/v1")
Status = Literal["queued", "running", "waiting", "finished", "failed", "cancelled"]


class LeftOpenView(BaseModel):
    """A question that an answer to several did not reach, and why."""

    id: str
    code: str
    detail: str


class BatchView(BaseModel):
    """What an answer to several questions came to."""

    items: list[ApprovalView]
    left: list[LeftOpenView]


@router.get("/runs", tags=["runs"])
async def list_runs(
    request: Request,
    person: Person,
    session: Annotated[str, Query(max_length=64)] = "",
    status: Annotated[list[Status] | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Listing[RunView]:
    """List runs, newest first, of one session or of all."""
    house = house_of(request)
    if session:
        await own_session(house, session, person)
    statuses = frozenset(RunStatus(each) for each in status or ())
    records = await house.store.list_runs(Page(limit, cursor), session, statuses)
    return Listing(items=[run_view(record) for record in records], next=records[-1].id if len(records) == limit else None)


@router.get("/runs/{run_id}", tags=["runs"])
async def get_run(request: Request, person: Person, run_id: Identifier) -> RunView:
    """Show one run."""
    return run_view(await own_run(house_of(request), run_id, person))


@router.get("/runs/{run_id}/wait", tags=["runs"])
async def wait_for_run(
    request: Request, person: Person, run_id: Identifier, timeout: Annotated[float, Query(ge=0, le=300)] = 60
) -> RunView:
    """Wait until the run has ended or waits for a person, at most ``timeout`` seconds; then show it as it is."""
    house = house_of(request)
    await own_run(house, run_id, person)
    try:
        async with asyncio.timeout(timeout):
            return run_view(await house.service.wait(run_id))
    except TimeoutError:
        return run_view(await house.store.get_run(run_id))


@router.post("/runs/{run_id}/cancel", tags=["runs"])
async def cancel_run(
    request: Request, person: Person, run_id: Identifier, body: CancelBody | None = None, correlation: Correlation = ""
) -> RunView:
    """Stop a run; what is at work is ended within moments."""
    house = house_of(request)
    await own_run(house, run_id, person)
    return run_view(await house.service.cancel(run_id, person, body.reason if body else "", correlation))


@router.post("/runs/{run_id}/resume", tags=["runs"])
async def resume_run(
    request: Request, person: Person, run_id: Identifier, body: ResumeBody | None = None, correlation: Correlation = ""
) -> RunView:
    """Go on with a run that failed, waits for a model, or stopped at a limit (with ``raise_budget``)."""
    house = house_of(request)
    await own_run(house, run_id, person)
    return run_view(await house.service.resume(run_id, person, correlation, raise_budget=body.raise_budget if body else False))


@router.get("/approvals", tags=["approvals"])
async def list_approvals(
    request: Request,
    person: Person,
    status: Literal["", "open", "approved", "rejected", "timed_out", "closed"] = "",
    session: Annotated[str, Query(max_length=64)] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Listing[ApprovalView]:
    """List the questions of all your sessions, newest first: approvals, words, limits, calls in doubt."""
    records = await house_of(request).store.list_questions(person, Page(limit, cursor), status, session)
    return Listing(items=[approval_view(record) for record in records], next=records[-1].question.id if len(records) == limit else None)


@router.get("/approvals/{approval_id}", tags=["approvals"])
async def get_approval(request: Request, person: Person, approval_id: Identifier) -> ApprovalView:
    """Show one question."""
    return approval_view(await own_question(house_of(request), approval_id, person))


@router.post("/approvals/{approval_id}", tags=["approvals"])
async def answer_approval(
    request: Request, person: Person, approval_id: Identifier, body: AnswerBody, correlation: Correlation = ""
) -> ApprovalView:
    """Answer a question: approve, approve with changed arguments, or reject with words. The first answer wins.

    With ``remember`` exactly this call is allowed for later too; such grants are listed and revoked under ``/grants``.
    """
    house = house_of(request)
    record = await own_question(house, approval_id, person)
    answer = Answer(Decision(body.decision), body.text or body.reason, body.arguments, by=person)
    labels = record.question.labels
    if body.remember is not None and body.arguments is not None:  # what is remembered is the call as it was changed
        foreseeing = Foreseeing(house.store, house.standing, house.workspaces)
        labels = (await foreseeing.with_arguments(record, body.arguments)).question.labels
    more = () if body.remember is None else (await house.remembering.wanted(record, answer, GrantScope(body.remember), labels),)
    return approval_view(await house.service.answer(approval_id, answer, correlation, more))


@router.post("/approvals", tags=["approvals"])
async def answer_approvals(request: Request, person: Person, body: BatchBody, correlation: Correlation = "") -> BatchView:
    """Give one answer to several questions; each that it cannot be given to is left open and named.

    A call with a label (destructive, outbound, unsandboxed, ...) is approved alone, never among others; so is whatever asks for words.
    """
    house = house_of(request)
    items: list[ApprovalView] = []
    left: list[LeftOpenView] = []
    for identifier in dict.fromkeys(body.ids):
        try:
            await own_question(house, identifier, person)
            answer = Answer(Decision(body.decision), body.reason, by=person, bulk=True)
            items.append(approval_view(await house.service.answer(identifier, answer, correlation)))
        except ArtelierError as failure:
            left.append(LeftOpenView(id=identifier, code=failure.code, detail=failure.message))
    return BatchView(items=items, left=left)


@router.get("/grants", tags=["approvals"])
async def list_grants(request: Request, person: Person, limit: Limit = 50, cursor: Cursor = "") -> Listing[GrantView]:
    """List what you allowed for later, newest first, revoked grants included; those for a run that has ended hold no more, and are not."""
    house = house_of(request)
    records = await house.remembering.listed(person, Page(limit, cursor))
    items = [await _grant_view(house, record) for record in records]
    return Listing(items=items, next=records[-1].grant.id if len(records) == limit else None)


@router.delete("/grants/{grant_id}", tags=["approvals"])
async def revoke_grant(request: Request, person: Person, grant_id: Revocable, correlation: Correlation = "") -> GrantView:
    """Take back what you allowed, or what your answers taught by its name ``habit:...``; it counts at once, also for runs at work."""
    house = house_of(request)
    if not grant_id.startswith(HABIT) and (await house.store.get_grant(grant_id)).grant.owner != person:
        unknown = Refusal(RefusalCode.UNKNOWN, {"kind": "grant", "name": grant_id})
        raise NotFound(f"There is no grant {grant_id}.", because=unknown)
    return await _grant_view(house, await house.remembering.revoke(grant_id, person, correlation))


async def _grant_view(house: House, record: GrantRecord) -> GrantView:
    return grant_view(record, await house.remembering.place(record.grant))
