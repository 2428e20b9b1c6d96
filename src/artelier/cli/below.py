"""What other agents do for a run, told below it: each line begins with the agent's name."""

from rich.text import Text

from artelier.cli.cards import Cards
from artelier.client import StreamEvent

_QUIET = frozenset({"run_waiting", "run_cancelled", "agent_chosen"})


class Below:
    """Makes lines of events of delegated sessions."""

    def __init__(self, width: int = 0, server: str = "") -> None:
        self._width = width
        self._server = server
        self._cards: dict[str, Cards] = {}
        self._agents: dict[str, str] = {}

    def lines(self, event: StreamEvent) -> list[Text]:
        """Return what to show for an event."""
        cards = self._cards.setdefault(event.session, Cards(max(self._width - 12, 0), server=self._server))
        if event.type == "agent_chosen":
            self._agents[event.session] = event.payload["agent"]
        told = cards.lines(event)
        if event.type in _QUIET:
            return []
        name = self._agents.get(event.session, "")
        return [Text(f"  {name} ", "dim").append_text(line) for line in told]
