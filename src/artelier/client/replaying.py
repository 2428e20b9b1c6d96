"""What the API tells people who build agents: what models were asked, and what they say to it now."""

from typing import Any

from msgspec import Struct

from artelier.client.values import Usage


class AskedModel(Struct, frozen=True):
    """One request to a model, as it would be built now, and how it ended then; ``failed`` is a code."""

    step: int
    attempt: int
    agent: str
    model: str
    at: str
    seconds: float
    system: str
    messages: tuple[dict[str, Any], ...]
    tools: tuple[str, ...]
    max_tokens: int
    characters: int
    failed: str = ""


class Said(Struct, frozen=True):
    """A model's reply: its text, and its calls with their arguments."""

    text: str = ""
    calls: tuple[tuple[str, Any], ...] = ()
    usage: Usage = Usage()
    model: str = ""


class Replayed(Struct, frozen=True):
    """One step of a replay: what was said then and now; ``code`` and ``message`` where nothing could be said now."""

    run: str = ""
    step: int = 0
    agent: str = ""
    then: Said = Said()
    now: Said = Said()
    same_calls: bool = False
    same_text: bool = False
    seconds: float = 0.0
    code: str = ""
    message: str = ""
