"""The typed client of the public API; it speaks HTTP only."""

from artelier.client.client import Client
from artelier.client.failures import ClientError, Refused, Unreachable
from artelier.client.replaying import AskedModel, Replayed, Said
from artelier.client.reports import Health
from artelier.client.stream import StreamDelegate, StreamDelta, StreamEvent, StreamItem
from artelier.client.values import (
    Agent,
    Approval,
    Batch,
    Change,
    ChatReply,
    Grant,
    Model,
    Restored,
    Run,
    Session,
    Tool,
    Workspace,
)

__all__ = [
    "Agent",
    "Approval",
    "AskedModel",
    "Batch",
    "Change",
    "ChatReply",
    "Client",
    "ClientError",
    "Grant",
    "Health",
    "Model",
    "Refused",
    "Replayed",
    "Restored",
    "Run",
    "Said",
    "Session",
    "StreamDelegate",
    "StreamDelta",
    "StreamEvent",
    "StreamItem",
    "Tool",
    "Unreachable",
    "Workspace",
]
