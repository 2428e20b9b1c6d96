"""The law of the scheduler: whatever runs together, results and files are those of running one by one."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from artelier.domain.calls import Access, ToolCall
from artelier.engine.scheduler import UNKNOWN, Room, blockers, conflicts, ready, waves
from artelier.engine.state import CallState

PATHS = ("a", "a/b", "a/b/c", "A", "d", ".", "//browser")
FILES = tuple(path for path in PATHS if path != ".")


@dataclass
class Operation:
    """Reads all it may when it starts, and when it ends writes what follows from that wherever it may."""

    access: Access
    seen: str = ""

    def start(self, disk: dict[str, str]) -> None:
        self.seen = ",".join(f"{path}={disk[path]}" for path in FILES if self.may(path, self.access.reads | self.access.writes))

    def end(self, disk: dict[str, str], name: str) -> str:
        for path in FILES:
            if self.may(path, self.access.writes):
                disk[path] = f"{name}({hash(self.seen) & 0xFFFF})"
        return self.seen

    def may(self, path: str, granted: frozenset[str]) -> bool:
        if self.access.exclusive:
            return True
        spelled = path.lower()
        return any(
            spelled == each.lower() or spelled.startswith(each.lower() + "/") or (each == "." and not path.startswith("//"))
            for each in granted
        )


@dataclass
class World:
    disk: dict[str, str] = field(default_factory=lambda: dict.fromkeys(FILES, "0"))
    results: dict[str, str] = field(default_factory=dict)


def one_by_one(operations: list[Operation]) -> World:
    world = World()
    for index, operation in enumerate(operations):
        operation.start(world.disk)
        world.results[str(index)] = operation.end(world.disk, str(index))
    return world


def scheduled(operations: list[Operation], data: st.DataObject, room: Room, asked: frozenset[str]) -> World:
    """Run them as the scheduler lets them, ending and answering in any order."""
    world = World()
    waiting, in_flight = set(asked), set()
    calls = {str(index): CallState(ToolCall(str(index), f"tool{index % 3}", {})) for index in range(len(operations))}
    access = {name: operations[int(name)].access for name in calls}
    while calls:
        open_calls = tuple(calls.values())
        startable = frozenset(calls) - in_flight - waiting
        started = ready(open_calls, startable, access, frozenset(in_flight), room)
        for name in started:
            operations[int(name)].start(world.disk)
        in_flight |= set(started)
        assert_nothing_idles(open_calls, startable - set(started), access, frozenset(in_flight), room)
        next_up = data.draw(st.sampled_from(sorted(in_flight | waiting)))
        if next_up in waiting:
            waiting.discard(next_up)
            continue
        in_flight.discard(next_up)
        world.results[next_up] = operations[int(next_up)].end(world.disk, next_up)
        del calls[next_up]
    return world


def assert_nothing_idles(open_calls, left, access, in_flight, room):
    for index, call in enumerate(open_calls):
        if call.call.id in left and not blockers(open_calls[:index], call, access):
            running = [each.call.name for each in open_calls if each.call.id in in_flight]
            assert not room.left(running).take(call.call.name), "it could have run"


paths = st.frozensets(st.sampled_from(PATHS), max_size=2)
accesses = st.one_of(st.builds(Access, paths, st.just(frozenset())), st.builds(Access, paths, paths), st.just(UNKNOWN))
rooms = st.builds(
    Room,
    st.integers(1, 5),
    st.dictionaries(st.just("family0"), st.integers(1, 2)),
    st.just({"tool0": "family0", "tool1": "family1", "tool2": "family0"}),
)


@given(st.lists(accesses, min_size=1, max_size=8), st.data(), rooms)
def test_results_and_files_equal_those_of_running_one_by_one(declared, data, room):
    asked = frozenset(data.draw(st.sets(st.sampled_from([str(index) for index in range(len(declared))]))))
    calm = one_by_one([Operation(access) for access in declared])
    world = scheduled([Operation(access) for access in declared], data, room, asked)
    assert world == calm


@given(st.lists(accesses, max_size=8))
def test_a_plan_has_every_call_once_and_keeps_every_conflict(declared):
    plan = waves(declared)
    assert sorted(index for wave in plan for index in wave) == list(range(len(declared)))
    wave_of = {index: number for number, wave in enumerate(plan) for index in wave}
    pairs = conflicts(declared)
    assert all(earlier < later and wave_of[earlier] < wave_of[later] for earlier, later in pairs)
    for index, number in wave_of.items():
        assert number == 0 or any((earlier, index) in pairs and wave_of[earlier] == number - 1 for earlier in range(index)), (
            "it waits for nothing"
        )


@given(accesses, accesses)
def test_a_conflict_has_no_direction(one, other):
    assert one.conflicts_with(other) == other.conflicts_with(one)


def test_names_that_some_file_system_takes_for_one_conflict():
    for left, right in (("Readme", "README"), ("caf\u00e9", "cafe\u0301"), ("STRASSE/x", "straße"), ("a", "a/b")):
        assert Access(writes=frozenset({left})).conflicts_with(Access(reads=frozenset({right})))
    assert not Access(writes=frozenset({"ab"})).conflicts_with(Access(reads=frozenset({"a"})))
    assert not Access(writes=frozenset({"//browser"})).conflicts_with(Access(reads=frozenset({"."})))
