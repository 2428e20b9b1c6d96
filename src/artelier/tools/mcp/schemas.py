"""Checking arguments by a server's JSON Schema, without fetching anything and without running its regular expressions."""

from collections.abc import Callable
from typing import Any

import msgspec
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships none
from jsonschema.exceptions import SchemaError, ValidationError, best_match  # type: ignore[import-untyped]  # it ships none
from jsonschema.validators import validator_for  # type: ignore[import-untyped]  # it ships none
from referencing import Registry
from referencing.exceptions import Unresolvable

from artelier.domain.errors import ArgumentsInvalid, ToolError

LONGEST = 100_000
"""Bytes of a schema that is taken."""
_EXPRESSIONS = frozenset({"pattern", "patternProperties", "propertyNames"})
"""Left to the server: a stranger's regular expression can hold up this process for ever."""
_NAMED = frozenset({"properties", "$defs", "definitions", "dependentSchemas", "dependencies"})
"""Keywords whose own keys are names of the schema's author, not keywords."""


def checker(schema: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    """Return what raises ``ArgumentsInvalid`` for arguments that do not fit. Raises ``ToolError`` for what is no usable schema."""
    try:
        size = len(msgspec.json.encode(schema))
        if size > LONGEST:
            raise ToolError(f"Its schema has {size} bytes, {LONGEST} are taken.")
        if schema.get("type") != "object":
            raise ToolError("Its schema describes no object.")
        kind = validator_for(schema, default=Draft202012Validator)
        kind.check_schema(schema)
        validator = kind(_without_expressions(schema), registry=Registry())  # an empty registry fetches nothing
    except (SchemaError, RecursionError, msgspec.MsgspecError, UnicodeEncodeError) as failure:
        raise ToolError(f"Its schema is none: {str(failure)[:300]}") from failure

    def check(arguments: dict[str, Any]) -> None:
        try:
            wrong = best_match(validator.iter_errors(arguments))
        except (Unresolvable, RecursionError) as failure:
            raise ArgumentsInvalid("The tool's schema cannot be applied, so the call was not made. Do without this tool.") from failure
        if wrong is not None:
            raise ArgumentsInvalid(f"{_place(wrong)}: {wrong.message[:500]}. Correct the arguments and call it again.")

    return check


def _place(wrong: ValidationError) -> str:
    return ".".join(str(part) for part in wrong.absolute_path) or "arguments"


def _without_expressions(value: Any, *, named: bool = False) -> Any:
    if isinstance(value, list):
        return [_without_expressions(each) for each in value]
    if not isinstance(value, dict):
        return value
    kept = value.items() if named else ((key, each) for key, each in value.items() if key not in _EXPRESSIONS)
    return {key: _without_expressions(each, named=not named and key in _NAMED) for key, each in kept}
