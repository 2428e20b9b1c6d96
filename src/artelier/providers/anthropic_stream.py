"""The body of an answer in Anthropic's format: a stream of events, or one message where something between made it one."""

from collections.abc import Sequence

from artelier.domain.errors import ReplyInvalid
from artelier.domain.models import ModelPiece
from artelier.providers.anthropic_events import WireEvent, read_event
from artelier.providers.anthropic_reply import MessageBuilder
from artelier.providers.openai_errors import read_refusal, refused_within, told_refusal
from artelier.providers.reply_body import ReplyBody


class MessageStream:
    """Takes the body's chunks and gives out the pieces of the reply; ``finish`` gives the last of them."""

    def __init__(self, host: str, secrets: Sequence[str] = ()) -> None:
        self._host = host
        self._secrets = secrets
        self._body = ReplyBody(host)
        self._reply = MessageBuilder()
        self._spoken = False

    @property
    def ended(self) -> bool:
        """Whether the server said that nothing more comes."""
        return self._reply.ended

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
        for event in self._body.finish():
            self._take(*event)
        if not self.finished:
            raise self._body.not_whole(spoken=self._spoken)
        return [*self._reply.pieces(), self._reply.reply()]

    def _take(self, name: bytes, data: bytes) -> None:
        if self.ended or not data:
            return
        self._spoken = True
        if name == b"error":
            raise refused_within(read_refusal(data), self._host, self._secrets)
        if data.startswith(b"{"):  # what is no object is another protocol's, such as the [DONE] of gateways
            self._reply.take(self._unless_refused(read_event(data)))

    def _take_document(self, body: bytes) -> None:
        event = self._unless_refused(read_event(body))
        if event.type != "message":
            raise ReplyInvalid(f"{self._host} answered with JSON that is not a message. Check base_url and kind in the settings.")
        self._reply.take(event)

    def _unless_refused(self, event: WireEvent) -> WireEvent:
        if event.error:
            raise refused_within(told_refusal(event.error), self._host, self._secrets)
        return event
