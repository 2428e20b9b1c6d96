"""What can go wrong between a client and a server.

ClientError
├── Refused        the server answered with a problem; ``code`` is stable
└── Unreachable    no server answers at this address
"""


class ClientError(Exception):
    """The root of what the client raises."""


class Refused(ClientError):
    """The server answered with a problem (RFC 9457)."""

    def __init__(self, status: int, code: str, detail: str, retry_after: float | None = None) -> None:
        super().__init__(f"{detail} [{code}]")
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after = retry_after


class Unreachable(ClientError):
    """No server answers at this address."""
