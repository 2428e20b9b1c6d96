"""How a conversation stands: whose it is, what it cost, what its plan is; learned from its events."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from artelier.client import StreamEvent

_PLAN = "update_plan"
_SETTLES = frozenset({"run_waiting", "run_finished", "run_failed", "run_cancelled"})


class PlanStep(Struct, frozen=True):
    """One step of a plan; ``status``: pending in_progress done."""

    title: str
    status: str


class Money(Struct, frozen=True):
    """US dollars that were paid, and those that caches saved."""

    cost: float = 0.0
    saved: float = 0.0

    def __add__(self, other: "Money") -> "Money":
        return Money(self.cost + other.cost, self.saved + other.saved)


class Standing:
    """What is known of one conversation; begins anew with each."""

    def __init__(self) -> None:
        self.title = ""
        self.agent = ""
        self.model = ""
        self.plan: tuple[PlanStep, ...] = ()
        self._settled: dict[str, Money] = {}
        self._since: dict[str, Money] = {}

    @property
    def money(self) -> Money:
        """What the whole conversation came to so far."""
        return sum([*self._settled.values(), *self._since.values()], Money())

    def learn(self, event: StreamEvent) -> None:
        """Take an event of the conversation itself."""
        payload = event.payload
        if event.type == "agent_chosen":
            self.agent = payload["agent"]
        elif event.type == "model_replied":
            self.model = payload.get("model") or self.model
            self._learn_plan(payload.get("calls", ()))
            self._spend(event.run, payload.get("usage"))
        elif event.type == "delegate_returned":
            self._spend(event.run, payload.get("usage"))
        elif event.type in _SETTLES and payload.get("usage"):
            self._settled[event.run] = _money(payload["usage"])
            self._since.pop(event.run, None)

    def _learn_plan(self, calls: Iterable[dict[str, Any]]) -> None:
        for call in calls:
            steps = (call.get("arguments") or {}).get("steps")
            if call["name"] == _PLAN and isinstance(steps, list):
                told = [step for step in steps if isinstance(step, dict)]
                self.plan = tuple(PlanStep(str(step.get("title", "")), str(step.get("status", ""))) for step in told)

    def _spend(self, run: str, usage: dict[str, Any] | None) -> None:
        self._since[run] = self._since.get(run, Money()) + _money(usage or {})


def _money(usage: dict[str, Any]) -> Money:
    return Money(usage.get("cost", 0.0), usage.get("saved", 0.0))
