"""Secrets in texts, masked: keys by the shapes their makers gave them, and what stands after a name such as ``password``.

It errs on the side of masking: a text that is masked needlessly is still a text, a key in a file that people share is not
called back.
"""

import re
from collections.abc import Iterable
from typing import Any

MASK = "[secret]"
_LEAST = 6
"""Characters from which a given secret is masked wherever it stands; shorter ones would garble every text."""

_KEYS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\b(?:sk|pk|rk|gsk|xai|key|r8|hf|npm|pypi|glpat|dckr_pat|ghp|gho|ghu|ghs|ghr|github_pat|xox[abprs]|shpat|ya29|AQVN|y[0-3])"
    r"[-_.][\w\-.]{15,}\w"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bAIza[\w-]{30,}"
    r"|(?<!\d)\d{8,10}:AA[\w-]{30,}"
    r"|\bhttps://hooks\.slack\.com/[\w/-]{20,}"
    r"|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*",
    re.DOTALL,
)
_NAMES = (
    r"(?:(?:api|access|private|secret|encryption|signing|master|account)[_-]?key|secret|token|passw(?:or)?d|passwd|passphrase"
    r"|(?<![a-z])(?:pass|pwd)|authorization|парол[ья]|секрет|токен|(?:секретный|закрытый) ключ)"
)
_NAME = re.compile(rf"{_NAMES}$", re.IGNORECASE)
_NAMED = re.compile(
    rf"(?P<name>[\"']?\b[\w.-]*{_NAMES}\b\\?[\"']?\s*[:=]\s*\\?[\"']?"
    r"(?:(?:bearer|basic)\s+)?)(?P<value>[^\s\"'\\,;&<>(){}\[\]]{6,})"
    r"|(?P<scheme>\b(?:bearer|basic)\s+)(?P<credentials>[\w.\-+/=]{12,})"
    r"|(?P<address>\b[a-z][a-z0-9+.-]*://[^\s/:@]*:)(?P<password>[^\s/@]+)(?=@)",
    re.IGNORECASE,
)


def masked_text(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a text without what looks like a secret, and without the given ones."""
    for secret in secrets:
        if len(secret) >= _LEAST:
            text = text.replace(secret, MASK)
    return _NAMED.sub(_without_value, _KEYS.sub(MASK, text))


def masked(value: Any, secrets: Iterable[str] = ()) -> Any:
    """Return a JSON value with every text in it masked, and whole texts under names of secrets; the names stay."""
    if isinstance(value, str):
        return masked_text(value, secrets)
    if isinstance(value, list | tuple):
        return [masked(item, secrets) for item in value]
    if isinstance(value, dict):
        return {
            name: MASK if isinstance(item, str) and item and _NAME.search(name) else masked(item, secrets) for name, item in value.items()
        }
    return value


def _without_value(found: re.Match[str]) -> str:
    return (found["name"] or found["scheme"] or found["address"]) + MASK
