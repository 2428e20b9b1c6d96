"""What is masked of a text, and what is left as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.providers.masking import MASK, masked, masked_text

SECRETS = {
    "an Anthropic key": "sk-ant-api03-AbCdEfGhIjKlMnOpQrStUv",
    "an OpenAI key": "sk-proj-abcdefghijklmnopqrstuv",
    "a GitHub token": "ghp_abcdefghijklmnopqrstuvwxyz0123",
    "a GitHub token of the new kind": "github_pat_11ABCDEFG0abcdefghijkl",
    "an AWS key": "AKIAIOSFODNN7EXAMPLE",
    "a Google key": "AIzaSyA1234567890abcdefghijklmnopqrstu",
    "a JSON web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
    "a Slack token": "xoxb-123456789012-abcdefghijkl",
    "a GitLab token": "glpat-abcdefghijklmnopqrst",
    "a Telegram bot's token": "123456789:AAH-abcdefghijklmnopqrstuvwxyz012345",
    "a Slack webhook": "https://hooks.slack.com/services/T0ABCDEFG/B0ABCDEFG/abcdefghijklmnopqrstuvwx",
}


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_a_key_is_known_by_its_shape(secret: str) -> None:
    assert masked_text(f"It is {secret}, keep it.") == f"It is {MASK}, keep it."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("API_KEY=abcdef123", f"API_KEY={MASK}"),
        ("password: hunter2hunter2", f"password: {MASK}"),
        ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG", f"AWS_SECRET_ACCESS_KEY={MASK}"),
        ("DB_PASS=hunter2hunter2", f"DB_PASS={MASK}"),
        ("SSH_PASSPHRASE='hunter2hunter2'", f"SSH_PASSPHRASE='{MASK}'"),
        ("ENCRYPTION_KEY=abcdef123", f"ENCRYPTION_KEY={MASK}"),
        ("пароль: hunter2hunter2", f"пароль: {MASK}"),
        ('"Секретный ключ" = "абвгдежз"', f'"Секретный ключ" = "{MASK}"'),
        ('{"token": "abcdef-123456"}', f'{{"token": "{MASK}"}}'),
        (r"{\"client_secret\": \"abcdef123\"}", rf"{{\"client_secret\": \"{MASK}\"}}"),
        ("Authorization: Bearer abc.def.ghi.jkl", f"Authorization: Bearer {MASK}"),
        ("postgres://me:s3cr3t@db/x", f"postgres://me:{MASK}@db/x"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nend", f"{MASK}\nend"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE", MASK),
    ],
)
def test_a_secret_is_known_by_what_stands_before_it(text: str, shown: str) -> None:
    assert masked_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "task-list-of-the-day",
        "The token is short.",
        "max_tokens = 2048",
        "https://host/a:b@c",
        "sk-1",
        "привет",
        "compass: northwest",
        "bypass = whatever",
        "primary_key=identifier",
        "monkey: banana1",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert masked_text(text) == text


def test_given_secrets_are_masked_wherever_they_stand() -> None:
    assert masked_text("so my-own-secret it is", ["my-own-secret", "it"]) == f"so {MASK} it is"


def test_values_are_masked_within_and_by_their_names() -> None:
    value = {
        "path": "a",
        "password": "short",
        "list": ["AKIAIOSFODNN7EXAMPLE", 1, None],
        "api_key": {"deep": "x"},
        "DB_PASS": "x",
        "пароль": "x",
    }
    assert masked(value) == {
        "path": "a",
        "password": MASK,
        "list": [MASK, 1, None],
        "api_key": {"deep": "x"},
        "DB_PASS": MASK,
        "пароль": MASK,
    }


BEFORE = st.sampled_from(["", "token=", "password: ", '"', "\\", "a ", "https://u:"])
AFTER = st.sampled_from([" ", "\n", '"', ",", "@h "])


@given(st.lists(st.tuples(BEFORE, st.sampled_from([*SECRETS.values(), "word"]), AFTER).map("".join), max_size=6).map("".join))
def test_what_is_masked_once_stays_as_it_is(text: str) -> None:
    once = masked_text(text)
    assert masked_text(once) == once
    assert not any(secret in once for secret in SECRETS.values())
