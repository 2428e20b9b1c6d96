"""A session as Markdown: what was said, and in one line each what was done."""

from collections.abc import Sequence

from artelier.domain.events import ApprovalAnswered, Event, MessageReceived, ModelReplied, RunCancelled, RunFailed, RunFinished, ToolStarted
from artelier.domain.messages import AgentMessage, Earlier, UserMessage
from artelier.domain.questions import Decision
from artelier.domain.runs import SessionRecord

LONGEST = 512 * 1024
"""Characters; of a longer conversation the end is shown."""


def markdown_of(session: SessionRecord, events: Sequence[Event]) -> str:
    """Return the conversation, oldest first."""
    replies = {(event.run, event.payload.step): event.seq for event in events if isinstance(event.payload, ModelReplied)}
    parts: list[str] = []
    for event in events:
        if isinstance(event.payload, ModelReplied) and replies[event.run, event.payload.step] != event.seq:
            continue  # a later reply to the same step stands in its place
        part = _part(event, parts[-1] if parts else "")
        if part:
            parts.append(part)
    text = "\n\n".join(parts)
    if len(text) > LONGEST:
        text = f"*The earlier part is left out.*\n\n{text[-LONGEST:]}"
    return f"# {session.title or 'A session'}\n\n{text}\n"


def _part(event: Event, before: str) -> str:
    match event.payload:
        case MessageReceived(text=text, said=said):
            return "\n\n".join([*(_earlier(each) for each in said), f"## Person\n\n{text}"])
        case ModelReplied(text=text):
            return f"## {_name(event)}\n\n{text}" if text.strip() else ""
        case ToolStarted(name=name, target=target):
            return f"- `{name}` {target}".rstrip()
        case ApprovalAnswered(answer=answer):
            decision = "Approved" if answer.decision is Decision.APPROVE else "Refused"
            return f"*{decision}{': ' + answer.text if answer.text else '.'}*"
        case RunFinished(reply=reply):
            return f"## Agent\n\n{reply}" if reply.strip() and not before.endswith(reply) else ""
        case RunFailed(message=message):
            return f"*Failed: {message}*"
        case RunCancelled():
            return "*Stopped.*"
        case _:
            return ""


def _name(event: Event) -> str:
    return event.actor.partition(":")[2] or "Agent"


def _earlier(message: Earlier) -> str:
    if isinstance(message, UserMessage):
        return f"## Person\n\n{message.text}"
    return f"## {'Agent' if isinstance(message, AgentMessage) else 'Note'}\n\n{message.text}"
