"""What all tools share: arguments as a Struct, from which come the schema and the checks.

A tool is a subclass that says what its arguments touch, what they would do, and does it.
"""

from abc import ABC, abstractmethod
from typing import Any, Generic, TypeVar

import msgspec

from artelier.domain.calls import Access, ToolCall, ToolResult, ToolSpec
from artelier.domain.errors import ArgumentsInvalid
from artelier.ports.tool import ToolScope
from artelier.ports.workspace import Workspace
from artelier.tools.showing import visible
from artelier.tools.touching import EXCLUSIVE


class ToolArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arguments of a tool; a subclass describes each field by ``msgspec.Meta``."""


Arguments = TypeVar("Arguments", bound=ToolArguments)


class DeclaredTool(ABC, Generic[Arguments]):
    """A tool made of its arguments' type, its declaration ``spec``, and three methods. Satisfies the ``Tool`` port."""

    arguments: type[Arguments]
    spec: ToolSpec

    def access(self, arguments: dict[str, Any]) -> Access:
        """Return what this call would touch; arguments that make no sense are exclusive."""
        try:
            return self.touches(self._parsed(arguments))
        except ArgumentsInvalid:
            return EXCLUSIVE

    def describe(self, arguments: dict[str, Any]) -> str:
        """Return the exact effect in one line, everything in it visible; the tool's name where the effect has no words."""
        try:
            return visible(self.effect(self._parsed(arguments))) or self.spec.name
        except ArgumentsInvalid:
            return visible(f"{self.spec.name} with arguments that do not fit: {arguments!r}")

    async def preview(self, arguments: dict[str, Any], workspace: Workspace) -> str:
        """Return the change to files as a unified diff. Raises a ``ToolError`` where the call would surely fail."""
        return await self.foresee(self._parsed(arguments), workspace)

    def check(self, arguments: dict[str, Any]) -> None:
        """Raise ``ArgumentsInvalid``, naming the field, unless the arguments fit the schema."""
        self._parsed(arguments)

    async def run(self, call: ToolCall, scope: ToolScope) -> ToolResult:
        """Run the call. Raises a ``ToolError`` for whatever the model should be told."""
        return await self.perform(self._parsed(call.arguments), scope)

    @abstractmethod
    def touches(self, arguments: Arguments) -> Access:
        """Return what a call with these arguments would touch, without I/O."""

    @abstractmethod
    def effect(self, arguments: Arguments) -> str:
        """Return what a call with these arguments would do; it is made visible by the caller."""

    async def foresee(self, arguments: Arguments, workspace: Workspace) -> str:  # noqa: ARG002  most tools change no file
        """Return what would change in the files; nothing unless a tool says otherwise."""
        return ""

    @abstractmethod
    async def perform(self, arguments: Arguments, scope: ToolScope) -> ToolResult:
        """Do it. Raises a ``ToolError`` for whatever the model should be told."""

    def _parsed(self, arguments: object) -> Arguments:
        try:
            return msgspec.convert(arguments, self.arguments)
        except msgspec.ValidationError as error:
            raise ArgumentsInvalid(f"{self.spec.name} cannot take these arguments: {error}. Correct them and call it again.") from error


def schema_of(arguments: type[ToolArguments]) -> dict[str, Any]:
    """Return the JSON Schema of the arguments object, whole in itself: no references, no titles."""
    _, definitions = msgspec.json.schema_components([arguments])
    schema: dict[str, Any] = _inlined(definitions[arguments.__name__], definitions)
    schema.pop("description", None)  # the tool has a description of its own
    return schema


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_inlined(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {key: _inlined(value, definitions) for key, value in schema.items() if key != "title" or not isinstance(value, str)}
