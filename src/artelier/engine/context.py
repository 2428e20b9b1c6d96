"""What a model is shown: byte-stable from the front, so that providers can cache the prefix.

Order: system prompt and tools (the same objects over a whole session), then, once the window has cut something off, the
run's own request and a note, then the newest messages. The cut moves in chunks of half a window and never through a
tool exchange, so the prefix changes once in many steps.
"""

from collections.abc import Iterator, Mapping

from artelier.domain.agents import AgentSpec
from artelier.domain.calls import ResultStatus, ToolSpec
from artelier.domain.control import CONTROL_TOOLS
from artelier.domain.messages import AgentMessage, Message, NoteMessage, ToolMessage, UserMessage
from artelier.domain.models import ModelRequest
from artelier.domain.runs import RunStatus
from artelier.engine.loops import REACH, note_after
from artelier.engine.state import CallState, RunState, SessionState, Turn

LONGEST_RESULT = 40_000
"""Characters of one tool result that a model is shown; the middle of a longer one is left out."""
LEFT_OUT = "{} earlier messages are left out here."
NO_RESULT = "No result: the run ended before this call did."
Unit = tuple[Message, ...]
Piece = Unit | Turn
"""What is shown together or not at all; a turn becomes messages once it is known to be shown, so that a long past costs nothing."""


class Contexts:
    """Builds requests for one snapshot of agents and tools; ``instructions`` of the workspace follow each agent's prompt."""

    def __init__(self, tools: Mapping[str, ToolSpec], window: int, instructions: str = "") -> None:
        self._tools = tools
        self._instructions = instructions
        self._window = window
        self._control = {spec.name: spec for spec in CONTROL_TOOLS}
        self._offered: dict[tuple[str, ...], tuple[ToolSpec, ...]] = {}

    def build(self, state: SessionState, run: RunState, agent: AgentSpec, model: str, max_tokens: int) -> ModelRequest:
        """Return the request for the run's next step."""
        pieces = [piece for each in _up_to(state, run) for piece in _pieces_of(each, superseded=each.id == run.id)]
        messages = repair(_window(pieces, (UserMessage(run.request),), self._window))
        system = f"{agent.prompt}\n\n{self._instructions}" if self._instructions else agent.prompt
        return ModelRequest(model, system, messages, self._offer(agent), max_tokens, agent.temperature)

    def _offer(self, agent: AgentSpec) -> tuple[ToolSpec, ...]:
        """Return the agent's tools, sorted, always as the same object."""
        offered = self._offered.get(agent.tools)
        if offered is None:
            known = {**self._tools, **self._control}
            specs = (known[name] for name in sorted(set(agent.tools)) if name in known)
            offered = self._offered[agent.tools] = tuple(spec for spec in specs if not spec.deferred)
        return offered


def is_cut(note: NoteMessage) -> bool:
    """Return whether a note says that the window was cut."""
    return note.text.endswith(LEFT_OUT.format(""))


def repair(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """Return messages in which every call has exactly one result right after it, and every result a call."""
    repaired: list[Message] = []
    index = 0
    while index < len(messages):
        message = messages[index]
        index += 1
        if isinstance(message, ToolMessage):
            continue
        repaired.append(message)
        if not isinstance(message, AgentMessage) or not message.calls:
            continue
        results: dict[str, ToolMessage] = {}
        while index < len(messages) and isinstance(result := messages[index], ToolMessage):
            results.setdefault(result.call_id, result)
            index += 1
        repaired.extend(
            results.get(call.id) or ToolMessage(call.id, call.name, NO_RESULT, ResultStatus.CANCELLED) for call in message.calls
        )
    return tuple(repaired)


def _up_to(state: SessionState, run: RunState) -> Iterator[RunState]:
    for each in state.runs.values():
        yield each
        if each.id == run.id:
            return


def _pieces_of(run: RunState, *, superseded: bool) -> list[Piece]:
    last = run.turns[-1] if run.turns else None
    if superseded and last is not None and last.cut and (not last.calls or last.open_calls):
        return [(UserMessage(run.request),), *run.turns[:-1]]
    pieces: list[Piece] = [(UserMessage(run.request),), *run.turns]
    if run.status is RunStatus.CANCELLED:
        pieces.append((NoteMessage("The person stopped this work here."),))
    elif run.status is RunStatus.FAILED:
        pieces.append((NoteMessage("This work ended with a failure before it was done."),))
    if run.undone:
        pieces.append(
            (NoteMessage(f"The person undid what this work changed in {', '.join(run.undone)}. Read them again before you go on."),)
        )
    return pieces


def _unit_of(turn: Turn) -> Unit:
    if not turn.calls and not turn.reply.text:
        return (NoteMessage("Your last reply was empty. Answer the person, or call a tool."),)
    spoken = AgentMessage(turn.reply.text, tuple(call.effective for call in turn.calls))
    return (spoken, *(_result_of(call) for call in turn.calls))


def _result_of(call: CallState) -> ToolMessage:
    text = NO_RESULT if call.result is None else _shorten(call.result.text)
    status = ResultStatus.CANCELLED if call.result is None else call.result.status
    if call.arguments is not None:
        text = f"(The person changed the arguments of this call before it ran.)\n{text}"
    return ToolMessage(call.call.id, call.call.name, text, status)


def _shorten(text: str) -> str:
    if len(text) <= LONGEST_RESULT:
        return text
    half = LONGEST_RESULT // 2
    return f"{text[:half]}\n... {len(text) - 2 * half} characters left out ...\n{text[-half:]}"


def _window(pieces: list[Piece], request: Unit, window: int) -> tuple[Message, ...]:
    total = sum([len(piece.calls) + 1 if isinstance(piece, Turn) else len(piece) for piece in pieces])
    if total <= window:
        return _shown(pieces)
    chunk = max(1, window // 2)
    aim = -(-(total - window) // chunk) * chunk
    dropped, first = 0, 0
    while dropped < aim and first < len(pieces) - 1:
        piece = pieces[first]
        dropped += len(piece.calls) + 1 if isinstance(piece, Turn) else len(piece)
        first += 1
    pinned = () if request in pieces[first:] else request
    return (*pinned, NoteMessage(LEFT_OUT.format(dropped)), *_shown(pieces, first))


def _shown(pieces: list[Piece], first: int = 0) -> tuple[Message, ...]:
    messages: list[Message] = []
    for place in range(first, len(pieces)):
        piece = pieces[place]
        if not isinstance(piece, Turn):
            messages.extend(piece)
            continue
        messages.extend(_unit_of(piece))
        note = note_after(_turns_up_to(pieces, place))
        if note:
            messages.append(NoteMessage(note))
    return tuple(messages)


def _turns_up_to(pieces: list[Piece], place: int) -> list[Turn]:
    """Return the turns of one run that end at this place, shown or not, as many as repetition can reach over."""
    turns: list[Turn] = []
    for piece in reversed(pieces[max(0, place + 1 - REACH) : place + 1]):
        if not isinstance(piece, Turn):
            break
        turns.append(piece)
    return turns[::-1]
