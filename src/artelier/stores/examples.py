"""Requests with the agent that was right, kept as lines of JSON in the state folder: examples to train a router with."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artelier.domain.errors import StoreError
from artelier.ports.clock import Clock


class Examples:
    """Appends to ``file``; whoever trains a router reads it as it is."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self._file = file
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()

    async def add(self, text: str, agent: str, person: str, context: Mapping[str, Any]) -> None:
        """Keep an example. Raises ``StoreError``."""
        row = {"text": text, "agent": agent, "context": dict(context), "by": person, "at": self._clock.now().isoformat()}
        line = json.dumps(row, ensure_ascii=False) + "\n"
        async with self._one_at_a_time:
            try:
                await asyncio.to_thread(self._append, line)
            except (OSError, UnicodeEncodeError) as failure:
                raise StoreError(f"The example could not be kept in {self._file}: {failure}.") from failure

    def _append(self, line: str) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(line)
        self._file.chmod(0o600)
