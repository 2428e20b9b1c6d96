"""Whether what a plugin gives is what it says: every problem in words, before anything of it is used."""

import re
from collections.abc import Callable, Iterator, Mapping
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

import msgspec

from artelier.approvals.writable import is_pattern
from artelier.domain.agents import AgentSpec
from artelier.domain.calls import ToolSpec
from artelier.domain.codec import event_types
from artelier.domain.errors import ToolError
from artelier.ports.plugin import SUPPORTED, Plugin
from artelier.tools.mcp.names import SEPARATOR

Checker = Callable[[dict[str, Any]], object]
"""Raises ``ToolError`` for what is no JSON Schema of an object."""
_TOOL = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_EFFECTS = ("read", "write", "execute", "outbound")
_METHODS = {
    "tools": (("access", "describe", "check"), ("preview", "run")),
    "routers": (("route",), ()),
    "subscribers": ((), ("receive",)),
    "providers": (("stream",), ("list_models", "close")),
}
"""What each kind has to have: functions, and functions that are awaited."""


def problems_of(plugin: Plugin, is_schema: Checker) -> tuple[str, ...]:
    """Return all that is wrong with what a plugin gives; what its own code raises meanwhile is one of the problems."""
    if plugin.api not in SUPPORTED:
        supported = ", ".join(map(str, sorted(SUPPORTED)))
        return (f"It is written for version {plugin.api!r} of the plugin API; this Artelier supports {supported}. Install one that fits.",)
    found = []
    checks = (_own(plugin), _tools(plugin, is_schema), _providers(plugin), _agents(plugin), _routers(plugin), _subscribers(plugin))
    for check in checks:
        try:
            found += list(check)
        except Exception as failure:  # noqa: BLE001  attributes may be properties of the plugin's, which do what they like
            found.append(f"It cannot be looked at: {type(failure).__name__}: {failure}")
    return tuple(found)


def _own(plugin: Any) -> Iterator[str]:
    if not isinstance(plugin.version, str) or not plugin.version:
        yield "Its version is no text. Say one, such as '1.0'."
    if plugin.close is not None and not iscoroutinefunction(plugin.close):
        yield "close is no async function."


def _tools(plugin: Any, is_schema: Checker) -> Iterator[str]:
    names = []
    for each in _listed(plugin.tools):
        spec = getattr(each, "spec", None)
        if not isinstance(spec, ToolSpec):
            yield f"tools: {_kind(each)} has no spec that is a ToolSpec."
            continue
        names.append(spec.name)
        yield from (f"tool {spec.name}: {problem}" for problem in (*_spec(spec, is_schema), *_lacking("tools", each)))
    yield from _not_listed("tools", plugin.tools)
    yield from _twice("tool", names)


def _spec(spec: ToolSpec, is_schema: Checker) -> Iterator[str]:
    try:
        msgspec.convert(msgspec.to_builtins(spec), ToolSpec)
    except (msgspec.ValidationError, TypeError) as failure:
        yield f"its spec does not hold: {failure}."
        return
    if not _TOOL.fullmatch(spec.name) or SEPARATOR in spec.name:
        yield "its name is letters, digits, - and _, 64 at most, without __."
    if not spec.description.strip():
        yield "it has no description, which is what a model knows of it."
    if spec.effect not in _EFFECTS:
        yield f"its effect is {spec.effect!r}; one of {', '.join(_EFFECTS)} is meant."
    if not 0 < spec.deadline < float("inf"):
        yield f"its deadline is {spec.deadline!r}; some seconds are meant."
    try:
        is_schema(spec.parameters)
    except ToolError as failure:
        yield f"parameters: {failure.message}"


def _providers(plugin: Any) -> Iterator[str]:
    if not isinstance(plugin.providers, Mapping):
        yield f"providers is {_kind(plugin.providers)}; names with providers are meant."
        return
    for name, each in plugin.providers.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            yield f"provider {name!r}: its name is small Latin letters, digits, - and _, 32 at most."
        yield from (f"provider {name}: {problem}" for problem in _lacking("providers", each))


def _agents(plugin: Any) -> Iterator[str]:
    yield from _not_listed("agents", plugin.agents)
    for each in _listed(plugin.agents):
        if not isinstance(each, AgentSpec):
            if not isinstance(each, Path):
                yield f"agents: {_kind(each)} is neither an AgentSpec nor the Path of a Markdown file."
            continue
        try:
            msgspec.convert(msgspec.to_builtins(each), AgentSpec)
        except (msgspec.ValidationError, TypeError) as failure:
            yield f"agent {each.name!r}: {failure}."
            continue
        if not _NAME.fullmatch(each.name):
            yield f"agent {each.name!r}: its name is small Latin letters, digits, - and _, 32 at most."
        yield from (f"agent {each.name}: writes holds {wrong!r}, which is no pattern." for wrong in each.writes if not is_pattern(wrong))


def _routers(plugin: Any) -> Iterator[str]:
    yield from _not_listed("routers", plugin.routers)
    for each in _listed(plugin.routers):
        yield from (f"router {_kind(each)}: {problem}" for problem in _lacking("routers", each))


def _subscribers(plugin: Any) -> Iterator[str]:
    yield from _not_listed("subscribers", plugin.subscribers)
    names = []
    for each in _listed(plugin.subscribers):
        name: Any = getattr(each, "name", None)
        types: Any = getattr(each, "types", None)
        if not isinstance(name, str) or not name:
            yield f"subscriber {_kind(each)}: it has no name."
            continue
        names.append(name)
        yield from (f"subscriber {name}: {problem}" for problem in _lacking("subscribers", each))
        if isinstance(types, str) or not hasattr(types, "__iter__"):
            yield f"subscriber {name}: types is no collection of types of events."
        elif unknown := sorted(set(map(str, types)) - set(event_types())):
            yield f"subscriber {name}: there is no type of event {', '.join(unknown)}. docs/reference/events.md names them."
    yield from _twice("subscriber", names)


def _lacking(kind: str, each: object) -> Iterator[str]:
    functions, awaited = _METHODS[kind]
    if isinstance(each, type):
        yield "it is a class; make one of it, by calling it."
        return
    for name in (*functions, *awaited):
        if not callable(getattr(each, name, None)):
            yield f"it has no function {name}."
    for name in awaited:
        if callable(getattr(each, name, None)) and not iscoroutinefunction(getattr(each, name)):
            yield f"{name} is no async function."
    for name in functions:
        if iscoroutinefunction(getattr(each, name, None)):
            yield f"{name} must not be an async function."


def _not_listed(name: str, value: object) -> Iterator[str]:
    if not isinstance(value, tuple | list):
        yield f"{name} is {_kind(value)}; a tuple is meant: (this,)."


def _listed(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, tuple | list) else ()


def _twice(kind: str, names: list[str]) -> Iterator[str]:
    yield from (f"{kind} {name}: it is there twice." for name in sorted({name for name in names if names.count(name) > 1}))


def _kind(value: object) -> str:
    return f"a {type(value).__name__}"
