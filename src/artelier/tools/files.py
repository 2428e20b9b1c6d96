"""Tools about files: read, write, edit, list, create folders."""

import asyncio
from typing import Annotated

from msgspec import Meta

from artelier.domain.calls import Access, FileChange, ResultStatus, ToolResult, ToolSpec
from artelier.domain.gists import Gist, GistCode
from artelier.ports.tool import ToolScope
from artelier.ports.workspace import Entry, FileView, Listing, Workspace, Written
from artelier.tools.declaration import DeclaredTool, ToolArguments, schema_of
from artelier.tools.differences import Difference, difference
from artelier.tools.showing import count, line_count, size, visible
from artelier.tools.touching import reading, writing

_DEADLINE = 30.0
_LINES = 1000
"""Lines read at once unless the model asks for another number."""
_QUOTED = 200
"""Characters of a passage that the line for a person quotes; longer ones are counted."""

Path = Annotated[str, Meta(description="Path relative to the workspace, such as src/main.py.")]
FolderPath = Annotated[str, Meta(description="Folder relative to the workspace; . is the workspace itself.")]


class ReadFileArguments(ToolArguments, frozen=True):
    """Arguments of ``read_file``."""

    path: Path
    first_line: Annotated[int, Meta(ge=1, description="First line to read, counted from 1.")] = 1
    max_lines: Annotated[int, Meta(ge=1, le=5000, description="How many lines to read.")] = _LINES


class ReadFile(DeclaredTool[ReadFileArguments]):
    """Reads a window of a text file."""

    arguments = ReadFileArguments
    spec = ToolSpec(
        name="read_file",
        description="Read a text file. Lines come numbered: number, tab, text. The numbers are not part of the file.",
        parameters=schema_of(ReadFileArguments),
        repeatable=True,
        family="files",
        effect="read",
        deadline=_DEADLINE,
    )

    def touches(self, arguments: ReadFileArguments) -> Access:
        """Return the file."""
        return reading(arguments.path)

    def effect(self, arguments: ReadFileArguments) -> str:
        """Return the file and the lines asked for."""
        whole = arguments == ReadFileArguments(arguments.path)
        last = arguments.first_line + arguments.max_lines - 1
        return (arguments.path or ".") if whole else f"{arguments.path}, lines {arguments.first_line}-{last}"

    async def perform(self, arguments: ReadFileArguments, scope: ToolScope) -> ToolResult:
        """Read the lines and number them."""
        view = await scope.workspace.read_text(arguments.path, arguments.first_line, arguments.max_lines)
        return ToolResult(
            ResultStatus.DONE,
            "\n".join([*_numbered(view), *_notes(view)]),
            summary=count(view.lines, "line"),
            gist=Gist(GistCode.LINES, {"count": view.lines}),
            truncated=view.truncated,
            source=view.source,
        )


class WriteFileArguments(ToolArguments, frozen=True):
    """Arguments of ``write_file``."""

    path: Path
    content: Annotated[str, Meta(description="The whole new content of the file.")]


class WriteFile(DeclaredTool[WriteFileArguments]):
    """Creates or replaces a file."""

    arguments = WriteFileArguments
    spec = ToolSpec(
        name="write_file",
        description="Create a text file or replace all of it; folders above it are created. To change a part, use edit_file.",
        parameters=schema_of(WriteFileArguments),
        repeatable=True,
        family="files",
        effect="write",
        deadline=_DEADLINE,
    )

    def touches(self, arguments: WriteFileArguments) -> Access:
        """Return the file."""
        return writing(arguments.path)

    def effect(self, arguments: WriteFileArguments) -> str:
        """Return the file and how much is written."""
        return f"write {arguments.path}, {_measure(arguments.content)}"

    async def foresee(self, arguments: WriteFileArguments, workspace: Workspace) -> str:
        """Return the change to the file."""
        return await _foreseen(await workspace.write_text(arguments.path, arguments.content, dry=True))

    async def perform(self, arguments: WriteFileArguments, scope: ToolScope) -> ToolResult:
        """Write the file and tell what changed."""
        written = await scope.workspace.write_text(arguments.path, arguments.content)
        change = await asyncio.to_thread(difference, written.before or "", written.after)
        shown = visible(written.path)
        if written.before is None:
            file = FileChange(written.path, "created", change.added, after=written.after_digest)
            text, gist = f"Created {shown}, {_measure(written.after)}.", Gist(GistCode.CREATED, {"count": change.added})
            return ToolResult(ResultStatus.DONE, text, summary=f"created, {count(change.added, 'line')}", gist=gist, files=(file,))
        if written.before == written.after:
            return ToolResult(ResultStatus.DONE, f"{shown} had this content already.", summary="unchanged", gist=Gist(GistCode.UNCHANGED))
        file = _changed(written, change)
        text = f"Replaced {shown}: {change.summary} lines."
        return ToolResult(ResultStatus.DONE, text, summary=change.summary, files=(file,))


class EditFileArguments(ToolArguments, frozen=True):
    """Arguments of ``edit_file``."""

    path: Path
    old_text: Annotated[str, Meta(min_length=1, description="The passage to replace, word for word, spaces and line ends included.")]
    new_text: Annotated[str, Meta(description="What stands there afterwards.")]
    replace_all: Annotated[bool, Meta(description="Replace every occurrence; otherwise old_text must occur exactly once.")] = False


class EditFile(DeclaredTool[EditFileArguments]):
    """Replaces a passage of a file."""

    arguments = EditFileArguments
    spec = ToolSpec(
        name="edit_file",
        description="Replace a passage of a text file. Quote it exactly, without line numbers, with enough around it to be unique.",
        parameters=schema_of(EditFileArguments),
        repeatable=False,
        family="files",
        effect="write",
        deadline=_DEADLINE,
    )

    def touches(self, arguments: EditFileArguments) -> Access:
        """Return the file."""
        return writing(arguments.path)

    def effect(self, arguments: EditFileArguments) -> str:
        """Return the file, the passage and what takes its place."""
        everywhere = " everywhere" if arguments.replace_all else ""
        return f"edit {arguments.path}, replace {_quoted(arguments.old_text)}{everywhere} by {_quoted(arguments.new_text)}"

    async def foresee(self, arguments: EditFileArguments, workspace: Workspace) -> str:
        """Return the change to the file."""
        written = await workspace.replace_text(
            arguments.path, arguments.old_text, arguments.new_text, every=arguments.replace_all, dry=True
        )
        return await _foreseen(written)

    async def perform(self, arguments: EditFileArguments, scope: ToolScope) -> ToolResult:
        """Replace the passage and show the difference."""
        written = await scope.workspace.replace_text(arguments.path, arguments.old_text, arguments.new_text, every=arguments.replace_all)
        change = await asyncio.to_thread(difference, written.before or "", written.after)
        file = _changed(written, change)
        text = f"Edited {visible(written.path)}: {change.summary} lines.\n{change.text}"
        return ToolResult(ResultStatus.DONE, text, summary=change.summary, files=(file,))


class ListFilesArguments(ToolArguments, frozen=True):
    """Arguments of ``list_files``."""

    path: FolderPath = "."
    depth: Annotated[int, Meta(ge=1, le=10, description="How many levels to go down.")] = 1


class ListFiles(DeclaredTool[ListFilesArguments]):
    """Lists the names beneath a folder."""

    arguments = ListFilesArguments
    spec = ToolSpec(
        name="list_files",
        description="List a folder. Folders end in /, links in @; files have their size in bytes; what is deeper is indented.",
        parameters=schema_of(ListFilesArguments),
        repeatable=True,
        family="files",
        effect="read",
        deadline=_DEADLINE,
    )

    def touches(self, arguments: ListFilesArguments) -> Access:
        """Return the folder."""
        return reading(arguments.path)

    def effect(self, arguments: ListFilesArguments) -> str:
        """Return the folder and how deep."""
        return arguments.path if arguments.depth == 1 else f"{arguments.path}, {count(arguments.depth, 'level')} down"

    async def perform(self, arguments: ListFilesArguments, scope: ToolScope) -> ToolResult:
        """List the folder as a tree."""
        listing = await scope.workspace.list_folder(arguments.path, arguments.depth)
        names = len(listing.entries)
        return ToolResult(
            ResultStatus.DONE,
            _tree(listing, arguments.path),
            summary=count(names, "name"),
            gist=Gist(GistCode.NAMES, {"count": names}),
            truncated=listing.truncated,
            source=listing.source,
        )


class CreateDirectoryArguments(ToolArguments, frozen=True):
    """Arguments of ``create_directory``."""

    path: FolderPath


class CreateDirectory(DeclaredTool[CreateDirectoryArguments]):
    """Creates a folder."""

    arguments = CreateDirectoryArguments
    spec = ToolSpec(
        name="create_directory",
        description="Create a folder and those above it. Not needed before write_file.",
        parameters=schema_of(CreateDirectoryArguments),
        repeatable=True,
        family="files",
        effect="write",
        deadline=_DEADLINE,
    )

    def touches(self, arguments: CreateDirectoryArguments) -> Access:
        """Return the folder."""
        return writing(arguments.path)

    def effect(self, arguments: CreateDirectoryArguments) -> str:
        """Return the folder."""
        return f"create folder {arguments.path}"

    async def perform(self, arguments: CreateDirectoryArguments, scope: ToolScope) -> ToolResult:
        """Create the folder."""
        created = await scope.workspace.make_folder(arguments.path)
        shown = visible(arguments.path)
        if created:
            return ToolResult(ResultStatus.DONE, f"Created the folder {shown}.", summary="created", gist=Gist(GistCode.CREATED))
        return ToolResult(ResultStatus.DONE, f"The folder {shown} was there already.", summary="was there", gist=Gist(GistCode.WAS_THERE))


def _changed(written: Written, change: Difference) -> FileChange:
    return FileChange(written.path, "changed", change.added, change.removed, written.before_digest, written.after_digest)


async def _foreseen(written: Written) -> str:
    change = await asyncio.to_thread(difference, written.before or "", written.after)
    old = "/dev/null" if written.before is None else f"a/{visible(written.path)}"
    return f"--- {old}\n+++ b/{visible(written.path)}\n{change.text}"


def _numbered(view: FileView) -> list[str]:
    lines = view.text.split("\n")
    if not lines[-1]:
        lines.pop()
    return [f"{number}\t{line.removesuffix(chr(13))}" for number, line in enumerate(lines, view.first_line)]


def _notes(view: FileView) -> list[str]:
    notes = []
    last = view.first_line + view.lines - 1
    if view.total_lines == 0:
        notes.append("[the file is empty]")
    elif view.lines == 0:
        notes.append(f"[no line {view.first_line}: the file has {count(view.total_lines or 0, 'line')}]")
    elif view.total_lines is None or last < view.total_lines:
        of_all = f" of {view.total_lines}" if view.total_lines is not None else ""
        notes.append(f"[lines {view.first_line}-{last}{of_all}, read on with first_line={last + 1}]")
    if view.encoding != "utf-8":
        notes.append(f"[encoding {view.encoding}, kept when it is written]")
    return notes


def _tree(listing: Listing, path: str) -> str:
    base = len([part for part in path.split("/") if part not in {"", "."}])
    lines = [_branch(entry, base) for entry in listing.entries] or ["[the folder is empty]"]
    if listing.truncated:
        lines.append("[there is more: list a folder further down, or with less depth]")
    return "\n".join(lines)


def _branch(entry: Entry, base: int) -> str:
    parts = entry.path.split("/")
    marks = {"folder": "/", "link": "@", "file": f" {size(entry.size)}"}
    return "  " * (len(parts) - base - 1) + visible(parts[-1]) + marks.get(entry.kind, " (no plain file)")


def _measure(text: str) -> str:
    return f"{count(line_count(text), 'line')}, {count(len(text.encode(errors='replace')), 'byte')}"


def _quoted(text: str) -> str:
    return f"“{text}”" if len(text) <= _QUOTED else f"{count(line_count(text), 'line')} ({len(text)} characters)"
