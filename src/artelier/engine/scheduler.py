"""Which calls may start now: those that touch nothing an earlier unfinished call touches.

The calls of a reply form a hazard graph: an edge from an earlier call to a later one where one writes what the other reads
or writes. A call starts when every earlier call it has an edge from has ended. So results and files equal those of running
the calls one by one in the order asked.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from artelier.domain.calls import Access
from artelier.engine.state import CallState

UNKNOWN = Access(exclusive=True)


class Room(Struct, frozen=True):
    """How many calls run at once: in all, and of single families of tools."""

    limit: int
    of_family: Mapping[str, int] = {}
    families: Mapping[str, str] = {}
    """The family of each tool, by the tool's name."""

    def left(self, running: Iterable[str]) -> "RoomLeft":
        """Return what is left beside running calls, given by their tools' names."""
        return RoomLeft(self, list(running))


class RoomLeft:
    """Counts places while calls are chosen."""

    def __init__(self, room: Room, running: Sequence[str]) -> None:
        self._room = room
        self._left = room.limit - len(running)
        self._of_family = Counter(room.families.get(name, "") for name in running)

    def take(self, tool: str) -> bool:
        """Take a place for a call of this tool; False where there is none."""
        family = self._room.families.get(tool, "")
        if self._left <= 0 or self._of_family[family] >= self._room.of_family.get(family, self._room.limit):
            return False
        self._left -= 1
        self._of_family[family] += 1
        return True


def ready(
    open_calls: tuple[CallState, ...], startable: frozenset[str], access: Mapping[str, Access], in_flight: frozenset[str], room: Room
) -> tuple[str, ...]:
    """Return the ids of the calls to start together, in the order asked. A call whose access nobody knows is exclusive."""
    left = room.left(call.call.name for call in open_calls if call.call.id in in_flight)
    chosen: list[str] = []
    for index, call in enumerate(open_calls):
        if call.call.id in startable and not blockers(open_calls[:index], call, access) and left.take(call.call.name):
            chosen.append(call.call.id)
    return tuple(chosen)


def blockers(earlier: Sequence[CallState], call: CallState, access: Mapping[str, Access]) -> tuple[str, ...]:
    """Return the ids of the earlier open calls that this one must wait for."""
    own = access.get(call.call.id, UNKNOWN)
    return tuple(each.call.id for each in earlier if own.conflicts_with(access.get(each.call.id, UNKNOWN)))


def conflicts(accesses: Sequence[Access]) -> tuple[tuple[int, int], ...]:
    """Return the pairs of calls that keep their order, the earlier one first, by their places from 0."""
    return tuple(
        (earlier, later) for later, own in enumerate(accesses) for earlier in range(later) if own.conflicts_with(accesses[earlier])
    )


def waves(accesses: Sequence[Access]) -> tuple[tuple[int, ...], ...]:
    """Return which calls could run together if all took equally long: each as soon as those it waits for are over."""
    wave_of: list[int] = []
    for later, own in enumerate(accesses):
        after = [wave_of[earlier] for earlier in range(later) if own.conflicts_with(accesses[earlier])]
        wave_of.append(max(after, default=-1) + 1)
    return tuple(tuple(index for index, wave in enumerate(wave_of) if wave == number) for number in range(max(wave_of, default=-1) + 1))
