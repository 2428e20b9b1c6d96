"""Agents as tools of MCP: their names, when to use them, what goes in and what comes out."""

from collections.abc import Mapping
from typing import Annotated, Any

from mcp_types import Tool
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from artelier.api.bodies import Identifier
from artelier.domain.agents import AgentSpec
from artelier.domain.errors import ArgumentsInvalid
from artelier.domain.runs import RunStatus
from artelier.runtime.fitting import LONGEST_MESSAGE

AUTO = "auto"
_AUTO_WORDS = "Give a task to whichever agent suits it best: a team of agents that work in a folder with files, commands and the web."
_TASK = "What should be done, in words. In a session that waits for an answer: the person's answer."
_SESSION = "The session_id of an earlier result, to go on with that conversation. Leave it out to begin a new one."
_INPUT: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "task": {"type": "string", "description": _TASK, "minLength": 1, "maxLength": LONGEST_MESSAGE},
        "session_id": {"type": "string", "description": _SESSION, "format": "uuid"},
    },
    "required": ["task"],
    "additionalProperties": False,
}
_WAITS: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "kind": {"type": "string"},
        "text": {"type": "string"},
        "options": {"type": "array", "items": {"type": "string"}},
        "console_only": {"type": "boolean", "description": "Whether it can be answered in the console alone."},
    },
    "required": ["id", "kind", "text", "options", "console_only"],
}
_OUTPUT: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "session_id": {"type": "string", "description": "Goes on with this conversation in a later call."},
        "run_id": {"type": "string"},
        "status": {"type": "string", "enum": [status.value for status in RunStatus]},
        "agent": {"type": "string", "description": "Who answered."},
        "usage": {"type": "object", "description": "Tokens, calls of the model and their cost in US dollars."},
        "link": {"type": "string", "description": "Where the console shows the session."},
        "waits_for": {"type": "array", "description": "What a waiting run asks a person.", "items": _WAITS},
        "code": {"type": "string", "description": "Why a run failed."},
    },
    "required": ["session_id", "run_id", "status", "usage"],
}


class Asked(BaseModel):
    """What a call asks for."""

    model_config = ConfigDict(extra="forbid", strict=True)

    task: Annotated[str, Field(max_length=LONGEST_MESSAGE)]
    session_id: Identifier | None = None


def tools_of(agents: Mapping[str, AgentSpec]) -> list[Tool]:
    """Return ``auto``, which routes, and a tool for each agent by name."""
    named = [_tool(name, f"{name} (Artelier)", agents[name].description) for name in sorted(agents) if name != AUTO]
    return [_tool(AUTO, "Artelier", _AUTO_WORDS), *named]


def asked_of(arguments: dict[str, Any] | None) -> Asked:
    """Return what a call's arguments ask for. Raises ``ArgumentsInvalid``."""
    try:
        return Asked.model_validate(arguments or {})
    except ValidationError as failure:
        found = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in failure.errors(include_url=False)[:5]]
        raise ArgumentsInvalid(
            f"The arguments do not fit ({'; '.join(found)}). Send 'task' and, to go on with a conversation, its 'session_id'."
        ) from failure


def _tool(name: str, title: str, description: str) -> Tool:
    return Tool(name=name, title=title, description=description, input_schema=dict(_INPUT), output_schema=dict(_OUTPUT))
