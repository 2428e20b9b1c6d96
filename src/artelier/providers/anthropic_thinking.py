"""In which order a reply thought, spoke and called, kept with the signatures of its thoughts, and put together again.

Anthropic wants the thoughts of a reply that asks for calls back with the results, unchanged and where they stood
(https://platform.claude.com/docs/en/build-with-claude/extended-thinking): each has a signature over its text. A reply here is one
text, one reasoning and its calls, so its signature holds the blocks in their order, each with its length.
"""

from typing import Any

import msgspec

from artelier.domain.messages import AgentMessage

_MARK = "anthropic:"
_TEXT, _CALL, _HIDDEN = "text", "call", "hidden"
_decode = msgspec.json.Decoder(list[tuple[str, int, str]]).decode


class Layout:
    """Notes the blocks of a reply as they come."""

    def __init__(self) -> None:
        self._blocks: list[list[Any]] = []
        self._signed = False

    def begin(self, kind: str) -> None:
        """Note that a block begins: ``text``, ``call`` or ``thinking``."""
        self._blocks.append([kind, 0, ""])

    def hide(self, data: str) -> None:
        """Note a block of thoughts that nobody may read."""
        self._signed = True
        self._blocks.append([_HIDDEN, 0, data])

    def grow(self, characters: int) -> None:
        """Note that the last block goes on."""
        if self._blocks:
            self._blocks[-1][1] += characters

    def sign(self, signature: str) -> None:
        """Note the signature of the last block, or its next piece."""
        if self._blocks:
            self._signed = True
            self._blocks[-1][2] += signature

    def signature(self) -> str:
        """Return what has to be kept with the reply; empty where nothing was signed."""
        return _MARK + msgspec.json.encode(self._blocks).decode() if self._signed else ""


def signed_blocks(message: AgentMessage, calls: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    """Return a reply's content blocks with its thoughts, ``calls`` where they stood; None where it has none that are signed.

    None as well where the reply is no longer as it was: thoughts beside words that were shortened are left out altogether.
    """
    if not message.signature.startswith(_MARK):
        return None
    try:
        layout = _decode(message.signature.removeprefix(_MARK))
    except msgspec.MsgspecError:
        return None
    return _rebuilt(message, calls, layout) if _fits(message, calls, layout) else None


def _fits(message: AgentMessage, calls: list[dict[str, Any]], layout: list[tuple[str, int, str]]) -> bool:
    said = sum(length for kind, length, _ in layout if kind == _TEXT)
    asked = sum(kind == _CALL for kind, _, _ in layout)
    thought = sum(length for kind, length, _ in layout if kind not in {_TEXT, _CALL})
    return (said, thought, asked) == (len(message.text), len(message.reasoning), len(calls))


def _rebuilt(message: AgentMessage, calls: list[dict[str, Any]], layout: list[tuple[str, int, str]]) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    said = thought = 0
    left = iter(calls)
    for kind, length, signature in layout:
        if kind == _CALL:
            blocks.append(next(left))
        elif kind == _HIDDEN:
            blocks.append({"type": "redacted_thinking", "data": signature})
        elif kind == _TEXT:
            text = message.text[said : said + length]
            said += length
            if text.strip():
                blocks.append({"type": "text", "text": text})
        else:
            text = message.reasoning[thought : thought + length]
            thought += length
            blocks.append({"type": "thinking", "thinking": text, "signature": signature})
    return blocks
