"""The training data as rows."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from artelier.routing.features import Context

DATA = Path(__file__).parent / "data"


class Row(Struct, frozen=True, omit_defaults=True):
    """One request and the agent that should answer it."""

    id: str
    text: str
    agent: str
    lang: str
    author: str
    """The family of phrasing; rows of one author never stand on both sides of a split."""
    kind: str
    context: dict[str, Any] = {}

    def with_text(self, text: str) -> "Row":
        """Return the same request put otherwise."""
        return replace(self, text=text)

    def with_context(self, context: dict[str, Any]) -> "Row":
        """Return the same request in another session."""
        return replace(self, context=context)

    @property
    def before(self) -> Context:
        """Return what is known of the session."""
        return msgspec.convert(self.context, Context)


def read(name: str) -> list[Row]:
    """Return the rows of a file of the data folder."""
    return [msgspec.json.decode(line, type=Row) for line in (DATA / f"{name}.jsonl").read_bytes().splitlines()]


def digest() -> str:
    """Return the SHA-256 of all data that training reads."""
    return sha256(b"".join((DATA / f"{name}.jsonl").read_bytes() for name in ("train", "frames", "followups", "calibration"))).hexdigest()
