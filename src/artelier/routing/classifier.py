"""The learned classifier: which agent a request is for, and how sure that is. Pure: no model, no clock, well under a millisecond."""

from math import exp, sqrt
from operator import itemgetter

from msgspec import Struct

from artelier.routing.features import Context, features
from artelier.routing.normalise import normalise
from artelier.routing.weights import ZERO, Weights, load


class Alternative(Struct, frozen=True):
    """An agent and how likely it is meant."""

    agent: str
    confidence: float


class Classification(Struct, frozen=True):
    """The likeliest agent, and the others from likely to unlikely; confidences add up to 1."""

    agent: str
    confidence: float
    alternatives: tuple[Alternative, ...]


class Classifier:
    """Classifies requests with one set of weights; safe to share."""

    def __init__(self, weights: Weights | None = None) -> None:
        self._weights = load() if weights is None else weights

    @property
    def agents(self) -> tuple[str, ...]:
        """The agents it can name."""
        return self._weights.header.agents

    @property
    def high(self) -> float:
        """From this confidence on it may answer without asking anybody; measured, see ``docs/concepts/routing.md``."""
        return self._weights.header.high

    @property
    def low(self) -> float:
        """Beneath this confidence a person should choose."""
        return self._weights.header.low

    def classify(self, text: str, context: Context | None = None) -> Classification:
        """Return the agent that should answer a request in its session."""
        header = self._weights.header
        chances = _softmax([score * header.temperature for score in self._scores(text, context or Context())])
        ranked = sorted(zip(chances, header.agents, strict=True), key=lambda pair: (-pair[0], pair[1]))
        best, *others = (Alternative(agent, chance) for chance, agent in ranked)
        return Classification(best.agent, best.confidence, tuple(others))

    def _scores(self, text: str, context: Context) -> list[float]:
        found, header = features(normalise(text), context), self._weights.header
        scores = list(header.bias)
        for group, worth in zip((found.words, found.shape, found.context), header.groups, strict=True):
            if not group:
                continue
            pick, share = itemgetter(*group, group[0]), worth / sqrt(len(group))
            for index, numbers in enumerate(self._weights.numbers):
                # The first is picked twice, so that one feature alone gives a sequence too.
                total = sum(pick(numbers)) - numbers[group[0]] - ZERO * len(group)
                scores[index] += total * share * header.scales[index]
        return scores


def _softmax(scores: list[float]) -> list[float]:
    highest = max(scores)
    raised = [exp(score - highest) for score in scores]
    total = sum(raised)
    return [each / total for each in raised]
