import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.domain.errors import InvalidRequest
from artelier.domain.events import Event, MessageReceived
from artelier.ports.webhooks import Webhook
from artelier.runtime.webhook_messages import LONGEST_BODY, check_message, event_message, key_of, message_id, new_secret, signature

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HOOK = Webhook("h1", "person:owner", "https://example.org/", SECRET)


def event(text="Hello", seq=7):
    return Event("s1", seq, "r1", "message_received", 1, NOW, "person:owner", "", MessageReceived(text))


def test_a_signature_is_that_of_the_specification():
    """The example of the specification's own libraries."""
    body = b'{"test": 2432232314}'
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == expected


def test_a_message_can_be_verified_as_the_how_to_says():
    message = event_message(HOOK, event(), NOW)
    headers = dict(message.headers)
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + message.body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))


def test_a_body_is_what_the_stream_shows():
    body = json.loads(event_message(HOOK, event(), NOW).body)
    assert body == {
        "id": message_id("h1", "s1", 7),
        "type": "message_received",
        "at": "2026-11-21T12:00:00Z",
        "session": "s1",
        "run": "r1",
        "seq": 7,
        "actor": "person:owner",
        "payload": {"text": "Hello"},
    }


def test_an_id_is_the_same_each_time_and_another_for_another_event_or_webhook():
    assert dict(event_message(HOOK, event(), NOW).headers)["webhook-id"] == message_id("h1", "s1", 7)
    assert len({message_id(hook, session, seq) for hook in ("h1", "h2") for session in ("s1", "s2") for seq in (1, 2)}) == 8
    assert "." not in message_id("h1", "s1", 7), "the signed text is parted by dots"


def test_what_is_too_large_is_left_out_with_a_link():
    body = event_message(HOOK, event("x" * LONGEST_BODY), NOW).body
    assert len(body) < 1000
    assert json.loads(body)["payload"]["link"] == "/api/v1/sessions/s1/events?after=6&limit=1"
    assert json.loads(body)["payload"]["left_out"] is True


def test_a_test_message_is_signed_too():
    message = check_message(HOOK, "msg_1", NOW)
    assert json.loads(message.body)["type"] == "webhook_test"
    assert dict(message.headers)["webhook-signature"] == signature(SECRET, "msg_1", int(NOW.timestamp()), message.body)


def test_secrets_are_fresh_and_long_enough():
    assert len({new_secret() for _ in range(10)}) == 10
    assert len(key_of(new_secret())) == 32


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_short", "whsec_" + "A" * 100, "x" * 40, "whsec_" + "é" * 40])
def test_a_bad_secret_is_refused_without_being_said(secret):
    with pytest.raises(InvalidRequest) as refused:
        key_of(secret)
    assert not secret or secret == "whsec_" or secret not in str(refused.value)


@given(st.binary(min_size=24, max_size=64), st.binary())
def test_any_secret_of_the_right_length_signs(key, body):
    assert signature("whsec_" + base64.b64encode(key).decode(), "msg_1", 1, body).startswith("v1,")
