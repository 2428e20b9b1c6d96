"""Replies that were kept: which are, and how one comes again."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from types import MappingProxyType

import msgspec

from artelier.domain.models import CallDelta, FinishReason, ModelPiece, ModelReply, ModelRequest, ReasoningDelta, TextDelta
from artelier.domain.usage import Usage

WHOLE = frozenset({FinishReason.STOP, FinishReason.CALLS})
"""Replies that are kept: one that was cut or filtered may come out better next time."""

NO_SERVERS: Mapping[str, str] = MappingProxyType({})
"""Where providers' names stand for nothing that changes."""
EVERYBODYS = "replies"
Tokens = Callable[[str], Awaitable[str]]
"""Gives the token of a name; a new one forgets what was kept under the old."""


def generations(tenant: str, agent: str) -> tuple[str, str, str]:
    """Return the names whose tokens stand in a reply's key: everybody's replies, a tenant's, and those of one of its agents."""
    return EVERYBODYS, f"{EVERYBODYS}:{tenant}", f"{EVERYBODYS}:{tenant}:{agent}"


async def generation_of(request: ModelRequest, tokens: Tokens) -> str:
    """Return all those tokens for the one who asks."""
    return "".join([await tokens(name) for name in generations(request.tenant, request.agent)])


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
