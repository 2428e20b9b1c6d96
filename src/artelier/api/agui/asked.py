"""What a front end's request means: words, answers to what waits, or a look at what goes on."""

import uuid
from typing import Any

from ag_ui.core import AssistantMessage, DeveloperMessage, ResumeEntry, RunAgentInput, SystemMessage, UserMessage

from artelier.api.openai_errors import ParameterRefused
from artelier.domain.errors import InvalidRequest
from artelier.domain.messages import AgentMessage, Earlier, NoteMessage
from artelier.domain.messages import UserMessage as Said
from artelier.domain.questions import Answer, Decision, Question, QuestionKind

_SESSIONS = uuid.UUID("6a3f3c1e-6c43-5d0b-8f0a-3f5f6f6f7c11")
"""Under which the names of threads that are no UUIDs become sessions."""


def session_of(thread: str, person: str) -> str:
    """Return the session that a thread is: by its own UUID, or one made of the person and the thread's name."""
    try:
        return str(uuid.UUID(thread))
    except ValueError:
        return str(uuid.uuid5(_SESSIONS, f"{person}\0{thread}"))


def words_of(asked: RunAgentInput) -> str:
    """Return the person's newest words; empty where the newest message is not theirs. Raises ``ParameterRefused``."""
    newest = asked.messages[-1] if asked.messages else None
    return _text(newest.content, "messages[-1].content") if isinstance(newest, UserMessage) else ""


def earlier_of(asked: RunAgentInput) -> tuple[Earlier, ...]:
    """Return what was said before the newest words, and the context that the front end adds, for a session that begins now."""
    context = tuple(NoteMessage(f"{each.description}: {each.value}") for each in asked.context or ())
    said: list[Earlier] = []
    for message in asked.messages[:-1]:
        if isinstance(message, UserMessage):
            said.append(Said(_text(message.content, "messages")))
        elif isinstance(message, AssistantMessage) and message.content:
            said.append(AgentMessage(message.content))
        elif isinstance(message, SystemMessage | DeveloperMessage):
            said.append(NoteMessage(message.content))
    return (*context, *said)


def refuse_unhonoured(asked: RunAgentInput) -> None:
    """Raise ``ParameterRefused`` for what would be passed over in silence."""
    if asked.tools:
        raise ParameterRefused("tools", "Agents here use their own tools, which run on the server. Send no 'tools'.")


def wish_of(asked: RunAgentInput, name: str) -> str:
    """Return what ``forwardedProps`` says of ``agent`` or ``model``. Raises ``InvalidRequest`` where it is no text."""
    props = asked.forwarded_props
    value = props.get(name, "") if isinstance(props, dict) else ""
    if not isinstance(value, str):
        raise InvalidRequest(f"forwardedProps.{name} is a text.")
    return value


def answer_of(entry: ResumeEntry, person: str) -> Answer:
    """Return what a resumed interrupt answers.

    ``payload`` may be a text, a yes or no, or an object of ``approved``, ``editedArgs`` (or ``arguments``), ``text`` and
    ``reason``. ``cancelled`` refuses. Raises ``InvalidRequest`` for a payload of another kind.
    """
    if entry.status == "cancelled":
        return Answer(Decision.REJECT, by=person)
    payload: Any = entry.payload
    if isinstance(payload, bool) or payload is None:
        payload = {"approved": payload is not False}
    elif isinstance(payload, str):
        payload = {"approved": True, "text": payload}
    if not isinstance(payload, dict):
        raise InvalidRequest('A resumed interrupt\'s payload is an object such as {"approved": true}, a text, or true or false.')
    decision = Decision.APPROVE if payload.get("approved", True) is True else Decision.REJECT
    words = payload.get("text") or payload.get("reason") or ""
    arguments = payload.get("editedArgs", payload.get("arguments"))
    if not isinstance(words, str) or not (arguments is None or isinstance(arguments, dict)):
        raise InvalidRequest("In a payload 'text' and 'reason' are texts, 'editedArgs' is an object of arguments.")
    return Answer(decision, words, arguments if decision is Decision.APPROVE else None, by=person)


def schema_of(question: Question) -> dict[str, Any]:
    """Return the JSON Schema of the payload that answers a question."""
    if question.kind in {QuestionKind.WORDS, QuestionKind.CLARIFICATION}:
        text: dict[str, Any] = {"type": "string"}
        if question.options:
            text["examples"] = list(question.options)
        return {"type": "object", "properties": {"text": text}, "required": ["text"]}
    properties: dict[str, Any] = {"approved": {"type": "boolean"}, "reason": {"type": "string"}}
    if question.kind is QuestionKind.APPROVAL:
        properties["editedArgs"] = {"type": "object", "description": "The call's arguments as they should be."}
    return {"type": "object", "properties": properties, "required": ["approved"]}


def _text(content: object, where: str) -> str:
    if isinstance(content, str):
        return content
    texts = []
    for part in content if isinstance(content, list) else ():
        if getattr(part, "type", "") != "text":
            raise ParameterRefused(where, f"{where} holds a part that is no text; this server takes text alone.")
        texts.append(part.text)
    return "\n".join(texts)
