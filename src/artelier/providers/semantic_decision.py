"""Whether a kept answer may stand for a like question: learned for each entry, within an error bound that the operator sets.

Written from L. G. Schroeder et al., vCache: Verified Semantic Prompt Caching (arXiv 2502.03771). The chance that an
entry's answer is right for a question of similarity ``s`` is a logistic curve of ``s`` with its own threshold and
steepness. What was seen of the entry says how likely each curve is; a lower bound of the chance follows, and the model is
asked just often enough that at most ``error_bound`` of all such questions get a wrong answer.
"""

import math
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

LEAST_SEEN = 6
"""Comparisons of an entry's answer before it is ever given."""
_STEP = 0.005
"""Comparisons of about the same similarity are counted together."""
_THRESHOLDS = 32
_STEEPNESSES = (2.0, 4.0, 8.0, 16.0, 32.0)
"""In the width between the floor and 1."""
_BELOW, _ABOVE = 1.0, 0.6
"""Where thresholds lie, in that width: from so far below the floor to so far above 1, where no likeness is enough."""
_NARROWEST = 0.02


class Seen(Struct, frozen=True, array_like=True):
    """How often an entry's answer was right, and how often wrong, for questions of about one similarity."""

    step: int
    right: int = 0
    wrong: int = 0


Tally = tuple[Seen, ...]
"""All that was seen of an entry, by similarity."""


def counted(tally: Tally, similarity: float, *, right: bool) -> Tally:
    """Return what was seen with one more comparison."""
    step = int(similarity / _STEP)
    by_step = {seen.step: seen for seen in tally}
    seen = by_step.get(step, Seen(step))
    by_step[step] = Seen(step, seen.right + right, seen.wrong + (not right))
    return tuple(by_step[each] for each in sorted(by_step))


def asking_share(tally: Tally, similarity: float, floor: float, error_bound: float) -> float:
    """Return the chance with which the model must be asked all the same, so that the bound holds; 1 while too little was seen."""
    if sum(seen.right + seen.wrong for seen in tally) < LEAST_SEEN:
        return 1.0
    right = sure_share(tally, similarity, floor)
    return 0.0 if right >= 1.0 - error_bound else (1.0 - error_bound - right) / (1.0 - right)


def sure_share(tally: Tally, similarity: float, floor: float) -> float:
    """Return a lower bound of the chance that the entry's answer is right at this similarity.

    For any threshold ``t``, that chance is at least how likely the true threshold is no higher, times the chance under ``t``;
    the best of these bounds is taken (the paper's minimum over confidence levels).
    """
    best = so_far = 0.0
    for threshold, weights in _curves(tally, floor):
        weight = sum(weights)
        if weight:
            so_far += weight
            width = _width(floor)
            under = sum(
                each * _logistic(steepness / width * (similarity - threshold))
                for each, steepness in zip(weights, _STEEPNESSES, strict=True)
            )
            best = max(best, so_far * under / weight)
    return best


@lru_cache(maxsize=1024)
def _curves(tally: Tally, floor: float) -> tuple[tuple[float, tuple[float, ...]], ...]:
    """Return each threshold, lowest first, with how likely it is at each steepness; all are equally likely before anything was seen."""
    grid = [(threshold, [_fit(tally, threshold, steepness / _width(floor)) for steepness in _STEEPNESSES]) for threshold in _grid(floor)]
    best = max(max(fits) for _, fits in grid)
    likely = [(threshold, [math.exp(fit - best) for fit in fits]) for threshold, fits in grid]
    whole = sum(sum(weights) for _, weights in likely)
    return tuple((threshold, tuple(weight / whole for weight in weights)) for threshold, weights in likely)


def _fit(tally: Tally, threshold: float, steepness: float) -> float:
    """Return the logarithm of how likely what was seen is under one curve."""
    fit = 0.0
    for seen in tally:
        slope = steepness * ((seen.step + 0.5) * _STEP - threshold)
        fit -= seen.right * _soft_plus(-slope) + seen.wrong * _soft_plus(slope)
    return fit


def _grid(floor: float) -> Iterator[float]:
    width = _width(floor)
    pace = (1.0 + _ABOVE * width - (floor - _BELOW * width)) / (_THRESHOLDS - 1)
    return (floor - _BELOW * width + place * pace for place in range(_THRESHOLDS))


def _width(floor: float) -> float:
    return max(1.0 - floor, _NARROWEST)


def _logistic(value: float) -> float:
    return math.exp(-_soft_plus(-value))


def _soft_plus(value: float) -> float:
    """Return ``log(1 + exp(value))`` without overflow."""
    return max(value, 0.0) + math.log1p(math.exp(-abs(value)))
