"""Bodies of answers, as OpenAPI shows them."""

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from artelier.api.reasons import BecauseView

Item = TypeVar("Item")


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
    forked_from: str | None = Field(default=None, description="The session that it was copied from, which may be gone.")
    copied: Annotated[int, Field(description="Events up to this sequence happened in that session.")] = 0


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
    """One call that is not asked about again, with exactly its arguments."""

    id: str
    scope: Literal["run", "session", "workspace"]
    tool: str
    agent: str
    effect: str
    workspace_id: str
    session_id: str
    root_session_id: Annotated[str, Field(description="The session that a person speaks in; another one where work was given on.")]
    session_title: Annotated[str, Field(description="The title of that session.")]
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
    queued: Annotated[bool, Field(description="The message is kept behind an earlier run, which waits with `approvals`.")] = False


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
