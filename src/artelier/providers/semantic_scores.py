"""How the cache of like questions does: what it gave, what it would have given, and what that cost and saved."""

from cachetools import LRUCache
from msgspec import Struct

_MOST_TENANTS = 1000


class SemanticScore(Struct):
    """Counts since the process started; in shadow mode of what would have been."""

    looked: int = 0
    """Questions for which like ones were looked for."""
    failures: int = 0
    """Of them, those for which the embedder gave nothing usable."""
    vetoed: int = 0
    """Near questions that differ in a number, a negation, a name."""
    near: int = 0
    """Questions with a like one that nothing speaks against."""
    hits: int = 0
    """Of them, those that its answer stood for, or would have."""
    right: int = 0
    """Answers that stood, compared with the model's own all the same, that were as it: all hits in shadow mode, otherwise few."""
    wrong: int = 0
    """Those that were another."""
    learned: int = 0
    """Comparisons that an entry learned from."""
    kept: int = 0
    reported: int = 0
    """Answers that a person reported as wrong."""
    saved: float = 0.0
    """US dollars that the hits would have cost."""
    spent: float = 0.0
    """US dollars that embeddings cost."""

    @property
    def hit_rate(self) -> float:
        """Hits of all questions that were looked at."""
        return self.hits / self.looked if self.looked else 0.0

    @property
    def error_rate(self) -> float:
        """Wrong answers, found by comparison or reported, of all questions with a like one: what the error bound is about."""
        return (self.wrong + self.reported) / self.near if self.near else 0.0

    @property
    def net(self) -> float:
        """US dollars saved, less what embeddings cost; in shadow mode nothing is saved, this is what would have been."""
        return self.saved - self.spent


class SemanticScores:
    """One score for all, and one for each of the tenants that were seen last."""

    def __init__(self) -> None:
        self.all = SemanticScore()
        self._own: LRUCache[str, SemanticScore] = LRUCache(_MOST_TENANTS)

    def of(self, tenant: str) -> SemanticScore:
        """Return a tenant's own score."""
        found: SemanticScore | None = self._own.get(tenant)
        if found is None:
            found = self._own[tenant] = SemanticScore()
        return found

    def add(self, tenant: str, **more: float) -> None:
        """Count in both."""
        for score in (self.all, self.of(tenant)):
            for name, amount in more.items():
                setattr(score, name, getattr(score, name) + amount)
