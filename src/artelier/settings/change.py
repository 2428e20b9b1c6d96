"""Changes of the settings file that keep everything else of it: order, blank lines, comments."""

from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from artelier.domain.errors import SettingsError


def changed_text(text: str, changes: Mapping[str, Any]) -> str:
    """Return a TOML text with these values by dotted name; None takes a value out. Raises ``SettingsError`` for what is no TOML."""
    try:
        document = tomlkit.parse(text)
        for name, value in changes.items():
            _put(document, name.split("."), value)
        return tomlkit.dumps(document)
    except (TOMLKitError, ValueError, TypeError) as failure:
        raise SettingsError(f"The settings file cannot be changed: {failure}. Correct the file first.") from failure


def _put(document: Any, path: list[str], value: Any) -> None:
    for part in path[:-1]:
        if part not in document:
            if value is None:
                return
            document[part] = tomlkit.table()
        document = document[part]
        if not isinstance(document, dict):
            raise SettingsError(f"{'.'.join(path)} lies in no section of the file: {part} is a value there. Correct the file first.")
    name = path[-1]
    if value is None:
        document.pop(name, None)
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        document[name] = _tables(value, document.get(name))
    else:
        document[name] = value


def _tables(wanted: list[dict[str, Any]], before: Any) -> AoT:
    """Return a list of tables, in which those that stay as they were are the same with their comments."""
    kept = list(before) if isinstance(before, AoT) else []
    tables = tomlkit.aot()
    for values in wanted:
        same = next((table for table in kept if table.unwrap() == values), None)
        if same is not None:
            kept.remove(same)
        tables.append(same if isinstance(same, Table) else _table(values))
    return tables


def _table(values: dict[str, Any]) -> Table:
    table = tomlkit.table()
    for name, value in values.items():
        if value is not None:
            table[name] = value
    return table
