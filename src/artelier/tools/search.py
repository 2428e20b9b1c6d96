"""The tool that searches files."""

from itertools import groupby
from typing import Annotated

from msgspec import Meta

from artelier.domain.calls import Access, ResultStatus, ToolResult, ToolSpec
from artelier.domain.gists import Gist, GistCode
from artelier.ports.tool import ToolScope
from artelier.ports.workspace import SearchResult
from artelier.tools.declaration import DeclaredTool, ToolArguments, schema_of
from artelier.tools.showing import count, visible
from artelier.tools.touching import folders_above, normalised, reading

_MATCHES = 200
_DEADLINE = 30.0
_IGNORE_FILE = ".gitignore"


class SearchInCodeArguments(ToolArguments, frozen=True):
    """Arguments of ``search_in_code``."""

    pattern: Annotated[
        str, Meta(min_length=1, description="Regular expression, matched within single lines; (?i) at its start ignores case.")
    ]
    path: Annotated[str, Meta(description="File or folder to search in, relative to the workspace.")] = "."
    glob: Annotated[str, Meta(description="Only files like this, such as *.py or src/**/*.{ts,tsx}; empty for all.")] = ""


class SearchInCode(DeclaredTool[SearchInCodeArguments]):
    """Finds lines by a regular expression."""

    arguments = SearchInCodeArguments
    spec = ToolSpec(
        name="search_in_code",
        description="Search files for a regular expression. Hidden files and those in .gitignore are passed over unless path names them.",
        parameters=schema_of(SearchInCodeArguments),
        repeatable=True,
        family="search",
        effect="read",
        deadline=_DEADLINE,
    )

    def touches(self, arguments: SearchInCodeArguments) -> Access:
        """Return where it searches, and the ignore rules above that place."""
        path = normalised(arguments.path)
        rules = [f"{folder}/{_IGNORE_FILE}" for folder in folders_above(path)] if path else []
        return reading(arguments.path, *rules)

    def effect(self, arguments: SearchInCodeArguments) -> str:
        """Return the pattern and where it is searched for."""
        files = f" in files like {arguments.glob}" if arguments.glob else ""
        where = "" if arguments.path == "." else f" in {arguments.path}"
        return f"“{arguments.pattern}”{where}{files}"

    async def perform(self, arguments: SearchInCodeArguments, scope: ToolScope) -> ToolResult:
        """Search, and show the matches file by file."""
        found = await scope.workspace.search(arguments.pattern, arguments.path, arguments.glob, _MATCHES)
        files = len({match.path for match in found.matches})
        summary = f"{count(len(found.matches), 'match', 'matches')} in {count(files, 'file')}"
        gist = Gist(GistCode.MATCHES, {"count": len(found.matches), "files": files})
        return ToolResult(ResultStatus.DONE, _shown(found), summary=summary, gist=gist, truncated=found.truncated, source=found.source)


def _shown(found: SearchResult) -> str:
    lines = []
    for path, matches in groupby(found.matches, key=lambda match: match.path):
        lines.append(visible(path))
        lines += [f"{match.line}: {match.text}" for match in matches]
    if not lines:
        lines.append(f"[no match in {count(found.files_searched, 'file')}]")
    if found.truncated and len(found.matches) >= _MATCHES:
        lines.append(f"[the first {_MATCHES} matches: narrow the pattern, the path or the glob for others]")
    elif found.truncated:
        lines.append("[not everything was searched, for size or time: narrow the path or the glob, or simplify the pattern]")
    return "\n".join(lines)
