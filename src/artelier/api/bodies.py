"""Bodies of requests, as OpenAPI shows them; unknown fields are refused by name."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]
Revocable = Annotated[str, StringConstraints(pattern=r"^([0-9a-f-]{36}|habit:[0-9a-f]{64})$")]
Text = Annotated[str, StringConstraints(max_length=262_144)]
Name = Annotated[str, StringConstraints(max_length=64)]


class Body(BaseModel):
    """A request's body: unknown fields are refused by name."""

    model_config = ConfigDict(extra="forbid")


class TextPart(Body):
    """A typed part of a message; text is the only type taken yet."""

    type: Literal["text"]
    text: Text


class CacheBody(Body):
    """What is wanted of the cache of replies for one message; the names are LiteLLM's."""

    no_cache: Annotated[bool, Field(alias="no-cache", description="Ask the model anew.")] = False
    no_store: Annotated[bool, Field(alias="no-store", description="Keep nothing of what comes.")] = False
    ttl: Annotated[float | None, Field(gt=0, le=31_536_000, description="Seconds to keep what comes, temperature 0 or not.")] = None


class ChatBody(Body):
    """One message, answered when its run rests."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"message": "Read README.md and list the files in src"}]})

    message: Text
    session_id: Identifier | None = None
    agent: Name = ""
    model: Annotated[str, StringConstraints(max_length=200)] = ""
    workspace_id: Identifier | None = None
    cache: CacheBody | None = None
    user_id: Name | None = Field(default=None, description="Kept for teams; on a local server every message is its owner's.")


class MessageBody(Body):
    """One message into a session."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"content": "List the files in src"}]})

    content: Text | list[TextPart]
    agent: Name = ""
    model: Annotated[str, StringConstraints(max_length=200)] = ""
    multitask: Annotated[
        Literal["enqueue", "reject", "interrupt", "rollback"],
        Field(description="While a run is at work: wait behind it, be refused, stop it, or stop all and put back the files it changed."),
    ] = "enqueue"
    cache: CacheBody | None = None

    @property
    def text(self) -> str:
        """The content as one text."""
        return self.content if isinstance(self.content, str) else "\n".join(part.text for part in self.content)


class SessionBody(Body):
    """A new session."""

    workspace_id: Identifier | None = None
    title: Annotated[str, StringConstraints(max_length=200)] = ""


class RenameBody(Body):
    """A session's new title."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class CancelBody(Body):
    """Why a run is stopped."""

    reason: Annotated[str, StringConstraints(max_length=2000)] = ""


class ResumeBody(Body):
    """How a run goes on."""

    raise_budget: bool = False


class AnswerBody(Body):
    """An answer to a question."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"decision": "approve"}, {"decision": "reject", "reason": "Use the other file"}]},
    )

    decision: Literal["approve", "reject"]
    arguments: dict[str, Any] | None = Field(default=None, description="The call's arguments as they should be; approves the changed call.")
    reason: Annotated[str, StringConstraints(max_length=4000)] = Field(default="", description="Words for the model.")
    text: Text = Field(default="", description="The answer to a question that asks for words.")
    remember: Literal["run", "session", "workspace"] | None = Field(
        default=None, description="Allow exactly this call for later too, so far; see the grants."
    )


class BatchBody(Body):
    """One answer to several questions."""

    ids: list[Identifier] = Field(min_length=1, max_length=200)
    decision: Literal["approve", "reject"]
    reason: Annotated[str, StringConstraints(max_length=4000)] = Field(default="", description="Words for the model.")


class WorkspaceBody(Body):
    """A folder to register: it must lie under the folders the operator allows."""

    path: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    name: Name = ""


class ExchangeBody(Body):
    """The code of a one-time link."""

    code: Annotated[str, StringConstraints(max_length=200)]
