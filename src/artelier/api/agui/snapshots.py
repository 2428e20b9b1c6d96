"""What stands in a session, as AG-UI's snapshots: its messages and its state."""

from typing import Any

from ag_ui.core import (
    AssistantMessage,
    FunctionCall,
    Message,
    MessagesSnapshotEvent,
    RunAgentInput,
    StateSnapshotEvent,
    SystemMessage,
    ToolCall,
    ToolMessage,
    UserMessage,
)

from artelier.api.agui.narration import written
from artelier.api.views import usage_view
from artelier.domain.delegating import DelegateReturned
from artelier.domain.events import AgentChosen, Event, MessageReceived, ModelReplied, RunFinished, ToolFinished
from artelier.domain.messages import AgentMessage, Earlier, NoteMessage
from artelier.domain.runs import RunRecord, SessionRecord

_PLAN = "update_plan"


def messages_of(events: list[Event], asked: RunAgentInput) -> MessagesSnapshotEvent:
    """Return the conversation so far, oldest first; replies that were started over are left out.

    The person's words keep the ids that the front end gave them: it puts what it does not know at the end.
    """
    messages: list[Message] = []
    known = [(message.content, message.id) for message in asked.messages if isinstance(message, UserMessage)]
    for event in events:
        match event.payload:
            case MessageReceived() as received:
                messages += [_earlier(each, f"{event.run}/said/{place}") for place, each in enumerate(received.said)]
                messages.append(UserMessage(id=_known_id(known, received.text) or event.run, role="user", content=received.text))
            case ModelReplied() as replied:
                _put(messages, _reply(event.run, replied))
            case ToolFinished(call=call) as finished:
                messages.append(ToolMessage(id=f"{call}/result", role="tool", content=finished.result.text, tool_call_id=call))
            case DelegateReturned(call=call) as returned:
                messages.append(ToolMessage(id=f"{call}/result", role="tool", content=returned.reply, tool_call_id=call))
            case RunFinished(reply=reply) if reply and not _says(messages, reply):
                messages.append(AssistantMessage(id=f"{event.run}/end", role="assistant", content=reply))
            case _:
                continue
    return MessagesSnapshotEvent(messages=messages)


def state_of(session: SessionRecord, run: RunRecord | None, events: list[Event]) -> StateSnapshotEvent:
    """Return where the session stands: who works, on which plan, which files changed, what it used."""
    snapshot: dict[str, Any] = {
        "session_id": session.id,
        "title": session.title,
        "status": session.status,
        "agent": session.agent,
        "plan": [],
        "files": {},
        "run": None,
    }
    for event in events:
        match event.payload:
            case AgentChosen(agent=agent):
                snapshot["agent"] = agent
            case ModelReplied(calls=calls):
                for call in calls:
                    if call.name == _PLAN and call.arguments is not None:
                        snapshot["plan"] = call.arguments.get("steps", [])
            case ToolFinished(result=result):
                snapshot["files"] |= {file.path: {"kind": file.kind, "added": file.added, "removed": file.removed} for file in result.files}
            case _:
                continue
    if run is not None:
        snapshot["run"] = {"id": run.id, "status": run.status.value, "usage": usage_view(run.usage).model_dump()}
    return StateSnapshotEvent(snapshot=snapshot)


def _known_id(known: list[Any], text: str) -> str:
    """Return the first id by which the front end knows these words, and forget it."""
    for place, (content, identifier) in enumerate(known):
        if content == text:
            del known[place]
            return str(identifier)
    return ""


def _reply(run: str, replied: ModelReplied) -> AssistantMessage:
    calls = [
        ToolCall(id=call.id, type="function", function=FunctionCall(name=call.name, arguments=written(call))) for call in replied.calls
    ]
    return AssistantMessage(id=f"{run}/{replied.step}", role="assistant", content=replied.text or None, tool_calls=calls or None)


def _put(messages: list[Message], reply: AssistantMessage) -> None:
    """Add a reply, in place of an earlier one to the same step."""
    for place, message in enumerate(messages):
        if message.id == reply.id:
            messages[place] = reply
            return
    messages.append(reply)


def _says(messages: list[Message], text: str) -> bool:
    return any(isinstance(message, AssistantMessage) and message.content == text for message in messages[-3:])


def _earlier(message: Earlier, identifier: str) -> Message:
    if isinstance(message, NoteMessage):
        return SystemMessage(id=identifier, role="system", content=message.text)
    if isinstance(message, AgentMessage):
        return AssistantMessage(id=identifier, role="assistant", content=message.text)
    return UserMessage(id=identifier, role="user", content=message.text)
