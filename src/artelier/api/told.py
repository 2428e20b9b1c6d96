"""Which questions were said to whoever speaks in a session: a plain yes approves these, and none that was asked since."""

from collections.abc import Iterable

from cachetools import LRUCache
from fastapi import Request

_SESSIONS = 10_000


class Told:
    """By session, the questions that were said last; what is forgotten, as after a restart, is said once more."""

    def __init__(self) -> None:
        self._questions: LRUCache[str, frozenset[str]] = LRUCache(_SESSIONS)

    def say(self, session: str, questions: Iterable[str]) -> None:
        """Note that these questions are said now."""
        self._questions[session] = frozenset(questions)

    def of(self, session: str) -> frozenset[str]:
        """Return the questions that were said last."""
        return self._questions.get(session, frozenset())


def told_by(request: Request) -> Told:
    """Return what this server told."""
    told: Told = request.app.state.told
    return told
