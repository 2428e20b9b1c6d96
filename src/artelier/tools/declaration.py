"""The frame of a tool: arguments as a frozen struct, whose JSON schema is made from it once."""

from abc import ABC, abstractmethod
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from artelier.domain.calls import Access, ToolCall, ToolResult, ToolSpec
from artelier.domain.errors import ArgumentsInvalid
from artelier.ports.tool import ToolScope

Arguments = TypeVar("Arguments", bound=Struct)


class DeclaredTool(ABC, Generic[Arguments]):
    """A tool whose arguments are a struct; subclasses say what a call touches, what it does, and do it."""

    def __init__(self, arguments: type[Arguments], spec: ToolSpec) -> None:
        self._arguments = arguments
        self._spec = spec

    @property
    def spec(self) -> ToolSpec:
        """Name, schema and properties, built once."""
        return self._spec

    def access(self, arguments: dict[str, Any]) -> Access:
        """Return what this call would touch; arguments that make no sense are exclusive."""
        try:
            return self.touches(self._parse(arguments))
        except ArgumentsInvalid:
            return Access(exclusive=True)

    def describe(self, arguments: dict[str, Any]) -> str:
        """Return the exact effect in one line."""
        try:
            return self.effect(self._parse(arguments))
        except ArgumentsInvalid as failure:
            return failure.message

    def check(self, arguments: dict[str, Any]) -> None:
        """Raise ``ArgumentsInvalid``, naming the field, unless the arguments fit the schema."""
        self._parse(arguments)

    async def run(self, call: ToolCall, scope: ToolScope) -> ToolResult:
        """Run the call. Raises a ``ToolError`` for what the model should be told."""
        return await self.work(self._parse(call.arguments or {}), scope)

    @abstractmethod
    def touches(self, arguments: Arguments) -> Access:
        """Return what a call with these arguments touches."""

    @abstractmethod
    def effect(self, arguments: Arguments) -> str:
        """Return in one line what a call with these arguments does."""

    @abstractmethod
    async def work(self, arguments: Arguments, scope: ToolScope) -> ToolResult:
        """Do it."""

    def _parse(self, arguments: dict[str, Any]) -> Arguments:
        try:
            return msgspec.convert(arguments, self._arguments)
        except msgspec.ValidationError as failure:
            fields = ", ".join(self._spec.parameters["properties"])
            raise ArgumentsInvalid(f"The arguments do not fit {self._spec.name}: {failure}. Its fields: {fields}.") from failure


def schema_of(arguments: type[Struct]) -> dict[str, Any]:
    """Return the JSON schema of a struct as one plain object, which every model server understands."""
    schema = msgspec.json.schema(arguments)
    plain = dict(schema["$defs"][arguments.__name__])
    plain.pop("title", None)
    plain.pop("description", None)
    return plain


def place(path: str) -> str | None:
    """Return a path as access is compared by: relative, without dots; None for one that leads who knows where."""
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if path.startswith(("/", "~")) or ".." in parts or "\\" in path:
        return None
    return "/".join(parts) or "."


def reads(path: str) -> Access:
    """Return the access of a call that reads a path and all beneath it."""
    found = place(path)
    return Access(exclusive=True) if found is None else Access(reads=frozenset({found}))


def writes(path: str) -> Access:
    """Return the access of a call that writes a path."""
    found = place(path)
    return Access(exclusive=True) if found is None else Access(writes=frozenset({found}))


def visible(text: str) -> str:
    """Return a text with control and direction characters shown, so that nothing hides in what a person approves."""
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)


def counted(number: int, noun: str) -> str:
    """Return ``1 line`` or ``2 lines``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}{'es' if noun.endswith('ch') else 's'}"
