"""Tools about whole files and folders: delete, move."""

from typing import Annotated

from msgspec import Meta

from artelier.domain.calls import Access, FileChange, ResultStatus, ToolResult, ToolSpec
from artelier.domain.gists import Gist, GistCode
from artelier.ports.tool import ToolScope
from artelier.tools.declaration import DeclaredTool, ToolArguments, schema_of
from artelier.tools.showing import count, visible
from artelier.tools.touching import EXCLUSIVE, writing

_DEADLINE = 30.0


class DeletePathArguments(ToolArguments, frozen=True):
    """Arguments of ``delete_path``."""

    path: Annotated[str, Meta(description="File or folder relative to the workspace. A folder goes with all that is in it.")]


class DeletePath(DeclaredTool[DeletePathArguments]):
    """Removes a file or a folder."""

    arguments = DeletePathArguments
    spec = ToolSpec(
        name="delete_path",
        description="Delete a file, or a folder with everything in it.",
        parameters=schema_of(DeletePathArguments),
        repeatable=False,
        family="files",
        effect="write",
        deadline=_DEADLINE,
        destructive=True,
    )

    def touches(self, arguments: DeletePathArguments) -> Access:
        """Return the file or folder."""
        return writing(arguments.path)

    def effect(self, arguments: DeletePathArguments) -> str:
        """Return what goes."""
        return f"delete {arguments.path}"

    async def perform(self, arguments: DeletePathArguments, scope: ToolScope) -> ToolResult:
        """Delete it."""
        files = await scope.workspace.delete(arguments.path)
        return ToolResult(
            ResultStatus.DONE,
            f"Deleted {visible(arguments.path)}, {_files(files)}.",
            summary="deleted",
            gist=Gist(GistCode.DELETED),
            files=files,
        )


class MovePathArguments(ToolArguments, frozen=True):
    """Arguments of ``move_path``."""

    source: Annotated[str, Meta(description="File or folder relative to the workspace.")]
    target: Annotated[str, Meta(description="Its new path; there must be nothing yet.")]


class MovePath(DeclaredTool[MovePathArguments]):
    """Moves or renames a file or a folder."""

    arguments = MovePathArguments
    spec = ToolSpec(
        name="move_path",
        description="Move or rename a file or folder. Folders above the target are created.",
        parameters=schema_of(MovePathArguments),
        repeatable=False,
        family="files",
        effect="write",
        deadline=_DEADLINE,
    )

    def touches(self, arguments: MovePathArguments) -> Access:
        """Return both paths."""
        source, target = writing(arguments.source), writing(arguments.target)
        return EXCLUSIVE if source.exclusive or target.exclusive else Access(writes=source.writes | target.writes)

    def effect(self, arguments: MovePathArguments) -> str:
        """Return from where to where."""
        return f"move {arguments.source} to {arguments.target}"

    async def perform(self, arguments: MovePathArguments, scope: ToolScope) -> ToolResult:
        """Move it."""
        files = await scope.workspace.move(arguments.source, arguments.target)
        text = f"Moved {visible(arguments.source)} to {visible(arguments.target)}, {_files(files[::2])}."
        return ToolResult(ResultStatus.DONE, text, summary="moved", gist=Gist(GistCode.MOVED), files=files)


def _files(files: tuple[FileChange, ...]) -> str:
    return count(len(files), "file")
