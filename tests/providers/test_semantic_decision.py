"""The learned decision: that it waits, learns either way, and keeps its bound on a stream whose labels are known."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from semantic_stage import Stage, Table

from artelier.ports.embedder import Embedding
from artelier.providers.semantic_decision import LEAST_SEEN, asking_share, counted, sure_share


def tally(*seen: tuple[float, bool]):
    found = ()
    for similarity, right in seen:
        found = counted(found, similarity, right=right)
    return found


def test_it_asks_until_enough_was_seen_and_then_ever_less():
    assert asking_share(tally(*[(0.97, True)] * (LEAST_SEEN - 1)), 0.97, 0.95, 0.1) == 1.0
    shares = [asking_share(tally(*[(0.97, True)] * times), 0.97, 0.95, 0.02) for times in (6, 12, 24, 48, 96)]
    assert shares == sorted(shares, reverse=True)
    assert 0.5 < shares[0] < 1.0
    assert shares[-1] == 0.0


def test_what_was_wrong_raises_the_threshold_for_what_is_as_far():
    mixed = tally(*[(0.96, False)] * 20, *[(0.995, True)] * 60)
    assert asking_share(mixed, 0.96, 0.95, 0.02) > 0.9
    assert asking_share(mixed, 0.998, 0.95, 0.02) < 0.2


def test_a_wider_bound_asks_less():
    seen = tally(*[(0.97, True)] * 8)
    assert asking_share(seen, 0.97, 0.95, 0.1) < asking_share(seen, 0.97, 0.95, 0.01)


observations = st.lists(st.tuples(st.floats(0.5, 1.0), st.booleans()), max_size=40)


@given(observations, st.floats(0.5, 1.0), st.floats(0.5, 0.999), st.floats(0.001, 0.49))
def test_a_share_is_always_a_share_and_keeps_the_bound_by_its_own_estimate(seen, similarity, floor, bound):
    found = tally(*seen)
    right, share = sure_share(found, similarity, floor), asking_share(found, similarity, floor, bound)
    assert 0.0 <= right <= 1.0
    assert 0.0 <= share <= 1.0
    assert share + (1 - share) * right >= 1 - bound - 1e-9


@given(observations, st.floats(0.5, 1.0), st.floats(0.5, 0.98))
def test_one_more_right_answer_never_makes_it_less_sure(seen, similarity, floor):
    found = tally(*seen)
    assert sure_share(counted(found, similarity, right=True), similarity, floor) >= sure_share(found, similarity, floor) - 1e-6


class Directions:
    """Vectors by what a question means, bent a little by how it is worded; some meanings lie close together."""

    name = "directions"

    def __init__(self, random: Random, meanings: int, *, bent: float) -> None:
        self._random = random
        self._bent = bent
        pairs = [self._direction() for _ in range(meanings // 2)]
        self._centres = [vector for pair in pairs for vector in (pair, self._beside(pair, 0.03))]

    async def embed(self, texts) -> Embedding:
        return Embedding(tuple(self._beside(self._centres[meaning_of(text)], self._bent) for text in texts))

    async def close(self) -> None:
        return None

    def _direction(self):
        values = [self._random.gauss(0, 1) for _ in range(24)]
        length = math.hypot(*values)
        return tuple(value / length for value in values)

    def _beside(self, centre, by):
        bent = [value + self._random.gauss(0, by) for value in centre]
        length = math.hypot(*bent)
        return tuple(value / length for value in bent)


WORDS = "abcdefghijklmnopqrstuvwxyz"


def meaning_of(text: str) -> int:
    return WORDS.index(text[-1])


class Oracle(Table):
    async def stream(self, request):
        self._otherwise = f"Answer {request.messages[-1].text[-1]}"
        async for piece in super().stream(request):
            yield piece


@pytest.mark.parametrize("bound", [0.02, 0.1])
async def test_the_bound_is_kept_on_a_stream_of_known_meanings(bound):
    random = Random(7)
    stage = Stage(Oracle(), Directions(random, 8, bent=0.02), chance=random.random, error_bound=bound, floor=0.9, answers_alike=1.0)
    near = hits = wrong = 0
    for _ in range(1500):
        meaning = random.randrange(8)
        reply = await stage.say(f"{random.choice(('how', 'what', 'tell me'))} about {WORDS[meaning]}")
        if reply.source:
            hits += 1
            wrong += reply.text != f"Answer {WORDS[meaning]}"
    near = stage.score.near
    assert wrong <= bound * near
    assert hits > 0.2 * near
