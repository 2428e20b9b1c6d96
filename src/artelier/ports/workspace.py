"""The seam to a folder that agents work in."""

from collections.abc import Callable, Mapping
from typing import Protocol

from msgspec import Struct

from artelier.domain.calls import FileChange
from artelier.domain.runs import WorkspaceRecord


def unheard(changes: tuple[FileChange, ...]) -> None:
    """Hear of changes and do nothing about it."""


class FileView(Struct, frozen=True, omit_defaults=True):
    """A window on a text file. Lines are counted from 1; ``size`` is of the whole file in bytes."""

    path: str
    text: str
    size: int
    first_line: int = 1
    lines: int = 0
    """How many lines this window holds."""
    total_lines: int | None = None
    """Lines in the whole file, None where it was too large to count."""
    encoding: str = "utf-8"
    truncated: bool = False
    source: str = ""
    """Where this came from; see ``ToolResult.source``. So it is of the other results here."""


class Target(Struct, frozen=True):
    """What a path names at this moment."""

    stamp: str
    """Another one whenever the file is another; empty where there is nothing, ``folder`` for a folder."""
    plain: bool = True
    """No link leads there and the file has no second name, so no other path can mean the same."""


class Entry(Struct, frozen=True):
    """One name in a folder."""

    path: str
    kind: str
    """``file``, ``folder``, ``link`` or ``other``."""
    size: int = 0


class Listing(Struct, frozen=True):
    """Names found beneath a folder, sorted by path."""

    entries: tuple[Entry, ...]
    truncated: bool = False
    source: str = ""


class Match(Struct, frozen=True):
    """One line that a search found; ``line`` is counted from 1."""

    path: str
    line: int
    text: str


class SearchResult(Struct, frozen=True):
    """Matches in path and line order."""

    matches: tuple[Match, ...]
    files_searched: int = 0
    truncated: bool = False
    source: str = ""


class Written(Struct, frozen=True):
    """What a write did: ``before`` is None for a new file. The digests name the bytes in the blob store, empty where none is kept."""

    path: str
    before: str | None
    after: str
    before_digest: str = ""
    after_digest: str = ""


class CommandRequest(Struct, frozen=True, omit_defaults=True):
    """A command for the workspace: ``shell`` text, or the ``words`` of one program that no shell reads."""

    shell: str = ""
    words: tuple[str, ...] = ()
    seconds: float = 120.0
    network: bool = False
    """The wish to reach the network, which a person has approved for this one command."""
    reads_only: bool = False
    """It is known to change nothing, so nobody looks for changes afterwards."""
    folders: tuple[str, ...] = ()
    """Absolute folders outside the workspace that this one command may read and write, approved likewise."""


class CommandOutcome(Struct, frozen=True, omit_defaults=True):
    """What a command printed (standard output and error as they came) and how it ended."""

    exit_code: int
    output: str
    seconds: float
    truncated: bool = False
    timed_out: bool = False
    sandbox: str = "off"
    """In which sandbox it ran; see ``ToolResult.sandbox``."""
    files: tuple[FileChange, ...] = ()
    """What changed in the workspace meanwhile, as far as it is looked at."""
    source: str = ""


class Workspace(Protocol):
    """One folder: files beneath its root and commands inside it.

    Paths are relative to the root, with ``/``. Every method raises ``PathRefused`` for a path that leads outside,
    names a secret, or is no plain file, and ``FileMissing`` where there is nothing.
    """

    async def read_text(self, path: str, first_line: int = 1, max_lines: int = 2000) -> FileView:
        """Read a window of a text file; its encoding is found (UTF-8, UTF-16, cp1251, KOI8-R). Raises ``FileUnreadable``."""
        ...

    async def write_text(self, path: str, text: str, *, dry: bool = False) -> Written:
        """Create or replace a file atomically, with the folders above it; mode and encoding of an old file are kept.

        With ``dry`` nothing is written: the answer is what would be.
        """
        ...

    async def replace_text(self, path: str, old: str, new: str, *, every: bool = False, dry: bool = False) -> Written:
        """Replace ``old``, which must occur exactly once (or at least once with ``every``). Raises ``FileChanged``, ``ToolError``.

        With ``dry`` nothing is written: the answer is what would be.
        """
        ...

    async def targets(self, paths: frozenset[str]) -> Mapping[str, Target]:
        """Return what these paths name now; a path that will be refused is not plain."""
        ...

    async def delete(self, path: str) -> tuple[FileChange, ...]:
        """Remove a file, or a folder with all in it. Raises ``FileChanged``, and ``ToolError`` for a folder that holds too much."""
        ...

    async def move(self, source: str, target: str) -> tuple[FileChange, ...]:
        """Give a file or folder another path, where nothing may be yet. Raises ``FileChanged``, ``ToolError``."""
        ...

    async def restore(self, path: str, expected: str, content: bytes | None, mode: int = 0, *, dry: bool = False) -> None:
        """Put back what a file was (None: there was none), if its content still has the digest ``expected`` (empty: there is none).

        A file that is as wanted already is left so; with ``dry`` nothing is written. Raises ``FileChanged`` where somebody
        has changed it since.
        """
        ...

    async def list_folder(self, path: str = ".", depth: int = 1, max_entries: int = 1000) -> Listing:
        """List names beneath a folder down to ``depth`` levels; links are named, not followed."""
        ...

    async def make_folder(self, path: str) -> bool:
        """Create a folder and those above it; False when it was there."""
        ...

    async def search(self, pattern: str, path: str = ".", glob: str = "", max_matches: int = 200) -> SearchResult:
        """Search files for a regular expression (Rust's syntax where ripgrep is present). Raises ``ArgumentsInvalid``."""
        ...

    async def keeps_changes(self, paths: frozenset[str] | None = None) -> bool:
        """Return whether what is done to these paths, or by a command to whatever it likes, can be undone afterwards."""
        ...

    def ahead(self) -> "Workspace | None":
        """Return this workspace for readings that nobody has asked for yet; None where nothing would be remembered of them."""
        ...

    async def run_command(
        self, request: CommandRequest, on_output: Callable[[str], None], on_changes: Callable[[tuple[FileChange, ...]], None] = unheard
    ) -> CommandOutcome:
        """Run a command in the root. On cancellation or time-out its whole process group is killed. Raises ``CommandFailed``.

        ``on_changes`` hears what changed in the workspace, as the outcome tells it, also where there is no outcome.
        """
        ...


class Workspaces(Protocol):
    """Opens registered folders; one object a folder, shared by all runs in it."""

    def open(self, record: WorkspaceRecord) -> Workspace:
        """Return the workspace. Raises ``PathRefused`` when its root is gone or not a folder."""
        ...
