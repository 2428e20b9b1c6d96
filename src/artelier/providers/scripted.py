"""A model that says what a script tells it, faults included: for tests, demonstrations and benchmarks.

A script is a list of turns. It needs no memory: the turn is found by counting the agent's replies, those that are no
longer in the request included, so a run that was resumed elsewhere goes on at the right place. Faults alone are counted
in the process, so that a retry helps.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any

import orjson
from msgspec import Struct, field

from artelier.domain.errors import (
    ContextTooLong,
    CredentialsRefused,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    ReplyInvalid,
    RequestRefused,
    StreamBroken,
)
from artelier.domain.messages import AgentMessage, UserMessage
from artelier.domain.models import (
    CallDelta,
    FinishReason,
    ModelPiece,
    ModelReply,
    ModelRequest,
    Purpose,
    ReasoningDelta,
    RequestedCall,
    TextDelta,
)
from artelier.domain.usage import Usage
from artelier.providers.reply_pieces import pieces_of

HANG = "hang"
FAULTS: dict[str, type[ProviderError]] = {
    "rate_limited": RateLimited,
    "unavailable": ProviderUnavailable,
    "stream_broken": StreamBroken,
    "context_too_long": ContextTooLong,
    "request_refused": RequestRefused,
    "credentials_refused": CredentialsRefused,
    "reply_invalid": ReplyInvalid,
}
"""The errors a turn can raise by name; beside them ``hang`` says nothing until it is closed."""
_NAME = "scripted"


class ScriptedCall(Struct, frozen=True, forbid_unknown_fields=True):
    """A call to ask for; ``arguments`` is an object, or raw text to show what is no JSON."""

    name: str
    arguments: dict[str, Any] | str = field(default_factory=dict)


class ScriptedTurn(Struct, frozen=True, forbid_unknown_fields=True):
    """One reply, or a fault before it."""

    text: str = ""
    reasoning: str = ""
    calls: tuple[ScriptedCall, ...] = ()
    finish: FinishReason | None = None
    """Why the model stops; told by the calls where it is not said."""
    usage: Usage | None = None
    """Estimated at four characters a token where it is not said."""
    chunk: int = 0
    """Characters a piece; 0 gives each text whole."""
    delay: float = 0.0
    """Seconds before each piece."""
    fault: str = ""
    """One of ``FAULTS`` or ``hang``, before anything else or after ``after`` characters."""
    after: int = 0
    times: int = 1
    """How often the fault comes before the turn succeeds."""
    retry_after: float | None = None
    when_text_contains: str = ""
    """Only for requests whose last user message holds this; then the turns with the same condition are a script of their own."""
    summary: bool = False
    """Only for requests for a summary, each of which the first such turn that fits answers; without one they are refused."""


class ScriptedProvider:
    """Plays turns; ``sleep`` is awaited for their delays. Asked for more turns than there are, it refuses."""

    def __init__(self, turns: Sequence[ScriptedTurn], *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._turns = tuple(turns)
        self._sleep = sleep
        self._faults: Counter[int] = Counter()

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelPiece, None]:
        """Yield the pieces of the turn this request asks for. Raises the ``ProviderError`` its fault names."""
        place, turn = self._turn_for(request)
        faulty = bool(turn.fault) and self._faults[place] < turn.times
        if faulty:
            self._faults[place] += 1
        left = turn.after
        reply = _reply(turn, request)
        for piece in pieces_of(reply, turn.chunk):
            if faulty and left <= 0:
                break
            if turn.delay:
                await self._sleep(turn.delay)
            shown = _shortened(piece, left) if faulty else piece
            left -= _length(shown)
            yield shown
        if faulty:
            await _fail(turn)
        yield reply

    async def list_models(self) -> tuple[str, ...]:
        """Return the one name of this provider."""
        return (_NAME,)

    async def close(self) -> None:
        """Do nothing: a script holds nothing open."""

    def _turn_for(self, request: ModelRequest) -> tuple[int, ScriptedTurn]:
        messages = request.messages
        last = next((place for place in range(len(messages) - 1, -1, -1) if isinstance(messages[place], UserMessage)), -1)
        asked = messages[last].text if last >= 0 else ""
        if request.purpose is Purpose.SUMMARY:
            return self._summary(asked)
        left_out = request.left_out
        turns = [(place, turn) for place, turn in enumerate(self._turns) if not turn.summary]
        fitting = [place for place, turn in turns if turn.when_text_contains and turn.when_text_contains in asked]
        if fitting:
            condition = self._turns[fitting[0]].when_text_contains
            fitting = [place for place in fitting if self._turns[place].when_text_contains == condition]
            messages, left_out = messages[last:], request.left_out_of_run
        else:
            fitting = [place for place, turn in turns if not turn.when_text_contains]
        said = left_out + sum(isinstance(message, AgentMessage) for message in messages)
        if said >= len(fitting):
            raise RequestRefused(
                f"The script has {len(fitting)} turns for this conversation, turn {said + 1} was asked. Add it to the script."
            )
        return fitting[said], self._turns[fitting[said]]

    def _summary(self, asked: str) -> tuple[int, ScriptedTurn]:
        found = next(((place, turn) for place, turn in enumerate(self._turns) if turn.summary and turn.when_text_contains in asked), None)
        if found is None:
            raise RequestRefused("The script has no turn for this request for a summary. Add one with summary set.")
        return found


async def _fail(turn: ScriptedTurn) -> None:
    if turn.fault == HANG:
        await asyncio.Event().wait()
    message = f"The script says so: {turn.fault}. The turn follows once its fault was met {turn.times} times."
    raise FAULTS[turn.fault](message, retry_after=turn.retry_after)


def _length(piece: ModelPiece) -> int:
    return len(piece.arguments) if isinstance(piece, CallDelta) else len(piece.text)


def _shortened(piece: ModelPiece, length: int) -> ModelPiece:
    match piece:
        case TextDelta(text=text):
            return TextDelta(text[:length])
        case ReasoningDelta(text=text):
            return ReasoningDelta(text[:length])
        case CallDelta():
            return CallDelta(piece.index, piece.name, piece.arguments[:length])
    return piece


def _arguments(call: ScriptedCall) -> str:
    return call.arguments if isinstance(call.arguments, str) else orjson.dumps(call.arguments).decode()


def _reply(turn: ScriptedTurn, request: ModelRequest) -> ModelReply:
    calls = tuple(RequestedCall(call.name, _arguments(call)) for call in turn.calls)
    finish = turn.finish or (FinishReason.CALLS if calls else FinishReason.STOP)
    return ModelReply(turn.text, calls, turn.reasoning, finish, turn.usage or _estimate(turn, request), _NAME)


def _estimate(turn: ScriptedTurn, request: ModelRequest) -> Usage:
    asked = len(request.system) + sum(len(message.text) for message in request.messages)
    said = len(turn.text) + len(turn.reasoning) + sum(len(call.name) + len(_arguments(call)) for call in turn.calls)
    return Usage(input_tokens=-(-asked // 4), output_tokens=-(-said // 4), model_calls=1)
