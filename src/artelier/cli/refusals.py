"""What went wrong, as a person is told it: by code in Russian, in the words of who found it in English."""

from artelier.cli.durations import seconds
from artelier.cli.look import visible
from artelier.cli.russian_problems import failure_in_russian, refusal_in_russian
from artelier.cli.words import language, tr
from artelier.client import ClientError, Refused, Unreachable
from artelier.domain.errors import ArtelierError


def refusal_words(failure: ClientError) -> str:
    """Return why the server does not do it, its code last."""
    if language() != "ru":
        return visible(str(failure))
    if isinstance(failure, Unreachable):
        return tr("No server answers. Look whether it runs.")
    if not isinstance(failure, Refused):
        return visible(str(failure))
    said = refusal_in_russian(failure.because) or failure_in_russian(failure.code, failure.detail)
    later = (
        "" if failure.retry_after is None else " " + tr("Try again in {time}.", time=seconds(failure.retry_after).replace("\u00a0", " "))
    )
    return f"{visible(said)}{later} [{failure.code}]"


def failure_words(failure: ArtelierError) -> str:
    """Return what went wrong in this process."""
    return visible(failure_in_russian(failure.code, failure.message) if language() == "ru" else failure.message)
