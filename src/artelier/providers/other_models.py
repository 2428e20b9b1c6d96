"""Models of other formats by pydantic-ai's model layer: an optional extra, loaded when it is asked for first.

https://pydantic.dev/docs/ai/models/. Only its models are used: no agent, no tools of its own, no instrumentation.
"""

from collections.abc import AsyncGenerator, Callable
from typing import Any

from cachetools import LRUCache
from pydantic_ai.direct import model_request_stream
from pydantic_ai.messages import (
    ModelResponse,
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartEndEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
    ToolCallPart,
    ToolCallPartDelta,
)
from pydantic_ai.models import Model, ModelRequestParameters, infer_model
from pydantic_ai.providers import Provider as Vendor
from pydantic_ai.providers import infer_provider, infer_provider_class
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition
from pydantic_ai.usage import RequestUsage

from artelier.domain.errors import ProviderError, RequestRefused
from artelier.domain.models import (
    CallDelta,
    FinishReason,
    ModelPiece,
    ModelReply,
    ModelRequest,
    ReasoningDelta,
    RequestedCall,
    TextDelta,
)
from artelier.domain.usage import Usage
from artelier.providers.other_failures import failure_of
from artelier.providers.other_messages import signature_of, vendor_messages

MODELS_KEPT = 32
_FINISHES = {
    "stop": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "content_filter": FinishReason.FILTERED,
    "tool_call": FinishReason.CALLS,
}


class OtherModels:
    """The models that ``find`` knows by name; ``system`` is what they are called by in messages. Satisfies the ``Provider`` port."""

    def __init__(self, system: str, find: Callable[[str], Model]) -> None:
        self._system = system
        self._find = find
        self._models: LRUCache[str, Model] = LRUCache(MODELS_KEPT)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelPiece, None]:
        """Yield the pieces of a reply and the whole of it. Raises a ``ProviderError``."""
        pieces, begun = _Pieces(), False
        try:
            opened = model_request_stream(
                self._model(request.model),
                vendor_messages(request),
                model_settings=_settings(request),
                model_request_parameters=_parameters(request),
                instrument=False,
            )
            async with opened as response:
                async for event in response:
                    for piece in pieces.of(event):
                        begun = True
                        yield piece
                reply = _reply(response.get(), request.model)
        except ProviderError:
            raise
        except Exception as error:  # vendors' kits raise what they like, and nothing of theirs may pass here
            raise failure_of(error, self._system, begun=begun) from error
        yield reply

    async def list_models(self) -> tuple[str, ...]:
        """Return nothing: this layer cannot tell."""
        return ()

    async def close(self) -> None:
        """Forget the models; their connections end with them."""
        self._models.clear()

    def _model(self, name: str) -> Model:
        found = self._models.get(name)
        if found is None:
            found = self._models[name] = self._find(name)
        return found


def models_of(system: str, api_key: str, base_url: str) -> OtherModels:
    """Return the models of a vendor by pydantic-ai's name of it, such as ``google`` or ``bedrock``; without a key its kit looks for one."""
    given: dict[str, Any] = {name: value for name, value in (("api_key", api_key), ("base_url", base_url)) if value}

    def vendor(name: str) -> Vendor[Any]:
        try:
            return infer_provider_class(name)(**given) if given else infer_provider(name)
        except (ValueError, TypeError) as error:
            raise RequestRefused(f"{name} is no vendor that is known, or takes no such setting: {error}. Correct system.") from error

    return OtherModels(system, lambda name: infer_model(f"{system}:{name}", vendor))


class _Pieces:
    """Turns events into our pieces; calls are numbered in the order in which they come."""

    def __init__(self) -> None:
        self._calls: dict[int, int] = {}

    def of(self, event: ModelResponseStreamEvent) -> list[ModelPiece]:
        match event:
            case PartStartEvent(index=index, part=ToolCallPart() as call):
                place = self._calls.setdefault(index, len(self._calls))
                return [CallDelta(place, call.tool_name, call.args if isinstance(call.args, str) else "")]
            case PartStartEvent(part=TextPart(content=text)) | PartDeltaEvent(delta=TextPartDelta(content_delta=text)):
                return [TextDelta(text)] if text else []
            case PartStartEvent(part=ThinkingPart(content=text)) | PartDeltaEvent(delta=ThinkingPartDelta(content_delta=text)):
                return [ReasoningDelta(text)] if text else []
            case PartDeltaEvent(index=index, delta=ToolCallPartDelta(args_delta=str(more))) if index in self._calls:
                return [CallDelta(self._calls[index], "", more)]
            case PartEndEvent(index=index, part=ToolCallPart() as call) if index in self._calls and not _is_text(call):
                return [CallDelta(self._calls[index], "", _arguments(call))]  # it came as an object, which has no pieces
        return []


def _is_text(call: ToolCallPart) -> bool:
    return isinstance(call.args, str) and bool(call.args)


def _arguments(call: ToolCallPart) -> str:
    """Return the arguments as the model wrote them, where it wrote text."""
    return call.args if isinstance(call.args, str) and call.args else call.args_as_json_str()


def _settings(request: ModelRequest) -> ModelSettings:
    settings = ModelSettings(max_tokens=request.max_tokens)
    if request.temperature is not None:
        settings["temperature"] = request.temperature
    return settings


def _parameters(request: ModelRequest) -> ModelRequestParameters:
    tools = [
        ToolDefinition(name=spec.name, description=spec.description, parameters_json_schema={"type": "object", **spec.parameters})
        for spec in request.tools
    ]
    return ModelRequestParameters(function_tools=tools)


def _reply(response: ModelResponse, asked: str) -> ModelReply:
    calls = tuple(RequestedCall(part.tool_name, _arguments(part)) for part in response.parts if isinstance(part, ToolCallPart))
    finish = _FINISHES.get(response.finish_reason or "", FinishReason.UNKNOWN if response.finish_reason else FinishReason.STOP)
    return ModelReply(
        text="".join(part.content for part in response.parts if isinstance(part, TextPart)),
        calls=calls,
        reasoning="".join(part.content for part in response.parts if isinstance(part, ThinkingPart)),
        finish=FinishReason.CALLS if calls and finish is not FinishReason.LENGTH else finish,
        usage=_usage(response.usage, _cost(response)),
        model=response.model_name or asked,
        signature=signature_of(response),
    )


def _usage(told: RequestUsage, cost: float) -> Usage:
    return Usage(
        told.input_tokens,
        told.output_tokens,
        told.cache_read_tokens,
        told.output_reasoning_tokens,
        1,
        told.cache_write_tokens,
        told.cache_write_1h_tokens,
        cost,
    )


def _cost(response: ModelResponse) -> float:
    """Return what genai-prices says of this reply, 0 where it does not know the model."""
    try:
        return float(response.cost().total_price)
    except (LookupError, ValueError, AssertionError):
        return 0.0
