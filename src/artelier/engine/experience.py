"""Reads of the workspace that are likely to be asked next, made while the model thinks, where that pays.

What an agent does is always foreseen and compared with what it then does; only where enough of it comes true is anything
run. So it switches itself on and off, and what it would waste is known before it wastes it.
"""

import asyncio
import re
from collections import deque
from collections.abc import Callable, Iterable

from cachetools import LRUCache
from msgspec import Struct

from artelier.domain.calls import ResultStatus, ToolCall, ToolResult
from artelier.engine.foresight import Foresight, Step, key_of
from artelier.engine.state import RunState, Turn

AGENTS_KEPT = 64
_PATH = re.compile(r"^(?:\S+/)?[\w@.-]+\.\w+$|^\S+/[\w@.-]+$")
_LOOKED_AT = 60
"""Lines of a result in which paths are looked for."""
_STEPS = 4
"""The last calls of a reply, from each of which something may follow."""


class Tally(Struct):
    """What became of what was foreseen."""

    foreseen: int = 0
    right: int = 0
    run: int = 0
    run_and_right: int = 0
    seconds_run: float = 0.0
    seconds_wasted: float = 0.0

    @property
    def seconds_saved(self) -> float:
        """Seconds of work that was done when it was asked for."""
        return self.seconds_run - self.seconds_wasted


class Experience:
    """What is known of one agent: what it does after what, and how often that was foreseen.

    Reading ahead pays if at least ``worth`` of the newest foresights came true, of which there must be ``enough``.
    """

    def __init__(self, worth: float = 0.4, enough: int = 12) -> None:
        self.foresight = Foresight()
        self.tally = Tally()
        self._worth = worth
        self._enough = enough
        self._newest: deque[bool] = deque(maxlen=4 * enough)

    @property
    def pays(self) -> bool:
        """Whether what is foreseen should be run."""
        return len(self._newest) >= self._enough and sum(self._newest) >= self._worth * len(self._newest)

    def settle(self, foreseen: Iterable[ToolCall], asked: Iterable[ToolCall]) -> frozenset[bytes]:
        """Compare what was foreseen with what was asked for; returns the keys of what came true."""
        wanted = {key_of(call) for call in asked}
        keys = {key_of(call) for call in foreseen}
        self._newest.extend(key in wanted for key in keys)
        self.tally.foreseen += len(keys)
        self.tally.right += len(keys & wanted)
        return frozenset(keys & wanted)

    def learn(self, before: Turn, after: Turn) -> None:
        """Take notice of two replies that followed one another."""
        asked = tuple(call.call for call in after.calls)
        for step in steps_of(before):
            self.foresight.learn(step, asked)


class Experiences:
    """The experience with each agent, shared by all runs of this process; ``idle`` tells whether the machine has time to spare."""

    def __init__(self, idle: Callable[[], bool] = lambda: True) -> None:
        self._agents: LRUCache[str, Experience] = LRUCache(AGENTS_KEPT)
        self.idle = idle
        self.room = asyncio.Semaphore(1)
        """One reading ahead at a time, in the whole process."""

    def of(self, agent: str) -> Experience:
        """Return the experience with an agent."""
        found = self._agents.get(agent)
        if found is None:
            found = self._agents[agent] = Experience()
        return found

    def tallies(self) -> dict[str, Tally]:
        """Return what became of what was foreseen, by agent."""
        return {agent: experience.tally for agent, experience in self._agents.items()}

    def remember(self, run: RunState) -> None:
        """Learn from a run of the journal, foreseeing each reply before learning from it."""
        experience = self.of(run.agent)
        for before, after in zip(run.turns, run.turns[1:], strict=False):
            experience.settle(foreseen(experience, before), (call.call for call in after.calls))
            experience.learn(before, after)


def foreseen(experience: Experience, turn: Turn) -> tuple[ToolCall, ...]:
    """Return the calls expected after a reply, each once."""
    expected = {key_of(call): call for step in reversed(steps_of(turn)) for call in experience.foresight.expect(step)}
    done = {key_of(call.call) for call in turn.calls}
    return tuple(call for key, call in expected.items() if key not in done)[:2]


def steps_of(turn: Turn) -> tuple[Step, ...]:
    """Return the last calls of a reply that have come to a result."""
    ended = [(call.effective, call.result) for call in turn.calls if call.result is not None]
    return tuple(Step(call, _paths_in(result)) for call, result in ended[-_STEPS:])


def _paths_in(result: ToolResult) -> tuple[str, ...]:
    if result.status is not ResultStatus.DONE:
        return ()
    lines = result.text.splitlines()[:_LOOKED_AT]
    return tuple(dict.fromkeys(line for line in lines if _PATH.match(line)))
