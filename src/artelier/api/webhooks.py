"""Routes of webhooks: addresses that are told of events."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from artelier.api.bodies import Body, Identifier, Name
from artelier.api.guard import Person
from artelier.api.schemas import Listing
from artelier.api.views import house_of, own_session
from artelier.domain.errors import NotFound
from artelier.domain.refusals import Refusal, RefusalCode
from artelier.ports.webhooks import Delivery, WebhookRecord
from artelier.runtime.house import House
from artelier.runtime.webhooks import Wanted

router = APIRouter(prefix="/api/v1/webhooks", tags=["webhooks"])


class WebhookBody(Body):
    """An address that wants to be told of events from now on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"url": "https://example.org/artelier", "types": ["approval_asked", "run_finished"]}]},
    )

    url: Annotated[str, StringConstraints(min_length=1, max_length=2048)]
    types: list[Name] = Field(default=[], max_length=100, description="The types of events; all when empty.")
    sessions: list[Identifier] = Field(default=[], max_length=200, description="The sessions, with what they delegate; all when empty.")
    description: Annotated[str, StringConstraints(max_length=500)] = ""
    secret: Annotated[str, StringConstraints(max_length=200)] = Field(
        default="", description="`whsec_` and 24 to 64 bytes in base64; made, and shown once, when left out."
    )


class DeliveryView(BaseModel):
    """An event that could not be delivered at once; ``next_at`` is null for one that was given up."""

    session_id: str
    seq: int
    type: str
    attempts: int
    first_at: datetime
    next_at: datetime | None
    error: str


class WebhookView(BaseModel):
    """A webhook with how it stands; its secret is never shown again."""

    id: str
    url: str
    types: list[str]
    sessions: list[str]
    description: str
    state: Literal["ready", "failing", "disabled"]
    reason: str
    created_at: datetime
    disabled_at: datetime | None
    succeeded_at: datetime | None
    failed_at: datetime | None
    failing_since: datetime | None
    error: str
    next_at: datetime | None
    waiting: int
    given_up: int
    deliveries: list[DeliveryView]


class NewWebhookView(WebhookView):
    """A webhook that was just added; ``secret`` is there once, where it was made here."""

    secret: str | None


class WebhookTestView(BaseModel):
    """How a test message arrived."""

    arrived: bool
    status: int | None
    error: str


@router.get("")
async def list_webhooks(request: Request, person: Person) -> Listing[WebhookView]:
    """List your webhooks, oldest first, with what could not be delivered at once."""
    house = house_of(request)
    return Listing(items=[await _view(house, record) for record in await house.webhooks.list(person)])


@router.post("", status_code=201)
async def add_webhook(request: Request, person: Person, body: WebhookBody) -> NewWebhookView:
    """Add a webhook. It is told of every event from now on, signed by the Standard Webhooks specification, in order within a session."""
    house = house_of(request)
    for session in body.sessions:
        await own_session(house, session, person)
    wanted = Wanted(person, body.url, frozenset(body.types), frozenset(body.sessions), body.description, body.secret)
    record = await house.webhooks.add(wanted)
    shown = await _view(house, record)
    return NewWebhookView(**shown.model_dump(), secret=None if body.secret else record.webhook.secret)


@router.get("/{webhook_id}")
async def get_webhook(request: Request, person: Person, webhook_id: Identifier) -> WebhookView:
    """Show one webhook."""
    house = house_of(request)
    return await _view(house, await _own(house, webhook_id, person))


@router.delete("/{webhook_id}", status_code=204)
async def remove_webhook(request: Request, person: Person, webhook_id: Identifier) -> None:
    """Forget a webhook with what waited to be delivered."""
    house = house_of(request)
    await _own(house, webhook_id, person)
    await house.webhooks.remove(webhook_id)


@router.post("/{webhook_id}/test")
async def test_webhook(request: Request, person: Person, webhook_id: Identifier) -> WebhookTestView:
    """Send a message of the type ``webhook_test`` now. Where it arrives, a disabled webhook goes on from where it stood."""
    house = house_of(request)
    await _own(house, webhook_id, person)
    tested = await house.webhooks.test(webhook_id)
    return WebhookTestView(arrived=tested.arrived, status=tested.status, error=tested.error)


async def _own(house: House, webhook: str, person: str) -> WebhookRecord:
    record = await house.webhooks.get(webhook)
    if record.webhook.owner != person:
        raise NotFound("There is no such webhook.", because=Refusal(RefusalCode.UNKNOWN, {"kind": "webhook"}))
    return record


async def _view(house: House, record: WebhookRecord) -> WebhookView:
    webhook = record.webhook
    deliveries = await house.webhooks.deliveries(webhook.id)
    waiting = [each.next_at for each in deliveries if each.next_at is not None]
    return WebhookView(
        id=webhook.id,
        url=webhook.url,
        types=sorted(webhook.types),
        sessions=sorted(webhook.sessions),
        description=webhook.description,
        state=_state(record),
        reason=record.reason,
        created_at=record.created_at,
        disabled_at=record.disabled_at,
        succeeded_at=record.succeeded_at,
        failed_at=record.failed_at,
        failing_since=record.failing_since,
        error=record.error,
        next_at=min(waiting, default=None) if record.disabled_at is None else None,
        waiting=len(waiting),
        given_up=len(deliveries) - len(waiting),
        deliveries=[_delivery_view(each) for each in deliveries],
    )


def _state(record: WebhookRecord) -> Literal["ready", "failing", "disabled"]:
    if record.disabled_at is not None:
        return "disabled"
    return "ready" if record.failing_since is None else "failing"


def _delivery_view(delivery: Delivery) -> DeliveryView:
    return DeliveryView(
        session_id=delivery.session,
        seq=delivery.seq,
        type=delivery.type,
        attempts=delivery.attempts,
        first_at=delivery.first_at,
        next_at=delivery.next_at,
        error=delivery.error,
    )
