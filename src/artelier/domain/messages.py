"""What is said between a person, an agent and its tools, in our own words."""

from msgspec import Struct

from artelier.domain.calls import ResultStatus, ToolCall


class UserMessage(Struct, frozen=True, tag="user"):
    """Words of a person."""

    text: str


class AgentMessage(Struct, frozen=True, tag="agent", omit_defaults=True):
    """Words of an agent and the calls it asked for."""

    text: str
    calls: tuple[ToolCall, ...] = ()
    reasoning: str = ""
    """Kept beside calls, for models that want their own thoughts back with the results."""
    signature: str = ""
    """What the provider sent with the reasoning to know it again."""


class ToolMessage(Struct, frozen=True, tag="tool"):
    """The result of one call, as the model reads it."""

    call_id: str
    name: str
    text: str
    status: ResultStatus = ResultStatus.DONE
    """How the call ended, for wire formats that mark failures and for models that are programs."""


class NoteMessage(Struct, frozen=True, tag="note"):
    """A word of the runtime to the model, e.g. that a reply was cut."""

    text: str


Earlier = UserMessage | AgentMessage | NoteMessage
"""What can have been said before a session began."""
Message = UserMessage | AgentMessage | ToolMessage | NoteMessage
