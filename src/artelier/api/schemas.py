"""Bodies of requests and answers, as OpenAPI shows them."""

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from artelier.api.reasons import BecauseView

Identifier = Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}$")]
Revocable = Annotated[str, StringConstraints(pattern=r"^([0-9a-f-]{36}|habit:[0-9a-f]{64})$")]
Text = Annotated[str, StringConstraints(max_length=262_144)]
Name = Annotated[str, StringConstraints(max_length=64)]

Item = TypeVar("Item")


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
    multitask: Literal["enqueue", "reject", "interrupt"] = "enqueue"
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


class UsageView(BaseModel):
    """Tokens and money of a run."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    cache_write_tokens: int
    model_calls: int
    cost: Annotated[float, Field(description="US dollars.")]
    saved: Annotated[float, Field(description="US dollars that caches saved; below zero where storing cost more.")]
    unpriced_calls: Annotated[int, Field(description="Calls of models whose price is not known; they count as nothing in `cost`.")]


class RunView(BaseModel):
    """One run."""

    id: str
    session_id: str
    workspace_id: str
    status: Literal["queued", "running", "waiting", "finished", "failed", "cancelled"]
    agent: str
    model: str
    request: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    wake_at: datetime | None
    wait_reason: str
    usage: UsageView
    reply: str
    code: str
    message: str


class SessionView(BaseModel):
    """One session."""

    id: str
    title: str
    status: str
    agent: str
    workspace_id: str
    head: int
    created_at: datetime
    updated_at: datetime


class CommandView(BaseModel):
    """One simple command of a shell text, and what it does."""

    argv: list[str]
    read_only: bool
    destructive: bool
    network: bool


class ApprovalView(BaseModel):
    """One question."""

    id: str
    kind: Literal["approval", "words", "clarification", "budget", "in_doubt"]
    status: Literal["open", "approved", "rejected", "timed_out", "closed"]
    session_id: str
    run_id: str
    root_session_id: Annotated[str, Field(description="The session that a person speaks in; another one where work was given on.")]
    agent: str
    path: Annotated[list[str], Field(description="The agents from the top down to the one that asks.")]
    text: str
    effect: str
    reason: str
    because: Annotated[list[BecauseView], Field(description="`reason` as codes; empty for questions of earlier versions.")]
    limit: Annotated[str, Field(description="Which limit a question of the kind budget is about.")]
    tool: str
    arguments: dict[str, Any] | None
    options: list[str]
    labels: list[str]
    preview: str
    undoable: bool | None
    commands: list[CommandView]
    parseable: bool
    writes: list[str]
    address: str
    asked_at: datetime
    expires_at: datetime | None
    answered_at: datetime | None
    answer: dict[str, Any] | None


class GrantView(BaseModel):
    """One call that is not asked about again."""

    id: str
    scope: Literal["run", "session", "workspace"]
    tool: str
    agent: str
    effect: str
    workspace_id: str
    session_id: str
    run_id: str
    approval_id: str
    made_at: datetime
    revoked_at: datetime | None


class ChatView(BaseModel):
    """What a message came to."""

    session_id: str
    run_id: str
    status: str
    agent: str
    reply: str
    usage: UsageView
    approvals: list[ApprovalView]
    code: str = ""
    message: str = ""
    retry_after: float | None = None
    """Seconds until the model is asked again, where the run waits for it; it goes on by itself."""


class AcceptedView(BaseModel):
    """A message that is stored and will be worked on."""

    run_id: str
    seq: int


class WorkspaceView(BaseModel):
    """One registered folder."""

    id: str
    name: str
    root: str
    created_at: datetime
    default: bool


class EventView(BaseModel):
    """One entry of the journal."""

    session: str
    seq: int
    run: str
    type: str
    v: int
    at: datetime
    actor: str
    trace: str
    payload: dict[str, Any]


class Listing(BaseModel, Generic[Item]):
    """A page of a list; ``next`` is the cursor of the following one."""

    items: list[Item]
    next: str | None = None
