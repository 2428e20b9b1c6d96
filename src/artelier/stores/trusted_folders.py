"""Which folders a person trusts, and with what in them: a file in the state folder, out of every agent's reach."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from artelier.domain.errors import StoreError


class Pin(Struct, frozen=True):
    """A folder as it was trusted."""

    root: str
    digest: str


class TrustedFolders:
    """Pins by workspace, in one file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self) -> dict[str, Pin]:
        """Return all pins. Raises ``StoreError`` for a file that is broken: nothing is trusted then."""
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=dict[str, Pin])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError) as failure:
            raise StoreError(
                f"{self._file} cannot be read ({failure}), so no folder is trusted. Remove it and trust them again."
            ) from failure

    def write(self, pins: Mapping[str, Pin]) -> None:
        """Keep these and no others. Raises ``StoreError``."""
        try:
            with tempfile.NamedTemporaryFile(dir=self._file.parent, prefix=".", delete=False) as written:  # made with mode 0600
                written.write(msgspec.json.encode(pins))
                written.flush()
                os.fsync(written.fileno())
            Path(written.name).replace(self._file)
        except OSError as failure:
            raise StoreError(f"Which folders are trusted could not be kept: {failure}. Look at the disk.") from failure
