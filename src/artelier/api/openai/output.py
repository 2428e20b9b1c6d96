"""The output of a response, item by item: thinking and messages in the order in which they come."""

from collections.abc import Iterator
from typing import Any

from artelier.api.openai.telling import Piece
from artelier.domain.runs import RunRecord, RunStatus
from artelier.domain.usage import Usage

Said = tuple[str, dict[str, Any]]
"""One event of the stream: its type and its fields."""


class Output:
    """Gathers pieces into items, and tells the events by which a stream shows them grow."""

    def __init__(self, run: str) -> None:
        self.items: list[dict[str, Any]] = []
        """Items that are whole."""
        self._run = run
        self._kind = ""
        self._text = ""

    def take(self, piece: Piece) -> Iterator[Said]:
        """Yield the events of one more piece."""
        if piece.kind != self._kind:
            yield from self.close()
            self._kind = piece.kind
            yield from self._open()
        self._text += piece.text
        place = self._place()
        if piece.kind == "text":
            yield "response.output_text.delta", place | {"content_index": 0, "delta": piece.text, "logprobs": []}
        else:
            yield "response.reasoning_summary_text.delta", place | {"summary_index": 0, "delta": piece.text}

    def close(self) -> Iterator[Said]:
        """Yield the events that end the item at work, if there is one."""
        if not self._kind:
            return
        place, item = self._place(), self._item("completed")
        if self._kind == "text":
            part = item["content"][0]
            yield "response.output_text.done", place | {"content_index": 0, "text": self._text, "logprobs": []}
            yield "response.content_part.done", place | {"content_index": 0, "part": part}
        else:
            yield "response.reasoning_summary_text.done", place | {"summary_index": 0, "text": self._text}
            yield "response.reasoning_summary_part.done", place | {"summary_index": 0, "part": item["summary"][0]}
        yield "response.output_item.done", {"output_index": len(self.items), "item": item}
        self.items.append(item)
        self._kind = self._text = ""

    def whole(self, text: str) -> None:
        """Take a text at once."""
        list(self.take(Piece("text", text)))
        list(self.close())

    def _open(self) -> Iterator[Said]:
        item, place = self._item("in_progress"), self._place()
        if self._kind == "text":
            empty = item["content"][0]
            yield "response.output_item.added", {"output_index": len(self.items), "item": item | {"content": []}}
            yield "response.content_part.added", place | {"content_index": 0, "part": empty}
        else:
            empty = item["summary"][0]
            yield "response.output_item.added", {"output_index": len(self.items), "item": item | {"summary": []}}
            yield "response.reasoning_summary_part.added", place | {"summary_index": 0, "part": empty}

    def _place(self) -> dict[str, Any]:
        return {"item_id": self._id(), "output_index": len(self.items)}

    def _id(self) -> str:
        return f"{'msg' if self._kind == 'text' else 'rs'}_{self._run}_{len(self.items)}"

    def _item(self, status: str) -> dict[str, Any]:
        if self._kind == "text":
            content = [{"type": "output_text", "text": self._text, "annotations": [], "logprobs": []}]
            return {"type": "message", "id": self._id(), "status": status, "role": "assistant", "content": content}
        return {"type": "reasoning", "id": self._id(), "status": status, "summary": [{"type": "summary_text", "text": self._text}]}


def completed(record: RunRecord) -> dict[str, Any]:
    """Return how a run that rests shows."""
    return {"status": "cancelled" if record.status is RunStatus.CANCELLED else "completed"}


def failed(record: RunRecord) -> dict[str, Any]:
    """Return how a failed run shows."""
    return {"status": "failed", "error": {"code": "server_error", "message": f"{record.message} ({record.code})"}}


def usage_of_response(usage: Usage) -> dict[str, Any]:
    """Return tokens as this interface counts them."""
    return {
        "input_tokens": usage.input_tokens,
        "input_tokens_details": {"cached_tokens": usage.cached_tokens},
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "total_tokens": usage.total_tokens,
    }
