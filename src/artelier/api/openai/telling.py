"""What a run says, as text that only grows: OpenAI's streams cannot take back what was sent."""

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from artelier.domain.events import Event, ModelReplied, RunFinished
from artelier.domain.frames import Delta, DeltaKind, Frame, ReplySoFar

_BETWEEN = "\n\n"


class Piece(Struct, frozen=True):
    """The next words of an answer, or of the thinking before it."""

    kind: Literal["text", "reasoning"]
    text: str


class Telling:
    """Turns the frames of one run into growing text; replies of several steps are parted by an empty line."""

    def __init__(self, run: str) -> None:
        self.text = ""
        """All text so far."""
        self._run = run
        self._heard: dict[tuple[int, int, DeltaKind], str] = {}
        self._said: dict[tuple[int, DeltaKind], str] = {}

    def take(self, frames: Iterable[Frame]) -> Iterator[Piece]:
        """Yield what these frames add."""
        for frame in frames:
            if isinstance(frame, Delta) and frame.run == self._run:
                yield from self._take_delta(frame)
            elif isinstance(frame, Event) and frame.run == self._run:
                yield from self._take_event(frame)

    def _take_delta(self, delta: Delta) -> Iterator[Piece]:
        if delta.kind not in {DeltaKind.TEXT, DeltaKind.REASONING}:
            return
        place = (delta.step, delta.attempt, delta.kind)
        known = "" if isinstance(delta, ReplySoFar) else self._heard.get(place, "")
        if delta.offset > len(known):  # a piece is missing: the event brings the whole
            return
        self._heard[place] = known[: delta.offset] + delta.text
        yield from self._grow(delta.step, delta.kind, self._heard[place])

    def _take_event(self, event: Event) -> Iterator[Piece]:
        if isinstance(event.payload, ModelReplied):
            yield from self._grow(event.payload.step, DeltaKind.REASONING, event.payload.reasoning)
            yield from self._grow(event.payload.step, DeltaKind.TEXT, event.payload.text)
        elif isinstance(event.payload, RunFinished) and not self.text.endswith(event.payload.reply):
            yield from self._say("text", event.payload.reply)

    def _grow(self, step: int, kind: DeltaKind, text: str) -> Iterator[Piece]:
        said = self._said.get((step, kind), "")
        if not text or said.startswith(text):
            return
        self._said[step, kind] = text
        name: Literal["text", "reasoning"] = "text" if kind is DeltaKind.TEXT else "reasoning"
        if said and text.startswith(said):
            yield from self._say(name, text[len(said) :], goes_on=True)
        else:
            yield from self._say(name, text)

    def _say(self, kind: Literal["text", "reasoning"], text: str, *, goes_on: bool = False) -> Iterator[Piece]:
        if kind == "text":
            text = text if goes_on or not self.text else _BETWEEN + text
            self.text += text
        yield Piece(kind, text)
