"""Setting aside what a command must not leave behind: things that programs of the person's machine would act upon.

What is already there is bound read-only. What is not there yet cannot be bound without leaving an empty file in its place, so
a command can create it, and it is moved away when the command has ended. A new ``.git`` may stay, without the parts of it
that make git run programs.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from artelier.domain.errors import CommandFailed
from artelier.workspaces.sandbox.surveying import Sight, Survey

_CONFIG_LIMIT = 65536
_SECTION = re.compile(r'\[(core|user|init|(branch|remote) "[\w./ -]+")\]')
_HARMLESS = re.compile(
    r"(repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|precomposeunicode|symlinks|name|email|defaultbranch"
    r"|remote|merge|rebase|fetch)\s*=[^\\]*"
    r"|url\s*=\s*(https?://|ssh://|git://|file:///|/|\.\.?/|[\w.]+@[\w.-]+:)[^\\]*"
)


class Quarantine:
    """Keeps under ``folder``, which lies outside every workspace, what was set aside."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def set_aside(self, before: Survey, after: Survey, *, held: bool = True) -> tuple[str, ...]:
        """Move away what is new and protected; return a line for each. Raises ``CommandFailed`` where it cannot be moved.

        What was ``held`` could not be deleted, so its inode is still its own wherever its folder was moved; otherwise an inode
        may have gone to something new, and counts at its old place alone. A link could always be replaced.
        """
        known = {_mark(sight, held=held) for sight in before.sights}
        new = [sight for sight in after.of("protected", "git") if _mark(sight, held=held) not in known]
        whole = [sight for sight in new if not _is_repository(sight) and sight.kind == "protected"]
        parts = [sight for sight in new if sight.kind == "git" and not _beneath(sight.path, whole) and not _is_harmless(sight)]
        return tuple(self._move(sight, after.root) for sight in (*whole, *parts))

    def _move(self, sight: Sight, root: str) -> str:
        name = os.path.relpath(sight.path, root)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            target = Path(tempfile.mkdtemp(dir=self._folder)) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(sight.path, target)
        except OSError as error:
            raise CommandFailed(
                f"The command left {name!r} behind, which programs of this machine would act upon, and it could not be moved away "
                f"({error}). Look at it and delete it before anything else is done in this folder."
            ) from error
        return f"{name} was set aside, because programs of this machine would act upon it; a person finds it at {target}"


def _mark(sight: Sight, *, held: bool) -> tuple[object, ...]:
    if sight.is_link:
        return sight.path, sight.target
    return sight.identity if held else (*sight.identity, sight.path)


def _beneath(path: str, folders: Iterable[Sight]) -> bool:
    return any(path.startswith(f"{folder.path}/") for folder in folders)


def _is_repository(sight: Sight) -> bool:
    return sight.path.endswith("/.git") and sight.is_folder


def _is_harmless(sight: Sight) -> bool:
    """Whether a new part of ``.git`` makes git run nothing."""
    name = Path(sight.path).name
    if sight.is_link:
        return False
    if name == "hooks" and sight.is_folder:
        return all(hook.endswith(".sample") for hook in os.listdir(sight.path))  # noqa: PTH208  names are enough
    if name == "info" and sight.is_folder:
        return set(os.listdir(sight.path)) <= {"exclude", "refs"}  # noqa: PTH208  names are enough
    return name == "config" and not sight.is_folder and all(_is_plain(line) for line in _lines(Path(sight.path)))


def _lines(config: Path) -> Iterator[str]:
    with config.open(errors="replace") as file:
        text = file.read(_CONFIG_LIMIT)
    yield from text.splitlines() if len(text) < _CONFIG_LIMIT else ["too long"]


def _is_plain(line: str) -> bool:
    stripped = line.strip()
    return not stripped or bool(_SECTION.fullmatch(stripped) or _HARMLESS.fullmatch(stripped))
