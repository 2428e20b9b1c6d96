"""Tools that are words to the runtime: ``decide`` turns them into commands, nothing runs."""

from artelier.domain.calls import ToolSpec

ASK_USER = ToolSpec(
    name="ask_user",
    description="Ask the person one question and wait for the answer. Use it only when you cannot go on without it.",
    parameters={
        "type": "object",
        "properties": {
            "question": {"type": "string", "description": "One clear question."},
            "options": {"type": "array", "items": {"type": "string"}, "description": "Answers to choose from, if there are natural ones."},
        },
        "required": ["question"],
        "additionalProperties": False,
    },
    repeatable=True,
    family="control",
    effect="control",
)

FINISH = ToolSpec(
    name="finish",
    description="End the work and give the person the result. Plain final text does the same.",
    parameters={
        "type": "object",
        "properties": {"result": {"type": "string", "description": "What was done and found, for the person."}},
        "required": ["result"],
        "additionalProperties": False,
    },
    repeatable=True,
    family="control",
    effect="control",
)

DELEGATE = ToolSpec(
    name="delegate",
    description=(
        "Give a part of the work to another agent and get its answer. Calls of one reply work at the same time;"
        " each agent knows only what you write to it."
    ),
    parameters={
        "type": "object",
        "properties": {
            "agent": {"type": "string", "description": "Name of the agent."},
            "task": {"type": "string", "description": "The whole task in words: goal, files, what to answer."},
        },
        "required": ["agent", "task"],
        "additionalProperties": False,
    },
    repeatable=True,
    family="control",
    effect="control",
)

SWITCH_AGENT = ToolSpec(
    name="switch_agent",
    description="Hand this conversation over to another agent that is better suited. It sees all that was said and goes on by itself.",
    parameters={
        "type": "object",
        "properties": {
            "agent": {"type": "string", "description": "Name of the agent."},
            "reason": {"type": "string", "description": "Why, in a few words, for the person."},
        },
        "required": ["agent", "reason"],
        "additionalProperties": False,
    },
    repeatable=True,
    family="control",
    effect="control",
)

NOTE_KINDS = ("decision", "pattern", "root_cause", "suggested_fix", "open_question")
"""What a note may be about."""

NOTE = ToolSpec(
    name="note",
    description="Keep one sentence in mind for the rest of the session, word for word, even when older messages fall out.",
    parameters={
        "type": "object",
        "properties": {
            "kind": {"type": "string", "enum": list(NOTE_KINDS), "description": "What it is."},
            "text": {"type": "string", "description": "One sentence, with names and reasons."},
        },
        "required": ["kind", "text"],
        "additionalProperties": False,
    },
    repeatable=True,
    family="control",
    effect="control",
)

CONTROL_TOOLS = (ASK_USER, FINISH, DELEGATE, SWITCH_AGENT, NOTE)

USE_TOOL = "use_tool"
"""The tool by which a model calls one it is not shown: ``{"name", "arguments"}``. The journal holds the call that it means."""
