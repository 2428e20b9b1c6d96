"""What is wrong with the settings, in the person's language: by code, with file, line and setting."""

from typing import Any

from artelier.cli.russian_settings import MISFITS, VALIDATORS
from artelier.cli.words import language
from artelier.settings.problems import Problem

_OURS = "value_error"
"""What pydantic calls a value that a rule of our own refuses."""
_BEFORE = "Value error, "


def problem_words(problem: Problem) -> str:
    """Return one problem as a line; in English, and where no code says it, in the words of who found it."""
    own = _in_russian(problem) if language() == "ru" else ""
    return problem.placed(own) if own else str(problem)


def _in_russian(problem: Problem) -> str:
    given = f" (сейчас {problem.values['input']})" if "input" in problem.values else ""
    if problem.code == _OURS:
        rule = str(problem.values.get("error", "")).removeprefix(_BEFORE)
        return f"{VALIDATORS[rule]}{given}." if rule in VALIDATORS else ""
    words = MISFITS.get(problem.code, "")
    try:
        return _filled(words, problem.values) + (f"{given}." if words and words[-1] != "." else "")
    except (KeyError, IndexError):
        return ""


def _filled(words: str, values: dict[str, Any]) -> str:
    return words.format(**{name: str(value).replace(" or ", " или ") for name, value in values.items()})
