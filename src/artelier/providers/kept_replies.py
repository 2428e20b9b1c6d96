"""Replies that were kept: which are, and how one comes again."""

from collections.abc import AsyncGenerator

import msgspec

from artelier.domain.models import CallDelta, FinishReason, ModelPiece, ModelReply, ReasoningDelta, TextDelta
from artelier.domain.usage import Usage

WHOLE = frozenset({FinishReason.STOP, FinishReason.CALLS})
"""Replies that are kept: one that was cut or filtered may come out better next time."""


def is_whole(reply: ModelReply) -> bool:
    """Return whether a reply of a model can be given again; one that was itself given again is kept where it was."""
    return not reply.source and reply.finish in WHOLE and bool(reply.text or reply.calls)


def free(reply: ModelReply, source: str) -> ModelReply:
    """Return a reply that consumed nothing now, with what it saved."""
    if reply.source:
        return msgspec.structs.replace(reply, lookup_cost=0.0)
    return msgspec.structs.replace(reply, usage=Usage(), saved=reply.usage, source=source, lookup_cost=0.0)


async def played(reply: ModelReply) -> AsyncGenerator[ModelPiece, None]:
    """Yield a reply as its stream would come: reasoning, text, calls, and the whole at last."""
    if reply.reasoning:
        yield ReasoningDelta(reply.reasoning)
    if reply.text:
        yield TextDelta(reply.text)
    for index, call in enumerate(reply.calls):
        yield CallDelta(index, call.name, call.arguments)
    yield reply
