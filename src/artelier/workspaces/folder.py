"""A workspace that is a folder of this machine."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import ParamSpec, TypeVar

import msgspec

from artelier.approvals.read_only import only_reads
from artelier.domain.calls import FileChange
from artelier.ports.workspace import CommandOutcome, CommandRequest, FileView, Listing, SearchResult, Target, Written, unheard
from artelier.workspaces.commands import CommandRunner, Shell
from artelier.workspaces.keeping import Keep, Keeping, keep_nothing
from artelier.workspaces.listing import list_folder
from artelier.workspaces.moving import Files
from artelier.workspaces.plain_search import PlainSearch
from artelier.workspaces.ripgrep import Ripgrep, find_ripgrep
from artelier.workspaces.root import Root
from artelier.workspaces.searching import Searcher, checked
from artelier.workspaces.shadow import USUAL, Look, Shadow, ShadowLimits
from artelier.workspaces.targets import look_at
from artelier.workspaces.writing import Texts

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class LocalWorkspace:
    """The folder ``root`` and commands in it.

    ``use_openat2`` None takes what works here (see ``beneath``). ``shell`` runs the commands, a plain ``Shell`` by default;
    ``searcher`` is ripgrep by default where there is one. ``allow_hard_links`` permits reading files with several names.
    ``keep`` keeps what files were, so that changes can be undone; ``shadow_limits`` bound how much is kept ahead of commands.
    Raises ``SettingsError`` where ``root`` is no folder.
    """

    def __init__(
        self,
        root: Path,
        *,
        use_openat2: bool | None = None,
        allow_hard_links: bool = False,
        shell: CommandRunner | None = None,
        searcher: Searcher | None = None,
        keep: Keep = keep_nothing,
        shadow_limits: ShadowLimits = USUAL,
    ) -> None:
        self.root = Root(root, use_openat2=use_openat2, allow_hard_links=allow_hard_links)
        """The one door to the files."""
        self._keeping = Keeping(keep)
        self._texts = Texts(self.root, self._keeping)
        self._files = Files(self.root, self._keeping)
        self._shadow = Shadow(self.root, self._keeping, shadow_limits)
        self._shell = shell or Shell()
        self._searcher = searcher or _searcher_here()

    async def read_text(self, path: str, first_line: int = 1, max_lines: int = 2000) -> FileView:
        """Read a window of a text file. Raises ``PathRefused``, ``FileMissing``, ``FileUnreadable``."""
        return await asyncio.to_thread(self._texts.read, path, first_line, max_lines)

    async def write_text(self, path: str, text: str, *, dry: bool = False) -> Written:
        """Create or replace a file. Raises ``PathRefused``, ``FileChanged``, ``FileUnreadable``, ``ArgumentsInvalid``."""
        return await _to_its_end(self._texts.write, path, text, dry=dry)

    async def replace_text(self, path: str, old: str, new: str, *, every: bool = False, dry: bool = False) -> Written:
        """Replace a passage. Raises as ``write_text`` does, ``FileMissing``, and ``ToolError`` where it is not to be found."""
        return await _to_its_end(self._texts.replace, path, old, new, every=every, dry=dry)

    async def targets(self, paths: frozenset[str]) -> Mapping[str, Target]:
        """Return what these paths name now."""
        return await asyncio.to_thread(look_at, self.root, paths)

    async def list_folder(self, path: str = ".", depth: int = 1, max_entries: int = 1000) -> Listing:
        """List names beneath a folder. Raises ``PathRefused``, ``FileMissing``."""
        return await asyncio.to_thread(list_folder, self.root, path, depth, max_entries)

    async def make_folder(self, path: str) -> bool:
        """Create a folder and those above it; False when it was there. Raises ``PathRefused``."""
        return await _to_its_end(self.root.make_folder, path)

    async def search(self, pattern: str, path: str = ".", glob: str = "", max_matches: int = 200) -> SearchResult:
        """Search files for a regular expression. Raises ``ArgumentsInvalid``, ``PathRefused``, ``FileMissing``."""
        return await self._searcher.search(self.root, checked(pattern, path, glob, max_matches))

    async def delete(self, path: str) -> tuple[FileChange, ...]:
        """Remove a file, or a folder with all in it. Raises ``PathRefused``, ``FileMissing``, ``FileChanged``, ``ToolError``."""
        return await _to_its_end(self._files.delete, path)

    async def move(self, source: str, target: str) -> tuple[FileChange, ...]:
        """Give a file or folder another path. Raises as ``delete`` does."""
        return await _to_its_end(self._files.move, source, target)

    async def restore(self, path: str, expected: str, content: bytes | None, mode: int = 0, *, dry: bool = False) -> None:
        """Put back what a file was. Raises ``FileChanged``, ``PathRefused``."""
        await _to_its_end(self._files.restore, path, expected, content, mode, dry=dry)

    async def keeps_changes(self, paths: frozenset[str] | None = None) -> bool:
        """Return whether what is done to these paths, or by a command to whatever it likes, can be undone afterwards."""
        if not self._keeping.keeps:
            return False
        if paths is None:
            return await asyncio.to_thread(self._shadow.covers)
        return all([await asyncio.to_thread(self._files.is_kept_whole, path) for path in paths])

    def ahead(self) -> None:
        """Return None: nothing is remembered here."""

    async def run_command(
        self, request: CommandRequest, on_output: Callable[[str], None], on_changes: Callable[[tuple[FileChange, ...]], None] = unheard
    ) -> CommandOutcome:
        """Run a command in the root. Raises ``CommandFailed``. However it ends, its changes are looked for, within the limits."""
        if not self._keeping.keeps or request.reads_only or only_reads(request.shell):
            return await self._shell.run(request, self.root.folder, on_output)
        before = await asyncio.to_thread(self._shadow.before)
        try:
            outcome = await self._shell.run(request, self.root.folder, on_output)
        except BaseException:  # a command that was stopped has done a part of its work
            await _unbroken(self._look_after(before, on_changes))
            raise
        return msgspec.structs.replace(outcome, files=await _unbroken(self._look_after(before, on_changes)))

    async def _look_after(self, before: Look | None, on_changes: Callable[[tuple[FileChange, ...]], None]) -> tuple[FileChange, ...]:
        files = await asyncio.to_thread(self._shadow.changes_since, before)
        on_changes(files)
        return files


def _searcher_here() -> Searcher:
    ripgrep = find_ripgrep()
    return Ripgrep(ripgrep) if ripgrep else PlainSearch()


async def _to_its_end(function: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
    """Run a write in a thread; when cancelled, wait for it first, so that nothing is written after the call has ended."""
    return await _unbroken(asyncio.to_thread(function, *args, **kwargs))


async def _unbroken(work: Coroutine[None, None, Result]) -> Result:
    """Do this whole; a cancellation waits until it is done."""
    working = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait({working})
        raise
