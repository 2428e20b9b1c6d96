"""What a run does, as the short messages of MCP's progress notifications."""

from collections.abc import Iterable, Iterator

from artelier.domain.calls import ResultStatus
from artelier.domain.delegating import DelegateSent
from artelier.domain.events import AgentChosen, Event, ModelReplied, ToolFinished, ToolStarted
from artelier.domain.frames import DelegateFrame, Frame

STILL_AT_WORK = "Still at work."
_LONGEST = 200
"""Characters of a message."""


def told_of(frames: Iterable[Frame], run: str) -> Iterator[str]:
    """Yield what a client is told of these frames: steps and calls of the run, and of agents at work for it."""
    for frame in frames:
        event = frame.frame if isinstance(frame, DelegateFrame) else frame
        if isinstance(event, Event) and (event.run == run or isinstance(frame, DelegateFrame)):
            words = _words(event)
            if words:
                yield words[:_LONGEST]


def _words(event: Event) -> str:
    match event.payload:
        case AgentChosen(agent=agent):
            return f"{agent} takes it."
        case ModelReplied(step=step, text=text, calls=calls) if calls:
            return f"Step {step + 1}: {_first_line(text)}" if text.strip() else f"Step {step + 1}"
        case ToolStarted(name=name, target=target):
            return f"{name}: {target}" if target else name
        case ToolFinished(name=name, result=result) if result.status is not ResultStatus.DONE:
            return f"{name} failed: {_first_line(result.text)}"
        case DelegateSent(agent=agent):
            return f"{agent} works on a part."
        case _:
            return ""


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
