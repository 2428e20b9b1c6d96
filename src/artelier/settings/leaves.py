"""All settings as a flat list of values, for those who look at them; nothing secret is among them."""

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from msgspec import Struct
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from artelier.settings.model import Settings

Kind = Literal["boolean", "integer", "number", "duration", "text", "choice", "list", "table"]
HIDDEN = "[secret]"
_WHOLLY_SECRET = frozenset({"headers", "env"})
"""Tables whose values are never told: each may hold a key, whatever its name is."""


class Leaf(Struct, frozen=True):
    """One value by its dotted name; ``choices`` are what a ``choice`` takes."""

    name: str
    kind: Kind
    value: Any
    default: Any
    choices: tuple[str, ...] = ()
    optional: bool = False
    secret: bool = False


def leaves_of(settings: Settings) -> tuple[Leaf, ...]:
    """Return every value that can be set, in the order of the sections; agents' and plugins' tables as they are said."""
    return tuple(_below(settings, ""))


def _below(section: BaseModel, before: str) -> Iterator[Leaf]:
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            yield from _below(value, f"{before}{name}.")
        else:
            yield _leaf(f"{before}{name}", field, value)
    for name, value in (section.model_extra or {}).items():
        said = value.model_dump(mode="json", exclude_unset=True) if isinstance(value, BaseModel) else dict.fromkeys(value, HIDDEN)
        yield Leaf(f"{before}{name}", "table", said, {})


def _leaf(name: str, field: FieldInfo, value: Any) -> Leaf:
    kinds = set(get_args(field.annotation)) if get_origin(field.annotation) in {Union, UnionType} else {field.annotation}
    optional = NoneType in kinds
    kind, choices = _kind(kinds - {NoneType})
    default = field.get_default(call_default_factory=True)
    is_secret = isinstance(value, SecretStr)
    return Leaf(name, kind, _under(name.rpartition(".")[2], value), shown(default), choices, optional, is_secret)


def _kind(kinds: set[Any]) -> tuple[Kind, tuple[str, ...]]:
    if kinds == {float, str}:
        return "duration", ()
    (one,) = kinds
    if get_origin(one) is Literal:
        return "choice", tuple(map(str, get_args(one)))
    simple: dict[Any, Kind] = {bool: "boolean", int: "integer", float: "number", str: "text", SecretStr: "text"}
    return simple.get(one, "list" if one == list[str] else "table"), ()


def shown(value: Any) -> Any:
    """Return a value as JSON with its secrets hidden."""
    if isinstance(value, SecretStr):
        return HIDDEN if value.get_secret_value() else ""
    if isinstance(value, BaseModel):
        return {name: _under(name, getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, list | tuple):
        return [shown(item) for item in value]
    if isinstance(value, dict):
        return {name: _under(name, item) for name, item in value.items()}
    return value


def _under(name: str, value: Any) -> Any:
    if name in _WHOLLY_SECRET and isinstance(value, dict):
        return dict.fromkeys(value, HIDDEN)
    return shown(value)
