"""Scripts of turns read from files: JSON, JSON lines, or YAML by the file's ending."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import yaml

from artelier.domain.errors import SettingsError
from artelier.providers.scripted import FAULTS, HANG, ScriptedTurn

_FIELD = re.compile(r"^(.*?)(?: - at `\$\.?(.*)`)?$", re.DOTALL)


def load_script(path: Path) -> tuple[ScriptedTurn, ...]:
    """Return the turns of a file: a list, an object with ``turns``, or an object a line (``.jsonl``).

    Reads the file at once, so call it at start. Raises ``SettingsError`` that names file, turn and field.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The script {path} cannot be read: {error}. Name a readable file in UTF-8.") from error
    return tuple(_turn(path, number, told) for number, told in enumerate(_told(path, text), 1))


def _told(path: Path, text: str) -> Iterable[Any]:
    try:
        if path.suffix == ".jsonl":
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        document = yaml.safe_load(text) if path.suffix in {".yaml", ".yml"} else json.loads(text)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        place = " ".join(str(error).split())
        raise SettingsError(f"The script {path} cannot be parsed: {place}. Correct it there.") from error
    turns = document.get("turns") if isinstance(document, dict) else document
    if not isinstance(turns, list):
        raise SettingsError(f"The script {path} is no list of turns. Write a list, or an object with `turns`.")
    return turns


def _turn(path: Path, number: int, told: Any) -> ScriptedTurn:
    try:
        turn = msgspec.convert(told, ScriptedTurn)
    except msgspec.ValidationError as error:
        words = _FIELD.match(str(error))
        what, where = words.groups() if words else (str(error), None)
        field = f", field {where}" if where else ""
        raise SettingsError(f"The script {path} is not accepted: turn {number}{field}: {what}. Correct it and start again.") from error
    if turn.fault and turn.fault not in {*FAULTS, HANG}:
        known = ", ".join((*FAULTS, HANG))
        raise SettingsError(
            f"The script {path} is not accepted: turn {number}, field fault: {turn.fault!r} is none of {known}. Correct it."
        )
    return turn
