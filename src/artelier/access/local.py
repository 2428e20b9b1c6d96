"""Access of the one owner of a local server: a token for programs, a one-time link and a cookie for the browser.

Everything hangs on one secret of 32 bytes in the state folder, so cookies and tokens outlive a restart. A link carries its
code in the URL's fragment, which browsers never send and servers never log; it is spent by exchanging it for a cookie.
"""

import hmac
import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from itsdangerous import BadSignature, Signer, TimestampSigner

from artelier.ports.clock import Clock

OWNER = "person:owner"
SECRET_FILE = "secret.key"  # noqa: S105  a file's name
"""In the state folder."""
LINK_LIFE = timedelta(minutes=15)
COOKIE_LIFE = timedelta(days=30)
MOST_LINKS = 100


class LocalAccess:
    """Knows the owner by token or cookie, and hands out links that make cookies."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._clock = clock
        self._cookies = _ClockedSigner(secret, clock)
        self.token = Signer(secret, salt="artelier token").get_signature(b"owner").decode()
        """For programs and curl."""
        self.operator_token = Signer(secret, salt="artelier operator").get_signature(b"operator").decode()
        """For the commands of this machine's operator alone; it lies in the state folder and may register any folder."""
        self._links: dict[str, datetime] = {}

    def make_link_code(self) -> str:
        """Return a code that ``exchange`` takes once within 15 minutes."""
        now = self._clock.now()
        self._links = {code: ends for code, ends in list(self._links.items())[-MOST_LINKS:] if ends > now}
        code = secrets.token_urlsafe(24)
        self._links[code] = now + LINK_LIFE
        return code

    def exchange(self, code: str) -> str | None:
        """Return a cookie's value for a link's code and spend the code; None when it is unknown, spent or too old."""
        found = next((known for known in self._links if hmac.compare_digest(known.encode(), code.encode())), None)
        if found is None or self._links.pop(found) <= self._clock.now():
            return None
        return self._cookies.sign(secrets.token_urlsafe(12)).decode()

    def person_by_token(self, token: str) -> str | None:
        """Return the owner for either token."""
        known = hmac.compare_digest(token.encode(), self.token.encode()) | self.is_operator(token)
        return OWNER if known else None

    def is_operator(self, token: str) -> bool:
        """Return whether this is the token of the operator at the machine itself."""
        return hmac.compare_digest(token.encode(), self.operator_token.encode())

    def person_by_cookie(self, cookie: str) -> str | None:
        """Return the owner for a cookie of ours that is not too old."""
        try:
            self._cookies.unsign(cookie, max_age=int(COOKIE_LIFE.total_seconds()))
        except BadSignature:
            return None
        return OWNER


class _ClockedSigner(TimestampSigner):
    """Tells the age of what it signed by the clock that it was given."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        super().__init__(secret, salt="artelier cookie")
        self._clock = clock

    def get_timestamp(self) -> int:
        """Return seconds since 1970."""
        return int(self._clock.now().timestamp())


def read_secret(file: Path) -> bytes:
    """Return the secret in this file; it is made, readable by its owner alone, when it is not there."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_bytes()
    with os.fdopen(descriptor, "wb") as new:
        new.write(secrets.token_bytes(32))
        new.flush()
        os.fsync(new.fileno())
    return file.read_bytes()
