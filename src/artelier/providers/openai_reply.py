"""A reply put together out of the pieces of a chat completions stream."""

from json import loads
from typing import Any

from artelier.domain.errors import ReplyInvalid, StreamBroken
from artelier.domain.models import CallDelta, FinishReason, ModelPiece, ModelReply, ReasoningDelta, RequestedCall, TextDelta
from artelier.domain.usage import Usage
from artelier.providers.openai_chunks import WireCall, WireChunk, WireDelta, WireFunction, read_usage
from artelier.providers.openai_extras import ReasoningParts

REPLY_LIMIT = 4 << 20
"""Characters of text, reasoning, names and arguments that one reply may hold."""
CALLS_LIMIT = 512
"""Calls that one reply may ask for."""

_LOOKS = 64
"""How often the arguments of one call are looked at for being whole."""
_FINISHES = {
    "stop": FinishReason.STOP,
    "eos": FinishReason.STOP,
    "end_turn": FinishReason.STOP,
    "stop_sequence": FinishReason.STOP,
    "tool_calls": FinishReason.CALLS,
    "tool_use": FinishReason.CALLS,
    "function_call": FinishReason.CALLS,
    "length": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,
    "model_length": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "content_filter": FinishReason.FILTERED,
    "safety": FinishReason.FILTERED,
    "sensitive": FinishReason.FILTERED,
    "refusal": FinishReason.FILTERED,
}
_FAILED = frozenset(("error", "abort", "network_error", "insufficient_system_resource"))
"""Reasons that say the server could not end its reply."""


class _Call:
    """A call while it comes: its name is said once, its arguments are gathered."""

    __slots__ = ("arguments", "extra", "id", "looks", "name", "place", "shown")

    def __init__(self, place: int, identity: str) -> None:
        self.place = place
        self.id = identity
        self.name = ""
        self.arguments: list[str] = []
        self.extra: Any = None
        self.shown = 0
        """How many pieces of the arguments were already given out."""
        self.looks = 0

    def is_whole(self) -> bool:
        """Whether the arguments are a complete JSON value, so that more of them must belong to another call."""
        self.looks += 1
        if self.looks > _LOOKS:  # a server that never stops asking must not cost a parse a piece
            return False
        try:
            loads("".join(self.arguments))
        except (ValueError, RecursionError):
            return False
        return True


class ReplyBuilder:
    """Takes chunks, gives out pieces, and in the end the whole reply.

    What came in one read is given out as one piece of a kind: a burst of forty words costs its readers one step.
    """

    def __init__(self) -> None:
        self.finished = False
        """Whether the model said why it stopped: nothing of the reply is missing then."""
        self._text: list[str] = []
        self._shown = 0
        """How many parts of the text were already given out."""
        self._reasoning: list[str] = []
        self._parts = ReasoningParts()
        self._calls: list[_Call] = []
        self._by_index: dict[int, _Call] = {}
        self._old_name = ""
        self._old_arguments: list[str] = []
        self._finish = ""
        self._usage = Usage(model_calls=1)
        self._model = ""
        self._size = 0
        self._ready: list[ModelPiece] = []

    @property
    def empty(self) -> bool:
        """Whether nothing was said so far."""
        return not self._size

    def take(self, chunk: WireChunk) -> None:
        """Take one event of a stream. Raises ``ReplyInvalid`` for too many calls, ``StreamBroken`` where the server gave up."""
        if chunk.usage is not None:
            self._usage = read_usage(chunk.usage)
        elif isinstance(chunk.x_groq, dict) and "usage" in chunk.x_groq:
            self._usage = read_usage(chunk.x_groq["usage"])
        if chunk.model:
            self._model = chunk.model
        for choice in chunk.choices or ():
            if choice.index:
                continue  # another alternative of the same reply
            delta = choice.delta or choice.message
            if delta is not None:
                self.take_delta(delta, whole=choice.delta is None)
            if choice.finish_reason:
                self._take_finish(choice.finish_reason)

    def take_delta(self, delta: WireDelta, *, whole: bool = False) -> None:
        """Take the next piece of the message, or a ``whole`` one. Raises ``ReplyInvalid`` for too many calls."""
        reasoning = delta.reasoning_content or delta.reasoning  # some servers send both, the same
        if reasoning:
            self._think(reasoning)
        if delta.reasoning_details:
            self._parts.take(delta.reasoning_details)
        text = delta.content or delta.refusal
        if text:
            self._size += len(text)
            self._text.append(text)
        if delta.tool_calls:
            for place, call in enumerate(delta.tool_calls):
                if whole:
                    call.index = place
                self._take_call(call)
        if delta.function_call is not None:
            self._take_old_call(delta.function_call)

    def pieces(self) -> list[ModelPiece]:
        """Return what came since the last time. Raises ``ReplyInvalid`` once the reply is over its limit."""
        if self._size > REPLY_LIMIT:
            raise ReplyInvalid(f"The reply is longer than {REPLY_LIMIT} characters. Ask for less, or lower max_tokens.")
        self._show_text()
        ready = self._ready
        if ready:
            self._ready = []
        return ready

    def end(self) -> None:
        """Take it that nothing more comes: what was held back becomes ready."""
        if not self._calls and (self._old_name or self._old_arguments):
            function = WireFunction(name=self._old_name, arguments="".join(self._old_arguments))
            self._size -= len(function.arguments or "")
            self._take_call(WireCall(index=0, function=function))
        for call in self._calls:
            if not call.name and call.shown < len(call.arguments):
                self._show(call)

    def reply(self) -> ModelReply:
        """Return the whole reply."""
        calls = tuple(RequestedCall(call.name, "".join(call.arguments)) for call in self._calls)
        return ModelReply(
            text="".join(self._text),
            calls=calls,
            reasoning="".join(self._reasoning),
            finish=_finish(self._finish, calls=bool(calls)),
            usage=self._usage,
            model=self._model,
            signature=self._parts.signature([call.extra for call in self._calls]),
        )

    def _show_text(self) -> None:
        """Make one piece of the text that came since the last one: joining here keeps the work per event small."""
        if self._shown < len(self._text):
            self._ready.append(TextDelta("".join(self._text[self._shown :])))
            self._shown = len(self._text)

    def _think(self, text: str) -> None:
        self._show_text()
        self._size += len(text)
        self._reasoning.append(text)
        ready = self._ready
        last = ready[-1] if ready else None
        if type(last) is ReasoningDelta:
            ready[-1] = ReasoningDelta(last.text + text)
        else:
            ready.append(ReasoningDelta(text))

    def _take_call(self, piece: WireCall) -> None:
        name = (piece.function and piece.function.name) or ""
        arguments = (piece.function and piece.function.arguments) or ""
        if not name and not arguments:
            return
        call = self._call_of(piece, name, arguments)
        if not call.name:  # some servers repeat it with every piece
            call.name = name
            self._size += len(name)
        self._size += len(arguments)
        call.arguments.append(arguments)
        if piece.extra_content is not None:
            call.extra = piece.extra_content
        if call.name:
            self._show(call)

    def _call_of(self, piece: WireCall, name: str, arguments: str) -> _Call:
        """Return the call a piece belongs to: by index, unless a server gives every call the same one, or none."""
        index = piece.index or 0
        call = self._calls[-1] if piece.index is None and self._calls else self._by_index.get(index)
        another = piece.id != call.id if call and piece.id else piece.index is None
        if call is None or (another and name and arguments and call.name and call.is_whole()):
            call = self._new_call(piece.id or "")
            self._by_index[index] = call
        return call

    def _new_call(self, identity: str) -> _Call:
        if len(self._calls) >= CALLS_LIMIT:
            raise ReplyInvalid(f"The model asked for more than {CALLS_LIMIT} calls in one reply. Ask for less at once.")
        call = _Call(len(self._calls), identity)
        self._calls.append(call)
        return call

    def _show(self, call: _Call) -> None:
        self._show_text()
        arguments = "".join(call.arguments[call.shown :])
        name = "" if call.shown else call.name
        call.shown = len(call.arguments)
        ready = self._ready
        last = ready[-1] if ready else None
        if type(last) is CallDelta and last.index == call.place:
            ready[-1] = CallDelta(call.place, last.name, last.arguments + arguments)
        else:
            ready.append(CallDelta(call.place, name, arguments))

    def _take_old_call(self, function: WireFunction) -> None:
        """Keep the deprecated form aside: it is used only where the new one never comes."""
        if function.name and not self._old_name:
            self._old_name = function.name
        if function.arguments and not self._calls:
            self._size += len(function.arguments)
            self._old_arguments.append(function.arguments)

    def _take_finish(self, reason: str) -> None:
        if reason in _FAILED:
            raise StreamBroken(f"The provider stopped in the middle of its reply and says why: {reason}. The reply can be asked again.")
        self._finish = reason
        self.finished = True


def _finish(reason: str, *, calls: bool) -> FinishReason:
    finish = _FINISHES.get(reason.lower(), FinishReason.UNKNOWN)
    if calls and finish is FinishReason.STOP:
        return FinishReason.CALLS
    if not calls and finish is FinishReason.CALLS:
        return FinishReason.STOP
    return finish
