"""What a provider's refusal means, told from its status, headers and words.

Servers say the same in many shapes: ``{"error": {...}}`` with a code in words or in numbers, ``{"error": "..."}``,
``{"detail": "..." or [...]}``, ``{"message": "..."}``, plain text, a page of HTML. Only words are taken from them,
and never a secret.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from msgspec import Struct

from artelier.domain.errors import (
    ContextTooLong,
    CredentialsRefused,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    RequestRefused,
)

_WORDS_LIMIT = 500
"""Characters of a provider's words that go into our message."""

_TOO_LONG = re.compile(
    r"context[ _](?:length|window|size)[ _](?:is[ _]|was[ _])?exceed|exceeds? (?:the )?(?:available |maximum |model.s )?context"
    r"|exceed_context_size|maximum context length|max(?:imum)? prompt length|model_max_prompt_tokens_exceeded|tokens_limit_reached"
    r"|context window|context overflow|greater than the context length"
    r"|(?:prompt|input|request|messages?) (?:is |are |was |were )?too (?:long|large)"
    r"|reduce the length of the (?:messages|prompt|input)|reduce your (?:prompt|message size)"
    r"|exceeds? the (?:maximum|limit).{0,40}tokens|token count.{0,60}exceeds|exceed(?:s|ed)? (?:model )?token limit"
    r"|too many (?:input )?tokens|exceeds max(?:imum)? (?:length|tokens|input)"
    r"|inputs\W+tokens.{0,40}must be <=|input tokens must be no more than|range of input length|超长",
    re.IGNORECASE,
)
"""How OpenAI, Azure, llama.cpp, llama-cpp-python, Anthropic, Gemini, Groq, Mistral, xAI, MiniMax, Moonshot, Bedrock, TGI,
LM Studio, YandexGPT, Qwen and Zhipu say that a request is longer than the model takes."""
_KINDS = (
    (re.compile(r"rate.?limit|too many requests|resource.?exhausted|throttl", re.IGNORECASE), 429),
    (re.compile(r"insufficient.?quota|insufficient.?balance|authenticat|api.?key|permission.?denied|unauthorized", re.IGNORECASE), 401),
    (re.compile(r"invalid.?request|not.?found|bad.?request|unprocessable|invalid.?argument", re.IGNORECASE), 400),
)
"""What the words of an error without a number say, as a status."""
_SPENT = re.compile(r"insufficient_quota|billing_not_active|insufficient.?balance|credit balance is too low", re.IGNORECASE)
_KEY_INVALID = re.compile(r"api key (?:is )?not valid|api_key_invalid|invalid api key", re.IGNORECASE)
_SECRET = re.compile(r"\b(?:sk|pk|gsk|xai|key|rk)-[\w*.\-]{6,}|\bAIza[\w-]{10,}|(?i:bearer)\s+[\w.\-+/=]{8,}")
_TAGS = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)


class Refusal(Struct, frozen=True):
    """What a provider said instead of a reply."""

    words: str
    """For a person."""
    marks: str = ""
    """Codes and types, for us."""
    status: int = 0
    """A status told inside the body, 0 where there was none."""


def read_refusal(body: bytes) -> Refusal:
    """Return what an answer's body says, in whatever shape it came."""
    text = body.decode("utf-8", "replace")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return Refusal(_plain(text))
    return told_refusal(document)


def told_refusal(document: Any) -> Refusal:
    """Return what a decoded error says: the object itself, or one that holds it."""
    if isinstance(document, list) and document and isinstance(document[0], dict) and "error" in document[0]:
        document = document[0]  # Gemini
    if isinstance(document, dict):
        inner = document.get("error") or document.get("detail") or document.get("errors") or document
        if isinstance(inner, dict):
            return _from_object(inner)
        return Refusal(_joined(inner), marks=_marks(document), status=_status(document))
    return Refusal(_joined(document))


def refused(
    refusal: Refusal,
    status: int,
    host: str,
    headers: Mapping[str, str] | None = None,
    secrets: Iterable[str] = (),
    *,
    guessed: bool = False,
) -> ProviderError:
    """Return the error that a refusal with an HTTP status means; a ``guessed`` status is not shown."""
    told = f"{'' if guessed else f' ({status})'}: {_without_secrets(refusal.words, secrets) or 'it gives no reason'}"
    everything = f"{refusal.marks} {refusal.words}"
    wait = retry_after(headers or {})
    if status == 402 or (status in {400, 429} and _SPENT.search(everything)):  # noqa: PLR2004  Payment Required
        return CredentialsRefused(f"The account at {host} is spent{told}. Top it up, or use another model.")
    if status in {401, 403} or (status == 400 and _KEY_INVALID.search(everything)):  # noqa: PLR2004  Gemini says it with Bad Request
        return CredentialsRefused(f"{host} refused the key{told}. Check the key of this provider in the settings.")
    if status == 429:  # noqa: PLR2004  Too Many Requests
        return RateLimited(f"{host} asks to come later{told}. The request can be repeated after a while.", retry_after=wait)
    if status == 413 or _TOO_LONG.search(everything):  # noqa: PLR2004  Content Too Large
        return ContextTooLong(f"The request is longer than the model takes{told}. Shorten the conversation or use a larger model.")
    if status >= 500 or status in {408, 425}:  # noqa: PLR2004  server errors, Request Timeout, Too Early
        return ProviderUnavailable(f"{host} cannot answer now{told}. Try again later or use another model.", retry_after=wait)
    if 300 <= status < 400:  # noqa: PLR2004  redirects
        where = _without_secrets((headers or {}).get("Location", ""), secrets)
        return RequestRefused(
            f"{host} says that it has moved ({status}) to {where or 'an address it does not tell'}. Correct base_url in the settings."
        )
    return RequestRefused(f"{host} refused the request{told}. Check the model's name and the settings of this provider.")


def refused_within(refusal: Refusal, host: str, secrets: Iterable[str] = ()) -> ProviderError:
    """Return the error that an error object inside an answer of 200 means; without a clue it may pass."""
    everything = f"{refusal.marks} {refusal.words}"
    status = refusal.status or next((status for kind, status in _KINDS if kind.search(everything)), 503)
    return refused(refusal, status, host, secrets=secrets, guessed=not refusal.status)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that ``Retry-After`` (RFC 9110, seconds or a date) or ``retry-after-ms`` asks for."""
    milliseconds = _seconds(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    told = headers.get("Retry-After", "").strip()
    seconds = _seconds(told)
    if seconds is not None or not told:
        return seconds
    then = _moment(told)
    if then is None:
        return None
    now = _moment(headers.get("Date", "")) or datetime.now(UTC)  # the server's own clock where it tells it
    return max(0.0, (then - now).total_seconds())


def _seconds(told: str) -> float | None:
    try:
        seconds = float(told)
    except ValueError:
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _moment(told: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(told)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _from_object(told: dict[str, Any]) -> Refusal:
    words = _joined(told.get("message") or told.get("msg") or told.get("detail") or told.get("error") or "")
    inner = told.get("metadata")
    if isinstance(inner, dict) and inner.get("raw"):  # OpenRouter puts the words of the server behind it here
        words = f"{words}: {_joined(inner['raw'])}"
    return Refusal(_plain(words), marks=_marks(told), status=_status(told))


def _marks(told: dict[str, Any]) -> str:
    return " ".join(str(told[name])[:100] for name in ("code", "type", "status", "param") if told.get(name) is not None)


def _status(told: dict[str, Any]) -> int:
    for name in ("code", "status", "status_code"):
        value = str(told.get(name, ""))
        if len(value) == 3 and value.isdecimal() and value[0] in "345":  # noqa: PLR2004  an HTTP status has three digits
            return int(value)
    return 0


def _joined(told: Any) -> str:
    """Return the words of a message, of a list of messages, or of validation errors with their places."""
    if isinstance(told, str):
        return _plain(told)
    if isinstance(told, list):
        return "; ".join(filter(None, (_joined(item) for item in told[:5])))
    if isinstance(told, dict):
        place = told.get("loc")
        words = _joined(told.get("msg") or told.get("message") or "")
        return f"{'.'.join(map(str, place))}: {words}" if isinstance(place, list) and words else words
    return ""


def _plain(text: str) -> str:
    """Return one short line: the title of a page of HTML, no control signs."""
    if text.lstrip()[:1] == "<":
        title = _TITLE.search(text)
        text = title.group(1) if title else _TAGS.sub(" ", text)
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text[: 8 * _WORDS_LIMIT]).split())
    return line if len(line) <= _WORDS_LIMIT else line[:_WORDS_LIMIT] + "…"


def _without_secrets(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        if secret:
            text = text.replace(secret, "[secret]")
    return _SECRET.sub("[secret]", text).rstrip(".")
