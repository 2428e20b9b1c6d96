"""However much a command prints, a reader who joins in the middle gets its newest output, and the bus keeps no more."""

from artelier.domain.frames import Delta, DeltaKind, ReplySoFar
from artelier.runtime.bus import PROGRESS_KEPT, LocalBus

PIECE = "0123456789" * 100


async def test_only_the_newest_output_is_kept() -> None:
    bus = LocalBus()
    whole = ""
    for number in range(200):
        piece = f"{number:04}{PIECE}"
        bus.pass_on(Delta("s", "r", 0, 0, DeltaKind.PROGRESS, len(whole), piece, "c"))
        whole += piece
    (seen,) = await bus.follow_session("s").next()
    assert isinstance(seen, ReplySoFar)
    assert (seen.offset, seen.text) == (len(whole) - PROGRESS_KEPT, whole[-PROGRESS_KEPT:])


async def test_what_a_model_says_is_kept_whole() -> None:
    bus = LocalBus()
    for number in range(100):
        bus.pass_on(Delta("s", "r", 0, 0, DeltaKind.TEXT, number * len(PIECE), PIECE))
    (seen,) = await bus.follow_session("s").next()
    assert isinstance(seen, ReplySoFar)
    assert (seen.offset, len(seen.text)) == (0, 100 * len(PIECE))
