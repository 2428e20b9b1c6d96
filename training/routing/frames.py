"""Requests put together from hand-written frames and things, so that no agent owns a thing. ``python -m training.routing.frames``."""

import random
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from training.routing.rows import DATA, Row

FRAMES = Path(__file__).parent / "frames.toml"
THINGS_EACH = 4
"""So many plain things, and as many misleading ones, are drawn for each frame."""
_SEED = 20_240_501
_GROUPS = 8
"""Frames of a language count as so many authors."""


def rows() -> Iterator[Row]:
    """Yield every frame with some things, always the same."""
    for language, parts in tomllib.loads(FRAMES.read_text("utf-8")).items():
        lines = {name: text.strip().split("\n") for name, text in parts.items()}
        things = [[thing.split("|") for thing in lines.pop(kind)] for kind in ("things", "misleading")]
        for agent, frames in lines.items():
            for number, frame in enumerate(frames):
                source = random.Random(f"{_SEED} {language} {agent} {number}")  # noqa: S311  no secret hangs on it
                drawn = [thing for some in things for thing in source.sample(some, THINGS_EACH)]
                for index, thing in enumerate(drawn):
                    name = f"frames-{language}-{agent}-{number:02d}-{index}"
                    yield Row(name, frame.format(*thing), agent, language, f"frames-{language}-{number % _GROUPS}", "frame")


def content() -> bytes:
    """Return the rows as they stand in ``frames.jsonl``."""
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows())


if __name__ == "__main__":
    (DATA / "frames.jsonl").write_bytes(content())
    sys.stdout.write(f"{sum(1 for _ in rows())} rows\n")
