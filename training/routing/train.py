"""Rebuilds the weights of the router from the data: ``just train-router``. The same data gives the same bytes.

Scores of requests by authors that the weights have not seen (five folds by author, and the calibration file) choose the
temperature and the threshold; the held-back file is not read here.
"""

import random
import sys
from collections import Counter
from collections.abc import Sequence

import numpy as np

from artelier.routing.features import BUCKETS, features
from artelier.routing.normalise import normalise
from artelier.routing.weights import SHIPPED, ZERO, Header, Weights, pack
from training.routing.augment import variants
from training.routing.fit import Matrix, Numbers, fit, matrix, softmax
from training.routing.rows import Row, digest, read

AGENTS = ("orchestrator", "coder", "architect", "debug", "ask")
GROUPS = (4.0, 3.0, 4.0)
PENALTY = 5e-5
STEPS = 60
BIAS = 0.3
RAREST = 2
"""Features of fewer requests than this are left out."""
VARIANT_WORTH = 0.5
FOLDS = 5
PRECISION = 0.96
"""What is answered without a model must be right this often, by measure on unseen authors."""
LOW_PRECISION = 0.5
"""Beneath the low threshold fewer of the guesses are right than this: a person is better asked."""
_SEED = "artelier"


class Fitted:
    """Weights of the columns that occur, and their buckets."""

    def __init__(self, rows: Sequence[Row]) -> None:
        weighed = [(each, 1.0 if not index else VARIANT_WORTH) for row in rows for index, each in enumerate(variants(row, _chance(row)))]
        found = [entries(row) for row, _ in weighed]
        counts = Counter(bucket for each in found for bucket, _ in each)
        self.columns = {bucket: column for column, bucket in enumerate(sorted(b for b, count in counts.items() if count >= RAREST))}
        wanted = np.zeros((len(weighed), len(AGENTS)))
        for index, (row, _) in enumerate(weighed):
            wanted[index, AGENTS.index(row.agent)] = 1
        self.weights = fit(self._matrix(found), wanted, np.array([worth for _, worth in weighed]), PENALTY, STEPS)

    def scores(self, rows: Sequence[Row]) -> Numbers:
        """Return the scores of other rows."""
        return self._matrix([entries(row) for row in rows]).times(self.weights)

    def _matrix(self, found: Sequence[Sequence[tuple[int, float]]]) -> Matrix:
        last = len(self.columns)
        known = [[(self.columns[bucket], value) for bucket, value in row if bucket in self.columns] for row in found]
        return matrix([[*row, (last, BIAS)] for row in known], last + 1)


def entries(row: Row) -> list[tuple[int, float]]:
    """Return the buckets of a request with their values."""
    found = features(normalise(row.text), row.before)
    groups = zip((found.words, found.shape, found.context), GROUPS, strict=True)
    return [(bucket, worth / len(group) ** 0.5) for group, worth in groups for bucket in group]


def unseen_scores(rows: Sequence[Row]) -> Numbers:
    """Return the scores of each row by weights that have not seen its author."""
    authors = sorted({row.author for row in rows})
    random.Random(_SEED).shuffle(authors)  # noqa: S311  no secret hangs on it
    fold = {author: index % FOLDS for index, author in enumerate(authors)}
    scores = np.zeros((len(rows), len(AGENTS)))
    for each in range(FOLDS):
        inside = [index for index, row in enumerate(rows) if fold[row.author] == each]
        scores[inside] = Fitted([row for row in rows if fold[row.author] != each]).scores([rows[index] for index in inside])
    return scores


def best_temperature(scores: Numbers, right: Sequence[int]) -> float:
    """Return the factor under which the right agents are likeliest."""
    places = np.arange(len(right))
    losses = {factor: -np.log(softmax(scores * factor / 100)[places, right] + 1e-12).mean() for factor in range(20, 300, 2)}
    return min(losses, key=lambda factor: float(losses[factor])) / 100


def threshold(chances: Numbers, right: Sequence[int], precision: float) -> float:
    """Return the least confidence from which on answers are right so often."""
    order = np.argsort(-chances.max(axis=1), kind="stable")
    hits = np.cumsum((chances.argmax(axis=1) == np.array(right))[order]) / np.arange(1, len(right) + 1)
    enough = np.nonzero(hits >= precision)[0]
    return round(float(chances.max(axis=1)[order][enough[-1]]), 3) if len(enough) else 1.0


def train() -> Weights:
    """Return the weights, calibrated."""
    written, calibration = [*read("train"), *read("frames"), *read("followups")], read("calibration")
    final = Fitted(written)
    hand = [index for index, row in enumerate(written) if row.kind != "frame"]
    scores = np.concatenate([unseen_scores(written)[hand], final.scores(calibration)])
    right = [AGENTS.index(row.agent) for row in [*(written[index] for index in hand), *calibration]]
    temperature = best_temperature(scores, right)
    chances = softmax(scores * temperature)
    return _quantised(final, temperature, threshold(chances, right, PRECISION), _low(chances, right))


def _low(chances: Numbers, right: Sequence[int]) -> float:
    """Return the confidence beneath which fewer than ``LOW_PRECISION`` of the guesses are right."""
    for percent in range(90, 20, -1):
        below = chances.max(axis=1) < percent / 100
        if below.any() and (chances.argmax(axis=1) == np.array(right))[below].mean() < LOW_PRECISION:
            return percent / 100
    return 0.2


def _quantised(final: Fitted, temperature: float, high: float, low: float) -> Weights:
    buckets, whole = np.array(list(final.columns)), np.zeros((len(AGENTS), BUCKETS))
    whole[:, buckets] = final.weights[:-1].T
    scales = np.abs(whole).max(axis=1) / 127
    numbers = tuple((np.rint(whole[index] / scales[index]) + ZERO).astype(np.uint8).tobytes() for index in range(len(AGENTS)))
    bias = tuple(round(float(each) * BIAS, 6) for each in final.weights[-1])
    rounded = tuple(round(float(each), 8) for each in scales)
    return Weights(Header(AGENTS, bias, rounded, GROUPS, temperature, high, low, digest()), numbers)


def _chance(row: Row) -> random.Random:
    return random.Random(f"{_SEED} {row.id}")  # noqa: S311  no secret hangs on it


if __name__ == "__main__":
    content = pack(train())
    SHIPPED.write_bytes(content)
    sys.stdout.write(f"{SHIPPED}: {len(content)} bytes\n")
