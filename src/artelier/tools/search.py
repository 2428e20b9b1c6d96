"""Searching in the files of the workspace."""

from typing import Annotated

from msgspec import Meta, Struct

from artelier.domain.calls import Access, ResultStatus, ToolResult, ToolSpec
from artelier.ports.tool import ToolScope
from artelier.tools.declaration import DeclaredTool, counted, reads, schema_of, visible


class SearchInCodeArguments(Struct, frozen=True, forbid_unknown_fields=True):
    """What to search for, and where."""

    pattern: Annotated[str, Meta(min_length=1, max_length=1000, description="A regular expression, matched line by line.")]
    path: Annotated[str, Meta(description="A folder or file to search in; . is the whole workspace.")] = "."
    glob: Annotated[str, Meta(description="Only files with names like this, such as *.py.")] = ""


class SearchInCode(DeclaredTool[SearchInCodeArguments]):
    """Searches files for a regular expression."""

    def __init__(self) -> None:
        words = (
            "Search files for a regular expression. Answers with path, line number and line. Ignored, binary and secret files are left out."
        )
        spec = ToolSpec(
            "search_in_code", words, schema_of(SearchInCodeArguments), repeatable=True, family="search", effect="read", deadline=30
        )
        super().__init__(SearchInCodeArguments, spec)

    def touches(self, arguments: SearchInCodeArguments) -> Access:
        """Return the folder."""
        return reads(arguments.path)

    def effect(self, arguments: SearchInCodeArguments) -> str:
        """Return the pattern and the folder."""
        where = "" if arguments.path == "." else f" in {visible(arguments.path)}"
        return visible(arguments.pattern) + where

    async def work(self, arguments: SearchInCodeArguments, scope: ToolScope) -> ToolResult:
        """Return a match a line."""
        found = await scope.workspace.search(arguments.pattern, arguments.path, arguments.glob)
        lines = [f"{match.path}:{match.line}: {match.text}" for match in found.matches]
        if found.truncated:
            lines.append("... there are more matches; search more narrowly.")
        text = "\n".join(lines) or "Nothing matches."
        return ToolResult(ResultStatus.DONE, text, summary=counted(len(found.matches), "match"), truncated=found.truncated)
