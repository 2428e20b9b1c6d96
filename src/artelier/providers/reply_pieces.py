"""A whole reply, given out in pieces again."""

from collections.abc import Iterator

from artelier.domain.models import CallDelta, ModelPiece, ModelReply, ReasoningDelta, RequestedCall, TextDelta


def pieces_of(reply: ModelReply, size: int) -> Iterator[ModelPiece]:
    """Yield a reply's reasoning, text and calls, each cut into pieces of ``size`` characters; 0 gives each whole."""
    for part in _cut(reply.reasoning, size):
        yield ReasoningDelta(part)
    for part in _cut(reply.text, size):
        yield TextDelta(part)
    for place, call in enumerate(reply.calls):
        yield from _pieces_of_call(place, call, size)


def _pieces_of_call(place: int, call: RequestedCall, size: int) -> Iterator[CallDelta]:
    name = call.name
    for part in _cut(call.arguments, size) or ("",):
        yield CallDelta(place, name, part)
        name = ""


def _cut(text: str, size: int) -> tuple[str, ...]:
    if not text or size <= 0:
        return (text,) if text else ()
    return tuple(text[start : start + size] for start in range(0, len(text), size))
