"""A question of a run as an elicitation: the form that a client shows its person, and what was said in it.

Source: https://modelcontextprotocol.io/specification/2025-11-25/client/elicitation (form mode).
"""

from typing import Any

from mcp_types import ClientCapabilities, ElicitRequest, ElicitRequestFormParams, ElicitResult

from artelier.domain.questions import IN_WORDS, Answer, Decision, Question
from artelier.domain.runs import QuestionRecord

_LONGEST_PREVIEW = 4000
"""Characters of a diff in a form; forms are small windows."""


def can_elicit(capabilities: ClientCapabilities | None) -> bool:
    """Return whether a client shows forms; one that names no mode does."""
    elicitation = capabilities.elicitation if capabilities is not None else None
    return elicitation is not None and (elicitation.form is not None or elicitation.url is None)


def may_be_elicited(record: QuestionRecord) -> bool:
    """Return whether a question may be answered in a client's form: nothing grave, which the console alone shows whole."""
    return not record.question.labels


def form_of(question: Question) -> ElicitRequest:
    """Return the form that asks a question."""
    return ElicitRequest(params=ElicitRequestFormParams(message=_message(question), requested_schema=_schema(question)))


def answer_of(question: Question, result: ElicitResult, person: str) -> Answer | None:
    """Return what was said in the form; None where it was closed without an answer, or says nothing that is one."""
    content = result.content or {}
    if result.action == "cancel":
        return None
    if result.action == "decline":
        return Answer(Decision.REJECT, by=person)
    if question.kind in IN_WORDS:
        words = content.get("answer")
        return Answer(Decision.APPROVE, words, by=person) if isinstance(words, str) and words.strip() else None
    approve, reason = content.get("approve"), content.get("reason")
    if not isinstance(approve, bool):
        return None
    words = reason if isinstance(reason, str) and not approve else ""
    return Answer(Decision.APPROVE if approve else Decision.REJECT, words, by=person)


def _message(question: Question) -> str:
    if question.kind in IN_WORDS:
        return question.text
    asks = f"{question.agent} asks" if question.agent else "An agent asks"
    parts = [f"{asks}: {question.effect or question.text}", question.reason]
    if question.undoable is False:
        parts.append("It cannot be undone.")
    if question.preview:
        cut = question.preview[:_LONGEST_PREVIEW]
        parts.append(cut if cut == question.preview else f"{cut}\n… (the console shows the rest)")
    return "\n\n".join(part for part in parts if part)


def _schema(question: Question) -> dict[str, Any]:
    if question.kind in IN_WORDS:
        answer: dict[str, Any] = {"type": "string", "title": "Answer", "minLength": 1}
        if question.options:
            answer = {"type": "string", "title": "Answer", "enum": list(question.options)}
        return {"type": "object", "properties": {"answer": answer}, "required": ["answer"]}
    approve = {"type": "boolean", "title": "Approve", "description": "Let exactly this happen."}
    reason = {"type": "string", "title": "Reason", "description": "What to do instead; the agent reads it."}
    return {"type": "object", "properties": {"approve": approve, "reason": reason}, "required": ["approve"]}
