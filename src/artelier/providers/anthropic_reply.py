"""A reply put together out of Anthropic's events, by the builder that all streams share."""

from typing import Any

import orjson
from msgspec.structs import replace

from artelier.domain.models import ModelPiece, ModelReply
from artelier.providers.anthropic_events import WireBlock, WireDelta, WireEvent, read_usage
from artelier.providers.anthropic_thinking import Layout
from artelier.providers.openai_chunks import WireCall, WireChoice, WireChunk, WireFunction
from artelier.providers.openai_chunks import WireDelta as Said
from artelier.providers.openai_reply import ReplyBuilder

_KINDS = {"text": "text", "thinking": "thinking", "tool_use": "call"}


class MessageBuilder:
    """Takes events, gives out pieces, and in the end the whole reply."""

    def __init__(self) -> None:
        self.ended = False
        """Whether the message was said to be over."""
        self._reply = ReplyBuilder()
        self._layout = Layout()
        self._counts: dict[str, Any] = {}
        self._given: dict[int, Any] = {}
        """What calls were given at their beginning, until pieces of their arguments come."""

    @property
    def finished(self) -> bool:
        """Whether the model said why it stopped."""
        return self._reply.finished

    @property
    def empty(self) -> bool:
        """Whether nothing was said so far."""
        return self._reply.empty

    def take(self, event: WireEvent) -> None:
        """Take one event. Raises ``ReplyInvalid`` for too many calls."""
        match event.type:
            case "content_block_delta" if event.delta is not None:
                self._grow(event.index or 0, event.delta)
            case "content_block_start" if event.content_block is not None:
                self._begin(event.index or 0, event.content_block)
            case "content_block_stop":
                self._close(event.index or 0)
            case "message_start" if event.message is not None:
                self._head(event.message.model, event.message.usage)
            case "message_delta":
                self._count(event.usage)
                self._stop(None if event.delta is None else event.delta.stop_reason)
            case "message_stop":
                self.ended = True
            case "message":
                self._take_whole(event)

    def pieces(self) -> list[ModelPiece]:
        """Return what came since the last time. Raises ``ReplyInvalid`` once the reply is over its limit."""
        return self._reply.pieces()

    def reply(self) -> ModelReply:
        """Return the whole reply."""
        reply = self._reply.reply()
        signature = self._layout.signature() if reply.calls else ""  # nobody asks for the thoughts of a last word
        return replace(reply, usage=read_usage(self._counts), signature=signature)

    def _head(self, model: str | None, usage: Any) -> None:
        self._reply.take(WireChunk(model=model))
        self._count(usage)

    def _count(self, usage: Any) -> None:
        """Keep the newest of each count: later ones are totals, and some come once only."""
        if isinstance(usage, dict):
            self._counts |= {name: value for name, value in usage.items() if value is not None}

    def _stop(self, reason: str | None) -> None:
        if reason:
            self._reply.take(WireChunk(choices=[WireChoice(finish_reason=reason)]))

    def _begin(self, index: int, block: WireBlock) -> None:
        if block.type == "redacted_thinking":
            self._layout.hide(block.data or "")
            return
        if block.type not in _KINDS:
            return  # calls of tools that run at the provider: none are offered
        self._layout.begin(_KINDS[block.type])
        if block.type == "tool_use":
            self._call(index, block.id, block.name, "")
            self._given[index] = block.input or {}
        self._say(block.text)
        self._think(block.thinking, block.signature)

    def _grow(self, index: int, delta: WireDelta) -> None:
        match delta.type:
            case "text_delta":
                self._say(delta.text)
            case "input_json_delta":
                self._call(index, None, None, delta.partial_json or "")
            case "thinking_delta" | "signature_delta":
                self._think(delta.thinking, delta.signature)

    def _close(self, index: int) -> None:
        """Give a call whose arguments came in no pieces those of its beginning."""
        given = self._given.pop(index, None)
        if given is not None:
            self._call(index, None, None, orjson.dumps(given).decode())

    def _say(self, text: str | None) -> None:
        if text:
            self._layout.grow(len(text))
            self._reply.take_delta(Said(content=text))

    def _think(self, text: str | None, signature: str | None) -> None:
        if text:
            self._layout.grow(len(text))
            self._reply.take_delta(Said(reasoning_content=text))
        if signature:
            self._layout.sign(signature)

    def _call(self, index: int, identity: str | None, name: str | None, arguments: str) -> None:
        if name or arguments:
            if arguments:
                self._given.pop(index, None)
            self._reply.take_delta(Said(tool_calls=[WireCall(index, identity, WireFunction(name, arguments))]))

    def _take_whole(self, event: WireEvent) -> None:
        self._head(event.model, event.usage)
        for index, block in enumerate(event.content or ()):
            self._begin(index, block)
            self._close(index)
        self._stop(event.stop_reason)
