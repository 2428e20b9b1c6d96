"""How many tokens something is, at most: an estimate that errs on the large side, and is corrected by what providers report.

Three bytes of UTF-8 a token: English prose has four and more, code and JSON three to four, Russian about five,
Chinese three. So the estimate is right at worst and twice too large at best.
"""

from collections.abc import Iterable

import msgspec

from artelier.domain.messages import AgentMessage, Message
from artelier.engine.state import Turn

BYTES_A_TOKEN = 3
A_MESSAGE = 8
"""Tokens around each message and each call."""
_LEAST, _MOST = 0.4, 1.5
"""How far a report may correct an estimate."""


def tokens_of_text(text: str) -> int:
    """Return the estimated tokens of a text."""
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return -(-size // BYTES_A_TOKEN)


def tokens_of(messages: Iterable[Message]) -> int:
    """Return the estimated tokens of messages."""
    total = 0
    for message in messages:
        total += A_MESSAGE + tokens_of_text(message.text)
        if isinstance(message, AgentMessage):
            for call in message.calls:
                arguments = call.raw if call.arguments is None else msgspec.json.encode(call.arguments).decode()
                total += A_MESSAGE + tokens_of_text(call.name) + tokens_of_text(arguments)
    return total


def bound_after(turn: Turn) -> int:
    """Return what a request that follows this turn has at most, by what the provider reported of this one; 0 if it reported nothing."""
    usage = turn.reply.usage
    if not usage.input_tokens:
        return 0
    results = sum([A_MESSAGE + tokens_of_text(call.result.text) for call in turn.calls if call.result is not None])
    return usage.input_tokens + usage.output_tokens + results


def correction(turn: Turn | None, messages: tuple[Message, ...], fixed: int) -> float:
    """Return by what an estimate of these messages is to be multiplied, as the provider reported of those before the turn."""
    if turn is None or not turn.reply.usage.input_tokens:
        return 1.0
    last = next((place for place in range(len(messages) - 1, -1, -1) if isinstance(messages[place], AgentMessage)), 0)
    return correction_to(turn.reply.usage.input_tokens, fixed + tokens_of(messages[:last]))


def correction_to(known: int, estimated: int) -> float:
    """Return by what an estimate is to be multiplied to give what is known, within reason."""
    return min(_MOST, max(_LEAST, known / max(1, estimated)))
