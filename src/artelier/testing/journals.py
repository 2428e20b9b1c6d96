"""What happened in a session, ready for expectations."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self, TypeVar

import msgspec

from artelier.client import StreamEvent
from artelier.domain.calls import ToolResult
from artelier.domain.codec import decode_payload
from artelier.domain.events import AgentChosen, ApprovalAsked, BudgetReached, Event, ModelReplied, Payload, ToolFinished
from artelier.domain.questions import Question
from artelier.domain.routes import ClarificationAsked
from artelier.providers.scripted import ScriptedCall

Kind = TypeVar("Kind", bound=Payload)


class Journal:
    """Events of a session, or of one run of it, in their order."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.events = tuple(events)

    def __repr__(self) -> str:
        return f"Journal({', '.join(self.types())})"

    @classmethod
    def from_stream(cls, events: Iterable[StreamEvent]) -> Self:
        """Return the journal of events as a server gives them: ``Journal.from_stream(await client.events(session))``.

        Raises ``StoreError`` for events of a newer server.
        """
        return cls(map(_event, events))

    def of_run(self, run: str) -> "Journal":
        """Return what belongs to one run."""
        return Journal(event for event in self.events if event.run == run)

    def types(self) -> list[str]:
        """Return the names of the events: ``["message_received", "run_queued", ...]``."""
        return [event.type for event in self.events]

    def of(self, kind: type[Kind]) -> list[Kind]:
        """Return the payloads of one type, a class of ``artelier.domain.events``."""
        return [event.payload for event in self.events if isinstance(event.payload, kind)]

    def calls(self, name: str = "") -> list[ScriptedCall]:
        """Return what the model asked for, of one tool or of all, to be compared with ``call("read_file", path="a.txt")``."""
        replies = self._replies()
        asked = [each for reply in replies for each in reply.calls if name in {"", each.name}]
        return [ScriptedCall(each.name, each.raw if each.arguments is None else each.arguments) for each in asked]

    def results(self, name: str = "") -> list[ToolResult]:
        """Return what came of the calls of one tool or of all, in the order in which they were asked for."""
        finished = {each.call: each.result for each in self.of(ToolFinished)}
        asked = [each for reply in self._replies() for each in reply.calls if name in {"", each.name}]
        return [finished[each.id] for each in asked if each.id in finished]

    def asked(self) -> list[Question]:
        """Return the questions to a person: approvals, words, limits, whom to ask."""
        payloads = (event.payload for event in self.events)
        return [each.question for each in payloads if isinstance(each, ApprovalAsked | BudgetReached | ClarificationAsked)]

    def agents(self) -> list[str]:
        """Return who answered, each time that one was chosen or took over."""
        return [each.agent for each in self.of(AgentChosen)]

    def files(self) -> dict[str, str]:
        """Return the files that calls changed, and how each was changed last: ``created``, ``changed``, ``deleted``."""
        return {change.path: change.kind for each in self.of(ToolFinished) for change in each.result.files}

    def _replies(self) -> list[ModelReplied]:
        """Return the replies that count: a later one to the same step replaces an earlier one that was cut."""
        return list(
            {(event.run, event.payload.step): event.payload for event in self.events if isinstance(event.payload, ModelReplied)}.values()
        )


def _event(told: StreamEvent) -> Event:
    payload = decode_payload(told.type, told.v, msgspec.json.encode(told.payload))
    at = datetime.fromisoformat(told.at)
    return Event(told.session, told.seq, told.run, told.type, told.v, at, told.actor, told.trace, payload)
