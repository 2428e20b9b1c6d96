"""The body of an answer: a stream of events, or one JSON document, told apart by its first sign."""

from artelier.domain.errors import ReplyInvalid, StreamBroken
from artelier.providers.sse import EVENT_LIMIT, Event, EventParser


class ReplyBody:
    """Gives out the events of a stream; a document is kept until its end. Servers and what stands before them err in the content type."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._events = EventParser()
        self._begun = False
        self._whole = False
        self._document: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> list[Event]:
        """Return the events this chunk completes, none of a document. Raises ``ReplyInvalid`` over the limit."""
        if not self._begun:
            start = chunk.lstrip()
            self._begun = bool(start)
            self._whole = start.startswith((b"{", b"["))
        if self._whole:
            self._keep(chunk)
            return []
        return self._events.feed(chunk)

    def finish(self) -> list[Event]:
        """Return the event that the end of the stream left without a blank line, if any."""
        return [] if self._whole else self._events.finish()

    @property
    def document(self) -> bytes | None:
        """The whole body at its end, where it was one document."""
        return b"".join(self._document) if self._whole else None

    def not_whole(self, *, spoken: bool) -> ReplyInvalid | StreamBroken:
        """Return the error of a stream that ended too early; ``spoken`` when it held events at all."""
        if not spoken and self._events.strange:
            return ReplyInvalid(
                f"{self._host} answered with something that is not a stream of events. Check base_url, or use another model."
            )
        return StreamBroken(f"{self._host} ended its reply before its end. The reply can be asked again.")

    def _keep(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > EVENT_LIMIT:
            raise ReplyInvalid(
                f"{self._host} answered with more than {EVENT_LIMIT} bytes, which is no reply. Use another model or provider."
            )
        self._document.append(chunk)
