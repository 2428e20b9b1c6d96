"""What all writers of one workspace share: a lock, fingerprints as last seen here, a place for old contents, a list of own writes."""

import os
import threading
from collections import OrderedDict
from typing import Protocol

from artelier.domain.errors import FileChanged
from artelier.workspaces.reading import Fingerprint, fingerprint_of

_REMEMBERED = 10_000
"""Files whose fingerprints are kept; the longest unused is forgotten first."""


class Keep(Protocol):
    """Keeps a content and returns its digest; blocking. Without ``durable`` it may be lost in a power cut."""

    def __call__(self, content: bytes, *, durable: bool = True) -> str:
        """Keep it. Raises ``StoreUnavailable``."""
        ...


def keep_nothing(content: bytes, *, durable: bool = True) -> str:  # noqa: ARG001  that is what it is
    """Keep nothing: then no change can be undone."""
    return ""


class Memory:
    """The fingerprints of files as they were last read or written here."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, Fingerprint] = OrderedDict()
        self._lock = threading.Lock()

    def remember(self, path: str, status: os.stat_result) -> None:
        """Note how a file was."""
        with self._lock:
            self._seen[path] = fingerprint_of(status)
            self._seen.move_to_end(path)
            if len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)

    def forget(self, path: str) -> None:
        """Drop what was noted of a file."""
        with self._lock:
            self._seen.pop(path, None)

    def refuse_changed(self, path: str, status: os.stat_result) -> None:
        """Raise ``FileChanged`` where the file was seen and is another now."""
        if self._seen.get(path, fingerprint_of(status)) != fingerprint_of(status):
            raise FileChanged(f"{path!r} has changed since it was read. Read it again, then write.")


class Keeping:
    """Shared by the writers of one workspace."""

    def __init__(self, keep: Keep = keep_nothing) -> None:
        self.keep = keep
        self.seen = Memory()
        self.lock = threading.Lock()
        """Held for each write: they go one at a time."""
        self._own: OrderedDict[str, int] = OrderedDict()
        self._count = 0

    @property
    def keeps(self) -> bool:
        """Whether contents are kept at all."""
        return self.keep is not keep_nothing

    def note_own(self, path: str) -> None:
        """Note that we wrote, moved or removed a file ourselves."""
        self._count += 1
        self._own[path] = self._count
        self._own.move_to_end(path)
        if len(self._own) > _REMEMBERED:
            self._own.popitem(last=False)

    def mark(self) -> int:
        """Return a mark for ``own_since``."""
        return self._count

    def own_since(self, mark: int) -> frozenset[str]:
        """Return the files written by us since a mark."""
        with self.lock:
            return frozenset(path for path, count in self._own.items() if count > mark)
