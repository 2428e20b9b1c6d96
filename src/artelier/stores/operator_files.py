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


def write_secret(file: Path, secret: str) -> str | None:
    """Put a secret into a file that only its owner reads, in a folder of that kind; return what was there. Raises ``StoreError``."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = file.read_text(encoding="utf-8") if file.exists() else None
        if before is not None:
            file.chmod(0o600)
    except (OSError, UnicodeDecodeError) as failure:
        raise StoreError(f"{file} could not be written: {failure}. Look at the folder's owner and at the disk.") from failure
    write_whole(file, secret)
    return before


def put_back(file: Path, secret: str | None) -> None:
    """Leave a secret's file as it was before ``write_secret``. Raises ``StoreError``."""
    if secret is not None:
        write_whole(file, secret)
        return
    try:
        file.unlink(missing_ok=True)
    except OSError as failure:
        raise StoreError(f"{file} could not be removed: {failure}. Remove it by hand.") from failure
