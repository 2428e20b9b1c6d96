"""Spares callers the wait for a server that does not answer: after a failure it is left alone for a while."""

from time import monotonic

PAUSE = 2.0
"""Seconds for which a server that failed is not asked."""


class Breaker:
    """Open after a failure for ``pause`` seconds; then one caller tries, and the others wait for what comes of it."""

    def __init__(self, pause: float = PAUSE) -> None:
        self._pause = pause
        self._closed_until = 0.0
        self.failures = 0
        """Failures so far."""

    @property
    def is_open(self) -> bool:
        """Whether the server failed when it was last asked."""
        return self._closed_until > 0

    def lets_through(self) -> bool:
        """Return whether the server may be asked now; the one who is let through after a pause keeps the others out meanwhile."""
        if not self._closed_until:
            return True
        if monotonic() < self._closed_until:
            return False
        self._closed_until = monotonic() + self._pause
        return True

    def succeeded(self) -> None:
        """Say that the server answered."""
        self._closed_until = 0.0

    def failed(self) -> None:
        """Say that it did not."""
        self.failures += 1
        self._closed_until = monotonic() + self._pause
