"""The body of a chat completions answer, whatever form it came in: a stream of events, or one JSON document."""

from collections.abc import Sequence

from artelier.domain.errors import ReplyInvalid, StreamBroken
from artelier.domain.models import ModelPiece
from artelier.providers.openai_chunks import read_chunk
from artelier.providers.openai_errors import read_refusal, refused_within, told_refusal
from artelier.providers.openai_reply import ReplyBuilder
from artelier.providers.sse import EVENT_LIMIT, EventParser

_DONE = b"[DONE]"


class ReplyStream:
    """Takes the body's chunks and gives out the pieces of the reply; ``finish`` gives the last of them."""

    def __init__(self, host: str, secrets: Sequence[str] = ()) -> None:
        self.ended = False
        """Whether the server said that nothing more comes."""
        self._host = host
        self._secrets = secrets
        self._events = EventParser()
        self._reply = ReplyBuilder()
        self._begun = False
        self._whole = False
        """Whether the body is one JSON document, which is kept until its end."""
        self._document: list[bytes] = []
        self._size = 0
        self._spoken = False

    @property
    def finished(self) -> bool:
        """Whether the model said why it stopped."""
        return self._reply.finished

    def feed(self, chunk: bytes) -> list[ModelPiece]:
        """Take bytes of the body, return what they say. Raises a ``ProviderError``."""
        if not self._begun:
            self._begin(chunk)
        if self._whole:
            self._keep(chunk)
            return []
        for event in self._events.feed(chunk):
            self._take(*event)
        return self._reply.pieces()

    def finish(self) -> list[ModelPiece]:
        """Return the last pieces and the reply at the end of the body. Raises ``StreamBroken`` where the reply is not whole."""
        if self._whole:
            self._take_document(b"".join(self._document))
        else:
            for event in self._events.finish():
                self._take(*event)
            self._check_whole()
        self._reply.end()
        if self.ended and not self.finished and self._reply.empty:
            raise self._broken()
        return [*self._reply.pieces(), self._reply.reply()]

    def _begin(self, chunk: bytes) -> None:
        """Tell a document from a stream by its first sign: servers and what stands before them err in the content type."""
        start = chunk.lstrip()
        if start:
            self._begun = True
            self._whole = start.startswith((b"{", b"["))

    def _keep(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > EVENT_LIMIT:
            raise ReplyInvalid(
                f"{self._host} answered with more than {EVENT_LIMIT} bytes, which is no reply. Use another model or provider."
            )
        self._document.append(chunk)

    def _take(self, name: bytes, data: bytes) -> None:
        if name or self.ended or not data.startswith(b"{"):
            if self.ended or not data:
                return
            if data.strip() == _DONE:
                self.ended = True
                return
            if name == b"error":
                raise refused_within(read_refusal(data), self._host, self._secrets)
        self._spoken = True
        chunk = read_chunk(data)
        if chunk.error:
            raise refused_within(told_refusal(chunk.error), self._host, self._secrets)
        self._reply.take(chunk)

    def _take_document(self, body: bytes) -> None:
        chunk = read_chunk(body)
        if chunk.error:
            raise refused_within(told_refusal(chunk.error), self._host, self._secrets)
        if not chunk.choices:
            raise ReplyInvalid(f"{self._host} answered with JSON that is not a reply. Check base_url: it usually ends in /v1.")
        self._reply.take(chunk)

    def _check_whole(self) -> None:
        if self.finished or self.ended:
            return
        if not self._spoken and self._events.strange:
            raise ReplyInvalid(
                f"{self._host} answered with something that is not a stream of events. Check base_url, or use another model."
            )
        raise self._broken()

    def _broken(self) -> StreamBroken:
        return StreamBroken(f"{self._host} ended its reply before its end. The reply can be asked again.")
