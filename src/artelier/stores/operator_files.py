"""The operator's own files, written whole or not at all."""

import os
import tempfile
from pathlib import Path

from artelier.domain.errors import StoreError


def write_whole(file: Path, text: str) -> None:
    """Put a text in place of a file, keeping its mode; 0600 for a new one. Raises ``StoreError`` and leaves it as it was."""
    try:
        mode = file.stat().st_mode & 0o777 if file.exists() else 0o600
        with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".", delete=False) as written:
            try:
                written.write(text.encode())
                written.flush()
                os.fsync(written.fileno())
                Path(written.name).chmod(mode)
                Path(written.name).replace(file)
            except OSError:
                Path(written.name).unlink(missing_ok=True)
                raise
    except OSError as failure:
        raise StoreError(f"{file} could not be written: {failure}. Look at the folder's owner and at the disk.") from failure
