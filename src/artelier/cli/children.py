"""Work that was given to other agents, drawn below the call that gave it: each with its last calls, and folded once it has ended."""

from datetime import datetime

from msgspec import Struct, field
from rich.text import Text

from artelier.cli.cards import Cards
from artelier.cli.durations import dollars, seconds
from artelier.cli.look import glyph, visible
from artelier.cli.rows import row
from artelier.cli.words import plural, tr
from artelier.client import StreamEvent

_SHOWN = 3
"""Lines of what a child did that are shown while it works, and of what it answered."""
_QUIET = frozenset({"agent_chosen", "run_cancelled", "run_waiting"})
_DEEPEST = 2
_STATES = {"finished": ("done", "ok"), "failed": ("failed", "bad"), "cancelled": ("denied", "warn")}


class Child(Struct):
    """One delegated session; ``parent`` is the session that gave the work."""

    session: str
    parent: str
    agent: str
    task: str
    begun: float
    cards: Cards
    limit: int = 0
    steps: int = 0
    cost: float = 0.0
    waits: bool = False
    done: list[Text] = field(default_factory=list)


class Children:
    """Everybody who works for a conversation, by the session they work in."""

    def __init__(self) -> None:
        self.width = 0
        self._known: dict[str, Child] = {}
        self._tasks: dict[str, str] = {}

    def above(self, event: StreamEvent) -> list[Text]:
        """Take an event of a session that gives work away; return the folded card of a child that has ended."""
        payload = event.payload
        if event.type == "model_replied":
            for call in payload.get("calls", ()):
                self._tasks[call["id"]] = str((call.get("arguments") or {}).get("task", ""))
        elif event.type == "delegate_sent":
            task = self._tasks.pop(payload["call"], "").strip().partition("\n")[0]
            depth = 1 + self._depth(event.session)
            cards = Cards(max(self.width - 2 - 2 * depth, 0), delegates=False)
            child = Child(payload["session"], event.session, payload["agent"], visible(task), _moment(event), cards)
            self._known.setdefault(payload["session"], child)
        elif event.type == "delegate_returned":
            ended = self._known.pop(payload["session"], None)
            if ended is not None and ended.parent not in self._known:
                return self._folded(ended, payload, _moment(event))
        return []

    def below(self, event: StreamEvent) -> None:
        """Take an event of a child's own session."""
        self.above(event)
        child = self._known.get(event.session)
        if child is None:
            return
        payload = event.payload
        if event.type == "message_received":
            child.limit = (payload.get("allowance") or {}).get("steps", 0)
        elif event.type == "model_replied":
            child.steps += 1
            child.cost += payload.get("usage", {}).get("cost", 0.0)
        elif event.type in {"run_waiting", "run_started"}:
            child.waits = event.type == "run_waiting" and payload["reason"] not in {"delegate", "model"}
        lines = child.cards.lines(event)
        child.done += [] if event.type in _QUIET else lines

    def working(self, now: float) -> list[Text]:
        """Return a card for each child at work, with the last of what it did."""
        top = [child for child in self._known.values() if child.parent not in self._known]
        return [line for child in top for line in self._card(child, now, 0)]

    def _card(self, child: Child, now: float, depth: int) -> list[Text]:
        inner = max(self.width - 2 - 2 * depth, 0)
        state = ("waiting", "accent") if child.waits else ("running", "accent")
        lines = [self._head(child, state, inner)]
        room = max(inner - 4, 0)
        child.cards.width = room
        rows = [*child.done[-_SHOWN:], *child.cards.working(now)][-_SHOWN:] if depth < _DEEPEST else []
        lines += [Text(f"  {glyph('side')} ", "dim").append_text(line) for line in rows]
        for each in self._known.values():
            if each.parent == child.session and depth + 1 < _DEEPEST:
                lines += [Text(f"  {glyph('side')} ", "dim").append_text(line) for line in self._card(each, now, depth + 1)]
        return lines

    def _head(self, child: Child, state: tuple[str, str], width: int) -> Text:
        left = Text.assemble((f"{glyph(state[0])} ", state[1]), (child.agent, "name"), f" {glyph('dot')} {child.task}")
        steps = (
            tr("{done} of {limit} steps", done=child.steps, limit=child.limit)
            if child.limit > 0
            else plural(child.steps, ("step", "steps"), ("шаг", "шага", "шагов"))
        )
        return row(left, f" {glyph('dot')} ".join([steps, *([dollars(child.cost)] if child.cost else [])]), width)

    def _folded(self, child: Child, payload: dict[str, object], at: float) -> list[Text]:
        """Return a child that has ended: what it did, then three lines of what it answered."""
        status = str(payload["status"])
        took = seconds(max(at - child.begun, 0.0))
        head = self._head(child, _STATES.get(status, ("note", "dim")), max(self.width - len(took) - 3, 0))
        answer = visible(str(payload.get("reply", "") or payload.get("code", ""))).strip().splitlines()
        more = [f"{glyph('more')} +{len(answer) - _SHOWN}"] if len(answer) > _SHOWN else []
        rail = f"  {glyph('side')} "
        told = [Text(rail, "dim").append_text(line) for line in child.done]
        said = [Text(rail, "dim").append_text(row(Text(line), "", max(self.width - 4, 0))) for line in [*answer[:_SHOWN], *more]]
        return [head.append(f" {glyph('dot')} {took}", "dim"), *told, *said]

    def _depth(self, session: str) -> int:
        child = self._known.get(session)
        return 0 if child is None else 1 + self._depth(child.parent)


def _moment(event: StreamEvent) -> float:
    return datetime.fromisoformat(event.at).timestamp()
