"""What the benchmark of savings counts with: a provider's prompt cache, and a day that repeats what it says it does."""

import pytest
from benchmarks.day import DayClock, recorded
from benchmarks.day_model import LIFE, PromptCache
from benchmarks.savings import repeats

LONG, SHORT = "x" * 8000, "y" * 400
"""2000 and 100 tokens."""


def test_a_marked_prefix_is_stored_then_found_then_forgotten():
    cache = PromptCache()
    first = [(LONG, True), (SHORT, True)]
    assert cache.count(first, 0.0) == (0, 2100, 0)
    assert cache.count([*first, (SHORT, True)], LIFE - 1) == (2100, 100, 0)
    assert cache.count(first, 2 * LIFE - 2) == (2100, 0, 0)
    assert cache.count(first, 4 * LIFE) == (0, 2100, 0)


@pytest.mark.parametrize("blocks", [[(LONG, False)], [(SHORT, True)]])
def test_what_is_not_marked_or_too_short_is_read_anew(blocks):
    cache = PromptCache()
    assert [cache.count(blocks, 0.0)[:2] for _ in range(2)] == [(0, 0), (0, 0)]


def test_a_change_is_found_up_to_where_it_stands():
    cache = PromptCache()
    cache.count([(LONG, True), (SHORT, True)], 0.0)
    assert cache.count([(LONG, True), ("other", False), (SHORT, True)], 1.0) == (2000, 102, 0)


def test_the_day_names_tasks_that_are_there_in_the_order_of_time():
    tasks, day = recorded()
    assert {task for line in day for task in line.get("do", ())} == set(tasks)
    assert [line["at"] for line in day] == sorted(line["at"] for line in day)
    assert repeats(day) == (108, 76)


def test_time_goes_forward_only():
    clock = DayClock()
    now = clock.now()
    clock.until(now.replace(hour=9))
    late = clock.now()
    clock.until(now.replace(hour=8))
    assert clock.now() >= late
    assert late.hour == 9
