"""A workspace that is a dictionary: for tests, examples and rehearsals. Commands are answered from a script."""

import hashlib
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, MutableMapping

from artelier.domain.calls import FileChange
from artelier.domain.errors import ArgumentsInvalid, FileChanged, FileMissing, PathRefused, ToolError
from artelier.domain.secret_names import is_secret
from artelier.ports.workspace import CommandOutcome, CommandRequest, Entry, FileView, Listing, Match, SearchResult, Target, Written, unheard
from artelier.workspaces.encoding import UTF8, encode
from artelier.workspaces.globs import PathFilter
from artelier.workspaces.ignoring import IGNORE_FILE, IgnoreRules, is_ignored
from artelier.workspaces.names import is_closed, join, path_order
from artelier.workspaces.paths import normalise, refuse_protected, refuse_secret
from artelier.workspaces.pattern_worker import excerpt
from artelier.workspaces.reading import WHOLE_LIMIT
from artelier.workspaces.replacing import replaced
from artelier.workspaces.searching import TEXT_LIMIT, SearchRequest, checked, invalid_pattern
from artelier.workspaces.windows import Window

_NOT_FOUND = 127


class MemoryWorkspace:
    """Files kept in ``files``, which a test may change behind the agent's back.

    ``commands`` gives the output, or the whole outcome, of each command known; others end with exit code 127.
    Patterns are Python's and run without a deadline.
    """

    def __init__(self, files: MutableMapping[str, str] | None = None, commands: Mapping[str, str | CommandOutcome] | None = None) -> None:
        self.files = files if files is not None else {}
        self._commands = commands or {}
        self._folders: set[str] = set()
        self._seen: dict[str, str] = {}

    async def read_text(self, path: str, first_line: int = 1, max_lines: int = 2000) -> FileView:
        """Read a window of a file. Raises ``PathRefused``, ``FileMissing``."""
        wanted = self._readable(path)
        text = self._file(wanted)
        self._seen[wanted] = text
        window = Window(first_line, max_lines)
        window.feed(text)
        return window.view(wanted, len(text.encode()), "utf-8", complete=True)

    async def write_text(self, path: str, text: str, *, dry: bool = False) -> Written:
        """Create or replace a file. Raises ``PathRefused``, ``FileChanged``, ``ArgumentsInvalid``."""
        wanted = self._writable(path)
        if wanted in self._all_folders():
            raise PathRefused(f"{wanted!r} is a folder: name a file in it.")
        self._refuse_file_above(wanted)
        before = self.files.get(wanted)
        if before is not None and self._seen.get(wanted, before) != before:
            raise FileChanged(f"{wanted!r} has changed since it was read. Read it again, then write.")
        self._refuse_text(wanted, text)
        if not dry:
            self.files[wanted] = self._seen[wanted] = text
        return Written(wanted, before, text)

    async def replace_text(self, path: str, old: str, new: str, *, every: bool = False, dry: bool = False) -> Written:
        """Replace a passage. Raises as ``write_text`` does, ``FileMissing``, and ``ToolError`` where it is not to be found."""
        wanted = self._writable(path)
        text = self._file(wanted)
        if self._seen.get(wanted, text) != text:
            raise FileChanged(f"{wanted!r} has changed since it was read. Read it again, then write.")
        return await self.write_text(wanted, replaced(text, old, new, wanted, every=every), dry=dry)

    async def targets(self, paths: frozenset[str]) -> Mapping[str, Target]:
        """Return what these paths name now."""
        return {path: self._target(path) for path in paths}

    async def list_folder(self, path: str = ".", depth: int = 1, max_entries: int = 1000) -> Listing:
        """List names beneath a folder, those near first. Raises ``PathRefused``, ``FileMissing``."""
        wanted = self._readable(path)
        if wanted in self.files:
            raise PathRefused(f"{wanted!r} is a file, not a folder: read it instead.")
        if wanted not in self._all_folders():
            raise self._missing(wanted)
        entries = [Entry(folder, "folder") for folder in self._all_folders() if folder != "."]
        entries += [Entry(file, "file", len(text.encode())) for file, text in self.files.items()]
        base = 0 if wanted == "." else len(path_order(wanted))
        beneath = [
            (len(path_order(entry.path)) - base, path_order(entry.path), entry) for entry in entries if _is_beneath(entry.path, wanted)
        ]
        near = sorted(
            (level, order, entry.path, entry) for level, order, entry in beneath if level <= depth and not _is_closed(entry.path, wanted)
        )
        kept = sorted((order, path, entry) for _, order, path, entry in near[:max_entries])
        return Listing(tuple(entry for _, _, entry in kept), truncated=len(near) > max_entries)

    async def make_folder(self, path: str) -> bool:
        """Create a folder and those above it; False when it was there. Raises ``PathRefused``."""
        wanted = self._writable(path)
        if wanted in self._all_folders():
            return False
        self._refuse_file_above(join(wanted, "x"))
        self._folders.add(wanted)
        return True

    async def search(self, pattern: str, path: str = ".", glob: str = "", max_matches: int = 200) -> SearchResult:
        """Search files for a regular expression. Raises ``ArgumentsInvalid``, ``PathRefused``, ``FileMissing``."""
        request = checked(pattern, path, glob, max_matches)
        try:
            expression = re.compile(request.pattern)
        except re.error as error:
            raise invalid_pattern(pattern, str(error)) from error
        searched = list(self._searched(request))
        matches = [match for file in searched for match in _matches(expression, file, self.files[file])]
        return SearchResult(tuple(matches[: request.max_matches]), len(searched), truncated=len(matches) > request.max_matches)

    async def delete(self, path: str) -> tuple[FileChange, ...]:
        """Remove a file or folder; nothing is kept of it. Raises ``PathRefused``, ``FileMissing``."""
        wanted = self._writable(path)
        gone = [file for file in self.files if file == wanted or _is_beneath(file, wanted)]
        if not gone and wanted not in self._folders:
            raise self._missing(wanted)
        for file in gone:
            del self.files[file]
        self._folders = {folder for folder in self._folders if folder != wanted and not _is_beneath(folder, wanted)}
        return tuple(FileChange(file, "deleted") for file in gone)

    async def move(self, source: str, target: str) -> tuple[FileChange, ...]:
        """Give a file or folder another path. Raises ``PathRefused``, ``FileMissing``, ``ToolError``."""
        old, new = self._writable(source), self._writable(target)
        if new in self.files or new in self._all_folders():
            raise ToolError(f"There is something at {new!r} already. Remove it first, or choose another name.")
        if _is_beneath(new, old):
            raise ToolError(f"{old!r} cannot be moved to {new!r}, which is the same or lies in it.")
        moved = {file: new + file[len(old) :] for file in self.files if file == old or _is_beneath(file, old)}
        if not moved:
            raise self._missing(old)
        for before, after in moved.items():
            self.files[after] = self.files.pop(before)
        return tuple(change for before, after in moved.items() for change in (FileChange(before, "deleted"), FileChange(after, "created")))

    async def restore(self, path: str, expected: str, content: bytes | None, mode: int = 0, *, dry: bool = False) -> None:  # noqa: ARG002  no modes here
        """Put back what a file was. Raises ``FileChanged``."""
        wanted = self._writable(path)
        now = self.files.get(wanted)
        if now == (None if content is None else content.decode()):
            return
        if ("" if now is None else _digest(now)) != expected:
            raise FileChanged(f"{wanted!r} has been changed by somebody since. It is left as it is.")
        if dry:
            return
        if content is None:
            self.files.pop(wanted, None)
        else:
            self.files[wanted] = content.decode()

    async def keeps_changes(self, paths: frozenset[str] | None = None) -> bool:  # noqa: ARG002  nothing is kept, whatever it is
        """Return False: nothing is kept here."""
        return False

    def ahead(self) -> None:
        """Return None: nothing is remembered here."""

    async def run_command(
        self, request: CommandRequest, on_output: Callable[[str], None], on_changes: Callable[[tuple[FileChange, ...]], None] = unheard
    ) -> CommandOutcome:
        """Answer a command from the script."""
        command = request.shell or shlex.join(request.words)
        answer = self._commands.get(command, CommandOutcome(_NOT_FOUND, f"sh: {command.partition(' ')[0]}: not found\n", 0.0))
        outcome = answer if isinstance(answer, CommandOutcome) else CommandOutcome(0, answer, 0.0)
        if outcome.output:
            on_output(outcome.output)
        on_changes(outcome.files)
        return outcome

    def _target(self, path: str) -> Target:
        try:
            wanted = normalise(path)
        except PathRefused:
            return Target("", plain=False)
        text = self.files.get(wanted)
        if text is None:
            return Target("folder" if wanted in self._all_folders() else "")
        return Target(_digest(text))

    def _readable(self, path: object) -> str:
        wanted = normalise(path)
        refuse_secret(wanted)
        return wanted

    def _writable(self, path: object) -> str:
        wanted = self._readable(path)
        refuse_protected(wanted)
        return wanted

    def _file(self, path: str) -> str:
        if path in self._all_folders():
            raise PathRefused(f"{path!r} is a folder, not a file.")
        if path not in self.files:
            raise self._missing(path)
        return self.files[path]

    def _missing(self, path: str) -> FileMissing:
        return FileMissing(f"There is no {path!r}. List its folder to see what is there.")

    def _refuse_text(self, path: str, text: str) -> None:
        if len(encode(text, UTF8, path)) > WHOLE_LIMIT:
            raise ArgumentsInvalid(f"{path!r} would have more than {WHOLE_LIMIT} bytes. Write less.")

    def _refuse_file_above(self, path: str) -> None:
        if any(folder in self.files for folder in _folders_above(path)):
            raise PathRefused(f"{path!r}: a folder in it is a link or a file. Write through real folders only.")

    def _all_folders(self) -> set[str]:
        paths = [*self.files, *(join(folder, "x") for folder in self._folders)]
        return {".", *(folder for path in paths for folder in _folders_above(path))}

    def _searched(self, request: SearchRequest) -> Iterator[str]:
        wanted = self._readable(request.path)
        if wanted in self.files:
            yield wanted
            return
        if wanted not in self._all_folders():
            raise self._missing(wanted)
        passes = PathFilter(request.glob).passes
        for path in sorted(self.files, key=path_order):
            if _is_beneath(path, wanted) and passes(path) and not is_secret(path) and not self._is_passed_over(path, wanted):
                yield path

    def _is_passed_over(self, path: str, base: str) -> bool:
        above = [folder for folder in _folders_above(path) if _is_beneath(folder, base)]
        rules = [
            IgnoreRules(folder, self.files[join(folder, IGNORE_FILE)])
            for folder in (".", *_folders_above(path))
            if join(folder, IGNORE_FILE) in self.files
        ]
        hidden = any(part.startswith(".") for part in path_order(path)[0 if base == "." else len(path_order(base)) :])
        return hidden or is_ignored(rules, path, folder=False) or any(is_ignored(rules, folder, folder=True) for folder in above)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(errors="replace"), digest_size=32).hexdigest()


def _folders_above(path: str) -> list[str]:
    parts = path_order(path)
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _is_beneath(path: str, folder: str) -> bool:
    return folder == "." or path.startswith(folder + "/")


def _is_closed(path: str, base: str) -> bool:
    return any(is_closed(folder) for folder in _folders_above(path) if _is_beneath(folder, base))


def _matches(expression: re.Pattern[str], path: str, text: str) -> Iterator[Match]:
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else [], 1):
        found = expression.search(line.rstrip("\r"))
        if found:
            yield Match(path, number, excerpt(line.rstrip("\r"), found.start(), TEXT_LIMIT))
