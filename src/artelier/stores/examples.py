"""Requests with the agent that was right, kept as lines of JSON in the state folder: examples to train a router with."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from artelier.domain.errors import StoreError
from artelier.ports.clock import Clock

FEEDBACK, SWITCH = "feedback", "switch"
"""Where an example comes from: somebody said who was right, or chose another agent than the router had."""


class _Line(Struct):
    """The part of an example that is counted."""

    agent: str
    by: str
    at: datetime
    source: str = FEEDBACK


class Examples:
    """Appends to ``file``; whoever trains a router reads it as it is."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self._file = file
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()

    async def add(self, text: str, agent: str, person: str, context: Mapping[str, Any], source: str = FEEDBACK) -> None:
        """Keep an example. Raises ``StoreError``."""
        row = {"text": text, "agent": agent, "context": dict(context), "by": person, "at": self._clock.now().isoformat(), "source": source}
        line = json.dumps(row, ensure_ascii=False) + "\n"
        async with self._one_at_a_time:
            try:
                await asyncio.to_thread(self._append, line)
            except (OSError, UnicodeEncodeError) as failure:
                raise StoreError(f"The example could not be kept in {self._file}: {failure}.") from failure

    async def count(self, person: str, since: datetime, until: datetime) -> dict[str, int]:
        """Return how often a person said, as feedback, that an agent was the right one in this time. Raises ``StoreError``."""
        try:
            return await asyncio.to_thread(self._count, person, since, until)
        except OSError as failure:
            raise StoreError(f"The examples in {self._file} could not be read: {failure}.") from failure

    def _count(self, person: str, since: datetime, until: datetime) -> dict[str, int]:
        counted: Counter[str] = Counter()
        for line in self._file.read_bytes().splitlines() if self._file.exists() else ():
            try:
                example = msgspec.json.decode(line, type=_Line)
            except msgspec.MsgspecError:  # a line that was cut when the machine stopped tells nothing
                continue
            counted[example.agent] += example.by == person and since <= example.at < until and example.source == FEEDBACK
        return dict(+counted)

    def _append(self, line: str) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(line)
        self._file.chmod(0o600)
