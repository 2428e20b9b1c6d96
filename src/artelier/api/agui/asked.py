"""What a front end's request means: words, answers to what waits, or a look at what goes on."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from ag_ui.core import AssistantMessage, DeveloperMessage, ResumeEntry, RunAgentInput, SystemMessage, UserMessage

from artelier.api.openai_errors import ParameterRefused
from artelier.domain.errors import InvalidRequest
from artelier.domain.messages import AgentMessage, Earlier, NoteMessage
from artelier.domain.messages import UserMessage as Said
from artelier.domain.questions import IN_WORDS, Answer, Decision, Question, QuestionKind

_SESSIONS = uuid.UUID("6a3f3c1e-6c43-5d0b-8f0a-3f5f6f6f7c11")
"""Under which the names of threads that are no UUIDs become sessions."""
_FIELDS = ("approved", "text", "reason", "editedArgs", "arguments")
_UNCLEAR = (
    'This interrupt asks about a call: only {"approved": true} (or a bare true) approves it, and {"approved": false, "reason": "..."} '
    "(or false) refuses it. Nothing was answered."
)
_UNCLEAR_WORDS = 'This interrupt asks for words: answer {"text": "..."}, or refuse with {"approved": false}. Nothing was answered.'


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


def answers_of(entries: Sequence[ResumeEntry], asked: Mapping[str, Question], person: str, key: str) -> dict[str, Answer]:
    """Return what a resumption answers, by question; all of it is understood before any of it counts.

    Raises ``InvalidRequest`` for a payload that answers nothing, and for two answers to one question.
    """
    answers: dict[str, Answer] = {}
    for entry in entries:
        if entry.interrupt_id in answers:
            raise InvalidRequest(f"The interrupt {entry.interrupt_id} is answered twice. Send one answer.")
        answers[entry.interrupt_id] = _answer_of(entry, asked[entry.interrupt_id], person, key)
    return answers


def _answer_of(entry: ResumeEntry, question: Question, person: str, key: str) -> Answer:
    """Return what one resumed interrupt answers: nothing but a ``true`` approves a call, and nothing but words are words."""
    if entry.status == "cancelled":
        return Answer(Decision.REJECT, by=person, key=key)
    payload = _fields_of(entry.payload, question)
    unknown = sorted(payload.keys() - set(_FIELDS))
    if unknown:
        raise InvalidRequest(f"A payload has no field '{unknown[0]}'; these are known: {', '.join(_FIELDS)}. Nothing was answered.")
    approved, words = payload.get("approved"), payload.get("text") or payload.get("reason") or ""
    arguments = payload.get("editedArgs", payload.get("arguments"))
    if not isinstance(words, str) or not (arguments is None or isinstance(arguments, dict)):
        raise InvalidRequest("In a payload 'text' and 'reason' are texts, 'editedArgs' is an object of arguments.")
    if approved is False:
        return Answer(Decision.REJECT, words, by=person, key=key)
    if question.kind in IN_WORDS and (approved is None or approved is True) and words.strip():
        return Answer(Decision.APPROVE, words, arguments, by=person, key=key)
    if question.kind in IN_WORDS or approved is not True:
        raise InvalidRequest(_UNCLEAR_WORDS if question.kind in IN_WORDS else _UNCLEAR)
    return Answer(Decision.APPROVE, words, arguments, by=person, key=key)


def _fields_of(payload: Any, question: Question) -> dict[str, Any]:
    """Return a payload as an object: a bare ``true`` or ``false`` says ``approved``, a text answers a question in words."""
    if isinstance(payload, bool):
        return {"approved": payload}
    if isinstance(payload, str) and question.kind in IN_WORDS:
        return {"text": payload}
    return payload if isinstance(payload, dict) else {}


def schema_of(question: Question) -> dict[str, Any]:
    """Return the JSON Schema of the payload that answers a question."""
    if question.kind in IN_WORDS:
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
