"""Tools on demand: where servers offer many, a model is shown two, finds the others by words, and calls them through the second."""

import json
import re
from collections.abc import Callable, Iterable
from typing import Annotated, Any

from msgspec import Meta

from artelier.domain.calls import Access, ResultStatus, ToolResult, ToolSpec
from artelier.domain.control import USE_TOOL
from artelier.domain.errors import ArgumentsInvalid
from artelier.domain.gists import Gist, GistCode
from artelier.ports.tool import ToolScope
from artelier.tools.declaration import DeclaredTool, ToolArguments, schema_of
from artelier.tools.showing import count

_FOUND = 8
_SCHEMA = 4000
_DESCRIPTION = 600
_WORD = re.compile(r"\w+")


class FindToolsArguments(ToolArguments, frozen=True):
    """Arguments of ``find_tools``."""

    query: Annotated[str, Meta(min_length=1, max_length=300, description="What the tool should do, in a few words.")]


class FindTools(DeclaredTool[FindToolsArguments]):
    """Finds tools by words of their names and descriptions; ``deferred`` returns those there are now."""

    arguments = FindToolsArguments
    spec = ToolSpec(
        name="find_tools",
        description="Find more tools by what they do: names, descriptions, schemas. Call what is found by use_tool.",
        parameters=schema_of(FindToolsArguments),
        repeatable=True,
        family="mcp",
        effect="read",
        deadline=10.0,
        trusted=False,
    )

    def __init__(self, deferred: Callable[[], Iterable[ToolSpec]]) -> None:
        self._deferred = deferred

    def touches(self, arguments: FindToolsArguments) -> Access:  # noqa: ARG002  it looks at no file
        """Return nothing."""
        return Access()

    def effect(self, arguments: FindToolsArguments) -> str:
        """Return the words."""
        return f"find tools: {arguments.query}"

    async def perform(self, arguments: FindToolsArguments, scope: ToolScope) -> ToolResult:  # noqa: ARG002  it looks at no file
        """Rank the tools by the words they share with the query, those of a name more than those of a description."""
        specs = tuple(self._deferred())
        ranked = sorted(specs, key=lambda spec: (-_likeness(arguments.query, spec), spec.name))
        found = [spec for spec in ranked[:_FOUND] if _likeness(arguments.query, spec) > 0]
        if not found:
            servers = ", ".join(sorted({spec.name.partition("__")[0] for spec in specs}))
            text = f"[none of {len(specs)} tools fits; there are tools of: {servers}]"
            return ToolResult(ResultStatus.DONE, text, summary="none", gist=Gist(GistCode.NONE))
        gist = Gist(GistCode.TOOLS, {"count": len(found)})
        return ToolResult(ResultStatus.DONE, "\n\n".join(map(_shown, found)), summary=count(len(found), "tool"), gist=gist)


class UseToolArguments(ToolArguments, frozen=True):
    """Arguments of ``use_tool``."""

    name: Annotated[str, Meta(min_length=1, description="The tool's name, as find_tools says it.")]
    arguments: Annotated[dict[str, Any], Meta(description="Its arguments, by its own schema.")]


class UseTool(DeclaredTool[UseToolArguments]):
    """Stands for a tool that was found: the call that it means takes its place before anything is judged or run."""

    arguments = UseToolArguments
    spec = ToolSpec(
        name=USE_TOOL,
        description="Call a tool that find_tools has found.",
        parameters=schema_of(UseToolArguments),
        repeatable=True,
        family="mcp",
        effect="read",
        deadline=10.0,
    )

    def touches(self, arguments: UseToolArguments) -> Access:  # noqa: ARG002  by itself it does nothing
        """Return nothing."""
        return Access()

    def effect(self, arguments: UseToolArguments) -> str:
        """Return which tool."""
        return f"use {arguments.name}"

    async def perform(self, arguments: UseToolArguments, scope: ToolScope) -> ToolResult:  # noqa: ARG002  by itself it does nothing
        """Refuse: only a call that names no tool in the right way comes here."""
        raise ArgumentsInvalid(f"use_tool cannot call {arguments.name!r}. Give name and arguments of one tool that find_tools has found.")


def _likeness(query: str, spec: ToolSpec) -> float:
    name, words = _words(spec.name), _words(spec.description)
    return sum(3.0 * _share(word, name) + _share(word, words) for word in _words(query))


def _share(word: str, words: frozenset[str]) -> float:
    if word in words:
        return 1.0
    return 0.5 if any(len(word) > 3 and (each.startswith(word) or (len(each) > 3 and word.startswith(each))) for each in words) else 0.0  # noqa: PLR2004  three letters begin too many words


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold().replace("_", " ")))


def _shown(spec: ToolSpec) -> str:
    schema = json.dumps(spec.parameters, ensure_ascii=False, separators=(",", ":"))
    if len(schema) > _SCHEMA:
        schema = f"{schema[:_SCHEMA]}… (cut)"
    return f"{spec.name}: {spec.description[:_DESCRIPTION]}\narguments: {schema}"
