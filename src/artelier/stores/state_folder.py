"""The folder that holds everything an embedded server keeps, and who owns it.

The lock says whether there is an owner, ``server.json`` how to reach it. The lock goes with its process, however that
ends, so a ``server.json`` beside a free lock is a dead owner's and counts for nothing.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout
from msgspec import Struct

from artelier.domain.errors import StateFolderTaken, StoreError, StoreUnavailable

_LOCK = "owner.lock"
_SERVER = "server.json"
_PATIENCE = 0.25
"""Seconds for which a taken lock is tried again: whoever looks for an owner holds it for an instant."""


class ServerRecord(Struct, frozen=True):
    """How to reach the server that owns a state folder."""

    address: str
    token: str
    pid: int


class StateFolder:
    """A state folder, created for its user alone. Many may look into it, one at a time owns it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.chmod(0o700)
        except OSError as failure:
            raise StoreUnavailable(
                f"The state folder {path} cannot be used: {failure}. Name another one, or see to its permissions."
            ) from failure
        self._lock = FileLock(path / _LOCK, timeout=_PATIENCE, mode=0o600, thread_local=False, poll_interval=0.02, fallback_to_soft=False)

    def acquire(self) -> None:
        """Become the owner. Raises ``StateFolderTaken`` with the owner's address, ``StoreError`` when files cannot be locked here."""
        try:
            self._lock.acquire()
        except Timeout as failure:
            raise StateFolderTaken(f"The state folder {self.path} belongs to {self._owner()}: speak to it, or stop it first.") from failure
        except (OSError, NotImplementedError) as failure:
            raise StoreError(f"The state folder {self.path} cannot be locked: {failure}. Put it on a local disk.") from failure
        (self.path / _SERVER).unlink(missing_ok=True)

    def release(self) -> None:
        """Stop being the owner; nothing happens when this is not the owner."""
        if self._lock.is_locked:
            (self.path / _SERVER).unlink(missing_ok=True)
            self._lock.release()

    def write_server(self, address: str, token: str, pid: int) -> None:
        """Tell others how to reach the owner. Raises ``StoreError`` when this is not the owner."""
        if not self._lock.is_locked:
            raise StoreError(f"The state folder {self.path} must be acquired before its server is announced.")
        try:
            self._replace(msgspec.json.encode(ServerRecord(address, token, pid)))
        except OSError as failure:
            raise StoreUnavailable(f"{self.path / _SERVER} cannot be written: {failure}.") from failure

    def read_server(self) -> ServerRecord | None:
        """Return how to reach the living owner, None when there is none or it serves nobody yet. Raises ``StoreError``."""
        return self._record() if self._is_owned() else None

    def _replace(self, content: bytes) -> None:
        unfinished = self.path / f".{_SERVER}.{os.getpid()}"
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        unfinished.replace(self.path / _SERVER)

    def _is_owned(self) -> bool:
        # Shared and for an instant, so that those who look do not take each other for an owner.
        try:
            descriptor = os.open(self.path / _LOCK, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def _record(self) -> ServerRecord | None:
        try:
            return msgspec.json.decode((self.path / _SERVER).read_bytes(), type=ServerRecord)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as failure:
            raise StoreError(f"{self.path / _SERVER} cannot be read: {failure}. Start the server again.") from failure

    def _owner(self) -> str:
        record = None
        with suppress(StoreError):  # the owner is named if it can be; that there is one is what matters
            record = self._record()
        return "another process" if record is None else f"the server at {record.address} (process {record.pid})"
