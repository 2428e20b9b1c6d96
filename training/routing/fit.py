"""Multinomial logistic regression on sparse rows, by L-BFGS, in numpy alone; nothing in it is random."""

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
_MEMORY = 12
_SMALLEST_STEP = 1e-6


class Matrix(Struct, frozen=True):
    """Sparse rows: for each entry its row, its column and its value, sorted by row and again by column."""

    rows: int
    columns: int
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    value: Numbers

    def times(self, weights: Numbers) -> Numbers:
        """Return the product with a matrix of ``columns`` by classes."""
        found = np.zeros((self.rows, weights.shape[1]))
        for each in range(weights.shape[1]):
            found[:, each] = np.bincount(self.row, self.value * weights[self.column, each], self.rows)
        return found

    def transposed_times(self, errors: Numbers) -> Numbers:
        """Return the product of the transposed matrix with one of ``rows`` by classes."""
        found = np.zeros((self.columns, errors.shape[1]))
        for each in range(errors.shape[1]):
            found[:, each] = np.bincount(self.column, self.value * errors[self.row, each], self.columns)
        return found


def matrix(rows: Sequence[Sequence[tuple[int, float]]], columns: int) -> Matrix:
    """Return rows of pairs of column and value as a matrix."""
    row = np.repeat(np.arange(len(rows)), [len(each) for each in rows])
    column = np.fromiter((index for each in rows for index, _ in each), np.int64)
    value = np.fromiter((worth for each in rows for _, worth in each), np.float64)
    return Matrix(len(rows), columns, row, column, value)


def softmax(scores: Numbers) -> Numbers:
    """Return probabilities, row by row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def fit(given: Matrix, wanted: Numbers, importance: Numbers, penalty: float, steps: int) -> Numbers:
    """Return the weights, columns by classes, that fit the wanted probabilities best under a quadratic penalty."""
    shape = (given.columns, wanted.shape[1])
    total = importance.sum()

    def loss(flat: Numbers) -> tuple[float, Numbers]:
        weights = flat.reshape(shape)
        chance = softmax(given.times(weights))
        missed = -(importance[:, None] * wanted * np.log(chance + 1e-12)).sum() / total
        slope = given.transposed_times(importance[:, None] * (chance - wanted)) / total + penalty * weights
        return float(missed + penalty / 2 * (flat @ flat)), slope.ravel()

    return _least(loss, np.zeros(shape[0] * shape[1]), steps).reshape(shape)


def _least(loss: Callable[[Numbers], tuple[float, Numbers]], start: Numbers, steps: int) -> Numbers:
    """Return where a convex function is least: limited-memory BFGS with halving of the step (Nocedal and Wright, chapter 7)."""
    at, (value, slope) = start, loss(start)
    moves: list[Numbers] = []
    turns: list[Numbers] = []
    for _ in range(steps):
        direction = -_two_loops(slope, moves, turns)
        step = 1.0 if moves else 1.0 / max(1.0, float(np.abs(slope).sum()))
        downhill = float(slope @ direction)
        while True:
            there = at + step * direction
            new_value, new_slope = loss(there)
            if new_value <= value + 1e-4 * step * downhill or step < _SMALLEST_STEP:
                break
            step /= 2
        if step < _SMALLEST_STEP:
            break
        move, turn = there - at, new_slope - slope
        if move @ turn > 0:
            moves, turns = [*moves, move][-_MEMORY:], [*turns, turn][-_MEMORY:]
        at, value, slope = there, new_value, new_slope
    return at


def _two_loops(slope: Numbers, moves: list[Numbers], turns: list[Numbers]) -> Numbers:
    found, shares = slope.copy(), []
    for move, turn in zip(reversed(moves), reversed(turns), strict=True):
        shares.append(float(move @ found) / float(move @ turn))
        found -= shares[-1] * turn
    if moves:
        found *= float(moves[-1] @ turns[-1]) / float(turns[-1] @ turns[-1])
    for move, turn, share in zip(moves, turns, reversed(shares), strict=True):
        found += (share - float(turn @ found) / float(move @ turn)) * move
    return found
