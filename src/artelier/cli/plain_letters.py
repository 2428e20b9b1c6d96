"""Twins of letters that a terminal lacks: a sign that says the same where there is one, else question marks of the same width."""

import codecs
import unicodedata

HANDLER = "artelier.plain"
_TWINS = {"·": "-", "…": ".", "−": "-", "—": "-", "“": '"', "”": '"', "«": '"', "»": '"', "→": ">", "›": ">", "␊": "|", "\u00a0": " "}


def register() -> None:
    """Make the handler known to the encoders, by ``HANDLER``."""
    codecs.register_error(HANDLER, _twins)


def _twins(failure: UnicodeError) -> tuple[str, int]:
    if not isinstance(failure, UnicodeEncodeError):
        raise failure
    missing = failure.object[failure.start : failure.end]
    return "".join(_TWINS.get(letter) or "?" * _columns(letter) for letter in missing), failure.end


def _columns(letter: str) -> int:
    return 2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1
