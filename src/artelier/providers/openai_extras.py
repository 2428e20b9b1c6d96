"""What a server wants back with the results of a reply's calls, kept as the reply's signature.

Gemini signs the thoughts that led to a call (``extra_content`` of the call) and refuses its result without that signature:
https://ai.google.dev/gemini-api/docs/thought-signatures. OpenRouter sends thoughts of all its models in parts, signatures and
hidden ones among them (``reasoning_details``), and wants them back in their order:
https://openrouter.ai/docs/use-cases/reasoning-tokens.
"""

from typing import Any

import msgspec
from msgspec import Struct

_MARK = "chat:"
_GROWING = ("text", "summary", "data")
"""Fields of a part that come in pieces."""


class Extras(Struct, frozen=True, omit_defaults=True):
    """What goes back: beside each call, None where nothing does, and beside the message."""

    calls: tuple[Any, ...] = ()
    details: tuple[dict[str, Any], ...] = ()

    def of(self, count: int) -> tuple[Any, ...]:
        """Return what goes beside each of so many calls."""
        return self.calls if len(self.calls) == count else (None,) * count


_NOTHING = Extras()
_decode = msgspec.json.Decoder(Extras).decode


class ReasoningParts:
    """Puts parts of reasoning together that come in pieces."""

    def __init__(self) -> None:
        self._parts: list[dict[str, Any]] = []

    def take(self, pieces: list[Any]) -> None:
        """Take the pieces of one event; one that goes on with the last part makes it longer."""
        for piece in pieces:
            if not isinstance(piece, dict):
                continue
            last = self._parts[-1] if self._parts else None
            if last is not None and _goes_on(last, piece):
                self._parts[-1] = last | {name: _joined(last, piece, name) for name in piece if piece[name] is not None}
            else:
                self._parts.append(piece)

    def signature(self, calls: list[Any]) -> str:
        """Return what has to be kept with a reply, given what came with each call; empty where nothing goes back."""
        beside = tuple(calls) if any(extra is not None for extra in calls) else ()
        if not calls or not (beside or self._parts):
            return ""
        return _MARK + msgspec.json.encode(Extras(beside, tuple(self._parts))).decode()


def extras_of(signature: str) -> Extras:
    """Return what goes back with a reply; nothing where its signature is another format's."""
    if not signature.startswith(_MARK):
        return _NOTHING
    try:
        return _decode(signature.removeprefix(_MARK))
    except msgspec.MsgspecError:
        return _NOTHING


def _goes_on(last: dict[str, Any], piece: dict[str, Any]) -> bool:
    same = all(last.get(name) == piece.get(name) for name in ("type", "index"))
    return same and piece.get("id") in {None, last.get("id")} and not last.get("signature")


def _joined(last: dict[str, Any], piece: dict[str, Any], name: str) -> Any:
    before = last.get(name)
    return before + piece[name] if name in _GROWING and isinstance(before, str) and isinstance(piece[name], str) else piece[name]
