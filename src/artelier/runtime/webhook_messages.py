"""What a webhook is sent, and how it is signed: the Standard Webhooks specification, version 1.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: the signed text is
``id.timestamp.body``, the signature HMAC-SHA256 in base64 after ``v1,``, the secret 24 to 64 bytes in base64 after ``whsec_``.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any

import msgspec

from artelier import __version__
from artelier.domain.errors import InvalidRequest
from artelier.domain.events import Event
from artelier.ports.webhooks import Message, Webhook

LONGEST_BODY = 256 * 1024
"""Bytes of a body; a larger event is sent with a link in place of its payload."""
TEST_TYPE = "webhook_test"
"""The type of a message that a person asked for; no event of a journal has it."""
_PREFIX = "whsec_"
_SHORTEST_SECRET, _LONGEST_SECRET = 24, 64


def new_secret() -> str:
    """Return a fresh secret."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def key_of(secret: str) -> bytes:
    """Return the key that a secret spells. Raises ``InvalidRequest`` for one that is too short to be safe, or none at all."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(_PREFIX) or not _SHORTEST_SECRET <= len(key) <= _LONGEST_SECRET:
        raise InvalidRequest(
            f"A secret is {_PREFIX} and {_SHORTEST_SECRET} to {_LONGEST_SECRET} bytes in base64. Leave it out, and one is made for you."
        )
    return key


def signature(secret: str, identifier: str, timestamp: int, body: bytes) -> str:
    """Return the value of ``webhook-signature``. Raises ``InvalidRequest``."""
    signed = f"{identifier}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key_of(secret), signed, "sha256")).decode()


def message_id(webhook: str, session: str, seq: int) -> str:
    """Return the id of an event for a webhook: the same however often it is sent."""
    return "msg_" + hashlib.blake2b(f"{webhook}/{session}/{seq}".encode(), digest_size=16).hexdigest()


def event_message(webhook: Webhook, event: Event, now: datetime) -> Message:
    """Return an event as it is sent now."""
    identifier = message_id(webhook.id, event.session, event.seq)
    body = _body(identifier, event, event.payload)
    if len(body) > LONGEST_BODY:
        link = f"/api/v1/sessions/{event.session}/events?after={event.seq - 1}&limit=1"
        body = _body(identifier, event, {"left_out": True, "bytes": len(body), "link": link})
    return _signed(webhook, identifier, body, now)


def check_message(webhook: Webhook, identifier: str, now: datetime) -> Message:
    """Return a message that tells of nothing, to see whether it arrives."""
    body = msgspec.json.encode({"id": identifier, "type": TEST_TYPE, "at": now, "payload": {"webhook": webhook.id}})
    return _signed(webhook, identifier, body, now)


def _body(identifier: str, event: Event, payload: Any) -> bytes:
    return msgspec.json.encode(
        {
            "id": identifier,
            "type": event.type,
            "at": event.at,
            "session": event.session,
            "run": event.run,
            "seq": event.seq,
            "actor": event.actor,
            "payload": payload,
        }
    )


def _signed(webhook: Webhook, identifier: str, body: bytes, now: datetime) -> Message:
    timestamp = int(now.timestamp())
    headers = (
        ("Content-Type", "application/json"),
        ("User-Agent", f"Artelier/{__version__}"),
        ("webhook-id", identifier),
        ("webhook-timestamp", str(timestamp)),
        ("webhook-signature", signature(webhook.secret, identifier, timestamp, body)),
    )
    return Message(webhook.url, body, headers)
