"""What a question is about, in the person's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from artelier.cli.look import visible
from artelier.cli.russian_effects import effect_in_russian
from artelier.cli.russian_reasons import limit_in_russian, reasons_in_russian
from artelier.cli.words import language
from artelier.client import Approval


def asked_words(approval: Approval) -> str:
    """Return what a call would do, or what is asked; the server's sentence where no code says it."""
    own = _in_russian(approval) if language() == "ru" else ""
    return own or visible(approval.effect or approval.text)


def why_words(approval: Approval) -> str:
    """Return why it is asked; the server's sentence where no code says it."""
    return reason_words(approval.reason, [(each.code, each.values) for each in approval.because])


def reason_words(said: str, because: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    """Return a reason that is told as a sentence and as codes with values."""
    return (reasons_in_russian(because) if language() == "ru" else "") or visible(said)


def reason_told(of: Mapping[str, Any]) -> str:
    """Return the reason in an event, or in what is asked in one."""
    return reason_words(of.get("reason", ""), [(each["code"], each.get("values", {})) for each in of.get("because", ())])


def _in_russian(approval: Approval) -> str:
    if approval.kind == "clarification" and approval.because:
        return "Кому поручить? Выберите агента или скажите подробнее, чего вы\u00a0хотите."
    if approval.kind == "budget":
        because = approval.because[0] if approval.because else None
        return limit_in_russian(approval.limit, because.code, because.values) if because else ""
    return effect_in_russian(approval.tool, approval.arguments or {}) if approval.kind in {"approval", "in_doubt"} else ""
