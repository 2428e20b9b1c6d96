"""A workspace that remembers what reading gave: the port wrapped, no more."""

import stat
from collections.abc import Callable, Iterator, Mapping

from artelier.domain.calls import FileChange
from artelier.ports.workspace import CommandOutcome, CommandRequest, FileView, Listing, SearchResult, Target, Workspace, Written, unheard
from artelier.workspaces.evidence import Named
from artelier.workspaces.lookings import names_of_command, names_of_listing, names_of_reading, names_of_searching
from artelier.workspaces.paths import normalise
from artelier.workspaces.recollection import Recollection, Work
from artelier.workspaces.root import Root
from artelier.workspaces.steady import depends_on_files_alone

_USUAL_ENDS = frozenset({0, 1})


class RememberingWorkspace:
    """``inner``, whose readings are remembered in ``recollection``; with ``ahead`` it works for nobody yet."""

    def __init__(self, inner: Workspace, root: Root, recollection: Recollection, *, ahead: bool = False) -> None:
        self._inner = inner
        self._root = root
        self._recollection = recollection
        self._ahead = ahead

    def ahead(self) -> "RememberingWorkspace":
        """Return the same workspace for work that nobody has asked for yet."""
        return RememberingWorkspace(self._inner, self._root, self._recollection, ahead=True)

    async def read_text(self, path: str, first_line: int = 1, max_lines: int = 2000) -> FileView:
        """Read a window of a text file."""
        work = Work(
            key=(path, first_line, max_lines),
            kind=FileView,
            do=lambda: self._inner.read_text(path, first_line, max_lines),
            names=lambda _: names_of_reading(normalise(path)),
            is_steady=lambda _: True,
            ahead=self._ahead,
        )
        return await self._recollection.result_of(work)

    async def list_folder(self, path: str = ".", depth: int = 1, max_entries: int = 1000) -> Listing:
        """List names beneath a folder."""
        work = Work(
            key=(path, depth, max_entries),
            kind=Listing,
            do=lambda: self._inner.list_folder(path, depth, max_entries),
            names=lambda until: names_of_listing(self._root, normalise(path), depth, until),
            is_steady=lambda listing: not listing.truncated,
            ahead=self._ahead,
        )
        return await self._recollection.result_of(work)

    async def search(self, pattern: str, path: str = ".", glob: str = "", max_matches: int = 200) -> SearchResult:
        """Search files for a regular expression."""
        work = Work(
            key=(pattern, path, glob, max_matches),
            kind=SearchResult,
            do=lambda: self._inner.search(pattern, path, glob, max_matches),
            names=lambda until: self._searched(normalise(path), until),
            is_steady=lambda found: not found.truncated,
            ahead=self._ahead,
        )
        return await self._recollection.result_of(work)

    async def run_command(
        self, request: CommandRequest, on_output: Callable[[str], None], on_changes: Callable[[tuple[FileChange, ...]], None] = unheard
    ) -> CommandOutcome:
        """Run a command; one that may write makes everything forgotten."""
        if not depends_on_files_alone(request):
            try:
                return await self._inner.run_command(request, on_output, on_changes)
            finally:
                if not request.reads_only:
                    await self._recollection.forget_all()
        work = Work(
            key=(request.shell, request.words),
            kind=CommandOutcome,
            do=lambda: self._inner.run_command(request, on_output, on_changes),
            names=lambda until: names_of_command(self._root, until),
            is_steady=lambda outcome: not outcome.timed_out and not outcome.files and outcome.exit_code in _USUAL_ENDS,
            ahead=self._ahead,
        )
        outcome = await self._recollection.result_of(work)
        if outcome.source:
            on_output(outcome.output)
        return outcome

    async def write_text(self, path: str, text: str, *, dry: bool = False) -> Written:
        """Create or replace a file atomically."""
        try:
            return await self._inner.write_text(path, text, dry=dry)
        finally:
            await self._wrote(path, dry=dry)

    async def replace_text(self, path: str, old: str, new: str, *, every: bool = False, dry: bool = False) -> Written:
        """Replace a passage of a file."""
        try:
            return await self._inner.replace_text(path, old, new, every=every, dry=dry)
        finally:
            await self._wrote(path, dry=dry)

    async def delete(self, path: str) -> tuple[FileChange, ...]:
        """Remove a file, or a folder with all in it."""
        try:
            return await self._inner.delete(path)
        finally:
            await self._recollection.forget_all()

    async def move(self, source: str, target: str) -> tuple[FileChange, ...]:
        """Give a file or folder another path."""
        try:
            return await self._inner.move(source, target)
        finally:
            await self._recollection.forget_all()

    async def restore(self, path: str, expected: str, content: bytes | None, mode: int = 0, *, dry: bool = False) -> None:
        """Put back what a file was."""
        try:
            await self._inner.restore(path, expected, content, mode, dry=dry)
        finally:
            await self._wrote(path, dry=dry)

    async def make_folder(self, path: str) -> bool:
        """Create a folder and those above it."""
        try:
            return await self._inner.make_folder(path)
        finally:
            await self._recollection.forget_all()

    async def targets(self, paths: frozenset[str]) -> Mapping[str, Target]:
        """Return what these paths name now."""
        return await self._inner.targets(paths)

    async def keeps_changes(self, paths: frozenset[str] | None = None) -> bool:
        """Return whether what is done to these paths, or by a command, can be undone afterwards."""
        return await self._inner.keeps_changes(paths)

    async def _wrote(self, path: str, *, dry: bool) -> None:
        if not dry:
            await self._recollection.forget(path)

    def _searched(self, path: str, until: float) -> Iterator[Named]:
        with self._root.opened(path) as opened:
            is_folder = stat.S_ISDIR(opened.status.st_mode)
        return names_of_searching(self._root, path, until) if is_folder else names_of_reading(path)
