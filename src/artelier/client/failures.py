"""What can go wrong between a client and a server.

ClientError
├── Refused        the server answered with a problem; ``code`` is stable
└── Unreachable    no server answers at this address
"""

from collections.abc import Mapping
from typing import Any


class ClientError(Exception):
    """The root of what the client raises."""


class Refused(ClientError):
    """The server answered with a problem (RFC 9457)."""

    def __init__(
        self, status: int, code: str, detail: str, retry_after: float | None = None, because: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(f"{detail} [{code}]")
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after = retry_after
        self.because = because or {}
        """What exactly it was refused for: a ``code`` with ``values``; empty where no code says it."""


class Unreachable(ClientError):
    """No server answers at this address."""
