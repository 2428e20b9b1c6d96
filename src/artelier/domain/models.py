"""A request to a model, the pieces of its reply, and the reply."""

from enum import StrEnum

from msgspec import Struct

from artelier.domain.calls import ToolSpec
from artelier.domain.messages import Message
from artelier.domain.usage import Usage


class Purpose(StrEnum):
    """What a request to a model is for."""

    REPLY = "reply"
    SUMMARY = "summary"
    """To say in few words what falls out of a conversation; nobody reads it while it comes."""


class CacheWishes(Struct, frozen=True, omit_defaults=True):
    """What a person wants of the cache of replies for one message."""

    no_cache: bool = False
    """Ask the model anew, whatever is kept."""
    no_store: bool = False
    """Keep nothing of what comes."""
    ttl: float | None = None
    """Seconds to keep what comes, where it would not be kept otherwise either; None for what the settings say."""


class ModelRequest(Struct, frozen=True):
    """One call of a model.

    ``system`` and ``tools`` come first and stay byte-stable over a session, so that providers can cache them.
    """

    model: str
    """The name the provider knows, without our provider's prefix."""
    system: str
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    max_tokens: int = 2048
    temperature: float | None = None
    purpose: Purpose = Purpose.REPLY
    tenant: str = ""
    """Whose request it is: nobody else is ever given a reply to it."""
    agent: str = ""
    wishes: CacheWishes = CacheWishes()
    left_out: int = 0
    """Replies of the conversation that are no longer among ``messages``. For models that are programs; it is never sent."""
    left_out_of_run: int = 0
    """Those of them that answer the last message of the person."""


class FinishReason(StrEnum):
    """Why a model stopped."""

    STOP = "stop"
    CALLS = "calls"
    LENGTH = "length"
    FILTERED = "filtered"
    UNKNOWN = "unknown"


class TextDelta(Struct, frozen=True):
    """The next piece of the reply's text."""

    text: str


class ReasoningDelta(Struct, frozen=True):
    """The next piece of the model's reasoning."""

    text: str


class CallDelta(Struct, frozen=True):
    """The next piece of a call: the name with the first, then the raw arguments as they come."""

    index: int
    name: str
    arguments: str


class RequestedCall(Struct, frozen=True):
    """A call as the model wrote it; ``arguments`` is raw text that should be a JSON object."""

    name: str
    arguments: str


class ModelReply(Struct, frozen=True, omit_defaults=True):
    """A whole reply, the last thing a provider's stream yields."""

    text: str
    calls: tuple[RequestedCall, ...] = ()
    reasoning: str = ""
    finish: FinishReason = FinishReason.STOP
    usage: Usage = Usage()
    model: str = ""
    """The model that answered, as the provider names it."""
    provider: str = ""
    """Our name of the provider that answered; empty for the one that was asked."""
    source: str = ""
    """Where it comes from when no model was asked for it now: ``cache``, ``joined`` another's equal request, ``semantic``."""
    saved: Usage = Usage()
    """What it would have consumed then."""
    entry: str = ""
    """The entry of the cache of like questions that gave it, by which a wrong one is reported."""
    lookup_cost: float = 0.0
    """US dollars that looking for like questions cost, beside what the model did."""
    signature: str = ""
    """What the wire format must send back with the reasoning of a reply that asks for calls; nobody else reads it."""


ModelPiece = TextDelta | ReasoningDelta | CallDelta | ModelReply
