"""What the API answers with, as frozen values; fields that are not named here are passed over."""

from datetime import datetime
from typing import Any, Generic, TypeVar

from msgspec import Struct

Item = TypeVar("Item")


class Usage(Struct, frozen=True):
    """Tokens and money of a run; ``cost`` and ``saved`` are US dollars."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    model_calls: int = 0
    cache_write_tokens: int = 0
    cost: float = 0.0
    saved: float = 0.0
    unpriced_calls: int = 0


class Session(Struct, frozen=True):
    """One conversation."""

    id: str
    title: str
    status: str
    agent: str
    workspace_id: str
    head: int
    created_at: datetime
    updated_at: datetime
    forked_from: str | None = None
    """The session that it was copied from, which may be gone."""
    copied: int = 0
    """Events up to this sequence happened in that session."""


class Run(Struct, frozen=True):
    """The work from one message to rest; ``status``: queued running waiting finished failed cancelled."""

    id: str
    session_id: str
    workspace_id: str
    status: str
    agent: str
    model: str
    request: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    wake_at: datetime | None
    wait_reason: str
    usage: Usage
    reply: str
    code: str
    message: str


class Command(Struct, frozen=True):
    """One simple command of a shell text, and what it does."""

    argv: tuple[str, ...]
    read_only: bool
    destructive: bool
    network: bool


class Because(Struct, frozen=True):
    """One reason as a code, with the values it is about."""

    code: str
    values: dict[str, Any] = {}


class Approval(Struct, frozen=True):
    """One question; ``kind``: approval words clarification budget in_doubt."""

    id: str
    kind: str
    status: str
    session_id: str
    run_id: str
    agent: str
    text: str
    effect: str
    reason: str
    tool: str
    arguments: dict[str, Any] | None
    options: tuple[str, ...]
    labels: tuple[str, ...]
    asked_at: datetime
    expires_at: datetime | None
    answered_at: datetime | None
    answer: dict[str, Any] | None
    preview: str = ""
    undoable: bool | None = None
    commands: tuple[Command, ...] = ()
    parseable: bool = True
    writes: tuple[str, ...] = ()
    address: str = ""
    """The machine that the call would speak with."""
    path: tuple[str, ...] = ()
    """The agents from the top down to the one that asks."""
    root_session_id: str = ""
    """The session that a person speaks in."""
    because: tuple[Because, ...] = ()  # the reason as codes; empty for questions of earlier versions
    limit: str = ""  # of a question of the kind budget


class LeftOpen(Struct, frozen=True):
    """A question that an answer to several did not reach, and why."""

    id: str
    code: str
    detail: str


class Batch(Struct, frozen=True):
    """What an answer to several questions came to."""

    items: tuple[Approval, ...]
    left: tuple[LeftOpen, ...] = ()


class Grant(Struct, frozen=True):
    """One call that is not asked about again; ``scope``: run session workspace."""

    id: str
    scope: str
    tool: str
    agent: str
    effect: str
    workspace_id: str
    session_id: str
    run_id: str
    approval_id: str
    made_at: datetime
    revoked_at: datetime | None = None
    root_session_id: str = ""
    session_title: str = ""


class Change(Struct, frozen=True):
    """What one run did to one file; ``kind``: created changed deleted."""

    run_id: str
    path: str
    kind: str
    added: int
    removed: int
    undoable: bool
    undone: bool
    diff: str


class RestoredFile(Struct, frozen=True):
    """One file as it was put back, compared with how it was found."""

    path: str
    kind: str
    added: int
    removed: int
    diff: str


class LeftAlone(Struct, frozen=True):
    """A file that was not put back, and why."""

    path: str
    reason: str


class Restored(Struct, frozen=True):
    """What an undo or a redo did, or with ``dry_run`` would do."""

    action: str
    run_id: str
    dry_run: bool
    restored: tuple[RestoredFile, ...]
    left: tuple[LeftAlone, ...]


class ChatReply(Struct, frozen=True):
    """What a message came to."""

    session_id: str
    run_id: str
    status: str
    agent: str
    reply: str
    usage: Usage
    approvals: tuple[Approval, ...]
    code: str = ""
    message: str = ""
    retry_after: float | None = None  # seconds until the model is asked again, where the run waits for it


class Accepted(Struct, frozen=True):
    """A message that is stored and will be worked on."""

    run_id: str
    seq: int


class Workspace(Struct, frozen=True):
    """A registered folder."""

    id: str
    name: str
    root: str
    created_at: datetime
    default: bool


class TrustedText(Struct, frozen=True):
    """One file that a workspace brings along for agents."""

    path: str
    content: str


class Trust(Struct, frozen=True):
    """What a workspace brings along, and whether it is used: nothing untrusted changed trusted."""

    workspace_id: str
    state: str
    digest: str
    texts: tuple[TrustedText, ...]
    instructions: str
    agents: tuple[str, ...]
    problems: tuple[str, ...]


class Agent(Struct, frozen=True):
    """An agent."""

    name: str
    description: str
    tools: tuple[str, ...]
    model: str
    max_tokens: int
    default: bool
    writes: tuple[str, ...] = ()
    prompt: str = ""
    origin: str = ""
    path: str = ""


class Tool(Struct, frozen=True):
    """A tool."""

    name: str
    description: str
    parameters: dict[str, Any]
    effect: str
    repeatable: bool


class Model(Struct, frozen=True):
    """A model, by the name a request says."""

    name: str
    provider: str
    default: bool
    left_alone: bool = False  # it failed so often that nobody asks it for a while


class Listing(Struct, Generic[Item], frozen=True):
    """A page of a list."""

    items: tuple[Item, ...]
    next: str | None = None
