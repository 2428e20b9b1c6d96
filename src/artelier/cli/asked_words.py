"""What a question is about, in the person's language."""

from artelier.cli.look import visible
from artelier.cli.russian_effects import effect_in_russian, limit_in_russian
from artelier.cli.words import language
from artelier.client import Approval


def asked_words(approval: Approval) -> str:
    """Return what a call would do, or what is asked; the server's sentence where no code says it."""
    own = _in_russian(approval) if language() == "ru" else ""
    return own or visible(approval.effect or approval.text)


def _in_russian(approval: Approval) -> str:
    if approval.kind == "budget":
        because = approval.because[0] if approval.because else None
        return limit_in_russian(approval.limit, because.code, because.values) if because else ""
    return effect_in_russian(approval.tool, approval.arguments or {}) if approval.kind in {"approval", "in_doubt"} else ""
