"""Who answers, found without a model: an agent that is named in the text, else the learned classifier's guess."""

from collections.abc import Collection

from artelier.ports.router import Earlier, Route
from artelier.routing.classifier import Classifier
from artelier.routing.explicit import mentioned
from artelier.routing.features import Context

LONGEST = 20_000
"""Characters of a request that are classified; its beginning tells what is wanted."""


class MentionRouter:
    """Satisfies the ``Router`` port: knows an agent that the text names, and guesses nothing."""

    def route(self, text: str, agents: Collection[str], earlier: Earlier) -> Route | None:  # noqa: ARG002  the port's
        """Return the agent that is named, None where none is."""
        named = mentioned(text, agents)
        return Route(named.agent, 1.0, "mention") if named is not None else None


class LearnedRouter:
    """Satisfies the ``Router`` port. ``high`` replaces the confidence from which the weights' own measurements say it may answer."""

    def __init__(self, classifier: Classifier | None = None, high: float | None = None) -> None:
        self._classifier = classifier or Classifier()
        self._high = self._classifier.high if high is None else high

    @property
    def low(self) -> float:
        """The confidence below which a guess is better asked about, as the weights' own measurements say."""
        return self._classifier.low

    def route(self, text: str, agents: Collection[str], earlier: Earlier) -> Route | None:
        """Return the likeliest of these agents; None for an empty request, or where it knows none of them."""
        named = mentioned(text, agents)
        if named is not None:
            return Route(named.agent, 1.0, "mention")
        if not text.strip():
            return None
        context = Context(previous_agent=earlier.agent, last_error=earlier.failed, files_changed=earlier.files_changed)
        found = self._classifier.classify(text[:LONGEST], context)
        all_of_them = ((found.agent, found.confidence), *((each.agent, each.confidence) for each in found.alternatives))
        ranked = [(each, chance) for each, chance in all_of_them if each in agents]
        if not ranked:
            return None
        (agent, confidence), *others = ranked
        sure = agent == found.agent and confidence >= self._high
        return Route(agent, round(confidence, 4), "classifier", sure, tuple((each, round(chance, 4)) for each, chance in others))
