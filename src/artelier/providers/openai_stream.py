"""The body of a chat completions answer, whatever form it came in: a stream of events, or one JSON document."""

from collections.abc import Sequence

from artelier.domain.errors import ReplyInvalid
from artelier.domain.models import ModelPiece
from artelier.providers.openai_chunks import read_chunk
from artelier.providers.openai_errors import read_refusal, refused_within, told_refusal
from artelier.providers.openai_reply import ReplyBuilder
from artelier.providers.reply_body import ReplyBody

_DONE = b"[DONE]"


class ReplyStream:
    """Takes the body's chunks and gives out the pieces of the reply; ``finish`` gives the last of them."""

    def __init__(self, host: str, secrets: Sequence[str] = ()) -> None:
        self.ended = False
        """Whether the server said that nothing more comes."""
        self._host = host
        self._secrets = secrets
        self._body = ReplyBody(host)
        self._reply = ReplyBuilder()
        self._spoken = False

    @property
    def finished(self) -> bool:
        """Whether the model said why it stopped."""
        return self._reply.finished

    def feed(self, chunk: bytes) -> list[ModelPiece]:
        """Take bytes of the body, return what they say. Raises a ``ProviderError``."""
        for event in self._body.feed(chunk):
            self._take(*event)
        return self._reply.pieces()

    def finish(self) -> list[ModelPiece]:
        """Return the last pieces and the reply at the end of the body. Raises ``StreamBroken`` where the reply is not whole."""
        document = self._body.document
        if document is not None:
            self._take_document(document)
        else:
            for event in self._body.finish():
                self._take(*event)
            if not self.finished and not self.ended:
                raise self._body.not_whole(spoken=self._spoken)
        self._reply.end()
        if self.ended and not self.finished and self._reply.empty:
            raise self._body.not_whole(spoken=True)
        return [*self._reply.pieces(), self._reply.reply()]

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
