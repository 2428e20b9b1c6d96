"""One call of a model: the stream to deltas, the whole reply to an event."""

from collections.abc import Callable
from contextlib import aclosing

import msgspec

from artelier.domain.calls import ToolCall
from artelier.domain.control import USE_TOOL
from artelier.domain.errors import ProviderError
from artelier.domain.events import ModelFailed, ModelReplied
from artelier.domain.frames import DeltaKind
from artelier.domain.models import CallDelta, ModelReply, ModelRequest, ReasoningDelta, RequestedCall, TextDelta
from artelier.domain.usage import Usage
from artelier.engine.commands import CallModel
from artelier.engine.deltas import DeltaGatherer
from artelier.ports.provider import Provider

_ARGUMENTS = msgspec.json.Decoder(dict)


async def call_model(
    provider: Provider,
    request: ModelRequest,
    command: CallModel,
    run: str,
    gatherer: DeltaGatherer,
    hear: Callable[[CallDelta], None],
    price: Callable[[ModelReply], Usage],
) -> ModelReplied | ModelFailed:
    """Stream one reply and return what the journal should know of it. Cancellation ends the request.

    ``hear`` gets calls as they come, ``price`` tells what the reply consumed and cost.
    """
    try:
        reply = await _stream(provider, request, gatherer, lambda index: f"{run}/{command.step}/{index}", hear)
    except ProviderError as failure:
        return ModelFailed(command.step, command.attempt, failure.code, failure.message, failure.retryable, failure.retry_after)
    finally:
        gatherer.flush()
    calls = tuple(_parse(call, f"{run}/{command.step}/{index}") for index, call in enumerate(reply.calls))
    return ModelReplied(
        step=command.step,
        attempt=command.attempt,
        text=reply.text,
        calls=calls,
        reasoning=reply.reasoning,
        finish=reply.finish,
        usage=price(reply),
        model=reply.model or request.model,
        max_tokens=request.max_tokens,
        provider=reply.provider,
        source=reply.source,
        saved=reply.saved,
        signature=reply.signature,
        entry=reply.entry,
        lookup_cost=reply.lookup_cost,
    )


async def _stream(
    provider: Provider, request: ModelRequest, gatherer: DeltaGatherer, call_id: Callable[[int], str], hear: Callable[[CallDelta], None]
) -> ModelReply:
    async with aclosing(provider.stream(request)) as pieces:
        async for piece in pieces:
            if isinstance(piece, TextDelta):
                gatherer.add(DeltaKind.TEXT, piece.text)
            elif isinstance(piece, CallDelta):
                gatherer.add(DeltaKind.ARGUMENTS, piece.arguments, call_id(piece.index), piece.name)
                hear(piece)
            elif isinstance(piece, ReasoningDelta):
                gatherer.add(DeltaKind.REASONING, piece.text)
            else:
                return piece
    raise ProviderError("The provider's stream ended without a reply; this is a defect of the provider's adapter.")


def _parse(call: RequestedCall, call_id: str) -> ToolCall:
    try:
        arguments = _ARGUMENTS.decode(call.arguments.strip() or "{}")
    except (msgspec.MsgspecError, UnicodeEncodeError):
        return ToolCall(call_id, call.name, None, call.arguments)
    match (call.name, arguments):
        case (name, {"name": str(meant), "arguments": dict(inner)}) if name == USE_TOOL:
            return ToolCall(call_id, meant, inner)  # rules, approvals and people see what really runs
    return ToolCall(call_id, call.name, arguments)
