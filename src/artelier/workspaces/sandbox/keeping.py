"""Putting back what a command changed though it is protected, behind walls that cannot make a part of a folder read-only."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from artelier.domain.errors import CommandFailed
from artelier.workspaces.sandbox.surveying import Survey

_BYTES = 32 << 20
_FILES = 5000


class Kept(NamedTuple):
    """One file as it was."""

    content: bytes
    mode: int


def keep(surveys: tuple[Survey, ...]) -> dict[str, Kept]:
    """Return the protected files beneath the roots. Raises ``CommandFailed`` where they are too many to keep."""
    kept: dict[str, Kept] = {}
    size = 0
    for path in _protected(surveys):
        status = path.lstat()
        size += status.st_size
        if size > _BYTES or len(kept) >= _FILES:
            raise CommandFailed(
                "There is more in protected folders here (.git/modules, .vscode ...) than this sandbox can keep safe. Install bubblewrap."
            )
        kept[str(path)] = Kept(path.read_bytes(), status.st_mode)
    return kept


def put_back(kept: dict[str, Kept], surveys: tuple[Survey, ...]) -> tuple[str, ...]:
    """Make the protected files again what they were; return a line for each that was not."""
    changed = [path for path in _protected(surveys) if str(path) not in kept]
    for path in changed:
        path.unlink(missing_ok=True)
    for name, before in kept.items():
        path = Path(name)
        if not _is_as_it_was(path, before):
            _restore(path, before)
            changed.append(path)
    return tuple(f"{path} is protected, and was put back as it was" for path in changed)


def _is_as_it_was(path: Path, before: Kept) -> bool:
    try:
        return path.lstat().st_mode == before.mode and path.read_bytes() == before.content
    except OSError:
        return False


def _restore(path: Path, before: Kept) -> None:
    try:
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(before.content)
        path.chmod(stat.S_IMODE(before.mode))
    except OSError as error:
        raise CommandFailed(
            f"The command changed {str(path)!r}, which is protected, and it could not be put back ({error}). "
            "Look at it before anything else is done in this folder."
        ) from error


def _protected(surveys: tuple[Survey, ...]) -> Iterator[Path]:
    """Return the plain files that are protected, or lie in a protected folder; of ``.git`` only its parts."""
    for survey in surveys:
        for sight in survey.of("protected", "git"):
            if sight.is_link or (sight.is_folder and sight.path.endswith("/.git")):
                continue
            if not sight.is_folder:
                yield Path(sight.path)
                continue
            for folder, _, names in os.walk(sight.path):
                yield from (path for name in names if stat.S_ISREG((path := Path(folder, name)).lstat().st_mode))
