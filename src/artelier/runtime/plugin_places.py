"""Where plugins lie, and whether others could have written them: what is found there is run with the server's own rights."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from artelier.domain.errors import PluginError
from artelier.runtime.load import find_installed

NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
RESERVED = frozenset({"folder", "installed", "disabled"})
"""Names that mean something else in the section ``plugins`` of the settings."""
_MOST_FILES = 1000
_OVERFLOW = 65534
"""Who owns what belongs to nobody within a user namespace."""
_OTHERS = stat.S_IWGRP | stat.S_IWOTH
Mark = tuple[tuple[str, int, int, int, int], ...]


class Found(Struct, frozen=True):
    """A plugin that is there, not loaded: ``file`` is None for one of an installed package."""

    name: str
    origin: str
    file: Path | None = None
    mark: Mark = ()
    """Tells one state of its files from another."""
    problems: tuple[str, ...] = ()


def find_in(folder: Path, workspaces: Iterable[Path], disabled: Iterable[str] = ()) -> tuple[Found, ...]:
    """Return the plugins of a folder in the order of their names. Raises ``PluginError`` where the folder is not to be used."""
    off, roots = frozenset(disabled), tuple(workspaces)
    if not folder.exists():
        return ()
    if refusal := _refused(folder, roots):
        raise PluginError(refusal)
    try:
        candidates = sorted(path for path in folder.iterdir() if _is_candidate(path))
    except OSError as failure:
        raise PluginError(f"The plugins' folder {folder} cannot be read: {failure}.") from failure
    names = [path.stem for path in candidates]
    return tuple(
        Found(path.stem, str(path)) if path.stem in off else find_at(path, roots, twice=names.count(path.stem) > 1) for path in candidates
    )


def find_at(path: Path, workspaces: Iterable[Path], *, twice: bool = False) -> Found:
    """Return the plugin that a file or a folder is."""
    name, file = path.stem, path / "__init__.py" if path.is_dir() else path
    problems = []
    if not NAME.fullmatch(name) or name in RESERVED:
        problems.append(f"{path}: a plugin is named by small Latin letters, digits and _, beginning with a letter. Rename it.")
    if twice:
        problems.append(f"There are both {name}.py and the folder {name}. Remove one of them.")
    if not file.is_file():
        problems.append(f"{file} is not there.")
    files = sorted(files_beneath(path))
    if len(files) > _MOST_FILES:
        problems.append(f"{path} holds more than {_MOST_FILES} files. Keep data elsewhere: PluginContext.folder is for it.")
    problems += dict.fromkeys(refusal for each in files[:_MOST_FILES] if (refusal := _refused(each, tuple(workspaces))))
    return Found(name, str(path), file, tuple(marks(files)), tuple(problems))


def find_installed_named(name: str) -> Found:
    """Return the plugin of an installed package; one that is changed is seen at the next start."""
    entry = find_installed(name)
    if entry is None:
        return Found(
            name, "installed", problems=(f"No installed package gives a plugin {name}. Install one, or remove it from plugins.installed.",)
        )
    package = f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else entry.value
    wrong = not re.fullmatch(r"[a-z][a-z0-9_-]{0,31}", name) or name in RESERVED
    return Found(name, package, problems=("A plugin is named by small Latin letters, digits, _ and -.",) if wrong else ())


def files_beneath(path: Path) -> Iterator[Path]:
    """Yield a path and, of a folder, all beneath it, but for what Python and editors leave there; a few more than are allowed at most."""
    yield path
    if not path.is_dir():
        return
    count = 0
    for folder, folders, files in os.walk(path):
        folders[:] = [name for name in folders if name != "__pycache__" and not name.startswith(".")]
        for name in (*folders, *files):
            count += 1
            if count > _MOST_FILES:
                return
            yield Path(folder, name)


def marks(files: Iterable[Path]) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield what tells one state of files from another; those that are not there are left out."""
    for file in files:
        try:
            found = file.stat()
        except OSError:
            continue
        yield str(file), found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _is_candidate(path: Path) -> bool:
    if path.name.startswith((".", "_")):
        return False
    return path.suffix == ".py" or (path / "__init__.py").exists()


def _refused(path: Path, workspaces: tuple[Path, ...]) -> str:
    """Return why code must not be run from here; empty where nothing speaks against it."""
    try:
        real = path.resolve(strict=True)
        inside = next((root for root in workspaces if real.is_relative_to(root.resolve())), None)
        if inside is not None:
            return f"{path} lies inside the workspace {inside}, where agents can write. Plugins are code: move it outside."
        own, above = real.stat(), [(folder, folder.stat()) for folder in real.parents]
    except OSError as failure:
        return f"{path} cannot be looked at: {failure}."
    if own.st_uid not in {0, os.geteuid()}:
        return f"{path} belongs to another user. Plugins are code: make it your own (chown)."
    if own.st_mode & _OTHERS:
        return f"{path} can be written by others. Plugins are code: `chmod go-w {real}`."
    for folder, found in above:
        if found.st_uid not in {0, os.geteuid(), _OVERFLOW} or (found.st_mode & _OTHERS and not found.st_mode & stat.S_ISVTX):
            return f"{folder}, where {path} lies, can be written by others, who could put something else there. Take that right away."
    return ""
