"""What a model call consumed."""

from msgspec import Struct


class Usage(Struct, frozen=True, omit_defaults=True):
    """Tokens of one or more model calls; addable.

    ``input_tokens`` includes ``cached_tokens``; ``output_tokens`` includes ``reasoning_tokens``, as OpenAI counts them.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    model_calls: int = 0
    cache_write_tokens: int = 0
    """Input tokens that the provider stored for later requests, where it charges for that; part of ``input_tokens``."""
    cache_write_hour_tokens: int = 0
    """Those of them that are stored for an hour, at a higher price than for five minutes."""
    cost: float = 0.0
    """US dollars: as the provider itself tells, otherwise by the price list."""
    saved: float = 0.0
    """US dollars that caches saved, less what storing cost: below zero where that was more."""
    unpriced_calls: int = 0
    """Calls of models whose price nobody knows: their cost is counted as nothing."""

    @property
    def total_tokens(self) -> int:
        """Input and output together."""
        return self.input_tokens + self.output_tokens

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cached_tokens + other.cached_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
            self.model_calls + other.model_calls,
            self.cache_write_tokens + other.cache_write_tokens,
            self.cache_write_hour_tokens + other.cache_write_hour_tokens,
            self.cost + other.cost,
            self.saved + other.saved,
            self.unpriced_calls + other.unpriced_calls,
        )
