"""The simulated week: what its goals say."""

from benchmarks.approvals import UNSAFE, live


def test_half_as_much_is_asked_and_nothing_unsafe_passes():
    without, adaptive = live(adaptive=False, days=7), live(adaptive=True, days=7)
    assert adaptive.asked <= without.asked / 2
    assert (adaptive.passed, without.passed) == (0, 0)
    assert UNSAFE == 200
