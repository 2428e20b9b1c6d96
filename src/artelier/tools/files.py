"""Files and folders of the workspace."""

import difflib
from typing import Annotated

from msgspec import Meta, Struct

from artelier.domain.calls import Access, FileChange, ResultStatus, ToolResult, ToolSpec
from artelier.ports.tool import ToolScope
from artelier.ports.workspace import Entry, FileView, Written
from artelier.tools.declaration import DeclaredTool, counted, reads, schema_of, visible, writes

MOST_LINES = 2000
LONGEST_DIFF = 200
"""Lines of a diff that a model is shown."""
Path = Annotated[str, Meta(description="Path relative to the workspace, such as src/main.py.")]


class ReadFileArguments(Struct, frozen=True, forbid_unknown_fields=True):
    """What to read."""

    path: Path
    first_line: Annotated[int, Meta(ge=1, description="The first line to read, counted from 1.")] = 1
    max_lines: Annotated[int, Meta(ge=1, le=MOST_LINES, description="How many lines to read at most.")] = MOST_LINES


class WriteFileArguments(Struct, frozen=True, forbid_unknown_fields=True):
    """What to write."""

    path: Path
    content: Annotated[str, Meta(description="The whole new content of the file.")]


class EditFileArguments(Struct, frozen=True, forbid_unknown_fields=True):
    """What to replace."""

    path: Path
    old_text: Annotated[str, Meta(min_length=1, description="The text to replace, exactly as it stands; it must stand there once.")]
    new_text: Annotated[str, Meta(description="The text to put in its place.")]
    replace_all: Annotated[bool, Meta(description="Replace every place, not just the only one.")] = False


class ListFilesArguments(Struct, frozen=True, forbid_unknown_fields=True):
    """What to list."""

    path: Annotated[str, Meta(description="A folder relative to the workspace; . is the workspace itself.")] = "."
    depth: Annotated[int, Meta(ge=1, le=20, description="How many levels down.")] = 1


class CreateDirectoryArguments(Struct, frozen=True, forbid_unknown_fields=True):
    """What to create."""

    path: Path


class ReadFile(DeclaredTool[ReadFileArguments]):
    """Reads a text file, whole or in part."""

    def __init__(self) -> None:
        words = "Read a text file. Lines come with their numbers. Long files come in parts: go on with first_line."
        super().__init__(
            ReadFileArguments,
            ToolSpec("read_file", words, schema_of(ReadFileArguments), repeatable=True, family="files", effect="read", deadline=30),
        )

    def touches(self, arguments: ReadFileArguments) -> Access:
        """Return the file."""
        return reads(arguments.path)

    def effect(self, arguments: ReadFileArguments) -> str:
        """Return the path."""
        return visible(arguments.path)

    async def work(self, arguments: ReadFileArguments, scope: ToolScope) -> ToolResult:
        """Return the lines with their numbers."""
        view = await scope.workspace.read_text(arguments.path, arguments.first_line, arguments.max_lines)
        return ToolResult(ResultStatus.DONE, _numbered(view), summary=counted(view.lines, "line"), truncated=view.truncated)


class WriteFile(DeclaredTool[WriteFileArguments]):
    """Creates a file or replaces its content."""

    def __init__(self) -> None:
        words = "Create a file, or replace its whole content. Folders above it are created. For a small change use edit_file."
        super().__init__(
            WriteFileArguments,
            ToolSpec("write_file", words, schema_of(WriteFileArguments), repeatable=True, family="files", effect="write", deadline=30),
        )

    def touches(self, arguments: WriteFileArguments) -> Access:
        """Return the file."""
        return writes(arguments.path)

    def effect(self, arguments: WriteFileArguments) -> str:
        """Return the path and how much is written."""
        size = len(arguments.content.encode("utf-8", "replace"))
        return f"write {visible(arguments.path)}, {counted(_line_count(arguments.content), 'line')}, {counted(size, 'byte')}"

    async def work(self, arguments: WriteFileArguments, scope: ToolScope) -> ToolResult:
        """Write and tell what changed."""
        return _changed(await scope.workspace.write_text(arguments.path, arguments.content))


class EditFile(DeclaredTool[EditFileArguments]):
    """Replaces a passage of a file."""

    def __init__(self) -> None:
        words = "Replace a passage of a text file. old_text must stand in the file exactly once, unless replace_all is true."
        super().__init__(
            EditFileArguments,
            ToolSpec("edit_file", words, schema_of(EditFileArguments), repeatable=False, family="files", effect="write", deadline=30),
        )

    def touches(self, arguments: EditFileArguments) -> Access:
        """Return the file."""
        return writes(arguments.path)

    def effect(self, arguments: EditFileArguments) -> str:
        """Return the path and how many lines change."""
        old, new = _line_count(arguments.old_text), _line_count(arguments.new_text)
        every = " wherever they stand" if arguments.replace_all else ""
        return f"change {visible(arguments.path)}, {counted(old, 'line')} to {counted(new, 'line')}{every}"

    async def work(self, arguments: EditFileArguments, scope: ToolScope) -> ToolResult:
        """Replace and tell what changed."""
        written = await scope.workspace.replace_text(arguments.path, arguments.old_text, arguments.new_text, every=arguments.replace_all)
        return _changed(written)


class ListFiles(DeclaredTool[ListFilesArguments]):
    """Lists names in a folder."""

    def __init__(self) -> None:
        words = "List files and folders. Folders end with /. depth says how many levels down."
        super().__init__(
            ListFilesArguments,
            ToolSpec("list_files", words, schema_of(ListFilesArguments), repeatable=True, family="files", effect="read", deadline=30),
        )

    def touches(self, arguments: ListFilesArguments) -> Access:
        """Return the folder."""
        return reads(arguments.path)

    def effect(self, arguments: ListFilesArguments) -> str:
        """Return the folder."""
        return visible(arguments.path)

    async def work(self, arguments: ListFilesArguments, scope: ToolScope) -> ToolResult:
        """Return a name a line."""
        listing = await scope.workspace.list_folder(arguments.path, arguments.depth)
        lines = [_entry(entry) for entry in listing.entries]
        if listing.truncated:
            lines.append("... there is more; list a folder further down.")
        text = "\n".join(lines) or "The folder is empty."
        return ToolResult(ResultStatus.DONE, text, summary=counted(len(listing.entries), "name"), truncated=listing.truncated)


class CreateDirectory(DeclaredTool[CreateDirectoryArguments]):
    """Creates a folder."""

    def __init__(self) -> None:
        words = "Create a folder and those above it. Writing a file creates its folders by itself."
        spec = ToolSpec(
            "create_directory", words, schema_of(CreateDirectoryArguments), repeatable=True, family="files", effect="write", deadline=30
        )
        super().__init__(CreateDirectoryArguments, spec)

    def touches(self, arguments: CreateDirectoryArguments) -> Access:
        """Return the folder."""
        return writes(arguments.path)

    def effect(self, arguments: CreateDirectoryArguments) -> str:
        """Return the folder."""
        return f"create folder {visible(arguments.path)}"

    async def work(self, arguments: CreateDirectoryArguments, scope: ToolScope) -> ToolResult:
        """Create it and tell whether it was there."""
        created = await scope.workspace.make_folder(arguments.path)
        text = f"Created {arguments.path}/." if created else f"{arguments.path}/ was there already."
        return ToolResult(ResultStatus.DONE, text, summary="created" if created else "was there")


def _numbered(view: FileView) -> str:
    lines = view.text.splitlines()
    text = "\n".join(f"{number}\t{line}" for number, line in enumerate(lines, view.first_line))
    if not lines:
        return "The file is empty." if view.size == 0 else f"There are no lines from {view.first_line} on."
    last = view.first_line + len(lines) - 1
    if view.truncated or (view.total_lines is not None and last < view.total_lines):
        total = "" if view.total_lines is None else f" of {view.total_lines}"
        text += f"\n(lines {view.first_line}-{last}{total}; read on with first_line={last + 1})"
    return text


def _changed(written: Written) -> ToolResult:
    before = "" if written.before is None else written.before
    diff = list(difflib.unified_diff(before.splitlines(), written.after.splitlines(), "before", "after", lineterm="", n=2))[2:]
    added = sum(line.startswith("+") for line in diff)
    removed = sum(line.startswith("-") for line in diff)
    kind = "created" if written.before is None else "changed"
    change = FileChange(written.path, kind, added, removed)
    if written.before is None:
        return ToolResult(ResultStatus.DONE, f"Created {written.path}, {counted(added, 'line')}.", summary=f"+{added}", files=(change,))
    if not diff:
        return ToolResult(ResultStatus.DONE, f"{written.path} already had this content.", summary="unchanged")
    shown = diff[:LONGEST_DIFF] + ([f"... {len(diff) - LONGEST_DIFF} more lines of the diff"] if len(diff) > LONGEST_DIFF else [])
    return ToolResult(ResultStatus.DONE, f"Changed {written.path}:\n" + "\n".join(shown), summary=f"+{added} −{removed}", files=(change,))


def _entry(entry: Entry) -> str:
    if entry.kind == "folder":
        return f"{entry.path}/"
    if entry.kind == "file":
        return f"{entry.path}  {entry.size}"
    return f"{entry.path}  ({entry.kind})"


def _line_count(text: str) -> int:
    return len(text.splitlines())
